package scenario

import (
	"encoding/binary"

	"floodmark/internal/model"
	"floodmark/internal/scenario/wire"
	"floodmark/internal/scenario/world"
)

// ending is how a connection ends.
type ending uint8

const (
	endServer      ending = iota // the server closes with FIN, the client follows
	endClient                    // the client closes
	endReset                     // the client sends RST
	endOpen                      // stays open beyond what the script holds
	endServerReset               // the server, or something on its path, sends RST
)

// turn is one side speaking: n octets, of which the first are head.
type turn struct {
	client bool
	n      int
	head   []byte
	tail   wire.Tail
	tls    bool  // the octets are TLS application data records
	think  int64 // ns that the side takes before it speaks
}

// side is one end of a connection.
type side struct {
	h      *world.Host
	port   uint16
	seq    uint32
	inside bool // of the watched network
	window uint16
}

// conn is a TCP connection: handshake, turns, ending. Delays depend on which
// side of the recording point a machine is.
type conn struct {
	c, s     side
	label    *tally
	turns    []turn
	end      ending
	silent   bool  // the server does not answer at all
	tries    int   // SYNs sent so far
	maxTries int   // 0 is the system's default
	most     int   // segments in flight at most; 0 is 44
	ecn      bool  // explicit congestion notification (RFC 3168), and FINs that carry PSH
	dies     int64 // from then on the server is silent; 0 for never
	after    func(s *sim, now int64)

	state        uint8
	k            int    // turn
	off          int    // octets of the turn sent
	cwnd         int    // segments
	sent, acks   int    // of the current flight, segments
	unacked      uint32 // octets of the flight not yet acknowledged by the packet being sent
	stamps       bool
	flip         bool // the one to acknowledge, or to close, is the client
	syn          uint32
	tsOff        uint32
	opts         [24]byte
	lastC, lastS uint32 // time stamps last seen
}

const (
	stSYN = iota
	stSYNACK
	stACK
	stThink
	stData
	stAcks
	stFIN
	stFIN2
	stLastACK
	stRST
)

const mss = 1448

// dial starts a connection at now and returns it for more settings.
func (s *sim) dial(now int64, client, server *world.Host, port uint16) *conn {
	var c *conn
	if n := len(s.conns); n > 0 {
		c, s.conns = s.conns[n-1], s.conns[:n-1]
		*c = conn{turns: c.turns[:0]}
	} else {
		c = new(conn)
	}
	c.c = side{h: client, port: client.NextPort(), seq: s.r.Uint32(), inside: client.Hops == 0, window: 502}
	c.s = side{h: server, port: port, seq: s.r.Uint32(), inside: server.Hops == 0, window: 509}
	c.label = &s.background
	c.stamps = client.OS != world.Windows && server.OS != world.Windows
	c.cwnd = 10
	c.syn = c.c.seq
	c.tsOff = uint32(client.Seed)
	s.at(now, c)
	return c
}

func (c *conn) say(t ...turn) *conn { c.turns = append(c.turns, t...); return c }

func (c *conn) ends(e ending) *conn { c.end = e; return c }

// delay is the time until the given side has reacted to what passed the
// recording point: a round trip to it if it is outside.
func (c *conn) delay(s *sim, client bool) int64 {
	a := &c.s
	if client {
		a = &c.c
	}
	if a.inside {
		return 25_000 + int64(s.r.ExpFloat64()*60_000)
	}
	return int64(float64(a.h.RTT) * (0.98 + 0.05*s.r.ExpFloat64()))
}

func (c *conn) step(s *sim, now int64) int64 {
	if c.dies > 0 && now >= c.dies {
		return c.stall(s, now)
	}
	switch c.state {
	case stSYN:
		return c.open(s, now)
	case stSYNACK:
		c.packet(s, now, false, model.SYN|model.ACK, nil)
		c.s.seq++
		c.state = stACK
		return now + c.delay(s, true)
	case stACK:
		c.packet(s, now, true, model.ACK, nil)
		return c.nextTurn(s, now, true)
	case stThink, stData:
		return c.data(s, now)
	case stAcks:
		return c.ack(s, now)
	}
	return c.close(s, now)
}

// open sends the SYN, and again with the same ports and sequence number after
// 1, 2, 4, ... seconds while there is no answer (RFC 6298 section 5).
func (c *conn) open(s *sim, now int64) int64 {
	c.c.seq = c.syn
	c.packet(s, now, true, model.SYN, nil)
	c.tries++
	if !c.silent {
		c.c.seq++
		c.state = stSYNACK
		return now + c.delay(s, false)
	}
	most := c.maxTries
	if most == 0 {
		most = 7 // Linux: six retransmissions
		if c.c.h.OS == world.Windows {
			most = 5
		}
	}
	if c.tries >= most {
		return c.done(s, now)
	}
	wait := int64(1e9) << (c.tries - 1)
	return now + wait + int64(s.r.NormFloat64()*2e6)
}

