// Package aggregate turns records into counts, in two readings of a recording.
//
// The first reading, Survey, keeps one small counter for each pair of
// destination and class of record and looks at the recording itself: packets
// that were recorded twice, counts that an exporter had multiplied, clocks that
// ran backwards, tunnels. It ends in a list of suspected targets. The second
// reading, Profiler, counts those targets in detail: traffic by the second,
// header fields, sources, handshakes, what the target had asked for.
//
// Neither assesses anything. Both are bounded: the survey forgets the smallest
// counters when its table is full, the profiler keeps a hash-chosen fraction of
// the sources and says which. Nothing here starts a goroutine, holds a lock or
// reads a clock; one goroutine feeds one Survey or Profiler. Records are read
// during the call and not kept, except for the bytes copied into specimens.
package aggregate
