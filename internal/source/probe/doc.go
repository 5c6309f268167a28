// Package probe asks services over HTTP whether they answer, from where this
// server stands, and tells the phases of each request apart: name, connection,
// TLS, answer. Where a request fails it asks whether our own link does, too.
// Watch turns results into a state; it is pure.
//
// It deliberately follows no redirect, sends no cookie, uses no proxy and keeps
// no connection: every request measures every phase. Of an answer it keeps the
// status and durations alone; nothing that an answer holds is logged or shown.
// It keeps no results and raises nothing.
//
// It is an edge. Run owns at most atOnce goroutines, each asking one target at
// a time, and calls Sink from them: results of one target come in their order,
// those of several at once. What Sink gets is its own.
package probe
