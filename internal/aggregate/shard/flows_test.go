package shard

import (
	"testing"

	"floodmark/internal/model"
)

// record is a flow record of packets at a rate over so many seconds, that ends
// now.
func (w *world) record(a model.Addr, rate, seconds float64, f func(*Update)) Update {
	u := Update{Addr: a, First: w.now - int64(seconds*1e9), Last: w.now, Packets: uint32(rate * seconds),
		Bytes: uint64(rate * seconds * 1000), Sampling: 1, Proto: model.ProtoUDP, Flags: Flow}
	if f != nil {
		f(&u)
	}
	return u
}

// flood exports a steady flood of n flows of equal rate, each with an active
// timeout of 60 s, their timers spread evenly, from start on for so many
// seconds; it returns when it was found, in seconds.
func (w *world) flood(n int, rate, seconds float64, f func(*Update)) float64 {
	begin, found := w.now, -1.0
	for s := 1; s <= int(seconds)+60; s++ {
		w.now = begin + int64(s)*second
		var b []Update
		for i := range n {
			if due := (s+i*60/n)%60 == 0; !due {
				continue
			}
			d := min(60, float64(s), 60-(float64(s)-seconds))
			u := w.record(addr4(1), rate/float64(n), d, f)
			u.Last = min(u.Last, begin+int64(seconds*1e9))
			u.First = u.Last - int64(d*1e9)
			if d > 0 {
				b = append(b, u)
			}
		}
		w.feed(b, func(a model.Anomaly) bool {
			if found < 0 && isRaised(a) {
				found = float64(a.At-begin) / 1e9
			}
			return false
		})
	}
	return found
}

func TestFloodBehindAnActiveTimeoutIsFoundWithinTheHorizon(t *testing.T) {
	for _, n := range []int{1, 3, 60, 600} {
		for _, d := range []model.Direction{model.In, model.Out} {
			w := newWorld(t, Config{ExportDelay: 60, Groups: thresholds(func(g *Group) { g.Host[d][model.Packets] = 20000 })})
			at := w.flood(n, 30000, 180, func(u *Update) { u.Direction = d })
			t.Logf("%d flows %s: found after %.0f s", n, d, at)
			if at < 0 || at > 60 {
				t.Errorf("%d flows %s: found after %.0f s", n, d, at)
			}
			r := w.raised()
			if len(r) != 1 || r[0].Delay != 60 || r[0].Rate < 20000 || r[0].Rate > 40000 {
				t.Errorf("raised %+v", r)
			}
		}
	}
}

func TestLongDownloadsAreNotSpikes(t *testing.T) {
	for _, n := range []int{1, 3, 20, 60} {
		w := newWorld(t, Config{ExportDelay: 60, Groups: thresholds(func(g *Group) {
			g.Host[model.In][model.Packets], g.Host[model.In][model.Bits] = 20000, 160e6
			g.Prefix = g.Host
		})})
		if at := w.flood(n, 14000, 300, nil); at >= 0 {
			t.Errorf("%d flows with 0.7 of the threshold together: raised after %.0f s: %v", n, at, brief(w.raised()))
		}
		if e := w.s.hosts[0]; e.bits&hasFlows == 0 {
			t.Error("no flow was counted")
		}
	}
}

// TestShortFlowsInLumps: 0.8 of the threshold in flows of one second, told by a
// cache that is searched every two seconds.
func TestShortFlowsInLumps(t *testing.T) {
	w := newWorld(t, Config{ExportDelay: 15, Groups: hostPackets(20000)})
	for range 200 {
		var b []Update
		for range 32 {
			u := w.record(addr4(1), 1000, 1, nil)
			u.First, u.Last = u.First-second, u.Last-second
			b = append(b, u)
		}
		w.now += 2 * second
		w.feed(b, nil)
	}
	if r := w.raised(); len(r) != 0 {
		t.Errorf("raised %v", brief(r))
	}
}

func TestFloodOfShortFlowsIsFoundSoon(t *testing.T) {
	w := newWorld(t, Config{ExportDelay: 15, Groups: thresholds(func(g *Group) { g.Host[model.In][model.SYNPackets] = 5000 })})
	begin := w.now
	for range 300 {
		w.now += step
		b := make([]Update, 250)
		for i := range b {
			b[i] = w.record(addr4(1), 1, 1, func(u *Update) { u.First = u.Last; u.Proto = model.ProtoTCP; u.Flags |= SYN })
		}
		if w.feed(b, isRaised) {
			break
		}
	}
	a := w.only(model.Raised, "198.18.0.1", model.SYNPackets)
	if d := float64(a.At-begin) / 1e9; d > 2 {
		t.Errorf("five times the threshold found after %.1f s", d)
	}
}

// TestRatesOfLongFlows: prefixes and customers see a steady rate, not spikes.
func TestRatesOfLongFlows(t *testing.T) {
	w := newWorld(t, Config{ExportDelay: 60, Customers: 2, Groups: hostPackets(0)})
	peak, last := 0.0, 0.0
	for s := 1; s <= 600; s++ {
		w.now += second
		var b []Update
		if s%60 == 0 {
			b = append(b, w.record(addr4(1), 10000, 60, func(u *Update) { u.Customer = 1 }))
		}
		w.feed(b, nil)
		w.s.Customers(func(c int, v *Sum) {
			if c == 1 {
				last = v.Rates[model.In][model.Packets]
				peak = max(peak, last)
			}
		})
	}
	if peak > 16000 || last < 5000 {
		t.Errorf("a steady 10,000 packets/s: peak %.0f, last %.0f", peak, last)
	}
	in, _, ok := w.s.Rates(model.HostID(addr4(1)))
	if !ok || in[model.Packets] < 9000 || in[model.Packets] > 11000 {
		t.Errorf("rate of the host: %.0f", in[model.Packets])
	}
}

// A busy host is touched all the time, also just before and just after a bucket
// of the ring begins. What the bucket held an export delay ago must be gone all the
// same, or the rate of a steady flood grows without end.
func TestRateOfSteadyFlowsStaysThoughTouchedAllTheTime(t *testing.T) {
	w := newWorld(t, Config{ExportDelay: 67, Groups: thresholds(func(g *Group) { g.Host[model.In][model.Packets] = 1e6 })})
	for range 60_000 { // every 10 ms
		w.now += step
		w.feed([]Update{w.record(addr4(1), 100, 0.01, nil), w.record(addr4(1), 1000, 5, func(u *Update) { u.Packets = 10 })}, nil)
	}
	in, _, _ := w.s.Rates(model.HostID(addr4(1)))
	if got := in[model.Packets]; got > 1500 || got < 900 {
		t.Errorf("%.0f packets/s, sent are about 1,100", got)
	}
}
