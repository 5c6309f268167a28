package netflow

import "encoding/binary"

// Times between which an export time is plausible: 1990, before which there
// was no NetFlow and which lies below what exporters without a set clock tell
// (1993), and 2100.
const (
	earliest = 631152000
	latest   = 4102444800
)

// IsExport reports whether a UDP payload is a NetFlow v5, NetFlow v9 or IPFIX
// datagram, and which. It goes by structure: lengths and counts must add up to
// exactly the payload and times must be plausible, so that less than one random
// payload in 10^11 passes. A datagram cut short by the capture does not pass,
// except NetFlow v9 cut between two sets, which tells no length of the whole.
// On a port that is not usual for export (dstPort), data alone is not enough
// for NetFlow v9, the least telling of the three: there it takes a template.
func IsExport(payload []byte, dstPort uint16) (proto string, ok bool) {
	if len(payload) < ipfixHeader+setHeader {
		return "", false
	}
	be := binary.BigEndian
	switch be.Uint16(payload) {
	case 5:
		return NetFlow5.String(), isV5(payload)
	case 9:
		if len(payload) < v9Header+setHeader || !plausible(be.Uint32(payload[8:])) {
			return "", false
		}
		sets, templates, ok := countSets(payload[v9Header:], v9Templates, v9OptionsTemplates)
		n := int(be.Uint16(payload[2:])) // records; some exporters count sets
		ok = ok && n > 0 && n <= len(payload)/4 && sets > 0
		return NetFlow9.String(), ok && (templates > 0 || usual(dstPort))
	case 10:
		if int(be.Uint16(payload[2:])) != len(payload) || !plausible(be.Uint32(payload[4:])) {
			return "", false
		}
		sets, _, ok := countSets(payload[ipfixHeader:], ipfixTemplates, ipfixOptionTmpls)
		return IPFIX.String(), ok && sets > 0
	}
	return "", false
}

func plausible(sec uint32) bool { return sec >= earliest && sec <= latest }

// usual reports whether a port is registered or commonly set for flow export.
func usual(port uint16) bool {
	switch port {
	case 2055, 2056, 2100, 4432, 4739, 6343, 9025, 9555, 9991, 9995, 9996:
		return true
	}
	return false
}

func isV5(b []byte) bool {
	be := binary.BigEndian
	n := int(be.Uint16(b[2:]))
	if n < 1 || n > 30 || len(b) != v5Header+n*v5Record {
		return false
	}
	if !plausible(be.Uint32(b[8:])) || be.Uint32(b[12:]) >= 1e9 {
		return false
	}
	for p := b[v5Header:]; len(p) > 0; p = p[v5Record:] {
		packets, bytes := be.Uint32(p[16:]), be.Uint32(p[20:])
		if packets == 0 || bytes < packets { // 0 packets are never exported; a packet has bytes
			return false
		}
	}
	return true
}

// countSets walks the sets, which must add up to b. Ids of templates are given; other ids below 256 are reserved.
func countSets(b []byte, template, options uint16) (sets, templates int, ok bool) {
	for len(b) >= setHeader {
		id, n := binary.BigEndian.Uint16(b), int(binary.BigEndian.Uint16(b[2:]))
		if n <= setHeader || n > len(b) {
			return sets, templates, false
		}
		switch {
		case id == template || id == options:
			if !templateFits(b[setHeader:n], id == options, id == v9OptionsTemplates) {
				return sets, templates, false
			}
			templates++
		case id < firstDataSet:
			return sets, templates, false
		}
		sets++
		b = b[n:]
	}
	return sets, templates, len(b) == 0
}

// templateFits reports whether the first template of a set has an id of a data
// set and fits into the set.
func templateFits(b []byte, options, v9 bool) bool {
	be := binary.BigEndian
	if len(b) < templateHeader {
		return false
	}
	id, n := be.Uint16(b), int(be.Uint16(b[2:]))
	if options && v9 {
		return id >= firstDataSet && len(b) >= optionsTmplHeader && n+int(be.Uint16(b[4:])) <= len(b)-optionsTmplHeader
	}
	return (id >= firstDataSet || n == 0) && n*minFieldBytes <= len(b)-templateHeader
}
