package vector

// dnsKind is what the header of a DNS message says.
type dnsKind uint8

const (
	dnsNone dnsKind = iota
	dnsIsQuery
	dnsIsResponse
	dnsCut
)

// dnsHeader judges the 12 octets of RFC 1035 section 4.1.1: a known opcode,
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
