package shard

import (
	"math"
	"math/rand/v2"
	"testing"
	"unsafe"

	"floodmark/internal/model"
)

// TestDelays measures from the attack's first sample to the anomaly, with
// ordinary traffic before.
func TestDelays(t *testing.T) {
	for _, c := range []struct{ sampling, rate, largest float64 }{
		{1000, 1.2, 9}, {1000, 1.5, 3.5}, {1000, 5, 1}, {4096, 1.2, 32}, {4096, 1.5, 13}, {4096, 5, 1.8},
	} {
		const runs = 60
		sum, since, rate := 0.0, 0.0, 0.0
		for n := range runs {
			w := newWorld(t, Config{Hosts: 64, Groups: hostPackets(20000)})
			w.rand = rand.New(rand.NewPCG(uint64(n), 1))
			u := sample(addr4(n), 100, int(c.sampling), nil)
			w.steady(2000, u)
			w.run(5, nil)
			w.from[0].rate = c.rate * 20000
			w.from[0].after = 1e-9 // it begins with its first sample
			from := w.now
			w.run(300, isRaised)
			a := w.only(model.Raised, addr4(n).String(), model.Packets)
			sum += float64(a.At-from) / 1e9
			since += math.Abs(float64(a.Since-from)) / 1e9
			rate += a.Rate / 20000
			if a.Sampling != c.sampling || a.Bound != 20000 || a.Group != "default" {
				t.Errorf("anomaly is %+v", a)
			}
		}
		t.Logf("1:%g at %g: %.2f s; start off by %.2f s; rate told %.2f", c.sampling, c.rate, sum/runs, since/runs, rate/runs)
		if sum/runs > c.largest {
			t.Errorf("1:%g at %g: %.2f s, want at most %g", c.sampling, c.rate, sum/runs, c.largest)
		}
		if r := rate / runs; r < c.rate*0.7 || r > c.rate*1.4 {
			t.Errorf("1:%g at %g: told a rate of %.2f", c.sampling, c.rate, r)
		}
	}
}

// TestSteadyTrafficBelowThresholdRaisesNothing: 400 targets at 0.8 for 100
// seconds are 0.07 target-weeks, and may give 0.07 alarms.
func TestSteadyTrafficBelowThresholdRaisesNothing(t *testing.T) {
	w := newWorld(t, Config{Groups: hostPackets(20000)})
	for n := range 400 {
		w.steady(16000, sample(addr4(n), 800, 1000, nil))
	}
	w.run(100, nil)
	if r := w.raised(); len(r) > 1 {
		t.Errorf("%d false alarms: %v", len(r), brief(r))
	}
}

func TestAnAttackEndsOnce(t *testing.T) {
	w := newWorld(t, Config{Groups: hostPackets(20000)})
	u := sample(addr4(1), 100, 1000, nil)
	w.steady(2000, u)
	w.during(10, 40, 100000, u)
	w.run(120, nil)
	w.only(model.Raised, "198.18.0.1", model.Packets)
	c := w.only(model.Cleared, "198.18.0.1", model.Packets)
	if s := float64(c.At-start) / 1e9; s < 45 || s > 49 {
		t.Errorf("cleared %.1f s after the start, the attack ended at 40", s)
	}
	ongoing := 0
	for _, a := range w.out {
		if a.Phase == model.Ongoing {
			ongoing++
			if at := float64(a.At-start) / 1e9; at > 20 && at < 40 && (a.Rate < 60000 || a.Rate > 160000) {
				t.Errorf("at %.0f s told of a rate of %.0f", at, a.Rate)
			}
		}
	}
	if ongoing < 30 || ongoing > 40 {
		t.Errorf("told %d times that it goes on", ongoing)
	}
	if n := w.s.Stats(); n.Active != 0 || w.s.hosts[0].bits&hasActiveIn != 0 {
		t.Errorf("still active: %+v", n)
	}
}

func TestPulsesAreFoundEachTime(t *testing.T) {
	w := newWorld(t, Config{Groups: hostPackets(20000)})
	u := sample(addr4(1), 100, 1000, nil)
	for n := range 5 {
		w.during(float64(10+30*n), float64(12+30*n), 200000, u)
	}
	w.run(160, nil)
	if n := len(w.raised()); n != 5 {
		t.Errorf("raised %d times, want 5", n)
	}
}

