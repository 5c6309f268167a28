package netflow

import (
	"encoding/binary"

	"floodmark/internal/model"
)

// readFixed reads the records of a set whose template has no field of variable
// length. It returns their number and the offset after them.
func (d *Decoder) readFixed(t *template, b []byte, off int) (records, end int) {
	n := (len(b) - off) / t.size
	end = off + n*t.size
	if n == 0 || !d.begin(t, n, off, end) {
		return n, end
	}
	d.saw(t, n)
	for ; off < end; off += t.size {
		rec := b[off : off+t.size]
		d.rec = d.base
		if t.extra {
			d.x = extra{}
		}
		d.runFixed(t.ops, rec, &d.rec)
		if len(t.revOps) > 0 {
			d.startReverse()
			d.runFixed(t.revOps, rec, &d.rev)
		}
		d.emit(t, off)
	}
	return n, end
}

// begin prepares d.base for the records of a set. It returns false where they
// tell no addresses; n is their number as far as it is known.
func (d *Decoder) begin(t *template, n, off, end int) bool {
	s := d.hdr.stream
	if t.noAddr {
		s.stats.Records += uint64(n)
		d.skip(Error{Reason: NoAddresses, Offset: off, Set: t.id, Got: n}, n, end-off)
		return false
	}
	at := d.hdr.at
	d.base = model.Record{
		First: at, Last: at, Has: t.has, Sampling: s.rate(),
		Exporter: s.exp.index, Domain: d.hdr.domain,
	}
	return true
}

// saw counts the records of a set, and the sampling rate that they share.
func (d *Decoder) saw(t *template, n int) {
	s := d.hdr.stream
	s.stats.Records += uint64(n)
	if !t.sampled && !s.cache.perInterface {
		s.see(d.base.Sampling, announced(d.base.Sampling), n)
	}
}

// runFixed executes operations on a record of fixed length.
func (d *Decoder) runFixed(ops []op, rec []byte, r *model.Record) {
	be := binary.BigEndian
	for i := range ops {
		o := &ops[i]
		b := rec[o.off:]
		switch o.code {
		case fSrc4:
			r.Src = model.Addr4(be.Uint32(b))
		case fDst4:
			r.Dst = model.Addr4(be.Uint32(b))
		case fSrc6:
			r.Src = model.Addr{Hi: be.Uint64(b), Lo: be.Uint64(b[8:])}
		case fDst6:
			r.Dst = model.Addr{Hi: be.Uint64(b), Lo: be.Uint64(b[8:])}
		case fSrcPort:
			r.SrcPort = be.Uint16(b)
		case fDstPort:
			r.DstPort = be.Uint16(b)
		case fProto:
			r.Proto = b[0]
		case fFlags:
			r.TCPFlags = b[0]
		case fFlags16:
			r.TCPFlags = b[1]
		case fBytes32:
			r.Bytes = uint64(be.Uint32(b))
		case fBytes64:
			r.Bytes = be.Uint64(b)
		case fPackets32:
			r.Packets = uint64(be.Uint32(b))
		case fPackets64:
			r.Packets = be.Uint64(b)
		case fFirstUptime:
			r.First = d.sinceBoot(be.Uint32(b))
		case fLastUptime:
			r.Last = d.sinceBoot(be.Uint32(b))
		case fFirstMilli:
			setTime(&r.First, be.Uint64(b), 1e6)
		case fLastMilli:
			setTime(&r.Last, be.Uint64(b), 1e6)
		case fInIf16:
			r.InIf = uint32(be.Uint16(b))
		case fOutIf16:
			r.OutIf = uint32(be.Uint16(b))
		case fInIf32:
			r.InIf = be.Uint32(b)
		case fOutIf32:
			r.OutIf = be.Uint32(b)
		case fSrcAS16:
			r.SrcAS = uint32(be.Uint16(b))
		case fDstAS16:
			r.DstAS = uint32(be.Uint16(b))
		case fSrcAS32:
			r.SrcAS = be.Uint32(b)
		case fDstAS32:
			r.DstAS = be.Uint32(b)
		case fTTL:
			r.TTL = b[0]
		case fICMP:
			r.ICMPType, r.ICMPCode = b[0], b[1]
		default:
			d.apply(o.code, b[:o.width], r)
		}
	}
}

