package scenario

import (
	"floodmark/internal/model"
	"floodmark/internal/scenario/topology"
	"floodmark/internal/scenario/wire"
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

// turn is one side speaking: n bytes, of which the first are head.
type turn struct {
	client bool
	n      int
	head   []byte
	tail   wire.Tail
	tls    bool  // the bytes are TLS application data records
	think  int64 // ns that the side takes before it speaks
}

// side is one end of a connection.
type side struct {
	h      *topology.Host
	port   uint16
	seq    uint32
	inside bool // of the watched network
	window uint16
}

// conn is a TCP connection: handshake, turns, ending. Delays depend on which
// side of the recording point a machine is.
type conn struct {
	c, s     side
	label    *counter
	turns    []turn
	end      ending
	silent   bool  // the server does not answer at all
	tries    int   // SYNs sent so far
	maxTries int   // 0 is the system's default
	largest  int   // segments in flight at most; 0 is 44
	ecn      bool  // explicit congestion notification (RFC 3168), and FINs that carry PSH
	dies     int64 // from then on the server is silent; 0 for never
	after    func(s *sim, now int64)

	state        uint8
	k            int    // turn
	off          int    // bytes of the turn sent
	cwnd         int    // segments
	sent, acks   int    // of the current flight, segments
	unacked      uint32 // bytes of the flight not yet acknowledged by the packet being sent
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
func (s *sim) dial(now int64, client, server *topology.Host, port uint16) *conn {
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
	c.stamps = client.OS != topology.Windows && server.OS != topology.Windows
	c.cwnd = 10
	c.syn = c.c.seq
	c.tsOff = uint32(client.Seed)
	s.at(now, c)
	return c
}

func (c *conn) progress(t ...turn) *conn { c.turns = append(c.turns, t...); return c }

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
		c.packet(s, now, segment{false, model.SYN | model.ACK, nil})
		c.s.seq++
		c.state = stACK
		return now + c.delay(s, true)
	case stACK:
		c.packet(s, now, segment{true, model.ACK, nil})
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
	c.packet(s, now, segment{true, model.SYN, nil})
	c.tries++
	if !c.silent {
		c.c.seq++
		c.state = stSYNACK
		return now + c.delay(s, false)
	}
	largest := c.maxTries
	if largest == 0 {
		largest = 7 // Linux: six retransmissions
		if c.c.h.OS == topology.Windows {
			largest = 5
		}
	}
	if c.tries >= largest {
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
	stated := c.c.seq
	c.c.seq -= uint32(n)
	s.scratch = t.fill(s.scratch[:0], 0, n, c.tsOff)
	c.packet(s, now, segment{true, model.PSH | model.ACK, s.scratch})
	c.c.seq = stated
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
	c.packet(s, now, segment{t.client, flags, s.scratch})
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
	c.packet(s, now, segment{!t.client, model.ACK, nil})
	c.unacked = 0
	if c.acks > 0 {
		return now + 15_000 + int64(s.r.Uint32()%20_000)
	}
	if c.off < t.n {
		c.cwnd = min(c.cwnd*2, 44)
		if c.largest > 0 {
			c.cwnd = min(c.cwnd*2, c.largest)
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
		c.packet(s, now, segment{c.flip, model.FIN | model.ACK, nil})
		c.bump(c.flip)
		c.state = stFIN2
		return now + c.delay(s, !c.flip)
	case stFIN2:
		c.packet(s, now, segment{!c.flip, model.FIN | model.ACK, nil})
		c.bump(!c.flip)
		c.state = stLastACK
		return now + c.delay(s, c.flip)
	case stLastACK:
		c.packet(s, now, segment{c.flip, model.ACK, nil})
	case stRST:
		c.packet(s, now, segment{c.flip, model.RST | model.ACK, nil})
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