func TestMetrics(t *testing.T) {
	f := func(m model.Metric, d model.Direction, set func(*Update)) {
		t.Helper()
		g := thresholds(func(g *Group) { g.Host[d][m] = 20000 })
		rate := 100000.0
		if m.Unit() == "bits/s" {
			g[0].Host[d][m] *= 8000
		}
		w := newWorld(t, Config{Groups: g})
		w.steady(rate, sample(addr4(1), 1000, 1000, func(u *Update) { u.Direction = d; set(u) }))
		w.run(5, nil)
		a := w.only(model.Raised, "198.18.0.1", m)
		if a.Direction != d {
			t.Errorf("direction %s, want %s", a.Direction, d)
		}
	}
	none := func(*Update) {}
	proto := func(p uint8) func(*Update) { return func(u *Update) { u.Proto = p } }
	f(model.Packets, model.In, none)
	f(model.Bits, model.In, none)
	f(model.UDPPackets, model.In, none)
	f(model.UDPBits, model.In, none)
	f(model.TCPPackets, model.In, proto(model.ProtoTCP))
	f(model.ICMPPackets, model.In, proto(model.ProtoICMPv6))
	f(model.OtherPackets, model.In, proto(model.ProtoGRE))
	f(model.SYNPackets, model.In, func(u *Update) { u.Proto = model.ProtoTCP; u.Flags |= SYN })
	f(model.FragmentPackets, model.In, func(u *Update) { u.Flags |= Fragment })
	f(model.ReflectionPackets, model.In, func(u *Update) { u.Flags |= Reflection })
	f(model.ReflectionBits, model.In, func(u *Update) { u.Flags |= Reflection })
	f(model.Packets, model.Out, none)
	f(model.Bits, model.Out, none)
	f(model.UDPPackets, model.Out, none)
	f(model.TCPPackets, model.Out, proto(model.ProtoTCP))
	f(model.SYNPackets, model.Out, func(u *Update) { u.Proto = model.ProtoTCP; u.Flags |= SYN })
}

// TestSYNFloodAmongDownloads: acknowledged segments do not hide or raise it.
func TestSYNFloodAmongDownloads(t *testing.T) {
	w := newWorld(t, Config{Groups: thresholds(func(g *Group) { g.Host[model.In][model.SYNPackets] = 5000 })})
	tcp := func(u *Update) { u.Proto = model.ProtoTCP }
	w.steady(50000, sample(addr4(1), 1400, 1000, tcp))
	w.during(30, 60, 25000, sample(addr4(1), 40, 1000, func(u *Update) { tcp(u); u.Flags |= SYN }))
	w.run(60, nil)
	a := w.only(model.Raised, "198.18.0.1", model.SYNPackets)
	if d := float64(a.At-start)/1e9 - 30; d < 0 || d > 3 {
		t.Errorf("found %.1f s after its start", d)
	}
}

// TestCompleteCountsDoNotFireOnBursts: line-rate bursts of 100 ms, far under
// the threshold on average.
func TestCompleteCountsDoNotFireOnBursts(t *testing.T) {
	w := newWorld(t, Config{Groups: hostPackets(5000)})
	for range 30 {
		for range 10 {
			w.now += step
			b := make([]Update, 80) // 8,000 packets/s for 0.1 s
			for i := range b {
				b[i] = sample(addr4(1), 1500, 1, nil)
			}
			w.feed(b, nil)
		}
		w.run(0.9, nil)
	}
	if r := w.raised(); len(r) != 0 {
		t.Errorf("raised %v", brief(r))
	}
}

func TestUntrustedIsReported(t *testing.T) {
	w := newWorld(t, Config{Groups: hostPackets(20000)})
	w.steady(100000, sample(addr4(1), 100, 1000, func(u *Update) { u.Flags |= LowQuality }))
	w.run(3, nil)
	if a := w.only(model.Raised, "198.18.0.1", model.Packets); !a.Untrusted {
		t.Error("not told that figures are not trusted")
	}
}

func TestThresholdGoneClears(t *testing.T) {
	w := newWorld(t, Config{Groups: hostPackets(20000)})
	w.steady(100000, sample(addr4(1), 100, 1000, nil))
	w.run(3, nil)
	w.s.SetGroups(hostPackets(0))
	w.run(3, nil)
	w.only(model.Cleared, "198.18.0.1", model.Packets)
}

func TestEntryIsSmall(t *testing.T) {
	if n := unsafe.Sizeof(host{}); n+8 > 256 {
		t.Errorf("a host takes %d octets and 8 of index", n)
	}
	if n := unsafe.Sizeof(Update{}); n > 64 {
		t.Errorf("an update takes %d octets", n)
	}
	n := memoryAtBound(Config{Hosts: 1_000_000, Prefixes: 65536})
	t.Logf("a million hosts and 65,536 narrow prefixes: %.1f MB", float64(n)/1e6)
	if n > 300e6 {
		t.Errorf("a million hosts take %d octets", n)
	}
}

