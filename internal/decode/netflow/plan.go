package netflow

import (
	"cmp"
	"slices"

	"floodmark/internal/model"
)

// plan is a template compiled into operations: only the fields that a record
// needs, at known offsets.
type plan struct {
	ops       []op
	revOps    []op // fields of the reverse direction (RFC 5103), executed on the reverse record
	has       model.Fields
	revHas    model.Fields
	noAddr    bool // no address and no packet section: nothing to emit
	extra     bool // needs Decoder.x
	onlyFirst bool // tells when the flow began but not when it ended
	onlyLast  bool // and the other way round
	icmpPort  bool // has no ICMP field: type and code may be in the destination port
	section   bool
	proto     bool // has a protocol field, and no packet section that knows better
	sampled   bool // tells sampling or a sampler in the record itself

	running    bool // counts need settleCounts: totals, events, or none at all
	totals     bool // has running totals
	noCounts   bool // counts neither packets nor bytes: an event, or one packet
	hasStart   bool // says when the flow began
	looseStart bool // relative to a header time in whole seconds
}

// op reads one field into the record.
type op struct {
	code  code
	field uint16 // index in the template
	off   uint16 // in a record of fixed length
	width uint16
}

// compile chooses, for each fact of a record, the best field that the template
// has, and the operation that reads it.
func compile(t *template) plan {
	var p plan
	if t.options {
		return p
	}
	fwd, rev := choose(t.fields)
	offs := offsets(t)
	p.ops = appendOps(nil, &fwd, t, offs)
	p.revOps = appendOps(nil, &rev, t, offs)
	p.has, p.revHas = carried(&fwd), carried(&rev)
	addr := fwd.has(sSrc4) || fwd.has(sDst4) || fwd.has(sSrc6) || fwd.has(sDst6)
	p.section = fwd.has(sSection)
	p.noAddr = !addr && !p.section
	p.onlyFirst = fwd.has(sFirst) && !fwd.has(sLast)
	p.onlyLast = fwd.has(sLast) && !fwd.has(sFirst)
	p.icmpPort = !fwd.has(sICMP) && !fwd.has(sICMPType)
	p.proto = fwd.has(sProto) && !p.section
	p.sampled = fwd.has(sRate) || fwd.has(sSampler) || fwd.has(sInterval) || fwd.has(sSize) || fwd.has(sProbability)
	p.totals = total(&fwd) || total(&rev)
	p.noCounts = !p.section && !p.totals && !counts(&fwd) && !counts(&rev) &&
		(fwd.has(sEvent) || fwd.has(sTranslation) || fwd.has(sWireLen))
	p.running = p.totals || p.noCounts || fwd.has(sEvent)
	p.hasStart = fwd.has(sFirst)
	p.looseStart = fwd.code[sFirst] == cFirstUptime
	p.extra = p.sampled || p.section || p.running || fwd.has(sSysInit) || fwd.has(sDuration)
	return p
}

// counts reports whether a template has a counter of packets or bytes.
func counts(c *chosen) bool { return c.has(sBytes) || c.has(sPackets) }

// total reports whether a template has a running total.
func total(c *chosen) bool { return c.has(sBytesTotal) || c.has(sPacketsTotal) }

// chosen is the field taken for each slot: index plus one, 0 for none; and the
// fields that would do as well where the better one holds 0.
type chosen struct {
	field  [numSlots]uint16
	code   [numSlots]code
	prio   [numSlots]uint8
	others []alternative
}

// alternative is a further field for a slot.
type alternative struct {
	field uint16 // index plus one
	slot  slot
	code  code
	prio  uint8
}

func (c *chosen) has(s slot) bool { return c.field[s] != 0 }

// offer takes field i for a slot, and keeps the less good one as alternative.
func (c *chosen) offer(i int, m meaning) {
	a := alternative{uint16(i + 1), m.slot, m.code, m.prio}
	if c.has(m.slot) {
		if best := c.prio[m.slot]; best > m.prio {
			a, c.field[m.slot], c.code[m.slot], c.prio[m.slot] =
				alternative{c.field[m.slot], m.slot, c.code[m.slot], best}, a.field, a.code, a.prio
		}
		c.others = append(c.others, a)
		return
	}
	c.field[m.slot], c.code[m.slot], c.prio[m.slot] = a.field, a.code, a.prio
}

