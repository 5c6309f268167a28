package vector

// dnsKind is what the header of a DNS message says.
type dnsKind uint8

const (
	dnsNone dnsKind = iota
	dnsIsQuery
	dnsIsResponse
	dnsCut
)

// dnsHeader assesses the 12 bytes of RFC 1035 section 4.1.1: a known opcode,
// few questions, and in a query no answers.
func dnsHeader(p []byte, full bool) dnsKind {
	if len(p) < 12 {
		if full {
			return dnsNone
		}
		return dnsCut
	}
	op := p[2] >> 3 & 15
	qd, an, ns, ar := u16(p[4:]), u16(p[6:]), u16(p[8:]), u16(p[10:])
	if op > 6 || op == 3 || p[3]&0x40 != 0 { // opcode 3 is unassigned, bit Z must be zero
		return dnsNone
	}
	if p[2]&0x80 == 0 {
		if qd == 1 && an <= 1 && ns <= 2 && ar <= 4 && len(p) >= 12 {
			return dnsIsQuery
		}
		return dnsNone
	}
	if qd > 16 || an > 4096 || ns > 1024 || ar > 1024 || p[3]&15 > 11 {
		return dnsNone
	}
	return dnsIsResponse
}

// Question is the first question of a DNS message. Name is the wire form of
// its name inside the payload (length and bytes of each label, without the
// final zero); it is valid as long as the payload is. Walk it with nextLabel.
type Question struct {
	Name        []byte
	Labels      int
	Type, Class uint16 // IANA DNS resource record types and classes
	Response    bool   // QR: the message is an answer
	Rcode       uint8  // of an answer: IANA DNS RCODEs, the low four bits
}

// DNSQuestion reads the header and the first question of a DNS message over UDP
// (RFC 1035 sections 4.1.1 and 4.1.2). ok is false where there is none, where
// it is cut short or where its name is longer than 255 bytes. Compressed names
// are refused: nothing stands before the first question that they could point
// to, so a pointer there is a trap. It allocates nothing.
func DNSQuestion(payload []byte) (q Question, ok bool) {
	kind := dnsHeader(payload, true)
	if kind == dnsNone || u16(payload[4:]) == 0 {
		return Question{}, false
	}
	i := 12
	for {
		if i >= len(payload) || i-12 > 254 {
			return Question{}, false
		}
		n := int(payload[i])
		if n == 0 {
			break
		}
		if n > 63 {
			return Question{}, false
		}
		i += 1 + n
		q.Labels++
	}
	if i+5 > len(payload) {
		return Question{}, false
	}
	q.Name = payload[12:i]
	q.Type, q.Class = u16(payload[i+1:]), u16(payload[i+3:])
	q.Response = kind == dnsIsResponse
	q.Rcode = payload[3] & 15
	return q, true
}

// nextLabel splits the first label off a name in the form of Question.Name.
// label is nil at the end of the name.
func nextLabel(name []byte) (label, rest []byte) {
	if len(name) == 0 {
		return nil, nil
	}
	n := int(name[0])
	if n == 0 || 1+n > len(name) {
		return nil, nil
	}
	return name[1 : 1+n], name[1+n:]
}
