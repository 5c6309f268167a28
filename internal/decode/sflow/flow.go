package sflow

import (
	"floodmark/internal/decode/packet"
	"floodmark/internal/model"
)

// Flow record formats of sflow.org (enterprise 0).
const (
	rawHeader       = 1
	ethernetFrame   = 2
	ipv4Packet      = 3
	ipv6Packet      = 4
	extendedGateway = 1003
)

// flowHeader is what precedes the records of a flow sample.
type flowHeader struct {
	seq, rate, pool, drops uint32
	source                 SourceID
	inIf, outIf            uint32
	hasIf                  bool
	records                uint32
}

// internalIf is an ifIndex of 30 bits that stands for the device itself or for
// an unknown interface.
const internalIf = 0x3fffffff

func readFlowHeader(c *cursor, expanded bool) flowHeader {
	var h flowHeader
	h.seq = c.u32()
	if expanded {
		h.source = SourceID{c.u32(), c.u32()}
	} else {
		v := c.u32()
		h.source = SourceID{v >> 24, v & 0xffffff}
	}
	h.rate, h.pool, h.drops = c.u32(), c.u32(), c.u32()
	h.inIf, h.outIf = readInterface(c, expanded), readInterface(c, expanded)
	h.hasIf = h.inIf|h.outIf != 0
	h.records = c.u32()
	return h
}

// readInterface returns an ifIndex, 0 where the packet had no single one: it
// was dropped, sent to many, or handled by the device itself.
func readInterface(c *cursor, expanded bool) uint32 {
	var format, v uint32
	if expanded {
		format, v = c.u32(), c.u32()
	} else {
		w := c.u32()
		format, v = w>>30, w&internalIf
	}
	if format != 0 || v == internalIf || v == 0xffffffff {
		return 0
	}
	return v
}

// readFlow reads a flow sample and emits the packet it holds.
func (d *Decoder) readFlow(c *cursor, a *agent, format uint32) {
	h := readFlowHeader(c, format == expandedFlowSample)
	if c.short {
		d.skip(Error{Reason: BadSample, Offset: c.base, Format: format, Got: len(c.b), Want: 32}, 1, len(c.b))
		return
	}
	a.stats.FlowSamples++
	src := d.source(a, h.source)
	src.noteFlow(&h)
	f := flowRecords{d: d, sample: format}
	for range h.records {
		if c.left() < 8 || !f.read(c) {
			f.cut = true
			break
		}
	}
	if !f.found {
		if f.why == (Error{}) {
			f.why = Error{Reason: NoPacket, Offset: c.base, Format: format}
		}
		d.skip(f.why, 1, len(c.b))
		return
	}
	if f.cut {
		d.skip(Error{Reason: BadSample, Offset: c.offset(), Format: format, Got: c.left(), Want: 8}, 0, c.left())
	}
	r := &d.rec
	r.First, r.Last = d.recv, d.recv
	r.Sampling = h.rate
	r.Exporter, r.Domain = a.index, a.key.sub
	r.SrcAS, r.DstAS = f.srcAS, f.dstAS
	if f.hasAS {
		r.Has |= model.HasAS
	}
	if h.hasIf {
		r.InIf, r.OutIf = h.inIf, h.outIf
		r.Has |= model.HasInterface
	}
	a.stats.Records++
	d.cfg.Emit(r)
}

// flowRecords gathers what the records of one flow sample tell. A sampled
// header tells more than the parsed forms, wherever it stands.
type flowRecords struct {
	d            *Decoder
	sample       uint32
	found, byRaw bool
	hasAS        bool
	cut          bool // a record goes past the sample
	srcAS, dstAS uint32
	why          Error // why a record that should tell the packet did not
}

// read reads the next record. It returns false where it goes past the sample.
func (f *flowRecords) read(c *cursor) bool {
	format, length := c.u32(), c.u32()
	if uint64(length) > uint64(c.left()) {
		return false
	}
	r := cursor{base: c.offset(), b: c.take(int(length))}
	switch format {
	case rawHeader:
		f.raw(&r)
	case ipv4Packet:
		f.parsed(&r, 4)
	case ipv6Packet:
		f.parsed(&r, 16)
	case extendedGateway:
		f.gateway(&r)
	}
	return true
}

