// Package flowudp receives export datagrams (NetFlow, IPFIX, sFlow) on one UDP
// address, many at a time, and hands them on with who sent them and when.
//
// It deliberately does not decode, keep or queue a datagram. What the kernel
// dropped, who may not send and what was too long is counted. Linux only.
//
// With several readers each has its own socket (SO_REUSEPORT). The kernel picks
// the socket by a hash of both ends' addresses and ports, so one exporter stays
// with one reader as long as the Listener lives, and its templates with its
// data; another source port of the same device may go to another reader.
//
// Run owns one goroutine and one thread for each reader and closes the sockets
// when it ends. Stats, Addr and Allow may be called from any goroutine. A batch
// belongs to the Listener and is valid during the handler's call only.
package flowudp
