package netflow

import (
	"encoding/binary"
	"math"

	"floodmark/internal/model"
)

// extra holds what a record tells that is not itself part of model.Record. It
// is cleared before each record of a template that needs it.
type extra struct {
	rate                            uint64
	sampler                         uint64
	hasSampler                      bool
	interval, space                 uint64
	size, population                uint64
	probability                     float64
	sysInit, duration               uint64 // ms; µs
	wireLen, frameType, sectionCode uint64
	sectionLen                      uint64
	section                         []byte
	event, flowID                   uint64
	totals                          [2]sums // forward, reverse
}

// uintOf reads an unsigned integer of up to 8 bytes.
func uintOf(b []byte) (uint64, bool) {
	if len(b) == 0 || len(b) > 8 {
		return 0, false
	}
	var v uint64
	for _, c := range b {
		v = v<<8 | uint64(c)
	}
	return v, true
}

// apply executes an operation on a field of any width. A field that cannot be
// read leaves the record as it is.
func (d *Decoder) apply(c code, b []byte, r *model.Record) {
	switch c {
	case cSrc4, cDst4, cSrc6, cDst6, cSrc6If, cDst6If:
		applyAddr(c, b, r)
		return
	case cSectionIP, cSectionLink:
		if len(b) == 0 {
			return
		}
		d.x.section, d.x.sectionCode = b, uint64(c)
		return
	case cProbability:
		d.x.probability = floatOf(b)
		return
	}
	v, ok := uintOf(b)
	if !ok {
		if c == cFirstNTP || c == cLastNTP {
			applyPair(c, b, r)
		}
		return
	}
	switch {
	case c == cBytesTotal || c == cPacketsTotal:
		d.applyTotal(c, v, r)
	case c >= cSysInit && c <= cDurationMicro:
		d.applyTime(c, v, r)
	case c >= cRate:
		d.x.set(c, v)
	default:
		applyCount(c, v, r)
	}
}

func applyAddr(c code, b []byte, r *model.Record) {
	a := model.AddrFrom(b)
	switch c {
	case cSrc4, cSrc6:
		r.Src = a
	case cDst4, cDst6:
		r.Dst = a
	case cSrc6If:
		if !a.IsZero() && r.Src.Is4() && r.Src.V4() == 0 {
			r.Src = a
		}
	case cDst6If:
		if !a.IsZero() && r.Dst.Is4() && r.Dst.V4() == 0 {
			r.Dst = a
		}
	}
}

// applyTotal keeps a running total; one of 0 leaves what another field said.
func (d *Decoder) applyTotal(c code, v uint64, r *model.Record) {
	t := &d.x.totals[0]
	if r == &d.rev {
		t = &d.x.totals[1]
	}
	switch {
	case v == 0:
	case c == cBytesTotal:
		t.bytes = v
	default:
		t.packets = v
	}
}

// applyCount keeps a field of the record. A field of 0 says no more than that
// there was none, and leaves what a less good field of the template said.
func applyCount(c code, v uint64, r *model.Record) {
	if v == 0 && c != cMetered {
		return
	}
	switch c {
	case cBytes:
		r.Bytes = v
	case cPackets:
		r.Packets = v
	case cSrcPort:
		r.SrcPort = uint16(v)
	case cDstPort:
		r.DstPort = uint16(v)
	case cProto:
		r.Proto = uint8(v)
	case cFlags:
		r.TCPFlags = uint8(v)
	case cTTL:
		r.TTL = uint8(v)
	case cICMP:
		r.ICMPType, r.ICMPCode = uint8(v>>8), uint8(v)
	case cICMPType:
		r.ICMPType = uint8(v)
	case cICMPCode:
		r.ICMPCode = uint8(v)
	case cIPID:
		r.IPID = uint32(v)
	case cFragOff: // in units of 8 bytes, as in the IP header
		r.FragOffset = uint16(v&0x1fff) << 3
	case cFragFlags: // IE 197: reserved, DF, MF from the highest bit down
		r.MoreFragments = v&0x20 != 0
	case cInIf:
		r.InIf = uint32(v)
	case cOutIf:
		r.OutIf = uint32(v)
	case cSrcAS:
		r.SrcAS = uint32(v)
	case cDstAS:
		r.DstAS = uint32(v)
	case cMetered: // IE 61: 0 ingress, 1 egress
		if v <= 1 {
			r.Metered = model.MeteredAt(v) + model.AtIngress
		}
	}
}

// set keeps a value that needs others to mean something.
func (x *extra) set(c code, v uint64) {
	switch c {
	case cRate:
		if v != 0 {
			x.rate = v
		}
	case cSampler:
		if v != 0 || !x.hasSampler {
			x.sampler, x.hasSampler = v, true
		}
	case cInterval:
		x.interval = v
	case cSpace:
		x.space = v
	case cSize:
		x.size = v
	case cPopulation:
		x.population = v
	case cSectionLen:
		x.sectionLen = v
	case cWireLen:
		x.wireLen = v
	case cFrameType:
		x.frameType = v
	case cEvent:
		x.event = v
	case cFlowID:
		x.flowID = v
	}
}

func (d *Decoder) applyTime(c code, v uint64, r *model.Record) {
	switch c {
	case cSysInit:
		d.x.sysInit = v
	case cFirstUptime:
		if v != 0 || r.First == d.hdr.at { // 0 beside a time that another field told is none
			r.First = d.sinceBoot(uint32(v))
		}
	case cLastUptime:
		if v != 0 || r.Last == d.hdr.at {
			r.Last = d.sinceBoot(uint32(v))
		}
	case cFirstSec:
		setTime(&r.First, v, 1e9)
	case cLastSec:
		setTime(&r.Last, v, 1e9)
	case cFirstMilli:
		setTime(&r.First, v, 1e6)
	case cLastMilli:
		setTime(&r.Last, v, 1e6)
	case cFirstNTP:
		setNTP(&r.First, v)
	case cLastNTP:
		setNTP(&r.Last, v)
	case cFirstBefore:
		r.First = d.before(v)
	case cLastBefore:
		r.Last = d.before(v)
	case cDurationMilli:
		d.x.duration = min(v, math.MaxInt32) * 1000
	case cDurationMicro:
		d.x.duration = min(v, math.MaxInt32*1000)
	}
}

// floatOf reads a float64 or float32 (RFC 7011 section 6.1.3), 0 where it is
// neither.
func floatOf(b []byte) float64 {
	switch len(b) {
	case 4:
		return float64(math.Float32frombits(binary.BigEndian.Uint32(b)))
	case 8:
		return math.Float64frombits(binary.BigEndian.Uint64(b))
	}
	return 0
}
