package aggregate

import (
	"testing"

	"floodmark/internal/model"

	"pgregory.net/rapid"
)

// step is a TCP packet: towards the target, or from it where out is set.
type step struct {
	out      bool
	flags    uint8
	seq, ack uint32
}

const synack = model.SYN | model.ACK

// follow plays steps and gives what became of the peer.
func follow(steps ...step) *peer {
	p := &peer{}
	for _, s := range steps {
		r := segment(address("192.0.2.1"), victim, s.flags, 0)
		r.Seq, r.Ack, r.TTL = s.seq, s.ack, 55
		if s.out {
			p.outbound(&r)
		} else {
			p.inbound(&r)
		}
	}
	return p
}

func TestHandshakes(t *testing.T) {
	syn := step{flags: model.SYN, seq: 1000}
	answer := step{true, synack, 5000, 1001}
	cases := []struct {
		name   string
		steps  []step
		proven bool
	}{
		{"three ways", []step{syn, answer, {false, model.ACK, 1001, 5001}}, true},
		{"first segment with data", []step{syn, answer, {false, model.ACK | model.PSH, 1001, 5001}}, true},
		{"a window later", []step{syn, answer, {false, model.ACK, 60_000, 70_000}}, true},
		{"the numbers wrap", []step{{flags: model.SYN, seq: 0xffffffff}, {true, synack, 0xffffffff, 0}, {false, model.ACK, 0, 0}}, true},
		{"the numbers wrap later", []step{{flags: model.SYN, seq: 0xfffffff0}, {true, synack, 0xfffffff8, 0xfffffff1}, {false, model.ACK, 100, 200}}, true},
		{"repeated SYN, same number", []step{syn, syn, answer, {false, model.ACK, 1001, 5001}}, true},
		{"forged acknowledgement", []step{syn, answer, {false, model.ACK, 1001, 123456789}}, false},
		{"acknowledges our number without one more", []step{syn, answer, {false, model.ACK, 1001, 5000}}, false},
		{"forged sequence number", []step{syn, answer, {false, model.ACK, 987654321, 5001}}, false},
		{"the answer fits no SYN", []step{syn, {true, synack, 5000, 4242}, {false, model.ACK, 1001, 5001}}, false},
		{"no answer", []step{syn, {false, model.ACK, 1001, 5001}}, false},
		{"no SYN", []step{answer, {false, model.ACK, 1001, 5001}}, false},
		{"reset instead", []step{syn, answer, {false, model.RST | model.ACK, 1001, 5001}}, false},
		{"flags alone", []step{syn, {false, model.ACK, 7, 8}, {false, model.ACK | model.PSH, 8, 9}, {false, model.FIN | model.ACK, 9, 10}}, false},
	}
	for _, c := range cases {
		if got := follow(c.steps...).flags&peerProven != 0; got != c.proven {
			t.Errorf("%s: proven %v", c.name, got)
		}
	}
}

// TestSpoofedACKsProveNothing sends acknowledgements with numbers at random to
// answered SYNs: one in 2^24 would fit.
func TestSpoofedACKsProveNothing(t *testing.T) {
	rng := random(5)
	p := follow(step{flags: model.SYN, seq: 1}, step{true, synack, uint32(rng.next()), 2})
	for range 100_000 {
		x := rng.next()
		r := segment(address("192.0.2.1"), victim, model.ACK, 0)
		r.Seq, r.Ack = uint32(x), uint32(x>>32)
		p.inbound(&r)
	}
	if p.flags&peerProven != 0 {
		t.Error("proven by chance")
	}
}

func TestEveryHandshakeIsProven(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seq, ours := rapid.Uint32().Draw(t, "seq"), rapid.Uint32().Draw(t, "ours")
		p := follow(step{flags: model.SYN, seq: seq}, step{true, synack, ours, seq + 1}, step{false, model.ACK, seq + 1, ours + 1})
		if p.flags&peerProven == 0 {
			t.Fatal("not proven")
		}
	})
}

func TestRetriesAndResets(t *testing.T) {
	syn := func(port uint16, seq uint32) model.Record {
		r := segment(address("192.0.2.1"), victim, model.SYN, 0)
		r.SrcPort, r.Seq = port, seq
		return r
	}
	p := &peer{}
	for i, c := range []struct {
		r     model.Record
		retry bool
	}{
		{syn(1, 1), false}, {syn(2, 1), false}, {syn(1, 2), false}, {syn(1, 1), true}, {syn(2, 1), true},
		{syn(3, 3), false}, {syn(4, 4), false}, {syn(1, 1), false}, // four newer ones: forgotten
	} {
		if got := p.inbound(&c.r); got != c.retry {
			t.Errorf("SYN %d: retry %v", i, got)
		}
	}
	if p.flags&peerRetried == 0 {
		t.Error("not marked")
	}
	if q := follow(step{flags: model.RST}); q.flags&peerRST != 0 {
		t.Error("a reset without a SYN is marked")
	}
	if q := follow(step{flags: model.SYN}, step{flags: model.RST}); q.flags&peerRST == 0 || q.rstTTL != 55 {
		t.Errorf("a reset after a SYN: %+v", q)
	}
}

