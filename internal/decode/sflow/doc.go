// Package sflow reads sFlow version 5 datagrams (sflow.org, "sFlow Version 5",
// July 2004): flow samples into packet records, interface counters into
// Counters, and what the agent says of its own sampling into Stats.
//
// It deliberately does not open sockets, multiply by the sampling rate, resolve
// interface names, or read what extended data says of switches and routers
// beyond AS numbers. sFlow has no clock: a record's time is when its datagram
// arrived.
//
// A Decoder belongs to one goroutine. Records, counters and errors it hands out
// belong to the Decoder and are valid only during the call (errors: until the
// next call); datagrams are read during the call only and never kept.
package sflow
