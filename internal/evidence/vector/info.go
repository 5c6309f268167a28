package vector

import "floodmark/internal/model"

// Kind is the sort of a class, for those who treat classes alike.
type Kind string

// Kinds of classes.
const (
	KindNone         Kind = "none"
	KindSyn          Kind = "tcp-syn"
	KindSynAck       Kind = "tcp-synack"
	KindAck          Kind = "tcp-ack"
	KindData         Kind = "tcp-data"
	KindHTTPRequest  Kind = "tcp-http-request"
	KindHTTPResponse Kind = "tcp-http-response"
	KindRst          Kind = "tcp-rst"
	KindRstAck       Kind = "tcp-rst-ack"
	KindRstData      Kind = "tcp-rst-data"
	KindFin          Kind = "tcp-fin"
	KindFinAck       Kind = "tcp-fin-ack"
	KindAbnormal     Kind = "tcp-abnormal"
	KindConn         Kind = "tcp-conn"
	KindTCPUnknown   Kind = "tcp-unknown-flags"
	KindUDP          Kind = "udp"
	KindUDPService   Kind = "udp-service"
	KindReflection   Kind = "udp-reflection"
	KindVSE          Kind = "udp-vse"
	KindDNSQuery     Kind = "dns-query"
	KindICMPEcho     Kind = "icmp-echo"
	KindICMPReply    Kind = "icmp-echo-reply"
	KindICMPError    Kind = "icmp-error"
	KindICMPOther    Kind = "icmp-other"
	KindGRE          Kind = "gre"
	KindProto        Kind = "other-proto"
	KindFragment     Kind = "fragment"
	KindAggregate    Kind = "aggregate" // no record has it: only many records together show it
)

// Strength says what a class rests on, from strong to weak.
type Strength string

// What a class may rest on.
const (
	ByPayload  Strength = "payload"   // the payload is that of the service
	ByHeader   Strength = "header"    // header fields define it: protocol, flags, ICMP type
	ByPortSize Strength = "port+size" // source port and length fit, no payload to look at
	ByPort     Strength = "port"      // the port alone
)

// Info is a line of the table: all that is known of a class beforehand.
type Info struct {
	Class    model.Class // None for kinds that only many records together show
	Name     string      // of the class, unique: "snmp", "snmp-port", "tcp-syn"
	Slug     string      // of the vector that a flood of this class is; from the closed list
	Kind     Kind
	Service  string   // "snmp"; empty where no UDP service is meant
	Ports    []uint16 // source ports of the service (ranges are spelled in Condition); nil where ports do not matter
	Strength Strength
	// MinLen and MaxLen bound the bytes of the IPv4 packet (for IPv6 add 20)
	// where the class rests on port and size; MaxLen 0 is "no upper bound".
	MinLen, MaxLen uint16
	// Everyday marks what ordinary users and servers get a lot of without any
	// attack, so that it needs stronger proof than its presence.
	Everyday bool
	// Reflection: the sources are other people's machines that answer.
	// SpoofedRequests: they answer requests with a spoofed source address, so
	// that their places say nothing of where the attack comes from.
	Reflection, SpoofedRequests bool
	// AmplificationLow and AmplificationHigh are the published bandwidth factor
	// (bytes of answer to bytes of request), for context only: never to be
	// multiplied with anything measured. 0 where no checked source gives one.
	AmplificationLow, AmplificationHigh float64
	Source                              string   // of ports, format and factor
	Technique                           string   // MITRE ATT&CK technique id
	Condition                           string   // in words, for the documentation and the report
	Advice                              []string // what an operator can do now
}

// Lookup returns the line of a class, nil for a number that is no class.
func Lookup(c model.Class) *Info {
	if int(c) >= len(table) || table[c].Slug == "" {
		return nil
	}
	return &table[c]
}

// Classes returns the lines of all classes in order of their numbers, which is
// the order of the documentation. The slice is the caller's.
func Classes() []Info {
	return append([]Info(nil), table[:numClasses]...)
}

// aggregateInfos returns the lines of the vectors that no single record shows:
// stomp-flood, dns-water-torture and slow-http. The slice is the caller's.
func aggregateInfos() []Info { return append([]Info(nil), aggregates[:]...) }

// BySlug returns the strongest line of a vector: the first of its classes, or
// its aggregate. It is nil for a slug that is not in the list.
func BySlug(slug string) *Info {
	for i := range table {
		if table[i].Slug == slug {
			return &table[i]
		}
	}
	for i := range aggregates {
		if aggregates[i].Slug == slug {
			return &aggregates[i]
		}
	}
	return nil
}

// Slugs returns the closed list of vectors, sorted.
func Slugs() []string { return append([]string(nil), slugs...) }

var (
	table = buildTable()
	slugs = buildSlugs()
)
