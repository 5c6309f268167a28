// Package alert tells people and programs of incidents: rules decide who hears
// what, receivers carry it, and one incident is one thread of messages from its
// opening to its end. Every message is in the Outbox before it is sent, and is
// sent until its receiver took it or it is too old: at least once, with a key
// that stays the same over retries and restarts.
//
// It deliberately judges nothing, keeps no incidents, and acts on no network;
// what a program does that the exec receiver runs is that program's matter.
//
// It is an edge. Run owns one goroutine for each receiver and the clockwork, so
// that a receiver that hangs delays no other. Any goroutine may call any method.
// A Change and a Config are kept after the call: they must not be written to.
package alert
