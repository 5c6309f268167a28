// Package scenario writes synthetic recordings with the truth beside them:
// attacks of every known vector, traffic that only looks like one, and
// ordinary days and bad days on which nobody attacks.
//
// It deliberately knows nothing of how recordings are judged: no threshold of
// any detector was consulted. Every file says in its section header that it is
// synthetic. The same name, seed, scale, duration and address data give the
// same bytes on the same processor architecture (another may fuse
// multiplications and additions, and then draws slightly different times).
//
// Write writes packets; Run lets exporters report them, as datagrams in order of
// simulated time. Both stream: memory does not grow with length, apart from
// what is needed to count distinct sources. Everything runs in the caller's
// goroutine; nothing is shared between calls.
package scenario
