package model

// FlowRow is one stored record of traffic: what the raw tables keep, narrow.
// Packets and Bytes are as sampled; multiply by Sampling for an estimate.
type FlowRow struct {
	First            int64 // Unix ns
	Last             int64 // Unix ns
	Src, Dst         Addr
	Packets, Bytes   uint64
	Sampling         uint32 // 1 for complete counts, never 0
	Exporter         uint32 // number of the exporter
	InIf, OutIf      uint32
	SrcAS, DstAS     uint32
	SrcCountry       Code2
	DstCountry       Code2
	SrcPort, DstPort uint16 // ICMP type*256+code in DstPort
	Proto, TCPFlags  uint8
	TTL              uint8
	Direction        Direction
	Class            Class
	Fragment         bool
}

// Code2 is an ISO 3166-1 alpha-2 code in two bytes ("DE" is 0x4445), 0 for
// unknown.
type Code2 uint16

// ParseCode2 packs a code of two upper-case letters; anything else is 0.
func ParseCode2(s string) Code2 {
	if len(s) != 2 || s[0] < 'A' || s[0] > 'Z' || s[1] < 'A' || s[1] > 'Z' {
		return 0
	}
	return Code2(s[0])<<8 | Code2(s[1])
}

// String returns the two letters, "" for unknown.
func (c Code2) String() string {
	if c == 0 {
		return ""
	}
	return string([]byte{byte(c >> 8), byte(c)})
}

// Point is one second (or longer step) of one target and direction: what the
// series tables keep.
type Point struct {
	Time      int64 // Unix seconds, start
	Target    TargetID
	Direction Direction
	Rates     Rates   // mean over the step, corrected for sampling
	Samples   float64 // independent samples that they rest on
	Low, High float64 // normal band of Bits, 0 where none is known yet
}