func TestConversations(t *testing.T) {
	in, out := address("192.0.2.1"), victim
	udp := func(port uint16) model.Record {
		r := datagram(out, in, nil, 0)
		r.DstPort = port
		return r
	}
	icmp := func(kind uint8, has model.Fields) model.Record {
		r := packet(out, in, model.ProtoICMP, 0)
		r.Has, r.ICMPType = has, kind
		return r
	}
	cases := []struct {
		name  string
		sent  []model.Record
		talks map[uint8]bool
		asked map[uint16]bool // UDP ports
	}{
		{"nothing", nil, map[uint8]bool{6: false, 17: false, 1: false}, map[uint16]bool{53: false, 0: false}},
		{"a datagram", []model.Record{udp(53)}, map[uint8]bool{17: true, 6: false, 1: false}, map[uint16]bool{53: true, 54: false}},
		{"three ports", []model.Record{udp(1), udp(2), udp(3)}, map[uint8]bool{17: true}, map[uint16]bool{1: false, 2: true, 3: true}},
		{"ping", []model.Record{icmp(8, model.HasICMP)}, map[uint8]bool{1: true, 17: false}, nil},
		{"an ICMP error", []model.Record{icmp(3, model.HasICMP)}, map[uint8]bool{1: false}, nil},
		{"ICMPv6 echo", []model.Record{icmp(128, model.HasICMP)}, map[uint8]bool{1: true}, nil},
		{"another protocol", []model.Record{icmp(3, 0)}, map[uint8]bool{1: true}, nil},
		{"a SYN", []model.Record{segment(out, in, model.SYN, 0)}, map[uint8]bool{6: false}, nil},
		{"a SYN-ACK", []model.Record{segment(out, in, synack, 0)}, map[uint8]bool{6: false}, nil},
		{"a segment", []model.Record{segment(out, in, model.ACK, 0)}, map[uint8]bool{6: true}, nil},
	}
	for _, c := range cases {
		p := &peer{}
		for i := range c.sent {
			p.outbound(&c.sent[i])
		}
		for proto, want := range c.talks {
			if got := p.talks(proto); got != want {
				t.Errorf("%s: talks protocol %d %v", c.name, proto, got)
			}
		}
		for port, want := range c.asked {
			if got := p.asked(model.ProtoUDP, port); got != want {
				t.Errorf("%s: asked port %d %v", c.name, port, got)
			}
		}
	}
	p := follow(step{out: true, flags: model.SYN})
	if !p.asked(model.ProtoTCP, 80) || !p.asked(model.ProtoGRE, 0) || (&peer{}).asked(model.ProtoTCP, 80) || (&peer{}).asked(model.ProtoGRE, 0) {
		t.Error("what the target opened was asked for")
	}
}

// TestFlowHandshakes: flags of flows are OR-ed, so only both directions
// together prove anything, in whatever order they are reported.
func TestFlowHandshakes(t *testing.T) {
	record := func(flags uint8, packets uint64) *model.Record {
		r := flow(address("192.0.2.1"), victim, 0, 1e9, packets, packets*100)
		r.Proto, r.TCPFlags = model.ProtoTCP, flags
		r.Has |= model.HasFlags
		return &r
	}
	full := uint8(model.SYN | model.ACK | model.PSH | model.FIN)
	in := func(flags uint8, n uint64) func(*peer) { return func(p *peer) { p.inbound(record(flags, n)) } }
	out := func(flags uint8, n uint64) func(*peer) { return func(p *peer) { p.outbound(record(flags, n)) } }
	cases := []struct {
		name          string
		steps         []func(*peer)
		proven, talks bool
	}{
		{"in, then out", []func(*peer){in(full, 5), out(full, 4)}, true, true},
		{"out, then in", []func(*peer){out(full, 4), in(full, 5)}, true, true},
		{"one direction, all flags", []func(*peer){in(full, 50), in(full, 50)}, false, false},
		{"SYNs that are answered", []func(*peer){in(model.SYN, 5), out(model.SYN|model.ACK, 5)}, false, false},
		{"too few packets", []func(*peer){in(full, 2), out(full, 4)}, false, true},
		{"a single answer", []func(*peer){in(full, 5), out(full, 1)}, false, false},
		{"refusals", []func(*peer){in(model.SYN, 5), out(model.RST|model.ACK, 5)}, false, false},
		{"an upload that goes on", []func(*peer){in(full, 50), out(model.SYN|model.ACK, 25)}, true, true},
		{"acknowledgements only", []func(*peer){in(model.ACK, 50), out(model.ACK, 50)}, false, true},
	}
	for _, c := range cases {
		p := &peer{}
		for _, s := range c.steps {
			s(p)
		}
		if p.flags&peerProven != 0 != c.proven || p.talks(model.ProtoTCP) != c.talks {
			t.Errorf("%s: flags %b, want proven %v, talks %v", c.name, p.flags, c.proven, c.talks)
		}
	}
	p := &peer{}
	out(model.SYN, 1)(p)
	in(model.SYN, 1)(p)
	in(model.RST|model.ACK, 1)(p)
	if p.flags&(peerAskTCP|peerSYN|peerRST) != peerAskTCP|peerSYN|peerRST {
		t.Errorf("flags %b", p.flags)
	}
}
