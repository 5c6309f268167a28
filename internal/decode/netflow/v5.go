package netflow

import (
	"encoding/binary"

	"floodmark/internal/model"
)

// NetFlow v5, Cisco "NetFlow Export Datagram Formats": header and record.
const (
	v5Header = 24
	v5Record = 48
)

// v5Has is what every record of NetFlow v5 carries.
const v5Has = model.HasPorts | model.HasFlags | model.HasInterface | model.HasAS

func (d *Decoder) readV5(b []byte, from model.Exporter, recv int64) {
	if len(b) < v5Header {
		d.skip(Error{Reason: ShortHeader, Got: len(b), Want: v5Header}, 0, len(b))
		return
	}
	be, h := binary.BigEndian, &d.hdr
	h.uptime = be.Uint32(b[4:])
	h.at = int64(be.Uint32(b[8:]))*1e9 + int64(be.Uint32(b[12:])%1e9)
	h.seq = be.Uint32(b[16:])
	h.domain = uint32(be.Uint16(b[20:])) // engine type and id
	if !d.open(b, from, recv) || d.learning {
		return
	}
	count := int(be.Uint16(b[2:]))
	s := h.stream
	s.advance(h.seq, count, 0)
	if fit := (len(b) - v5Header) / v5Record; count > fit {
		d.skip(Error{Reason: CountMismatch, Offset: 2, Got: count, Want: fit}, count-fit, len(b)-v5Header-fit*v5Record)
		count = fit
	} else if rest := len(b) - v5Header - count*v5Record; rest > 0 {
		d.skip(Error{Reason: TrailingBytes, Offset: len(b) - rest, Got: rest}, 0, rest)
	}
	// 14 bits of interval below 2 bits of mode; exporters that set the
	// interval but no mode exist, so that the mode is not looked at.
	rate := uint32(be.Uint16(b[22:]) & 0x3fff)
	d.base = model.Record{Exporter: s.exp.index, Domain: h.domain, Sampling: rate, Has: v5Has}
	s.stats.Records += uint64(count)
	s.see(rate, fromHeader(rate), count)
	for p := b[v5Header:]; count > 0; count, p = count-1, p[v5Record:] {
		d.recordV5((*[v5Record]byte)(p))
	}
}

func fromHeader(rate uint32) RateFrom {
	if rate == 0 {
		return rateNotReported
	}
	return rateFromHeader
}

func (d *Decoder) recordV5(p *[v5Record]byte) {
	be, r := binary.BigEndian, &d.rec
	*r = d.base
	r.Src, r.Dst = model.Addr4(be.Uint32(p[0:])), model.Addr4(be.Uint32(p[4:]))
	r.InIf, r.OutIf = uint32(be.Uint16(p[12:])), uint32(be.Uint16(p[14:]))
	r.Packets, r.Bytes = uint64(be.Uint32(p[16:])), uint64(be.Uint32(p[20:]))
	r.First, r.Last = d.uptime(be.Uint32(p[24:])), d.uptime(be.Uint32(p[28:]))
	r.SrcPort, r.DstPort = be.Uint16(p[32:]), be.Uint16(p[34:])
	r.TCPFlags, r.Proto = p[37], p[38]
	r.SrcAS, r.DstAS = uint32(be.Uint16(p[40:])), uint32(be.Uint16(p[42:]))
	d.settle(r, true)
	d.order(r)
	d.cfg.Emit(r)
}

// uptime converts ms since the exporter's boot to Unix ns. The subtraction is
// modulo 2^32, so that it holds across the wrap of the exporter's clock (49.7
// days) for flows of up to 24.8 days; a flow may also end after the header was
// written.
func (d *Decoder) uptime(ms uint32) int64 {
	return d.hdr.at - int64(int32(d.hdr.uptime-ms))*1e6
}

// settle makes a record's facts agree with its protocol. byPort says that the
// exporter tells ICMP type and code in the destination port, if at all.
func (d *Decoder) settle(r *model.Record, byPort bool) {
	switch r.Proto {
	case model.ProtoTCP:
		r.Has &^= model.HasICMP
	case model.ProtoUDP, model.ProtoSCTP, 33, 136: // DCCP, UDP-Lite
		r.Has &^= model.HasICMP | model.HasFlags
	case model.ProtoICMP, model.ProtoICMPv6:
		if byPort {
			// 0 is "echo reply" or "not reported": it cannot be known which.
			r.Has &^= model.HasICMP
			if r.DstPort != 0 && r.SrcPort == 0 {
				r.ICMPType, r.ICMPCode = uint8(r.DstPort>>8), uint8(r.DstPort)
				r.Has |= model.HasICMP
			}
		}
		r.SrcPort, r.DstPort = 0, 0
		r.Has &^= model.HasPorts | model.HasFlags
	default:
		r.SrcPort, r.DstPort = 0, 0
		r.Has &^= model.HasPorts | model.HasFlags | model.HasICMP
	}
}

// order keeps a record from ending before it begins.
func (d *Decoder) order(r *model.Record) {
	if r.Last < r.First {
		r.First = r.Last
		d.hdr.stream.stats.TimeDisorder++
	}
}
