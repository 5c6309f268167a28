package export

import "encoding/binary"

// field is a field of a template: an information element
// (https://www.iana.org/assignments/ipfix) and its length.
// Strings have fixed lengths, padded with zeros, as routers send them.
type field struct{ id, size uint16 }

// Templates by id: IPv4, IPv6, sampling options, interface options.
const (
	tmpl4         = 256
	tmpl6         = 257
	tmplSampling  = 260
	tmplInterface = 261
)

// layout is the fields of data records for one protocol: those after the
// addresses are alike for both versions of IP.
type layout struct{ rest []field }

// fields9 follows what routers send: counters of 32 bits, times since boot.
var fields9 = layout{[]field{{7, 2}, {11, 2}, {4, 1}, {6, 1}, {5, 1}, {52, 1}, {10, 4}, {14, 4}, {2, 4}, {1, 4}, {22, 4}, {21, 4}, {61, 1}, {48, 1}, {32, 2}}}

// fieldsIPFIX has counters of 64 bits and absolute times in ms.
var fieldsIPFIX = layout{[]field{{7, 2}, {11, 2}, {4, 1}, {6, 2}, {5, 1}, {52, 1}, {10, 4}, {14, 4}, {2, 8}, {1, 8}, {152, 8}, {153, 8}, {61, 1}, {136, 1}, {302, 8}, {32, 2}}}

func (l layout) fields(six bool) []field {
	first := []field{{8, 4}, {12, 4}}
	if six {
		first = []field{{27, 16}, {28, 16}}
	}
	out := append(first, l.rest...)
	if six {
		out[len(out)-1].id = 139 // icmpTypeCodeIPv6
	}
	return out
}

// data adds a flow to the set of its template.
func (e *Exporter) data(f *flow, l layout) {
	id := uint16(tmpl4)
	if !f.src.Is4() {
		id = tmpl6
	}
	e.openSet(id, 128)
	be, b := binary.BigEndian, e.buf
	if id == tmpl4 {
		b = be.AppendUint32(b, f.src.V4())
		b = be.AppendUint32(b, f.dst.V4())
	} else {
		b = be.AppendUint64(b, f.src.Hi)
		b = be.AppendUint64(b, f.src.Lo)
		b = be.AppendUint64(b, f.dst.Hi)
		b = be.AppendUint64(b, f.dst.Lo)
	}
	for _, x := range l.rest {
		b = appendUint(b, e.value(f, x.id), x.size)
	}
	e.buf = b
	e.count++
	e.units++
}

// value is what a flow tells for an information element.
func (e *Exporter) value(f *flow, id uint16) uint64 {
	switch id {
	case 7:
		return uint64(f.sport)
	case 11:
		return uint64(f.dport)
	case 4:
		return uint64(f.proto)
	case 6:
		return uint64(f.flags)
	case 5:
		return uint64(f.tos)
	case 52:
		return uint64(f.ttl)
	case 10:
		return uint64(f.in)
	case 14:
		return uint64(f.out)
	case 2:
		return f.packets
	case 1:
		return f.bytes
	case 22:
		return uint64(e.uptime(f.first))
	case 21:
		return uint64(e.uptime(f.last))
	case 152:
		return uint64(e.clock(f.first) / 1e6)
	case 153:
		return uint64(e.clock(f.last) / 1e6)
	case 136:
		return uint64(f.reason)
	case 48, 302:
		return samplerID
	case 32:
		if f.proto == 1 || f.proto == 58 {
			return uint64(f.dport)
		}
	}
	return 0 // 61 flowDirection: all is metered where it comes in
}

const samplerID = 1

func appendUint(b []byte, v uint64, size uint16) []byte {
	for i := int(size) - 1; i >= 0; i-- {
		b = append(b, byte(v>>(8*i)))
	}
	return b
}

func (e *Exporter) headerSize() int {
	if e.cfg.Protocol == NetFlow9 {
		return header9
	}
	return headerIPFIX
}

// openSet makes room for a record of up to n bytes in a set of this id.
func (e *Exporter) openSet(id uint16, n int) {
	e.begin(e.headerSize(), n+8)
	if e.set > 0 && e.setID == id {
		return
	}
	e.closeSet()
	e.set, e.setID = len(e.buf), id
	e.buf = binary.BigEndian.AppendUint16(e.buf, id)
	e.buf = append(e.buf, 0, 0)
}

// closeSet pads the open set to four bytes (RFC 3954 section 5.3, RFC 7011
// section 3.3.1) and fills in its length.
func (e *Exporter) closeSet() {
	if e.set == 0 {
		return
	}
	for (len(e.buf)-e.set)%4 != 0 {
		e.buf = append(e.buf, 0)
	}
	binary.BigEndian.PutUint16(e.buf[e.set+2:], uint16(len(e.buf)-e.set))
	e.set, e.setID = 0, 0
}

func (e *Exporter) appendFields(list []field) {
	for _, f := range list {
		e.buf = binary.BigEndian.AppendUint16(e.buf, f.id)
		e.buf = binary.BigEndian.AppendUint16(e.buf, f.size)
	}
}

// announce sends templates and options, in a datagram of their own as most
// exporters do.
func (e *Exporter) announce() {
	switch e.cfg.Protocol {
	case NetFlow9:
		e.sendOff()
		e.announce9()
		e.sendOff()
	case IPFIX:
		e.sendOff()
		e.announceIPFIX()
		e.sendOff()
	}
}
