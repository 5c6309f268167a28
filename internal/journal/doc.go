// Package journal keeps what must not be lost: incident changes, the judge's
// inputs, operators' commands, alert deliveries, and small state such as
// templates and snapshots. It is NATS JetStream inside the process, without a
// listener; what Append or Put has answered without an error is on the disk and
// synced.
//
// It deliberately does not know what it keeps: entries are octets. It does not
// claim its directory (datadir does), and it does not keep series or flows.
//
// It is an edge: it owns the server's goroutines, one writer for each stream,
// and one that watches the disk. Any goroutine may call any method; calls of
// many are committed together. Messages given to Append are read until it
// returns; what Read hands out is valid during the call only.
package journal