// stall lets the client repeat what it said last, with ever longer pauses.
func (c *conn) stall(s *sim, now int64) int64 {
	k := min(c.k, len(c.turns)-1)
	for k >= 0 && !c.turns[k].client {
		k--
	}
	if c.state <= stACK || k < 0 || c.tries > 7 {
		return c.done(s, now)
	}
	t := &c.turns[k]
	n := min(t.n, mss)
	said := c.c.seq
	c.c.seq -= uint32(n)
	s.scratch = t.fill(s.scratch[:0], 0, n, c.tsOff)
	c.packet(s, now, true, model.PSH|model.ACK, s.scratch)
	c.c.seq = said
	c.tries++
	return now + int64(c.c.h.RTT)<<c.tries + int64(200e6)<<(c.tries-1)
}

func (c *conn) nextTurn(s *sim, now int64, clientJustSent bool) int64 {
	if c.k >= len(c.turns) {
		return c.finish(s, now, clientJustSent)
	}
	t := &c.turns[c.k]
	c.off, c.state = 0, stThink
	wait := t.think
	if t.client != clientJustSent {
		wait += c.delay(s, t.client)
	} else {
		wait += 8_000
	}
	return now + wait
}

// data sends one segment of the current turn.
func (c *conn) data(s *sim, now int64) int64 {
	t := &c.turns[c.k]
	if c.state == stThink {
		c.state, c.sent = stData, 0
	}
	n := min(mss, t.n-c.off)
	s.scratch = t.fill(s.scratch[:0], c.off, n, c.tsOff)
	flags := uint8(model.ACK)
	if c.off+n == t.n {
		flags |= model.PSH
	}
	c.packet(s, now, t.client, flags, s.scratch)
	if t.client {
		c.c.seq += uint32(n)
	} else {
		c.s.seq += uint32(n)
	}
	c.off += n
	c.sent++
	if c.sent < c.cwnd && c.off < t.n {
		return now + 6_000 + int64(s.r.Uint32()%9000)
	}
	c.acks = (c.sent + 1) / 2
	c.state = stAcks
	return now + c.delay(s, !t.client)
}

// ack sends one acknowledgement of the flight just received; the other side
// may be about to speak, then its data carries the last one.
func (c *conn) ack(s *sim, now int64) int64 {
	t := &c.turns[c.k]
	c.acks--
	flight := uint32(min(c.sent*mss, (c.off-1)%mss+1+(c.sent-1)*mss))
	c.unacked = flight - min(flight, uint32(2*mss*((c.sent+1)/2-c.acks)))
	c.packet(s, now, !t.client, model.ACK, nil)
	c.unacked = 0
	if c.acks > 0 {
		return now + 15_000 + int64(s.r.Uint32()%20_000)
	}
	if c.off < t.n {
		c.cwnd = min(c.cwnd*2, 44)
		if c.most > 0 {
			c.cwnd = min(c.cwnd*2, c.most)
		}
		c.state, c.sent = stData, 0
		return now + c.delay(s, t.client)
	}
	c.k++
	return c.nextTurn(s, now, !t.client)
}

func (c *conn) finish(s *sim, now int64, clientJustSent bool) int64 {
	switch c.end {
	case endOpen:
		return c.done(s, now)
	case endReset, endServerReset:
		c.flip = c.end == endReset
		c.state = stRST
		return now + c.delay(s, c.flip) + int64(s.r.ExpFloat64()*50e6)
	}
	c.flip = c.end == endClient
	c.state = stFIN
	return now + c.delay(s, c.flip) + int64(s.r.ExpFloat64()*20e6)
}

func (c *conn) close(s *sim, now int64) int64 {
	switch c.state {
	case stFIN:
		c.packet(s, now, c.flip, model.FIN|model.ACK, nil)
		c.bump(c.flip)
		c.state = stFIN2
		return now + c.delay(s, !c.flip)
	case stFIN2:
		c.packet(s, now, !c.flip, model.FIN|model.ACK, nil)
		c.bump(!c.flip)
		c.state = stLastACK
		return now + c.delay(s, c.flip)
	case stLastACK:
		c.packet(s, now, c.flip, model.ACK, nil)
	case stRST:
		c.packet(s, now, c.flip, model.RST|model.ACK, nil)
	}
	return c.done(s, now)
}

func (c *conn) bump(client bool) {
	if client {
		c.c.seq++
	} else {
		c.s.seq++
	}
}

func (c *conn) done(s *sim, now int64) int64 {
	if c.after != nil {
		c.after(s, now)
	}
	s.conns = append(s.conns, c)
	return -1
}

// packet sends one segment of this connection.
func (c *conn) packet(s *sim, now int64, client bool, flags uint8, payload []byte) {
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

func synWindow(o world.OS) uint16 {
	switch o {
	case world.Apple:
		return 65535
	case world.Embedded:
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
	case os == world.Windows || !c.stamps && flags&model.ACK != 0:
		return append(o, 1, 3, 3, 8, 1, 1, 4, 2)
	case os == world.Apple:
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

// fill appends the octets off to off+n of the turn.
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
// octets from off on.
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
