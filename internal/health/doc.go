// Package health judges what exporters and sockets did: in which way the
// program is blind, or its figures are wrong, told as conditions with names,
// figures and what to do. It says which exporters figures may be built on, and
// compares sFlow samples with the counters of the same interfaces.
//
// It deliberately does not read packets, repair anything, send messages, or
// keep history: conditions are as of now, with the time they began.
//
// A Watcher belongs to one goroutine and needs the time to be passed in. It
// keeps nothing of what it is given; the statuses are completed in place, and
// the conditions handed out belong to the caller. What it remembers is bounded
// by the number of exporters and interfaces that it is told of, 16,384 and
// 65,536 at most.
package health
