package model

// IANA protocol numbers that the project distinguish
// (https://www.iana.org/assignments/protocol-numbers).
const (
	ProtoICMP   = 1
	ProtoIPIP   = 4
	ProtoTCP    = 6
	ProtoUDP    = 17
	ProtoIPv6   = 41
	ProtoGRE    = 47
	ProtoESP    = 50
	ProtoICMPv6 = 58
	ProtoSCTP   = 132
)

// TCP flags (RFC 9293 section 3.1).
const (
	FIN = 1 << iota
	SYN
	RST
	PSH
	ACK
	URG
	ECE
	CWR
)

// Fields is the set of facts that a record really carries. A zero in a field
// whose bit is not set means "not reported", never "zero".
type Fields uint32

// What a record may carry.
const (
	HasPorts     Fields = 1 << iota // SrcPort, DstPort
	HasFlags                        // TCPFlags; never set for an exporter that does not send them
	HasTTL                          // TTL
	HasIPID                         // IPID
	HasFragment                     // FragOffset, MoreFragments are known (also when both are zero)
	HasTCP                          // Seq, Ack, Window, Options: a packet's own TCP header
	HasICMP                         // ICMPType, ICMPCode
	HasPayload                      // Payload (perhaps cut short; PayloadLen is its length on the wire)
	HasInterface                    // InIf, OutIf
	HasAS                           // SrcAS, DstAS as the exporter's routing table knows them
	HasChecksum                     // Checksum: the transport header's own
)

// Tunnel names what a record's payload encapsulates.
type Tunnel uint8

// Tunnels that decode can look into.
const (
	NoTunnel  Tunnel = iota
	GRE              // RFC 2784, RFC 2890; payload type in TunnelType
	IPinIP           // RFC 2003, RFC 2473, RFC 4213
	VXLAN            // RFC 7348, and its generic protocol extension
	ERSPAN           // draft-foschiano-erspan-03, types I to III
	GENEVE           // RFC 8926
	GTPU             // 3GPP TS 29.281
	TZSP             // TaZmen Sniffer Protocol
	L2TP             // RFC 2661
	MPLSinUDP        // RFC 7510
)

// Record is one observation of traffic: a packet, or a flow record that stands
// for many packets. It is what decoders give and everything after them reads.
//
// Packets and Bytes are counts as observed, before any correction for
// sampling: they are samples, not estimates. Multiply by Sampling (one packet
// in so many was looked at; 0 means the data does not say) for an estimate of
// the traffic. Bytes are bytes of the IP packet, header included, whatever
// was captured of it.
//
// A decoder owns the record and everything its slices point to; both are valid
// only during the call that hands them over.
type Record struct {
	First, Last int64 // Unix time in ns; equal for a packet
	Src, Dst    Addr
	Has         Fields

	SrcPort, DstPort   uint16
	Proto              uint8 // of the last header read: transport, or what a fragment or unknown header says
	TCPFlags           uint8 // of the packet, or OR-ed over the flow
	TTL                uint8 // TTL or hop limit of the packet; of a flow its smallest
	ICMPType, ICMPCode uint8
	IsPacket           bool // one packet was seen (capture, sFlow sample); false: a flow record
	MoreFragments      bool
	Truncated          bool   // the recording holds less of the packet than its headers need
	Class              Class  // set by the classifier, see package vector
	FragOffset         uint16 // bytes
	IPID               uint32 // identification: 16 bits in IPv4, 32 in the IPv6 fragment header
	IPLen              uint32 // bytes of this packet, 0 in flow records

	Packets, Bytes uint64
	Sampling       uint32

	Seq, Ack   uint32
	Window     uint16
	Checksum   uint16
	Options    []byte // TCP options as on the wire
	Payload    []byte // after the transport header; after the IP header where there is none
	PayloadLen uint32 // bytes on the wire

	Tunnel     Tunnel
	TunnelType uint16 // EtherType of what is inside
	TunnelData []byte // the inner packet

	Exporter    uint32 // index of the exporter within this analysis, 0 for captures of packets
	Domain      uint32 // observation domain (RFC 7011 section 3.1), source id, or sFlow sub-agent
	InIf, OutIf uint32 // SNMP ifIndex
	Metered     MeteredAt
	SrcAS       uint32
	DstAS       uint32
	Input       uint32 // index of the input file
	Link        uint32 // interface within the capture file
}

// MeteredAt states where on its way through an exporter a flow was counted
// (IPFIX information element 61, flowDirection).
type MeteredAt uint8

// Where a flow was counted; the zero value is "not reported".
const (
	AtIngress MeteredAt = 1 + iota
	AtEgress
)

// Sample returns the sampling factor to multiply with: Sampling, or 1 where
// the data does not say.
func (r *Record) Sample() uint64 {
	if r.Sampling == 0 {
		return 1
	}
	return uint64(r.Sampling)
}

// Fragment reports whether the record is a fragment that is not the first, so
// that it carries no transport header.
func (r *Record) Fragment() bool { return r.FragOffset > 0 }