// linkOf maps the header_protocol of a raw packet header (sFlow version 5,
// section 5.3) to what the packet decoder calls it. POS (14) carries PPP or
// Cisco HDLC, which begin differently. FDDI (4), token ring, X.25 and the other
// protocols of the list are not read.
func linkOf(protocol uint32) (packet.LinkType, bool) {
	switch protocol {
	case headerEthernet:
		return packet.Ethernet, true
	case headerPPP, headerPOS:
		return packet.PPP, true
	case headerIPv4, headerIPv6:
		return packet.Raw, true
	case headerMPLS:
		return packet.MPLS, true
	}
	return 0, false
}

// Header protocols of a raw packet header that are read.
const (
	headerEthernet = 1
	headerPPP      = 7
	headerIPv4     = 11
	headerIPv6     = 12
	headerMPLS     = 13
	headerPOS      = 14
)

// raw reads a sampled header. It replaces what a parsed record said, and where
// it cannot be read leaves that as it is: the order of records means nothing.
func (f *flowRecords) raw(c *cursor) {
	proto, frame, stripped, n := c.u32(), c.u32(), c.u32(), c.u32()
	p := c.take(int(min(n, 1<<20)))
	if c.short {
		f.fail(Error{Reason: BadSample, Offset: c.base, Format: rawHeader, Got: len(c.b), Want: 16 + int(min(n, 1<<20))})
		return
	}
	if f.byRaw {
		return // of several headers that can be read the first is the packet
	}
	link, known := linkOf(proto)
	if !known {
		f.fail(Error{Reason: UnknownHeader, Offset: c.base, Format: rawHeader, Got: int(proto)})
		return
	}
	wire := int(min(frame, 1<<20)) - int(min(stripped, 1<<10))
	into := &f.d.rec
	if f.found {
		into = &f.d.raw // d.rec holds what a parsed record said
	}
	if reason := f.d.pkt.Decode(p, link, wire, into); reason != packet.OK {
		f.fail(Error{Reason: UnreadPacket, Offset: c.base, Format: rawHeader, Detail: reason.String()})
		return
	}
	if f.found {
		f.d.rec = f.d.raw
	}
	f.found, f.byRaw = true, true
}

// fail keeps the first reason why the packet was not told.
func (f *flowRecords) fail(e Error) {
	if f.why == (Error{}) {
		f.why = e
	}
}

// parsed reads the sampled IPv4 and IPv6 records; n octets to an address.
func (f *flowRecords) parsed(c *cursor, n int) {
	if f.byRaw {
		return
	}
	r := &f.d.rec
	length, proto := c.u32(), c.u32()
	src, dst := model.AddrFrom(c.take(n)), model.AddrFrom(c.take(n))
	srcPort, dstPort, flags := c.u32(), c.u32(), c.u32()
	if c.short {
		f.fail(Error{Reason: BadSample, Offset: c.base, Format: f.sample, Got: len(c.b), Want: 24 + 2*n})
		return
	}
	*r = model.Record{
		Src: src, Dst: dst, Proto: uint8(proto), IsPacket: true,
		Packets: 1, Bytes: uint64(length), IPLen: length,
	}
	switch r.Proto {
	case model.ProtoTCP:
		r.Has |= model.HasPorts | model.HasFlags
		r.TCPFlags = uint8(flags)
	case model.ProtoUDP, model.ProtoSCTP:
		r.Has |= model.HasPorts
	}
	if r.Has&model.HasPorts != 0 {
		r.SrcPort, r.DstPort = uint16(srcPort), uint16(dstPort)
	}
	f.found = true
}

// gateway reads the AS numbers of extended gateway data: the source's, and the
// last of the path to the destination.
func (f *flowRecords) gateway(c *cursor) {
	c.addr() // next hop
	_, src, _ := c.u32(), c.u32(), c.u32()
	dst := uint32(0)
	for segments := c.u32(); segments > 0 && !c.short; segments-- {
		c.u32() // set or sequence
		for n := c.u32(); n > 0 && !c.short; n-- {
			dst = c.u32()
		}
	}
	if !c.short {
		f.hasAS, f.srcAS, f.dstAS = true, src, dst
	}
}