// worse returns the alternatives of a slot, the least good first: what a later
// one reads replaces what an earlier one did, unless it is 0.
func (c *chosen) worse(s slot) []alternative {
	var out []alternative
	for _, a := range c.others {
		if a.slot == s {
			out = append(out, a)
		}
	}
	slices.SortStableFunc(out, func(a, b alternative) int { return cmp.Or(cmp.Compare(b.prio, a.prio), cmp.Compare(b.field, a.field)) })
	return out
}

func choose(fields []field) (fwd, rev chosen) {
	for i, f := range fields {
		if f.pen != 0 && f.pen != reverseEnterprise {
			continue
		}
		m, ok := meaningOf(f.ie)
		if !ok || !m.fits(f.length) {
			continue
		}
		into := &fwd
		if f.pen == reverseEnterprise || m.reverse {
			into = &rev
		}
		if f.pen == reverseEnterprise && (m.slot < sBytes || m.slot >= sRate && m.slot != sBytesTotal && m.slot != sPacketsTotal) {
			continue // the reverse direction has the same addresses, swapped
		}
		into.offer(i, m)
		if m.both { // one time for both ends
			m.slot, m.code = sLast, m.code+1
			into.offer(i, m)
		}
	}
	return fwd, rev
}

// carried states what a record of the template tells.
func carried(c *chosen) model.Fields {
	var has model.Fields
	for _, m := range [...]struct {
		slot slot
		bit  model.Fields
	}{
		{sSrcPort, model.HasPorts}, {sDstPort, model.HasPorts}, {sFlags, model.HasFlags},
		{sTTL, model.HasTTL}, {sIPID, model.HasIPID}, {sFragOff, model.HasFragment},
		{sICMP, model.HasICMP}, {sICMPType, model.HasICMP},
		{sInIf, model.HasInterface}, {sOutIf, model.HasInterface},
		{sSrcAS, model.HasAS}, {sDstAS, model.HasAS},
	} {
		if c.has(m.slot) {
			has |= m.bit
		}
	}
	return has
}

// offsets returns where each field of a fixed-length record starts.
func offsets(t *template) []uint16 {
	offs := make([]uint16, len(t.fields))
	at := 0
	for i, f := range t.fields {
		offs[i] = uint16(min(at, 0xffff)) // a record that long fits in no set
		if f.length != variableLength {
			at += int(f.length)
		}
	}
	return offs
}

// appendOps lists the operations in slot order: what others depend on first.
func appendOps(ops []op, c *chosen, t *template, offs []uint16) []op {
	for s := range slot(numSlots) {
		if !c.has(s) {
			continue
		}
		others := c.worse(s)
		for _, a := range others {
			i := a.field - 1
			ops = append(ops, op{code: a.code, field: i, off: offs[i], width: t.fields[i].length})
		}
		i := c.field[s] - 1
		o := op{code: c.code[s], field: i, off: offs[i], width: t.fields[i].length}
		if s == sSrc6 && c.has(sSrc4) || s == sDst6 && c.has(sDst4) {
			o.code++ // cSrc6 to cSrc6If: only where the IPv4 field is empty
		}
		if !t.variable && len(others) == 0 {
			o.code = fast(o.code, o.width)
		}
		ops = append(ops, o)
	}
	return ops
}

// fast returns the operation for the usual width of a field, which runFixed
// executes in place, or c itself.
func fast(c code, width uint16) code {
	for _, f := range [...]struct {
		code  code
		width uint16
		fast  code
	}{
		{cSrc4, 4, fSrc4}, {cDst4, 4, fDst4}, {cSrc6, 16, fSrc6}, {cDst6, 16, fDst6},
		{cSrcPort, 2, fSrcPort}, {cDstPort, 2, fDstPort}, {cProto, 1, fProto},
		{cFlags, 1, fFlags}, {cFlags, 2, fFlags16},
		{cBytes, 4, fBytes32}, {cBytes, 8, fBytes64}, {cPackets, 4, fPackets32}, {cPackets, 8, fPackets64},
		{cFirstUptime, 4, fFirstUptime}, {cLastUptime, 4, fLastUptime},
		{cFirstMilli, 8, fFirstMilli}, {cLastMilli, 8, fLastMilli},
		{cInIf, 2, fInIf16}, {cOutIf, 2, fOutIf16}, {cInIf, 4, fInIf32}, {cOutIf, 4, fOutIf32},
		{cSrcAS, 2, fSrcAS16}, {cDstAS, 2, fDstAS16}, {cSrcAS, 4, fSrcAS32}, {cDstAS, 4, fDstAS32},
		{cTTL, 1, fTTL}, {cICMP, 2, fICMP},
	} {
		if f.code == c && f.width == width {
			return f.fast
		}
	}
	return c
}
