package query

import (
	"slices"

	"floodmark/internal/model"
)

type kind uint8

const (
	addressKind kind = iota
	portKind
	numberKind
	sizeKind // number that may have k, M or G
	durationKind
	protoKind
	flagsKind
	exporterKind
	interfaceKind
	asKind
	countryKind
	directionKind
	classKind
	vectorKind
	boolKind
)

// ordered reports whether < and > mean something.
func (k kind) ordered() bool {
	return k == portKind || k == numberKind || k == sizeKind || k == durationKind
}

// guard tells which records have a field at all.
type guard uint8

const (
	always  guard = iota
	hasPort       // TCP, UDP, DCCP, SCTP, UDP-Lite
	isICMP        // ICMP and ICMPv6
	isTCP
	hasPackets // of any protocol
)

var guarded = [][]uint64{hasPort: {6, 17, 33, 132, 136}, isICMP: {1, 58}, isTCP: {6}}

func (g guard) passes(r *model.FlowRow) bool {
	proto := r.Proto
	switch g {
	case hasPort:
		return proto == 6 || proto == 17 || proto == 132 || proto == 33 || proto == 136
	case isICMP:
		return proto == 1 || proto == 58
	case isTCP:
		return proto == 6
	case hasPackets:
		return r.Packets > 0
	}
	return true
}

// field is one name that a question may use.
type field struct {
	name   string
	kind   kind
	max    uint64
	guard  guard
	either []string  // the two fields of which either may fit
	sides  [2]*field // the same, looked up
	in     family    // the roll-ups that have it
	lost   int       // the level of folding from which a roll-up has lost it
	group  bool      // may be grouped by
	get    func(*model.FlowRow) uint64
}

const (
	max32      = 1<<32 - 1
	maxPerPack = 1 << 20 // bytes a packet; the largest IP packet has 65,575
)

// fields are all names of fields, in the order of the documentation.
var fields = linked([]*field{
	{name: "src", kind: addressKind, group: true},
	{name: "dst", kind: addressKind, group: true},
	{name: "host", kind: addressKind, either: []string{"src", "dst"}},
	{name: "src_port", kind: portKind, max: 65535, guard: hasPort, group: true, get: func(r *model.FlowRow) uint64 { return uint64(r.SrcPort) }},
	{name: "dst_port", kind: portKind, max: 65535, guard: hasPort, group: true, get: func(r *model.FlowRow) uint64 { return uint64(r.DstPort) }},
	{name: "port", kind: portKind, max: 65535, either: []string{"src_port", "dst_port"}},
	{name: "service", kind: portKind, max: 65535, guard: hasPort, in: services, lost: 1, group: true, get: servicePort},
	{name: "icmp_type", kind: numberKind, max: 255, guard: isICMP, group: true, get: func(r *model.FlowRow) uint64 { return uint64(r.DstPort >> 8) }},
	{name: "icmp_code", kind: numberKind, max: 255, guard: isICMP, group: true, get: func(r *model.FlowRow) uint64 { return uint64(r.DstPort & 255) }},
	{name: "proto", kind: protoKind, max: 255, in: services, lost: 2, group: true, get: func(r *model.FlowRow) uint64 { return uint64(r.Proto) }},
	{name: "tcp_flags", kind: flagsKind, max: 255, guard: isTCP, group: true, get: func(r *model.FlowRow) uint64 { return uint64(r.TCPFlags) }},
	{name: "fragment", kind: boolKind, max: 1, group: true, get: fragment},
	{name: "ttl", kind: numberKind, max: 255, group: true, get: func(r *model.FlowRow) uint64 { return uint64(r.TTL) }},
	{name: "packets", kind: sizeKind, max: maxExact, get: func(r *model.FlowRow) uint64 { return corrected(r.Packets, r.Sampling) }},
	{name: "bytes", kind: sizeKind, max: maxExact, get: func(r *model.FlowRow) uint64 { return corrected(r.Bytes, r.Sampling) }},
	{name: "bytes_per_packet", kind: sizeKind, max: maxPerPack, guard: hasPackets, get: perPacket},
	{name: "duration", kind: durationKind, max: max32, get: duration},
	{name: "sampling", kind: numberKind, max: max32, group: true, get: func(r *model.FlowRow) uint64 { return uint64(r.Sampling) }},
	{name: "src_country", kind: countryKind, in: networks, lost: 2, group: true, get: func(r *model.FlowRow) uint64 { return uint64(r.SrcCountry) }},
	{name: "dst_country", kind: countryKind, in: networks, lost: 2, group: true, get: func(r *model.FlowRow) uint64 { return uint64(r.DstCountry) }},
	{name: "country", kind: countryKind, either: []string{"src_country", "dst_country"}, in: networks, lost: 2},
	{name: "src_as", kind: asKind, max: max32, in: networks, lost: 1, group: true, get: func(r *model.FlowRow) uint64 { return uint64(r.SrcAS) }},
	{name: "dst_as", kind: asKind, max: max32, in: networks, lost: 1, group: true, get: func(r *model.FlowRow) uint64 { return uint64(r.DstAS) }},
	{name: "as", kind: asKind, max: max32, either: []string{"src_as", "dst_as"}, in: networks, lost: 1},
	{name: "exporter", kind: exporterKind, max: max32, in: everyRollup, lost: 3, group: true, get: func(r *model.FlowRow) uint64 { return uint64(r.Exporter) }},
	{name: "in_if", kind: interfaceKind, max: max32, in: interfaces, lost: 1, group: true, get: func(r *model.FlowRow) uint64 { return uint64(r.InIf) }},
	{name: "out_if", kind: interfaceKind, max: max32, in: interfaces, lost: 1, group: true, get: func(r *model.FlowRow) uint64 { return uint64(r.OutIf) }},
	{name: "interface", kind: interfaceKind, max: max32, either: []string{"in_if", "out_if"}, in: interfaces, lost: 1},
	{name: "direction", kind: directionKind, in: everyRollup, lost: 3, group: true, get: func(r *model.FlowRow) uint64 { return uint64(r.Direction) }},
	{name: "class", kind: classKind, in: services, lost: 2, group: true, get: func(r *model.FlowRow) uint64 { return uint64(r.Class) }},
	{name: "vector", kind: vectorKind, in: services, lost: 2, group: true, get: func(r *model.FlowRow) uint64 { return vectorOf(r.Class) }},
})