func TestEmptyShardIsSmall(t *testing.T) {
	c := Config{Hosts: 8192, Prefixes: 4096, Groups: carpet()}
	n := New(c).Stats().Memory
	t.Logf("16 empty shards: %.2f MB, at their bounds: %.1f MB", 16*float64(n)/1e6, 16*float64(memoryAtBound(c))/1e6)
	if 16*n > 4e6 {
		t.Errorf("an empty shard takes %d octets", n)
	}
}

// TestGrowingForgetsNothing: every host and prefix keeps its rate while tables
// double around it, up to their bounds and not beyond.
func TestGrowingForgetsNothing(t *testing.T) {
	const hosts = 3000
	w := newWorld(t, Config{Hosts: hosts, Prefixes: 1000, Groups: carpet()})
	at := func(n int) model.Addr { return addr4(n/4*256 + n%4) }
	b := make([]Update, hosts)
	for i := range b {
		b[i] = sample(at(i), 100, 100, nil)
	}
	w.now += second
	w.s.Add(w.now, b)
	w.now += second
	w.feed(nil, nil)
	n := w.s.Stats()
	if n.Hosts != hosts || len(w.s.hosts) != hosts || n.Untracked+n.Widened != 0 || n.Memory > memoryAtBound(Config{Hosts: hosts, Prefixes: 1000})+1<<20 {
		t.Errorf("stats %+v", n)
	}
	for i := range hosts {
		if in, _, ok := w.s.Rates(model.HostID(at(i))); !ok || in[model.Packets] < 20 {
			t.Fatalf("host %d: %v %v", i, ok, in)
		}
		if in, _, ok := w.s.Rates(model.PrefixID(at(i), 24)); !ok || in[model.Packets] < 300 {
			t.Fatalf("prefix of host %d: %v %v", i, ok, in)
		}
	}
}

// TestLumpIsNoRate: many samples in one datagram, and flow records stamped in
// whole seconds, came in an instant but did not happen in one.
func TestLumpIsNoRate(t *testing.T) {
	for _, flags := range []Flags{0, Flow} {
		w := newWorld(t, Config{Groups: hostPackets(20000)})
		w.steady(1000, sample(addr4(1), 100, 1000, nil))
		w.run(5, nil)
		b := make([]Update, 286)
		for i := range b {
			b[i] = sample(addr4(1), 100, 1000, func(u *Update) { u.First, u.Last, u.Flags = w.now, w.now, flags })
		}
		w.feed(b, nil)
		a := w.only(model.Raised, "198.18.0.1", model.Packets)
		if a.Rate < 20000 || a.Rate > 300e3 {
			t.Errorf("286,000 packets at once are told as %.0f packets/s", a.Rate)
		}
	}
}

func TestOf(t *testing.T) {
	count := make([]int, 8)
	for n := range 4096 {
		a := model.Addr4(uint32(n) << 12)
		i := Of(a, 8)
		count[i]++
		if b := model.Addr4(uint32(n)<<12 | 0xfff); Of(b, 8) != i {
			t.Fatal("a /20 is in two shards")
		}
	}
	for i, n := range count {
		if n < 400 || n > 640 {
			t.Errorf("shard %d has %d of 4,096 prefixes", i, n)
		}
	}
}

// TestAlarmKnowsItsBeginning: an alarm dates the excess back to where it began,
// never into the future.
func TestAlarmKnowsItsBeginning(t *testing.T) {
	w := newWorld(t, Config{Groups: hostPackets(20000)})
	u := sample(addr4(1), 100, 1000, nil)
	w.steady(2000, u)
	w.during(30, 60, 60000, u)
	w.run(60, nil)
	a := w.only(model.Raised, "198.18.0.1", model.Packets)
	if since := float64(a.Since-start) / 1e9; a.Since > a.At || since < 27 || since > 32 {
		t.Errorf("raised at %.1f s since %.1f s, the excess began at 30", float64(a.At-start)/1e9, since)
	}
}

// TestSquaresOfPacketsAndBits: how unequal samples are is summed for packets and
// for bits, in and out apart.
func TestSquaresOfPacketsAndBits(t *testing.T) {
	var s sums[float64]
	p := parts{}
	p.v[0], p.v[1] = 3, 5
	s.count(&p, false)
	p.out = true
	p.v[0], p.v[1] = 7, 11
	s.count(&p, false)
	if s.sq != [4]float64{9, 25, 49, 121} {
		t.Errorf("squares %v", s.sq)
	}
}
