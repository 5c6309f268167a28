package sflow

import (
	"floodmark/internal/decode/packet"
	"floodmark/internal/model"
)

// Limits bounds what agents can make a Decoder remember. A zero field takes the
// value of defaultLimits.
type Limits struct {
	Agents  int // agents, sub-agents counted one by one
	Sources int // data sources (interfaces) of one agent
}

// defaultLimits are far above what real networks have.
func defaultLimits() Limits { return Limits{Agents: 4096, Sources: 4096} }

// Config is what a Decoder needs.
type Config struct {
	// Emit takes each record. The record is valid during the call only; it may
	// be changed.
	Emit func(*model.Record)
	// Counters takes the counters of an interface, nil to drop them. They are
	// valid during the call only.
	Counters func(*Counters)
	// Index gives a new agent its number (model.Record.Exporter). It is called
	// once per agent address, with the UDP source and the agent's address. Nil
	// counts from 1.
	Index func(from model.Exporter, agent model.Addr) uint32
	// Skipped takes each thing that was not decoded, nil to drop it: samples and
	// bytes as far as they can be counted. The error is valid during the call only.
	Skipped func(e *Error, records, bytes int)
	// Exported takes the uptime of the agent (ms) of a datagram before its samples
	// are emitted, and returns when it arrived (Unix ns); recv is what Decode was
	// given. Nil keeps recv. A replay follows the exporters' clocks with it.
	Exported func(from model.Exporter, uptime uint32, recv int64) int64
	Limits   Limits
}

// Decoder decodes datagrams of any number of agents and keeps their sequence
// numbers.
type Decoder struct {
	cfg    Config
	agents map[agentKey]*agent
	index  map[model.Addr]uint32
	cached *agent
	failed bool
	err    Error
	// skipped is handed to Config.Skipped; the field spares an allocation.
	skipped Error

	datagrams uint64
	bytes     uint64
	skips     [numReasons]Skip

	recv     int64
	rec      model.Record
	raw      model.Record // a header beside a parsed record that is already in rec
	pkt      packet.Decoder
	counters Counters
}

// New returns a Decoder. It does nothing until Decode is called.
func New(cfg Config) *Decoder {
	if cfg.Emit == nil {
		cfg.Emit = func(*model.Record) {}
	}
	def := defaultLimits()
	if cfg.Limits.Agents <= 0 {
		cfg.Limits.Agents = def.Agents
	}
	if cfg.Limits.Sources <= 0 {
		cfg.Limits.Sources = def.Sources
	}
	return &Decoder{cfg: cfg, agents: make(map[agentKey]*agent), index: make(map[model.Addr]uint32)}
}

// cursor reads big-endian words of XDR (RFC 4506). Reading past the end gives
// zeros and sets short.
type cursor struct {
	b     []byte
	base  int // offset of b in the datagram
	at    int
	short bool
}

func (c *cursor) left() int   { return len(c.b) - c.at }
func (c *cursor) offset() int { return c.base + c.at }

func (c *cursor) u32() uint32 {
	if len(c.b)-c.at < 4 {
		c.at, c.short = len(c.b), true
		return 0
	}
	p := c.b[c.at : c.at+4 : c.at+4]
	c.at += 4
	return uint32(p[0])<<24 | uint32(p[1])<<16 | uint32(p[2])<<8 | uint32(p[3])
}

func (c *cursor) u64() uint64 { return uint64(c.u32())<<32 | uint64(c.u32()) }

// take returns the next n bytes, nil where there are fewer.
func (c *cursor) take(n int) []byte {
	if n < 0 || c.left() < n {
		c.at, c.short = len(c.b), true
		return nil
	}
	c.at += n
	return c.b[c.at-n : c.at : c.at]
}

// addr reads an address with its type: 1 IPv4, 2 IPv6, 0 unknown.
func (c *cursor) addr() (a model.Addr, kind uint32) {
	switch kind = c.u32(); kind {
	case 1:
		return model.AddrFrom(c.take(4)), kind
	case 2:
		return model.AddrFrom(c.take(16)), kind
	}
	return model.Addr{}, kind
}

// Decode reads one datagram that arrived from an exporter at recv (Unix ns) and
// gives its packet records to Config.Emit and its counters to Config.Counters.
// The error, an *Error, is the first of what did not fit; everything else of
// the datagram was handed over all the same, and everything that was not is
// counted in Stats.
func (d *Decoder) Decode(datagram []byte, from model.Exporter, recv int64) error {
	d.datagrams++
	d.bytes += uint64(len(datagram))
	d.failed, d.recv = false, recv
	d.read(datagram, from)
	if d.failed {
		return &d.err
	}
	return nil
}

func (d *Decoder) read(b []byte, from model.Exporter) {
	c := cursor{b: b}
	if v := c.u32(); !c.short && v != 5 {
		d.skip(Error{Reason: UnknownVersion, Got: int(v)}, 0, len(b))
		return
	}
	addr, kind := c.addr()
	if !c.short && kind != 1 && kind != 2 {
		d.skip(Error{Reason: BadAddress, Offset: 4, Got: int(kind)}, 0, len(b))
		return
	}
	sub, seq := c.u32(), c.u32()
	uptime := c.u32() // of the agent in ms: nothing else of a datagram is relative to it
	samples := c.u32()
	if c.short {
		d.skip(Error{Reason: ShortHeader, Got: len(b), Want: 28 + 12*int(kind>>1&1)}, 0, len(b))
		return
	}
	a := d.agent(agentKey{addr, sub}, from)
	if a == nil {
		d.skip(Error{Reason: AgentLimit, Want: d.cfg.Limits.Agents}, int(min(samples, 1<<16)), c.left())
		return
	}
	if d.cfg.Exported != nil {
		d.recv = d.cfg.Exported(from, uptime, d.recv)
	}
	a.stats.Datagrams++
	a.seq.advance(seq, loss{&a.stats.Lost, &a.stats.Late})
	d.readSamples(&c, a, samples)
}

// readSamples reads the samples one after the other. Each takes at least its
// header of 8 bytes, so that it ends.
func (d *Decoder) readSamples(c *cursor, a *agent, samples uint32) {
	n := uint32(0)
	for ; n < samples && c.left() >= 8; n++ {
		at, format, length := c.offset(), c.u32(), c.u32()
		if uint64(length) > uint64(c.left()) {
			d.skip(Error{Reason: TruncatedSample, Offset: at, Format: format, Got: int(length), Want: c.left()}, 1, c.left())
			return
		}
		s := cursor{base: c.offset(), b: c.take(int(length))}
		d.readSample(&s, a, format)
	}
	if n < samples {
		d.skip(Error{Reason: MissingSamples, Offset: c.offset(), Got: int(n), Want: int(samples)}, int(min(samples-n, 1<<16)), c.left())
	} else if c.left() > 0 {
		d.skip(Error{Reason: TrailingBytes, Offset: c.offset(), Got: c.left()}, 0, c.left())
	}
}

// Sample formats of sflow.org (enterprise 0).
const (
	flowSample         = 1
	counterSample      = 2
	expandedFlowSample = 3
	expandedCounters   = 4
)

func (d *Decoder) readSample(c *cursor, a *agent, format uint32) {
	switch format {
	case flowSample, expandedFlowSample:
		d.readFlow(c, a, format)
	case counterSample, expandedCounters:
		d.readCounters(c, a, format)
	default:
		d.skip(Error{Reason: UnknownSample, Offset: c.base, Format: format}, 1, len(c.b))
	}
}
