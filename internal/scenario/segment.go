package scenario

import (
	"encoding/binary"

	"floodmark/internal/model"
	"floodmark/internal/scenario/topology"
	"floodmark/internal/scenario/wire"
)

// segment is what a side of a connection sends.
type segment struct {
	client  bool
	flags   uint8
	payload []byte
}

// packet sends one segment of this connection.
func (c *conn) packet(s *sim, now int64, g segment) {
	client, flags, payload := g.client, g.flags, g.payload
	from, to := &c.c, &c.s
	if !client {
		from, to = to, from
	}
	p := wire.Packet{
		In: !from.inside, Src: from.h.Addr, Dst: to.h.Addr, Proto: model.ProtoTCP, TTL: from.h.TTL(s.r), DF: true,
		ID: from.h.NextID(), Sport: from.port, Dport: to.port, Seq: from.seq, Ack: to.seq - c.unacked, Flags: flags,
		Window: from.window, Payload: payload, Flow: c.tsOff ^ uint32(from.port),
	}
	if from.inside {
		p.TTL = from.h.OS.TTL()
	}
	if flags&model.SYN != 0 {
		p.Window = synWindow(from.h.OS)
		p.Options = c.synOptions(now, client, flags)
		if flags&model.ACK == 0 {
			p.Ack = 0
		} else {
			p.ID = 0 // Linux answers a SYN with identification zero
		}
	} else if c.stamps && flags&model.RST == 0 {
		p.Options = append(c.opts[:0], 1, 1)
		p.Options = c.appendStamp(p.Options, now, client)
	}
	if c.ecn {
		c.markECN(s, &p)
	}
	label := c.label
	if label.attack && !client {
		label = &s.responses
	}
	s.sendFrom(now, label, from.h, &p)
}

// markECN sets the flags of RFC 3168 section 6.1 as they are set in practice.
func (c *conn) markECN(s *sim, p *wire.Packet) {
	switch {
	case p.Flags == model.SYN:
		p.Flags |= model.ECE | model.CWR
	case p.Flags == model.SYN|model.ACK:
		p.Flags |= model.ECE
	case p.Flags&model.FIN != 0:
		p.Flags |= model.PSH
	case len(p.Payload) > 0:
		p.TOS = 2 // ECT(0)
		if s.r.Uint32()%40 == 0 {
			p.Flags |= model.CWR
		}
	case p.Flags == model.ACK && s.r.Uint32()%40 == 0:
		p.Flags |= model.ECE
	}
}

func synWindow(o topology.OS) uint16 {
	switch o {
	case topology.Apple:
		return 65535
	case topology.Embedded:
		return 14600
	}
	return 64240
}

// synOptions are the options in the order of each system.
func (c *conn) synOptions(now int64, client bool, flags uint8) []byte {
	os := c.c.h.OS
	if !client {
		os = c.s.h.OS
	}
	o := append(c.opts[:0], 2, 4, 0x05, 0xb4)
	switch {
	case os == topology.Windows || !c.stamps && flags&model.ACK != 0:
		return append(o, 1, 3, 3, 8, 1, 1, 4, 2)
	case os == topology.Apple:
		o = append(o, 1, 3, 3, 6, 1, 1)
		o = c.appendStamp(o, now, client)
		return append(o, 4, 2, 0, 0)
	}
	o = append(o, 4, 2)
	o = c.appendStamp(o, now, client)
	return append(o, 1, 3, 3, 7)
}

// appendStamp appends a time stamp option (RFC 7323 section 3).
func (c *conn) appendStamp(b []byte, now int64, client bool) []byte {
	v := uint32(now/1e6) + c.tsOff
	echo := c.lastS
	if !client {
		v = uint32(now/1e6) + c.tsOff*7
		echo = c.lastC
		c.lastS = v
	} else {
		c.lastC = v
	}
	b = append(b, 8, 10)
	b = binary.BigEndian.AppendUint32(b, v)
	return binary.BigEndian.AppendUint32(b, echo)
}

// fill appends the bytes off to off+n of the turn.
func (t *turn) fill(b []byte, off, n int, seed uint32) []byte {
	start := len(b)
	if off < len(t.head) {
		b = append(b, t.head[off:min(off+n, len(t.head))]...)
	}
	if rest := n - (len(b) - start); rest > 0 {
		b = wire.AppendTail(b, rest, t.tail, uint64(seed)<<32|uint64(off))
	}
	if t.tls {
		t.records(b[start:], off)
	}
	return b
}

const tlsRecord = 16384 + 5

// records writes the headers of TLS records (RFC 8446 section 5.1) into the
// bytes from off on.
func (t *turn) records(b []byte, off int) {
	for at := off / tlsRecord * tlsRecord; at < off+len(b); at += tlsRecord {
		n := min(tlsRecord, t.n-at) - 5
		h := [5]byte{23, 3, 3, byte(n >> 8), byte(n)}
		for i, v := range h {
			if k := at + i - off; k >= 0 && k < len(b) {
				b[k] = v
			}
		}
	}
}
