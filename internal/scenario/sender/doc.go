// Package sender sends the datagrams of a running scenario to a collector on
// this machine, in real or compressed time, each exporter from a loopback
// address of its own.
//
// It deliberately sends to loopback only: made-up attacks must never reach
// somebody's collector by a slip of the keyboard. It does not change
// datagrams: at any speed they carry simulated times, and the collector must
// run on the same simulated clock.
//
// A Sender owns its sockets and starts no goroutine. Send is called from one
// goroutine, sleeps until a datagram is due, and keeps nothing of it.
package sender
