// Package owners remembers which exporter tells a flow first, so that a packet
// that is exported twice on its way counts once. It is a fixed table of words
// of 64 bits, found by a keyed hash of the 5-tuple.
//
// It deliberately does not know what an exporter is, does not count, and does
// not decide whether a duplicate is dropped: that is package normalise. Two
// flows with equal 18 bits of tag in one bucket are taken for one; that
// concerns about one look-up in 65,000 of a full table.
//
// A Table is shared by all readers. Its words are read and replaced atomically;
// where two readers meet in one word, one of the two claims is lost and made
// again by the next record. It owns its memory, which never grows.
package owners
