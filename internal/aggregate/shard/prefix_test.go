package shard

import (
	"math/rand/v2"
	"testing"

	"floodmark/internal/model"
)

func carpet() []Group {
	return thresholds(func(g *Group) {
		g.Host[model.In][model.Packets] = 20000
		g.Prefix[model.In][model.Packets] = 60000
	})
}

func TestCarpetBombingRaisesTheNarrowestPrefix(t *testing.T) {
	f := func(hosts int, rate float64, want string) {
		t.Helper()
		w := newWorld(t, Config{Groups: carpet()})
		for n := range hosts {
			w.steady(rate/float64(hosts), sample(addr4(n), 100, 1000, nil))
		}
		w.run(20, nil)
		a := w.only(model.Raised, want, model.Packets)
		if d := float64(a.At-start) / 1e9; d > 6 {
			t.Errorf("%s found after %.1f s", want, d)
		}
		if a.Rate < rate*0.6 || a.Rate > rate*1.5 {
			t.Errorf("%s: told a rate of %.0f, is %.0f", want, a.Rate, rate)
		}
	}
	f(256, 150000, "198.18.0.0/24")
	f(1024, 150000, "198.18.0.0/22") // 37 kpps in each /24
	f(4096, 150000, "198.18.0.0/20") // 37 kpps in each /22
}

func TestOneAttackedHostDoesNotRaiseItsPrefixes(t *testing.T) {
	for _, rate := range []float64{26000, 80000, 1e6} {
		g := carpet()
		g[0].Prefix[model.In][model.Packets] = 20000
		w := newWorld(t, Config{Groups: g})
		for n := range 100 {
			w.steady(5, sample(addr4(n), 500, 1000, nil))
		}
		w.during(10, 60, rate, sample(addr4(7), 100, 1000, nil))
		w.run(100, nil)
		w.only(model.Raised, "198.18.0.7", model.Packets)
		w.only(model.Cleared, "198.18.0.7", model.Packets)
	}
}

// TestHostAndCarpetTogether: what the host does not explain is raised.
func TestHostAndCarpetTogether(t *testing.T) {
	w := newWorld(t, Config{Groups: carpet()})
	w.steady(100000, sample(addr4(7), 100, 1000, nil))
	for n := range 250 {
		w.steady(400, sample(addr4(n), 100, 1000, nil))
	}
	w.run(20, nil)
	r := w.raised()
	if len(r) != 2 || r[0].Target.String() != "198.18.0.7" || r[1].Target.String() != "198.18.0.0/24" {
		t.Errorf("raised %v", brief(r))
	}
}

func TestCarpetEnds(t *testing.T) {
	w := newWorld(t, Config{Groups: carpet()})
	for n := range 256 {
		w.during(1, 30, 600, sample(addr4(n), 100, 1000, nil))
	}
	w.run(60, nil)
	c := w.only(model.Cleared, "198.18.0.0/24", model.Packets)
	if s := float64(c.At-start) / 1e9; s < 34 || s > 38 {
		t.Errorf("cleared at %.1f s, ended at 30", s)
	}
}

func TestOutboundCarpet(t *testing.T) {
	w := newWorld(t, Config{Groups: thresholds(func(g *Group) {
		g.Prefix[model.Out][model.SYNPackets] = 10000
	})})
	for n := range 256 {
		w.steady(200, sample(addr4(n), 40, 1000, func(u *Update) {
			u.Direction, u.Proto, u.Flags = model.Out, model.ProtoTCP, SYN
		}))
	}
	w.run(5, nil)
	if a := w.only(model.Raised, "198.18.0.0/24", model.SYNPackets); a.Direction != model.Out {
		t.Errorf("direction %s", a.Direction)
	}
}

// v6flood sends n packets to random addresses of 2001:db8:1::/48, in batches,
// 100 a second.
func v6flood(t *testing.T, n, batch int, c Config) *world {
	w := newWorld(t, c)
	w.steady(3000, sample(model.Addr{Hi: 0x20010db8_00010000, Lo: 1}, 500, 1000, nil))
	r := rand.New(rand.NewPCG(5, 5))
	b := make([]Update, batch)
	for n > 0 {
		n -= len(b)
		w.run(0.01, nil)
		for i := range b {
			b[i] = sample(model.Addr{Hi: 0x20010db8_00010000 | r.Uint64()&0xffff, Lo: r.Uint64()}, 60, 1, nil)
		}
		w.feed(b, nil)
	}
	return w
}

