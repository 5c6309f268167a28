package model

// Exporter is where an export datagram (NetFlow, IPFIX, sFlow) came from: the
// UDP source of the datagram. RFC 7011 section 3.4.1 scopes templates to it.
type Exporter struct {
	Addr Addr
	Port uint16
}
