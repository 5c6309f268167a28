package family

import (
	"floodmark/internal/model"
)

// Mode is the most frequent value of a header field among the packets of a
// vector. The zero Mode is "not seen in this data".
type Mode struct {
	Value    uint64
	Share    float64 // of the packets that the field was read from
	Distinct int     // different values
	Total    uint64  // packets that the field was read from
}

// ModeOf reads a histogram.
func ModeOf(f *model.FieldCount) Mode {
	m := Mode{Distinct: f.Distinct, Total: f.Total, Share: f.Share(0)}
	if len(f.Top) > 0 {
		m.Value = f.Top[0].Key
	}
	return m
}

// Vector is one vector of the attack and what its packets have in common.
type Vector struct {
	Name       string // slug
	Reflection bool
	Spoof      model.Spoofing
	Packets    float64 // corrected for sampling

	PayloadLen       Mode // bytes after the transport header
	Payload          Mode // first octets of the payload; only Distinct, Share and Total are used
	SrcPort, DstPort Mode
	Window           Mode // TCP
	OptionLen        Mode // TCP, bytes
	FirstLabel       Mode // DNS: length of the first label of the question
	QuestionNames    Mode // DNS: whole names; only Distinct and Total are used
	// GRE: of the packet inside.
	InnerPayloadLen Mode // bytes after its UDP header
	InnerDst        Mode // its destination address
	// InnerIDLinked of InnerIDSeen GRE packets have an inner IP identification
	// that is the complement of the outer one less 1000, in either byte order.
	InnerIDLinked, InnerIDSeen uint64
}

// Scan is the join of attack sources with scanning seen in the same data.
// Only sources of vectors whose addresses are real may be in it: spoofed
// addresses join with anybody.
type Scan struct {
	Sources uint64 // attack sources with real addresses
	Matched uint64 // of them, also sent a SYN whose sequence number equals its destination address
	SYNs    uint64 // SYNs of all sources that could have matched by chance, one in 2^32 each
	Ports   []ScanPort
}

// ScanPort is how many of the matched sources scanned one destination port.
type ScanPort struct {
	Port    uint16
	Sources uint64
}

// JoinScan counts the scan marks among sources; syns is the number of SYNs
// that were compared.
func JoinScan(sources []model.SourceCount, syns uint64) Scan {
	s := Scan{Sources: uint64(len(sources)), SYNs: syns}
	for i := range sources {
		if sources[i].Flags&model.ScanMark != 0 {
			s.Matched++
		}
	}
	return s
}

// Input is all that Grade looks at.
type Input struct {
	Vectors []Vector
	Scan    Scan
	Kinds   []model.KindShare // kinds of the sources' networks; empty where not looked up
	Inputs  []string          // SHA-256 of the inputs, for evidence
}

// Result is one graded family and the evidence for it. The evidence has no ID
// yet: the caller numbers it and adds the number to Family.Evidence.
type Result struct {
	Family   model.Family
	Evidence []model.Evidence
}
