package aggregate

import (
	"testing"

	"floodmark/internal/model"
)

func TestTunnels(t *testing.T) {
	rng := random(3)
	gre := func(i int) *model.Record {
		return &model.Record{Src: model.Addr4(0xc0000200 + uint32(i)), Dst: victim, Proto: model.ProtoGRE, Tunnel: model.GRE}
	}
	to := func(a model.Addr) *model.Record { return &model.Record{Dst: a} }
	cases := []struct {
		name    string
		packets int
		outer   func(i int) *model.Record
		inner   func(i int) *model.Record
		real    bool
	}{
		{"two ends and one network behind", 1000, func(i int) *model.Record { return gre(i % 2) }, func(i int) *model.Record { return to(model.Addr4(0xcb007100 + uint32(i%200))) }, true},
		{"an IPv6 network behind", 1000, func(int) *model.Record { return gre(0) }, func(i int) *model.Record { return to(model.Addr{Hi: 0x20010db800000000, Lo: rng.next()}) }, true},
		{"many senders", 1000, func(i int) *model.Record { return gre(i % 100) }, func(int) *model.Record { return to(victim) }, false},
		{"one sender, inside at random", 1000, func(int) *model.Record { return gre(0) }, func(int) *model.Record { return to(model.Addr4(uint32(rng.next()))) }, false},
		{"one sender, IPv6 inside at random", 1000, func(int) *model.Record { return gre(0) }, func(int) *model.Record { return to(model.Addr{Hi: rng.next(), Lo: rng.next()}) }, false},
		{"still learning", 10, func(int) *model.Record { return gre(0) }, func(int) *model.Record { return to(model.Addr4(uint32(rng.next()))) }, true},
	}
	for _, c := range cases {
		tunnels := newTunnels()
		for i := range c.packets {
			tunnels.Observe(c.outer(i), c.inner(i))
		}
		if got := tunnels.Real(c.outer(0)); got != c.real {
			t.Errorf("%s: real %v", c.name, got)
		}
		other := c.outer(0)
		other.Tunnel = model.VXLAN
		if tunnels.Real(other) {
			t.Errorf("%s: another encapsulation is real without being seen", c.name)
		}
	}
}

func TestTunnelsAreBounded(t *testing.T) {
	tunnels := newTunnels()
	for i := range uint32(3000) {
		outer := &model.Record{Src: model.Addr4(i), Dst: model.Addr4(i), Tunnel: model.GRE}
		tunnels.Observe(outer, &model.Record{Dst: victim})
		tunnels.Observe(&model.Record{Src: model.Addr4(i + 1<<20), Dst: victim, Tunnel: model.GRE}, &model.Record{Dst: victim})
	}
	if len(tunnels.ends) != maxTunnelEnds {
		t.Errorf("%d ends", len(tunnels.ends))
	}
	if n := len(tunnels.ends[tunnelEnd{victim, model.GRE}].senders); n != maxTunnelSenders+1 {
		t.Errorf("%d senders", n)
	}
	if tunnels.Real(&model.Record{Dst: model.Addr4(2999), Tunnel: model.GRE}) {
		t.Error("an end that found no room is real")
	}
}
