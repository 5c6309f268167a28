// Package recording reads recordings of traffic from disk: captures of packets
// (pcap, pcapng), captures of export datagrams (NetFlow, IPFIX, sFlow), nfdump
// files and nfdump's CSV; plain, gzip or zstd; single files, directories, or
// standard input.
//
// Several files are one recording: their records come in order of time. A
// recording can be read as often as needed and gives the same records each
// time. What cannot be read is counted by reason and place, never dropped in
// silence; an error is returned only when nothing at all can be read.
//
// The package owns the files and the goroutine that hashes them. Read is called
// from one goroutine at a time; records are valid during the callback only.
package recording