func checkFlood(t *testing.T, w *world, rate float64, memory uint64) {
	t.Helper()
	r := w.raised()
	if len(r) == 0 {
		t.Fatal("nothing was raised")
	}
	wide := false
	for _, a := range r {
		wide = wide || a.Target.String() == "2001:db8:1::/48"
		if a.Target.Kind != model.PrefixTarget {
			t.Errorf("raised %s", a.Target)
		}
	}
	if !wide {
		t.Errorf("raised %v", brief(r))
	}
	n := w.s.Stats()
	t.Logf("%d updates: %+v", n.Updates, n)
	if n.Memory > memory+maxWaiting*512 || n.Untracked == 0 || n.Widened == 0 {
		t.Errorf("bounds: %+v", n)
	}
	total := 0.0
	w.s.Customers(func(c int, s *Sum) {
		if c == 0 {
			total = s.Rates[model.In][model.Packets]
		}
	})
	if total < 0.9*rate || total > 1.1*rate {
		t.Errorf("the whole is %.0f packets/s, %.0f were sent", total, rate)
	}
}

func TestFloodToRandomAddressesIsBounded(t *testing.T) {
	c := Config{Hosts: 5000, Prefixes: 1024, Groups: carpet()}
	checkFlood(t, v6flood(t, 500_000, 2000, c), 203e3, memoryAtBound(c))
}

func TestWideIPv6Carpet(t *testing.T) {
	f := func(mask uint64, want string) {
		t.Helper()
		w := newWorld(t, Config{Hosts: 50000, Prefixes: 100000, Groups: carpet()})
		for range 500 {
			w.now += step
			b := make([]Update, 2)
			for i := range b {
				b[i] = sample(model.Addr{Hi: 0x20010db8_00010000 | w.rand.Uint64()&mask, Lo: w.rand.Uint64()}, 60, 1000, nil)
			}
			w.feed(b, nil)
		}
		w.only(model.Raised, want, model.Packets)
	}
	f(0, "2001:db8:1::/64")
	f(0xff, "2001:db8:1::/56")
	f(0xffff, "2001:db8:1::/48")
}

func TestIdleHostsGiveWay(t *testing.T) {
	w := newWorld(t, Config{Hosts: 64, Groups: hostPackets(20000)})
	w.steady(100000, sample(addr4(0), 100, 1000, nil))
	w.run(3, nil)
	for n := range 1000 {
		w.feed([]Update{sample(addr4(n+1), 100, 1000, nil)}, nil)
		w.run(0.1, nil)
	}
	n := w.s.Stats()
	if n.Hosts != 64 || n.Evicted < 500 || n.Active != 1 {
		t.Errorf("stats %+v", n)
	}
	if in, _, ok := w.s.Rates(model.HostID(addr4(0))); !ok || in[model.Packets] < 50000 {
		t.Errorf("the attacked host was forgotten: %v", in)
	}
	if n.Untracked+n.Evicted < 900 {
		t.Errorf("%d new hosts, %d evictions and %d untracked", 1000, n.Evicted, n.Untracked)
	}
}

func TestIdleHostsAreForgotten(t *testing.T) {
	w := newWorld(t, Config{Hosts: 512, Groups: hostPackets(20000)})
	for n := range 300 {
		w.feed([]Update{sample(addr4(n), 100, 1000, nil)}, nil)
	}
	for range 1500 {
		w.now += second
		w.feed([]Update{sample(addr4(0), 100, 1000, nil)}, nil)
	}
	if n := w.s.Stats().Hosts; n != 1 {
		t.Errorf("%d hosts are left, want 1", n)
	}
	if _, _, ok := w.s.Rates(model.HostID(addr4(0))); !ok {
		t.Error("the busy one is gone")
	}
}

// TestPrefixesNearAThreshold: a carpet at 0.6 of the threshold, none of whose
// hosts has half of its own.
func TestPrefixesNearAThreshold(t *testing.T) {
	w := newWorld(t, Config{Groups: carpet()})
	for n := range 256 {
		w.steady(36000.0/256, sample(addr4(n), 100, 100, nil))
	}
	w.run(5, nil)
	if n := w.s.Stats().Near; n != 3 { // the /24, its /22 and its /20
		t.Errorf("%d targets near a threshold, want 3", n)
	}
}
