// Package wire writes packets as bytes, with correct lengths and checksums,
// and files of packets in the pcapng form.
//
// It knows headers and nothing of traffic: who sends what and when is the
// caller's business. It reads nothing, keeps no clock and starts no goroutine.
// A Writer belongs to one goroutine; the packets handed to it are not kept.
package wire
