package shard

import (
	"math/rand/v2"
	"testing"

	"floodmark/internal/model"
)

const (
	start = int64(1_800_000_000) * second
	ms    = second / 1000
)

// memoryAtBound is what a shard takes whose tables cannot grow any more.
func memoryAtBound(c Config) uint64 {
	s := New(c)
	for s.grow() {
	}
	for i := range s.levels {
		for s.levels[i].grow() {
		}
	}
	return s.Stats().Memory
}

func addr4(n int) model.Addr { return model.Addr4(0xc6120000 + uint32(n)) } // 198.18.0.0

// world feeds a shard in steps of 10 ms and walks it every second.
type world struct {
	t    testing.TB
	s    *Shard
	now  int64
	rand *rand.Rand
	out  []model.Anomaly
	from []source
	buf  []Update
}

// source is steady sampled traffic towards or from a host.
type source struct {
	rate     float64 // packets/s before sampling
	update   Update  // of one sample
	from, to int64   // ns after start; to 0: for ever
	after    float64 // seconds to its next sample; 0: drawn
}

func newWorld(t testing.TB, c Config) *world {
	if c.Hosts == 0 {
		c.Hosts = 4096
	}
	if c.Prefixes == 0 {
		c.Prefixes = 1024
	}
	return &world{t: t, s: New(c), now: start, rand: rand.New(rand.NewPCG(7, 11))}
}

// sample is a sampled packet of so many octets.
func sample(a model.Addr, bytes, sampling int, f func(*Update)) Update {
	u := Update{Addr: a, Packets: 1, Bytes: uint64(bytes), Sampling: uint32(sampling), Proto: model.ProtoUDP}
	if f != nil {
		f(&u)
	}
	return u
}

func (w *world) steady(rate float64, u Update) {
	w.from = append(w.from, source{rate: rate, update: u})
}

func (w *world) during(from, to float64, rate float64, u Update) {
	w.from = append(w.from, source{rate: rate, update: u, from: int64(from * 1e9), to: int64(to * 1e9)})
}

const step = 10 * ms

// run plays so many seconds and stops early when stop says so.
func (w *world) run(seconds float64, stop func(model.Anomaly) bool) {
	for end := w.now + int64(seconds*1e9); w.now < end; {
		w.now += step
		w.buf = w.buf[:0]
		for i := range w.from {
			x := &w.from[i]
			if at := w.now - start; at <= x.from || x.to != 0 && at > x.to {
				continue
			}
			per := x.rate / float64(x.update.Sampling)
			if x.after == 0 {
				x.after = w.rand.ExpFloat64() / per
			}
			for x.after -= 0.01; x.after <= 0; x.after += w.rand.ExpFloat64() / per {
				u := x.update
				u.First, u.Last = w.now, w.now
				w.buf = append(w.buf, u)
			}
		}
		if w.feed(w.buf, stop) {
			return
		}
	}
}

func (w *world) feed(batch []Update, stop func(model.Anomaly) bool) bool {
	w.s.Add(w.now, batch)
	for !w.s.Walk(w.now, 1000) {
	}
	n := len(w.out)
	w.out = w.s.Drain(w.out)
	if stop != nil {
		for _, a := range w.out[n:] {
			if stop(a) {
				return true
			}
		}
	}
	return false
}

func (w *world) raised() (out []model.Anomaly) {
	for _, a := range w.out {
		if a.Phase == model.Raised {
			out = append(out, a)
		}
	}
	return out
}

func (w *world) only(phase model.AnomalyPhase, target string, m model.Metric) model.Anomaly {
	w.t.Helper()
	var out []model.Anomaly
	for _, a := range w.out {
		if a.Phase == phase {
			out = append(out, a)
		}
	}
	if len(out) != 1 || out[0].Target.String() != target || out[0].Metric != m {
		w.t.Fatalf("%s: got %s, want one of %s %s", phase, brief(out), target, m)
	}
	return out[0]
}

func brief(list []model.Anomaly) (out []string) {
	for _, a := range list {
		out = append(out, a.Target.String()+" "+a.Metric.String()+" "+a.Direction.String())
	}
	return out
}

func isRaised(a model.Anomaly) bool { return a.Phase == model.Raised }

// thresholds makes one group.
func thresholds(f func(g *Group)) []Group {
	g := Group{Name: "default"}
	f(&g)
	return []Group{g}
}

func hostPackets(pps float64) []Group {
	return thresholds(func(g *Group) { g.Host[model.In][model.Packets] = pps })
}
