package model

import "net/netip"

// Facts is everything that was counted of one class of records towards one
// target, before anybody assessed it. Samples are packets as sampled; Packets and
// Bytes are estimates of the traffic. The slices belong to whoever holds the
// Facts; readers do not change them.
type Facts struct {
	Target int // index into Profile.Targets
	Class  Class

	Samples, Records uint64
	Packets, Bytes   float64
	PacketsVar       float64 // sampling variance of Packets
	BytesVar         float64 // sampling variance of Bytes
	First, Last      int64   // Unix ns
	PeakPPS, PeakBPS float64 // of the fullest second; bits per second
	ActiveSeconds    int     // seconds that carry traffic
	Seconds          []SecondCount
	Unplaced         float64 // of Packets, those that no bucket holds: flows of more than a day, or too many seconds

	Sources     []SourceCount // those kept, in order of address
	SourcesSeen uint64        // distinct sources, estimated where only a part was kept
	Kept        float64       // fraction of sources kept, 1 where all were

	// Fields are histograms over the first samples and a sample of later ones.
	SrcPorts, DstPorts, Lengths, Flags, TTLs   FieldCount
	Windows, OptionLens, PayloadLens, Payloads FieldCount
	Protocols, ICMPTypes, Inner                FieldCount
	FieldSamples, FieldRecords                 uint64 // that entered the histograms
	Conversations                              int    // distinct pairs of addresses and ports among FieldRecords, estimated

	SYNRetries         uint64 // SYNs that repeat an earlier one's ports and sequence number
	ConstantID         bool
	Fragments          uint64 // non-initial fragments among Samples, joined by datagram
	DNS                *DNSFacts
	HTTP               *HTTPFacts
	Specimens          []Specimen
	SlowSegments       uint64 // tiny data segments from sources that finished a handshake
	SolicitedSamples   uint64 // samples from sources that the target had sent to, estimated where only a part was kept
	EstablishedSamples uint64 // samples from sources with a proven handshake, estimated likewise
	// of the sources that were kept:
	SolicitedSources   int
	EstablishedSources int
	RetryingSources    int
}

// SecondCount is the traffic of one second: estimates.
type SecondCount struct {
	Second         int64 // Unix time
	Packets, Bytes float64
}

// FieldCount is the frequent values of a header field.
type FieldCount struct {
	Distinct int // estimated where it is large
	Total    uint64
	Top      []FieldValue // most frequent first, then by key
}

// FieldValue is one value of a header field and how often it came.
type FieldValue struct {
	Key   uint64
	Text  string // for payloads and names
	Count uint64
}

// Share returns the share of the i-th most frequent value.
func (f *FieldCount) Share(i int) float64 {
	if f.Total == 0 || i >= len(f.Top) {
		return 0
	}
	return float64(f.Top[i].Count) / float64(f.Total)
}

// DNSFacts is what was counted of DNS questions in a class.
type DNSFacts struct {
	Questions     uint64
	Names         FieldCount // whole names
	Zones         FieldCount // the last labels, where the first is left out
	Types         FieldCount
	DistinctNames uint64
	FirstLabelLen FieldCount
}

// HTTPFacts is what was counted of HTTP requests in a class.
type HTTPFacts struct {
	Requests   uint64
	Incomplete uint64     // heads that never ended in their segment
	Paths      FieldCount // with their query
	Pages      FieldCount // without
	Hosts      FieldCount
	Agents     FieldCount
	Methods    FieldCount
}

// Specimen is one record kept as an example.
type Specimen struct {
	Record  Record // its slices are copies of at most 64 bytes
	Payload string // hexadecimal
}

// TargetFacts is what was counted of one suspected target.
type TargetFacts struct {
	Prefix           netip.Prefix
	In, Out          uint64 // packets as observed, towards it and from it
	InBytes          float64
	HostsIn          int // addresses of the prefix that received packets
	TopHosts         []FieldValue
	UDPTo            map[uint16]uint64 // packets that it sent, by destination port
	UDPFrom          map[uint16]uint64 // packets that it sent, by source port
	TCPTo            map[uint16]uint64 // packets that it sent, by destination port
	TCPFrom          map[uint16]uint64 // packets that it sent, by source port
	ProtoOut         map[uint8]uint64
	SYNOut           uint64 // SYNs without ACK that it sent
	SYNACKOut        uint64
	RSTOut           uint64
	Peers            int // addresses it exchanged packets with
	EstablishedPeers int // of those, with a proven handshake
	EstablishedEarly int // sources that completed a handshake before the busiest minute
	Quotes           map[QuoteKey]uint64
	QuoteSenders     int
}

// QuoteKey names what an ICMP error quoted: a datagram that claims to come
// from the target.
type QuoteKey struct {
	Proto   uint8
	DstPort uint16
}

// Profile is the second reading of a recording: all that was counted of the
// suspected targets.
type Profile struct {
	Targets     []TargetFacts
	Buckets     []Facts
	First, Last int64
	Packets     float64 // of the whole recording, duplicates removed
	Bytes       float64
	Samples     uint64
	Duplicates  uint64 // records removed
	Uncounted   uint64 // samples towards targets that are in no bucket, for there were too many
	Sampled     bool   // any record with a sampling factor above 1
	PacketLevel bool   // packets rather than flow records
}
