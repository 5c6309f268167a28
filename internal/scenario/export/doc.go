// Package export encodes traffic as the devices on the way report it: NetFlow
// v5, NetFlow v9 (RFC 3954), IPFIX (RFC 7011) and sFlow version 5, with
// templates, sampling options, interface names, a flow cache and counters,
// and with the faults that real exporters have.
//
// It deliberately shares nothing with the decoders: it is written from the
// specifications, so that an error of one side shows at the other. It opens no
// socket and keeps no clock: time is passed in, datagrams go to Config.Send.
//
// An Exporter belongs to one goroutine. Packets handed in are not kept; a
// datagram handed out is valid during the call only.
package export
