package netflow

import (
	"floodmark/internal/decode/packet"
	"floodmark/internal/model"
)

// finish completes d.rec and emits it.
func (d *Decoder) finish(t *template, off int) {
	r := &d.rec
	if t.section && !d.readSection(t, off) {
		return
	}
	d.close(t, r)
	d.cfg.Emit(r)
}

// close settles what needs the whole record: sampling, missing times, facts
// that depend on the protocol.
func (d *Decoder) close(t *template, r *model.Record) {
	if t.sampled || d.hdr.stream.cache.perInterface {
		d.sample(t, r)
	}
	if t.onlyFirst {
		r.Last = r.First + int64(d.x.duration)*1e3
	} else if t.onlyLast {
		r.First = r.Last - int64(d.x.duration)*1e3
	}
	if t.proto {
		d.settle(r, t.icmpPort)
	}
	d.order(r)
}

// sample finds the sampling rate that holds for one record: its own, that of
// the sampler it names, that of its interface, or what all of its domain share.
func (d *Decoder) sample(t *template, r *model.Record) {
	s := d.hdr.stream
	if rate := d.x.ownRate(); rate != 0 {
		r.Sampling = rate
		s.see(rate, rateFromRecord, 1)
		return
	}
	switch {
	case d.x.hasSampler: // a sampler that was not announced is not taken for another one
		r.Sampling = s.rateOf(rateKey{bySampler, d.x.sampler})
		if r.Sampling == 0 {
			r.Sampling = s.rateOf(rateKey{kind: byDomain})
		}
	case s.cache.perInterface:
		rate := s.rateOf(rateKey{byInterface, uint64(r.InIf)})
		if rate == 0 {
			rate = s.rateOf(rateKey{byInterface, uint64(r.OutIf)})
		}
		if rate != 0 {
			r.Sampling = rate
		}
	}
	s.see(r.Sampling, announced(r.Sampling), 1)
}

// readSection decodes the packet section of the record and lays what the
// exporter tells beside it over the result. It returns false where the section
// is not a packet.
func (d *Decoder) readSection(t *template, off int) bool {
	p, flow := d.x.section, &d.rec
	if n := d.x.sectionLen; n > 0 && n < uint64(len(p)) {
		p = p[:n] // a field of fixed length holds padding after the section
	}
	if d.sectionPacket(p) != packet.OK {
		d.skip(Error{Reason: UnreadSection, Offset: off, Set: t.id, Got: len(p)}, 1, len(p))
		return false
	}
	s := &d.sec
	s.First, s.Last = flow.First, flow.Last
	s.Exporter, s.Domain, s.Sampling = flow.Exporter, flow.Domain, flow.Sampling
	s.InIf, s.OutIf, s.SrcAS, s.DstAS = flow.InIf, flow.OutIf, flow.SrcAS, flow.DstAS
	s.Has |= flow.Has & (model.HasInterface | model.HasAS)
	s.IsPacket, s.Packets, s.Bytes = true, 1, uint64(s.IPLen)
	if flow.Packets > 1 {
		s.IsPacket, s.Packets, s.Bytes = false, flow.Packets, flow.Bytes
	}
	*flow = *s
	return true
}

// sectionPacket decodes a packet section into d.sec. IE 408 tells the kind of
// frame: 1 is Ethernet, which is also what exporters mean that do not send it.
func (d *Decoder) sectionPacket(p []byte) packet.Reason {
	wire := int(min(d.x.wireLen, 1<<16))
	switch {
	case code(d.x.sectionCode) == cSectionIP:
		return d.pkt.DecodeIP(p, wire, &d.sec)
	case d.x.frameType > 1:
		return packet.UnsupportedLink
	}
	return d.pkt.Decode(p, packet.Ethernet, wire, &d.sec)
}
