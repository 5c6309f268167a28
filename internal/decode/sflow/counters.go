package sflow

import "floodmark/internal/model"

// Counters are the generic counters of an interface since it was last reset,
// after RFC 2233. 32-bit counters wrap.
type Counters struct {
	At       int64 // when the datagram arrived, Unix ns
	Agent    model.Addr
	SubAgent uint32
	Source   SourceID

	IfIndex, IfType        uint32
	Speed                  uint64 // bits per second
	Direction, Status      uint32 // 1 full duplex, 2 half, 3 in, 4 out; bit 0 admin up, bit 1 operational up
	InBytes, OutBytes      uint64
	InUcast, OutUcast      uint32 // packets
	InMulti, OutMulti      uint32
	InBroad, OutBroad      uint32
	InDiscards, InErrors   uint32
	InUnknownProtos        uint32
	OutDiscards, OutErrors uint32
	Promiscuous            uint32
}

// genericCounters is the counter record format of generic interfaces.
const (
	genericCounters = 1
	genericBytes    = 88
)

// readCounters reads a counter sample.
func (d *Decoder) readCounters(c *cursor, a *agent, format uint32) {
	seq := c.u32()
	var id SourceID
	if format == expandedCounters {
		id = SourceID{c.u32(), c.u32()}
	} else {
		v := c.u32()
		id = SourceID{v >> 24, v & 0xffffff}
	}
	records := c.u32()
	if c.short {
		d.skip(Error{Reason: BadSample, Offset: c.base, Format: format, Got: len(c.b), Want: 12}, 1, len(c.b))
		return
	}
	a.stats.CounterSamples++
	src := d.source(a, id)
	if src != nil {
		src.counters.advance(seq, loss{&src.stats.CountersLost, &src.stats.Late})
	}
	for range records {
		if c.left() < 8 {
			d.skip(Error{Reason: BadSample, Offset: c.offset(), Format: format, Got: c.left(), Want: 8}, 0, c.left())
			return
		}
		at, kind, length := c.offset(), c.u32(), c.u32()
		if uint64(length) > uint64(c.left()) {
			d.skip(Error{Reason: BadSample, Offset: at, Format: kind, Got: c.left(), Want: int(length)}, 0, c.left())
			return
		}
		body := cursor{base: c.offset(), b: c.take(int(length))}
		if kind != genericCounters || length < genericBytes {
			a.stats.OtherCounters++
			continue
		}
		d.readGeneric(&body)
		d.counters.At, d.counters.Agent, d.counters.SubAgent, d.counters.Source = d.recv, a.key.addr, a.key.sub, id
		if src != nil {
			src.noteCounters(&d.counters)
		}
		if d.cfg.Counters != nil {
			d.cfg.Counters(&d.counters)
		}
	}
}

func (d *Decoder) readGeneric(c *cursor) {
	d.counters = Counters{
		IfIndex: c.u32(), IfType: c.u32(), Speed: c.u64(), Direction: c.u32(), Status: c.u32(),
		InBytes: c.u64(), InUcast: c.u32(), InMulti: c.u32(), InBroad: c.u32(),
		InDiscards: c.u32(), InErrors: c.u32(), InUnknownProtos: c.u32(),
		OutBytes: c.u64(), OutUcast: c.u32(), OutMulti: c.u32(), OutBroad: c.u32(),
		OutDiscards: c.u32(), OutErrors: c.u32(), Promiscuous: c.u32(),
	}
}