// span is where a field of a record of variable length lies.
type span struct{ from, to int }

// readVariable reads the records of a set whose template has fields of variable
// length. Each record takes at least one byte, so that it ends.
func (d *Decoder) readVariable(t *template, b []byte, off int) (records, end int) {
	if len(b)-off < t.size || !d.begin(t, 0, off, len(b)) {
		return noCount, len(b)
	}
	n := 0
	for len(b)-off >= t.size {
		next := d.spans(t.fields, b, off)
		if next < 0 {
			d.saw(t, n)
			if len(b)-off <= 3 {
				return n, len(b) // padding
			}
			d.skip(Error{Reason: BadRecord, Offset: off, Set: t.id, Got: len(b) - off}, 1, len(b)-off)
			return noCount, len(b)
		}
		if paddingFrom(b, off, next) {
			d.saw(t, n)
			return n, len(b)
		}
		d.rec, d.x = d.base, extra{}
		d.runSpans(t.ops, b, &d.rec)
		if len(t.revOps) > 0 {
			d.startReverse()
			d.runSpans(t.revOps, b, &d.rev)
		}
		d.emit(t, off)
		n++
		off = next
	}
	d.saw(t, n)
	return n, off
}

// paddingFrom reports whether b[off:] is padding rather than a record that
// would end at next: RFC 7011 section 3.3.1 pads with at most 3 bytes for
// alignment, 7 are allowed for.
func paddingFrom(b []byte, off, next int) bool {
	return next == len(b) && next-off <= 7 && allZero(b[off:])
}

// spans finds where each field of a record lies and returns the offset after
// the record, or -1 where it goes past the end of b. RFC 7011 section 7: a
// length of one byte, or 255 and two bytes.
func (d *Decoder) spans(fields []field, b []byte, off int) int {
	for i, f := range fields {
		n := int(f.length)
		if n == variableLength {
			if off >= len(b) {
				return -1
			}
			n = int(b[off])
			off++
			if n == 255 {
				if len(b)-off < 2 {
					return -1
				}
				n = int(binary.BigEndian.Uint16(b[off:]))
				off += 2
			}
		}
		if n > len(b)-off {
			return -1
		}
		d.span[i] = span{off, off + n}
		off += n
	}
	return off
}

func (d *Decoder) runSpans(ops []op, b []byte, r *model.Record) {
	for i := range ops {
		s := d.span[ops[i].field]
		d.apply(ops[i].code, b[s.from:s.to], r)
	}
}

// emit hands on what was read of a record, forward and reverse.
func (d *Decoder) emit(t *template, off int) {
	switch {
	case t.running && !d.settleCounts(t):
	case len(t.revOps) == 0:
		d.finish(t, off)
	default:
		d.finishBoth(t, off)
	}
}

// startReverse makes d.rev the reverse of what d.rec tells so far (RFC 5103
// section 6): addresses and ports are swapped, all else must be told.
func (d *Decoder) startReverse() {
	r, v := &d.rec, &d.rev
	*v = model.Record{
		First: r.First, Last: r.Last,
		Src: r.Dst, Dst: r.Src, SrcPort: r.DstPort, DstPort: r.SrcPort,
		Proto: r.Proto, ICMPType: r.ICMPType, ICMPCode: r.ICMPCode,
		Sampling: r.Sampling, Exporter: r.Exporter, Domain: r.Domain,
		InIf: r.OutIf, OutIf: r.InIf, SrcAS: r.DstAS, DstAS: r.SrcAS,
	}
}

// finishBoth emits both directions of a flow, each if it carried anything. The
// interfaces of the reverse direction are those of the flow, swapped.
func (d *Decoder) finishBoth(t *template, off int) {
	sent := d.rec.Packets|d.rec.Bytes != 0
	answered := d.rev.Packets|d.rev.Bytes != 0
	if sent || !answered {
		d.finish(t, off)
	}
	if !answered {
		return
	}
	const both = model.HasPorts | model.HasInterface | model.HasAS
	d.rev.Has = t.has&both | t.revHas
	if t.revHas&model.HasICMP == 0 {
		d.rev.ICMPType, d.rev.ICMPCode = 0, 0
	}
	d.close(t, &d.rev)
	d.hdr.stream.stats.Reverse++
	d.cfg.Emit(&d.rev)
}
