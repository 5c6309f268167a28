package model

// SourceFlags is what was seen of one source besides its counts.
type SourceFlags uint8

// What may be known of a source.
const (
	SentRST       SourceFlags = 1 << iota // answered the target with a RST after its own SYN: a host whose address was used
	Handshake                             // completed a TCP handshake, proven by sequence numbers or by the other direction
	ScanMark                              // sent a SYN whose sequence number equals the destination address (Mirai scan, Antonakakis et al. 2017)
	QuotesTarget                          // sent an ICMP error that quotes a datagram with the target's address as its source
	GotReplies                            // the target sent to it within the recording
	Retried                               // repeated a SYN of its own with the same ports and sequence number
	SolicitedPort                         // the target had sent to the port that it answers from
	SlowSender                            // most of its segments with content hold a few bytes only
)

// SourceCount is what one source address sent in one vector. Packets and
// Bytes are as observed: each sampled packet is one sample. Where an exporter
// had already multiplied its counts, they are divided back.
type SourceCount struct {
	Addr           Addr
	Packets, Bytes uint64
	First, Last    int64 // Unix ns
	TTL            uint8 // of its first packet; 0 where the data has none
	MinTTL, MaxTTL uint8
	RSTTTL         uint8 // of its first RST, where Flags has SentRST
	Flags          SourceFlags
}

// Place is what address data says of an address.
type Place struct {
	Country string // ISO 3166-1 alpha-2, "" where unknown
	// Country2 is what per second, independent source says; "" where there is no
	// second source or it does not know the address.
	Country2 string
	ASN      uint32 // 0 where unknown
	AS       string // name of the network
	Kind     string // access, mobile, hosting, cdn, vpn, education, transit or unknown
	// Unlocatable is set where the address says little of where a device is:
	// CDNs, proxies, VPN exits, anycast.
	Unlocatable bool
}

// Disputed reports whether two sources know the address and name different
// countries: it then counts among what could not be located.
func (p Place) Disputed() bool { return p.Country2 != "" && p.Country != p.Country2 }
