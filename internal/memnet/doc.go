// Package memnet is a network in memory, for tests that run a server in a
// testing/synctest bubble: no goroutine of it ever waits for the kernel, so the
// bubble's time goes on as soon as everybody waits.
//
// It deliberately has no loss, no latency and no names: what is written arrives
// at once and in order, and an address is whatever was listened on. A datagram
// waits for room rather than being dropped.
//
// A Network starts no goroutine; a Collector runs one for each reader, as the
// sockets of flowudp do.
package memnet