// fieldNames returns the names of all fields, in the order of the documentation.
func fieldNames() []string {
	out := make([]string, len(fields))
	for i, f := range fields {
		out[i] = f.name
	}
	return out
}

// linked finds the two sides of fields that mean either.
func linked(all []*field) []*field {
	for _, f := range all {
		for i, name := range f.either {
			f.sides[i] = find(all, name)
		}
	}
	return all
}

func lookup(name string) *field { return find(fields, name) }

func find(all []*field, name string) *field {
	for _, f := range all {
		if f.name == name {
			return f
		}
	}
	return nil
}

func fragment(r *model.FlowRow) uint64 {
	if r.Fragment {
		return 1
	}
	return 0
}

// corrected is the count times the sampling rate, as a double has it: that is
// what the engines compute with.
func corrected(n uint64, sampling uint32) uint64 {
	return uint64(min(float64(n)*float64(sampling), 1<<63))
}

// perPacket is the mean length in whole bytes; there must be packets.
func perPacket(r *model.FlowRow) uint64 { return r.Bytes / r.Packets }

// duration in ms.
func duration(r *model.FlowRow) uint64 {
	if r.Last <= r.First {
		return 0
	}
	return uint64(r.Last-r.First) / 1e6
}

// knownPorts above 1023 are services, as the roll-ups see it: a test compares
// both. Ports below 1024 all are.
var knownPorts = []uint64{1194, 1433, 1701, 1723, 1812, 1883, 1900, 1935, 2049, 3128, 3306, 3389, 3478, 3702, 4500, 4789, 5060, 5061, 5222,
	5353, 5432, 5683, 5900, 6379, 6881, 8000, 8080, 8443, 8883, 9100, 9200, 11211, 25565, 27015, 27017, 30120, 51820}

func known(p uint16) bool {
	if p < 1024 {
		return p > 0
	}
	_, ok := slices.BinarySearch(knownPorts, uint64(p))
	return ok
}

// servicePort is the port that tells what a flow is for: the known one, else
// the lower one.
func servicePort(r *model.FlowRow) uint64 {
	if a, b := known(r.SrcPort), known(r.DstPort); a != b {
		if a {
			return uint64(r.SrcPort)
		}
		return uint64(r.DstPort)
	}
	return uint64(min(r.SrcPort, r.DstPort))
}
