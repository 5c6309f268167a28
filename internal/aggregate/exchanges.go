package aggregate

import "floodmark/internal/model"

// exchanges holds packets between a target and its peers back, in their order,
// until there are enough of them to look all peers up together: see arrivals.
type exchanges struct {
	n       int
	list    [64]exchange
	slots   [64]uint64
	touched uint32 // keeps the reads ahead from being optimised away
}

// exchange is one packet or flow record, without what its slices pointed to.
type exchange struct {
	rec  model.Record
	hash uint64   // of the peer's address, with the target
	m    *measure // of a packet towards the target; nil for one from it
	at   uint16
}

// push notes a record and reports whether the list is full.
func (x *exchanges) push(r *model.Record, hash uint64, at uint16, m *measure) (full bool) {
	e := &x.list[x.n]
	e.rec, e.hash, e.m, e.at = *r, sourceHash(hash, at), m, at
	e.rec.Payload, e.rec.Options, e.rec.TunnelData = nil, nil, nil
	x.n++
	return x.n == len(x.list)
}

// flush applies the records to their peers, in their order. weight is how many
// sources a kept one stands for.
func (x *exchanges) flush(t *peers, weight uint64) {
	list := x.list[:x.n]
	for i := range list {
		x.slots[i] = t.slots[t.first(list[i].hash)]
	}
	for i := range list {
		if v := x.slots[i]; v != 0 {
			x.touched ^= t.at(int(uint32(v) - 1)).out
		}
	}
	for i := range list {
		if e := &list[i]; e.m != nil {
			t.inbound(e, weight)
		} else {
			t.outbound(e)
		}
	}
	x.n = 0
}

// inbound applies a TCP packet towards the target.
func (t *peers) inbound(x *exchange, weight uint64) {
	r := &x.rec
	e := t.lookup(x.hash, r.Src, x.at)
	if e == nil {
		if r.IsPacket && r.TCPFlags&(model.SYN|model.ACK) != model.SYN {
			return
		}
		e = t.enter(x.hash, r.Src, x.at)
	}
	if e.inbound(r) {
		x.m.synRetries += weight
	}
	if r.Has&model.HasPayload != 0 && r.PayloadLen > 0 && e.data < 1<<16-1 {
		e.data++
		if r.PayloadLen <= tinySegment {
			e.tiny++
			x.m.slow += weight
		}
	}
}

// outbound applies a packet from the target.
func (t *peers) outbound(x *exchange) {
	r := &x.rec
	e := t.lookup(x.hash, r.Dst, x.at)
	if r.Proto == model.ProtoTCP && r.Has&model.HasTCP != 0 && r.TCPFlags&model.RST != 0 {
		// a target that resets a flood of SYNs talks to nobody
		if e != nil {
			e.out++
		}
		return
	}
	if e == nil {
		e = t.enter(x.hash, r.Dst, x.at)
	}
	e.outbound(r)
}
