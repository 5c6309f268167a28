package netflow

import (
	"bytes"
	"strings"
)

// optionFields is what an options record tells that matters here.
type optionFields struct {
	x         extra
	ifIndex   uint32
	name      []byte // IE 82
	desc      []byte // IE 83
	key       rateKey
	domain    uint32 // IE 149 in the scope: the domain that is meant
	hasDomain bool
}

// readOptions reads options records: sampling rates and boot times. It returns
// their number, noCount where one does not fit, and the offset after them.
func (d *Decoder) readOptions(t *template, b []byte, off int) (records, end int) {
	n := 0
	d.reported = true
	for len(b)-off >= t.size {
		next := d.spans(t.fields, b, off)
		if next < 0 {
			d.skip(Error{Reason: BadRecord, Offset: off, Set: t.id, Got: len(b) - off}, 1, len(b)-off)
			return noCount, len(b)
		}
		if t.variable && paddingFrom(b, off, next) {
			return n, len(b)
		}
		d.readOption(t, b)
		n++
		off = next
	}
	if !d.learning {
		d.hdr.stream.stats.OptionRecords += uint64(n)
	}
	return n, off
}

func (d *Decoder) readOption(t *template, b []byte) {
	var o optionFields
	for i, f := range t.fields {
		s := d.span[i]
		if f.pen == 0 {
			o.read(f, b[s.from:s.to])
		}
	}
	s := d.hdr.stream
	if o.hasDomain {
		if s = d.stream(s.exp.id, d.hdr.proto, o.domain); s == nil {
			return
		}
		s.scoped = true
	}
	if d.cfg.Interface != nil && o.ifIndex != 0 && (len(o.name) > 0 || len(o.desc) > 0) {
		d.cfg.Interface(&Interface{Exporter: s.exp.index, Index: o.ifIndex, Name: text(o.name), Description: text(o.desc)})
	}
	if at := int64(o.x.sysInit); at != 0 && at != s.sysInit {
		s.sysInit = at
		s.exp.device.changed(s)
	}
	rate := o.x.ownRate()
	if rate == 0 {
		return
	}
	if o.x.hasSampler {
		o.key = rateKey{bySampler, o.x.sampler}
	}
	table := &s.rates
	if d.learning {
		table = &s.learnRate
	}
	if !s.announce(table, o.key, rate, d.cfg.Limits.Rates) {
		d.skip(Error{Reason: TemplateLimit, Set: t.id, Got: len(*table), Want: d.cfg.Limits.Rates}, 1, 0)
	}
}

func (o *optionFields) read(f field, b []byte) {
	v, ok := uintOf(b)
	switch {
	case f.ie == ieInterfaceName:
		o.name = b
		return
	case f.ie == ieInterfaceDesc:
		o.desc = b
		return
	case f.ie == ieIngressInterface && ok && !f.scope: // Cisco's interface table has it outside of the scope
		o.ifIndex = uint32(v)
		return
	case f.ie == 149 && f.scope && ok: // observationDomainId
		o.domain, o.hasDomain = uint32(v), true
		return
	case f.ie == ieIngressInterface && f.scope && ok && v != 0:
		o.key, o.ifIndex = rateKey{byInterface, v}, uint32(v)
		return
	case f.ie == ieLineCard && f.scope && ok:
		o.key = rateKey{byLineCard, v}
		return
	}
	m, known := meaningOf(f.ie)
	if !known {
		return
	}
	switch {
	case m.code == cProbability:
		o.x.probability = floatOf(b)
	case !ok:
	case m.code == cSysInit:
		o.x.sysInit = v
	case m.slot >= sRate && m.slot <= sPopulation:
		o.sampling(m, v)
	}
}

// text is a name as an exporter sent it: padded with zeros, of any bytes.
func text(b []byte) string {
	if i := bytes.IndexByte(b, 0); i >= 0 {
		b = b[:i]
	}
	if len(b) > maxName {
		b = b[:maxName]
	}
	return strings.ToValidUTF8(strings.TrimSpace(string(b)), "\uFFFD")
}

// maxName bounds names of interfaces, in bytes.
const maxName = 128

// Interface is what an options record tells of an interface (IPFIX information
// elements 10, 82 interfaceName, 83 interfaceDescription).
type Interface struct {
	Exporter    uint32 // model.Record.Exporter
	Index       uint32 // SNMP ifIndex
	Name        string
	Description string
}

// sampling keeps IE 34 before 50, and 48 before 302. A rate of 0 is none.
func (o *optionFields) sampling(m meaning, v uint64) {
	if m.code == cRate && v == 0 {
		return
	}
	if m.prio > 0 && (m.code == cRate && o.x.rate != 0 || m.code == cSampler && o.x.hasSampler) {
		return
	}
	o.x.set(m.code, v)
}
