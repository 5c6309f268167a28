package netflow

import (
	"encoding/binary"

	"floodmark/internal/model"
)

// Header lengths: RFC 3954 section 5.1, RFC 7011 section 3.1; both have set
// headers of 4 bytes.
const (
	v9Header    = 20
	ipfixHeader = 16
	setHeader   = 4
)

// Set ids: RFC 3954 section 5.2 and 6.1, RFC 7011 section 3.3.2.
const (
	v9Templates        = 0
	v9OptionsTemplates = 1
	ipfixTemplates     = 2
	ipfixOptionTmpls   = 3
	firstDataSet       = 256
	reverseEnterprise  = 29305 // RFC 5103 section 6.1
	variableLength     = 0xffff
	enterpriseBit      = 0x8000
	noCount            = -1
	templateHeader     = 4
	optionsTmplHeader  = 6
	minFieldBytes      = 4
)

func (d *Decoder) readV9(b []byte, from model.Exporter, recv int64) {
	if len(b) < v9Header {
		d.skip(Error{Reason: ShortHeader, Got: len(b), Want: v9Header}, 0, len(b))
		return
	}
	be, h := binary.BigEndian, &d.hdr
	h.uptime = be.Uint32(b[4:])
	h.at = int64(be.Uint32(b[8:])) * 1e9
	h.seq = be.Uint32(b[12:])
	h.domain = be.Uint32(b[16:])
	if !d.open(b, from, recv) {
		return
	}
	before := h.stream.stats.TemplateRecords
	n := d.readSets(b, v9Header)
	if !d.learning {
		h.stream.advance(h.seq, n, int(h.stream.stats.TemplateRecords-before))
	}
}

func (d *Decoder) readIPFIX(b []byte, from model.Exporter, recv int64) {
	if len(b) < ipfixHeader {
		d.skip(Error{Reason: ShortHeader, Got: len(b), Want: ipfixHeader}, 0, len(b))
		return
	}
	be, h := binary.BigEndian, &d.hdr
	h.at = int64(be.Uint32(b[4:])) * 1e9
	h.seq = be.Uint32(b[8:])
	h.domain = be.Uint32(b[12:])
	if !d.open(b, from, recv) {
		return
	}
	length := int(be.Uint16(b[2:]))
	switch {
	case length > len(b) || length < ipfixHeader:
		d.skip(Error{Reason: LengthMismatch, Offset: 2, Got: length, Want: len(b)}, 0, 0)
	case length < len(b):
		d.skip(Error{Reason: TrailingBytes, Offset: length, Got: len(b) - length}, 0, len(b)-length)
		b = b[:length]
	}
	announced := func() uint64 { return h.stream.stats.TemplateRecords + h.stream.stats.Withdrawn }
	before := announced()
	n := d.readSets(b, ipfixHeader)
	if !d.learning {
		h.stream.advance(h.seq, n, int(announced()-before))
	}
}

// readSets reads all sets of a datagram from off on. It returns the number of
// data records, or noCount where a set could not be read in full.
func (d *Decoder) readSets(b []byte, off int) int {
	total, known := 0, true
	for len(b)-off >= setHeader {
		id := binary.BigEndian.Uint16(b[off:])
		length := int(binary.BigEndian.Uint16(b[off+2:]))
		if length < setHeader {
			if id == 0 && length == 0 && allZero(b[off:]) {
				return count(total, known) // zeros after the last set
			}
			d.skip(Error{Reason: BadSetLength, Offset: off, Set: id, Got: length, Want: setHeader}, 0, len(b)-off)
			return noCount
		}
		end := off + length
		if end > len(b) {
			d.skip(Error{Reason: TruncatedSet, Offset: off, Set: id, Got: length, Want: len(b) - off}, 0, 0)
			end, known = len(b), false
		}
		n := d.readSet(id, b[:end], off+setHeader)
		if n == noCount {
			known = false
		} else {
			total += n
		}
		off = end
	}
	if rest := len(b) - off; rest > 0 && !allZero(b[off:]) {
		d.skip(Error{Reason: TrailingBytes, Offset: off, Got: rest}, 0, rest)
	}
	return count(total, known)
}

func count(n int, known bool) int {
	if known {
		return n
	}
	return noCount
}

// readSet reads the set whose contents are b[off:].
func (d *Decoder) readSet(id uint16, b []byte, off int) int {
	v9 := d.hdr.proto == NetFlow9
	switch {
	case id >= firstDataSet:
		return d.readData(id, b, off)
	case v9 && id == v9Templates, !v9 && id == ipfixTemplates:
		d.readTemplates(id, b, off)
	case v9 && id == v9OptionsTemplates:
		d.readOptionsTemplatesV9(b, off)
	case !v9 && id == ipfixOptionTmpls:
		d.readTemplates(id, b, off)
	default:
		d.skip(Error{Reason: ReservedSet, Offset: off, Set: id}, 0, len(b)-off)
		return noCount
	}
	return 0
}

func (d *Decoder) readData(id uint16, b []byte, off int) int {
	s := d.hdr.stream
	t := d.template(s, id)
	if t == nil {
		if !d.learning {
			s.stats.UnknownSets++
		}
		d.skip(Error{Reason: UnknownTemplate, Offset: off, Set: id, Got: len(b) - off}, 0, len(b)-off)
		return noCount
	}
	var n, end int
	switch {
	case t.options:
		n, end = d.readOptions(t, b, off)
	case d.learning:
		return 0
	case t.variable:
		n, end = d.readVariable(t, b, off)
	default:
		n, end = d.readFixed(t, b, off)
	}
	if d.learning {
		return 0
	}
	if t.learnt {
		s.stats.ByLaterTemplate += uint64(n)
	}
	if rest := len(b) - end; rest > 0 && !setPadding(b[end:]) {
		d.skip(Error{Reason: TrailingBytes, Offset: end, Set: id, Got: rest}, 0, rest)
	}
	return n
}

// setPadding reports whether what is left of a set is padding: up to three
// bytes that align it, whatever they hold (RFC 7011 section 3.3.1 only asks
// for zeros), or zeros.
func setPadding(b []byte) bool { return len(b) <= 3 || allZero(b) }

// allZero reports whether b is padding. Padding should be zero (RFC 7011
// section 3.3.1, RFC 3954 section 5.3).
func allZero(b []byte) bool {
	for _, c := range b {
		if c != 0 {
			return false
		}
	}
	return true
}
