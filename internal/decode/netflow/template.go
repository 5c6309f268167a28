package netflow

import (
	"encoding/binary"
	"slices"
)

// field is one field specifier of a template.
type field struct {
	ie     uint16
	length uint16
	pen    uint32 // enterprise number, 0 for IANA
	scope  bool
}

// template is a template and the plan compiled from it.
type template struct {
	id        uint16
	options   bool
	variable  bool // has fields of variable length
	withdrawn bool
	learnt    bool // kept from a first pass
	redefined bool // learnt, and announced differently later
	size      int  // bytes of a record; the least bytes where variable
	fields    []field
	plan
}

// same reports whether two templates describe the same records.
func (t *template) same(options bool, fields []field) bool {
	return t.options == options && slices.Equal(t.fields, fields)
}

// readTemplates reads a template set of NetFlow v9 or IPFIX, or an options
// template set of IPFIX, whose form differs only by a scope count.
func (d *Decoder) readTemplates(set uint16, b []byte, off int) {
	be := binary.BigEndian
	options := d.hdr.proto == IPFIX && set == ipfixOptionTmpls
	for len(b)-off >= templateHeader {
		id, n := be.Uint16(b[off:]), int(be.Uint16(b[off+2:]))
		start := off
		off += templateHeader
		if id == 0 && allZero(b[start:]) {
			return // padding
		}
		if n == 0 && d.hdr.proto == IPFIX {
			d.withdraw(id, options)
			continue
		}
		scopes := 0
		if options {
			if len(b)-off < 2 {
				d.badTemplate(id, start, len(b)-start, optionsTmplHeader, b)
				return
			}
			scopes = int(be.Uint16(b[off:]))
			off += 2
		}
		if off = d.readFields(b, off, n, scopes); off < 0 {
			d.badTemplate(id, start, n, (len(b)-start-templateHeader)/minFieldBytes, b)
			return
		}
		d.define(id, start, options)
	}
}

// readFields reads n field specifiers into d.spec and returns the offset after
// them, or -1 where they do not fit in b.
func (d *Decoder) readFields(b []byte, off, n, scopes int) int {
	be := binary.BigEndian
	d.spec = d.spec[:0]
	for i := range n {
		if len(b)-off < minFieldBytes {
			return -1
		}
		f := field{ie: be.Uint16(b[off:]), length: be.Uint16(b[off+2:]), scope: i < scopes}
		off += 4
		if d.hdr.proto == IPFIX && f.ie&enterpriseBit != 0 {
			if len(b)-off < 4 {
				return -1
			}
			f.ie &^= enterpriseBit
			f.pen = be.Uint32(b[off:])
			off += 4
		}
		d.spec = append(d.spec, f)
	}
	return off
}

// readOptionsTemplatesV9 reads an options template set of RFC 3954 section 6.1,
// which gives the bytes of its scope and option fields instead of counts.
func (d *Decoder) readOptionsTemplatesV9(b []byte, off int) {
	be := binary.BigEndian
	for len(b)-off >= optionsTmplHeader {
		if allZero(b[off:]) {
			return // padding
		}
		id, start := be.Uint16(b[off:]), off
		scopes, options := int(be.Uint16(b[off+2:])), int(be.Uint16(b[off+4:]))
		off += optionsTmplHeader
		if scopes%4 != 0 || options%4 != 0 {
			d.badTemplate(id, start, scopes+options, 4, b)
			return
		}
		if off = d.readFields(b, off, (scopes+options)/4, scopes/4); off < 0 {
			d.badTemplate(id, start, scopes+options, len(b)-start-optionsTmplHeader, b)
			return
		}
		for i := range d.spec[:scopes/4] {
			d.spec[i].ie = scopeV9(d.spec[i].ie)
		}
		d.define(id, start, true)
	}
}

// scopeV9 maps the scope types of RFC 3954 section 6.1 to information elements.
func scopeV9(scope uint16) uint16 {
	switch scope {
	case 2: // interface
		return ieIngressInterface
	case 3: // line card
		return ieLineCard
	}
	return 0 // system, cache, template: the whole domain
}

// badTemplate counts what is left of a template set that does not parse.
func (d *Decoder) badTemplate(id uint16, at, got, want int, b []byte) {
	d.skip(Error{Reason: BadTemplate, Offset: at, Set: id, Got: got, Want: want}, 1, len(b)-at)
}

// define keeps the template whose fields are in d.spec.
func (d *Decoder) define(id uint16, at int, options bool) {
	d.reported = true
	s, n := d.hdr.stream, len(d.spec)
	size, variable := recordSize(d.spec)
	if id < firstDataSet || n == 0 || size == 0 {
		d.skip(Error{Reason: BadTemplate, Offset: at, Set: id, Got: size, Want: 1}, 1, n*4)
		return
	}
	if n > d.cfg.Limits.Fields {
		d.skip(Error{Reason: TemplateLimit, Offset: at, Set: id, Got: n, Want: d.cfg.Limits.Fields}, 1, n*4)
		return
	}
	into := s.templates
	if d.learning {
		into = s.learnt
	}
	old := into[id]
	if old != nil && old.same(options, d.spec) {
		old.withdrawn = false
		d.announced(s, false)
		return
	}
	if d.learning && old != nil {
		old.redefined = true
		return
	}
	freed := 0
	if old != nil {
		freed = len(old.fields)
	}
	if old == nil && len(into) >= d.cfg.Limits.Templates {
		d.skip(Error{Reason: TemplateLimit, Offset: at, Set: id, Got: len(into), Want: d.cfg.Limits.Templates}, 1, n*4)
		return
	}
	if d.fields-freed+n > d.cfg.Limits.AllFields {
		d.skip(Error{Reason: TemplateLimit, Offset: at, Set: id, Got: d.fields, Want: d.cfg.Limits.AllFields}, 1, n*4)
		return
	}
	d.fields += n - freed
	t := &template{id: id, options: options, size: size, variable: variable, learnt: d.learning, fields: slices.Clone(d.spec)}
	t.plan = compile(t)
	into[id] = t
	d.announced(s, old != nil)
}

// announced counts a template record.
func (d *Decoder) announced(s *stream, redefined bool) {
	if d.learning {
		return
	}
	if redefined {
		s.stats.Redefined++
	}
	s.stats.TemplateRecords++
}

// recordSize returns the bytes of a record, the least bytes where it has
// fields of variable length (RFC 7011 section 7: at least one byte each).
func recordSize(fields []field) (size int, variable bool) {
	for _, f := range fields {
		if f.length == variableLength {
			size++
			variable = true
			continue
		}
		size += int(f.length)
	}
	return size, variable
}

// withdraw forgets templates (RFC 7011 section 8.1): one, or all of a kind
// where the id is that of the template set.
func (d *Decoder) withdraw(id uint16, options bool) {
	s := d.hdr.stream
	if d.learning {
		return
	}
	s.stats.Withdrawn++
	if id >= firstDataSet {
		d.withdrawOne(s, id)
		return
	}
	if (id == ipfixTemplates && !options) || (id == ipfixOptionTmpls && options) {
		for k, t := range s.templates {
			if t.options == options {
				d.withdrawOne(s, k)
			}
		}
	}
}

// withdrawOne leaves a mark in place of the template, so that no other
// definition (of a first pass, of another port) steps in.
func (d *Decoder) withdrawOne(s *stream, id uint16) {
	t := s.templates[id]
	if t == nil {
		return
	}
	t.withdrawn = true
}
