// Package goflow2 compares the decoders of Floodmark with those of goflow2 on
// the same datagrams, in the same run. It is a module of its own, so that
// goflow2 is no dependency of the product, and holds only benchmarks:
//
//	go test -bench . -benchmem -count 6 ./... | tee bench.txt
//	go tool benchstat -col /impl bench.txt
//
// goflow2 decodes a datagram into lists of fields (impl=goflow2-decode) and
// then fills a message for each record (impl=goflow2-full, the messages given
// back to its pool at once). Floodmark does both in one step, and so compares
// with goflow2-full.
package goflow2
