// Package dedup assigns each flow to the first observer that reports it, so that
// traffic exported by several routers is counted once. It is a fixed table of
// 64-bit words, addressed by a keyed hash of the 5-tuple.
//
// It does not know what an exporter is, does not count, and does not decide
// whether a duplicate is dropped: package normalize does. Two flows that share a
// bucket and the 18-bit tag are taken for one flow, which happens in about one of
// 65,000 lookups of a full table.
//
// A Table is shared by all readers. Its words are read and replaced atomically;
// when two readers race for one word, one claim is lost and made again by the
// next record. The table owns its memory, which never grows.
package dedup
