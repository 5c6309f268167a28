// Package report takes in what visitors say of services: it checks, limits and
// orders submissions, makes them durable many at a time, and hands them on.
// What Submit has answered without an error is in the journal and synced.
//
// It deliberately does not judge (outage does), speaks no HTTP (public does) and
// opens no files: the journal and small state are interfaces. Of a visitor's
// address it keeps keyed hashes alone, and the number and kind of its network.
//
// It is an edge. Submit, Challenge, Prove, Refused and Stats may be called from any
// goroutine; Restore from one, before Run. Run belongs to one goroutine: it
// writes, calls Sink and answers. A batch given to Sink is valid during the call
// only. Memory is bounded: some 300 MiB of tables while a million people report.
package report
