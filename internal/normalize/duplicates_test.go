package normalize

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"floodmark/internal/dedup"
	"floodmark/internal/model"
)

// exported is one record on its way to the collector.
type exported struct {
	recv int64
	rec  model.Record
}

// world plays flows of which exporters on their way tell.
type world struct {
	r   *rand.Rand
	out []exported
}

func (w *world) tuple(i int) model.Record {
	return model.Record{Src: model.Addr4(0xc6330000 + uint32(i)), Dst: ours, Has: model.HasPorts | model.HasInterface,
		SrcPort: uint16(i >> 4), DstPort: 443, Proto: model.ProtoTCP, Sampling: 1, InIf: 1, OutIf: 2}
}

// cache exports a flow of one packet a second in the way of a flow cache: by an
// active timeout of 60 s that runs from its own phase, and an inactive one of 15 s.
func (w *world) cache(exporter uint32, flow int, start, length, phase int64) {
	end := start + length
	for from := start; from < end; {
		to := min(end, from-(from-phase)%60+60)
		r := w.tuple(flow)
		r.Exporter, r.First, r.Last, r.Packets, r.Bytes = exporter, t0+from*second, t0+(to-1)*second, uint64(to-from), 100*uint64(to-from)
		recv := t0 + to*second
		if to == end {
			recv += 15 * second
		}
		w.out = append(w.out, exported{recv, r})
		from = to
	}
}

// play gives everything to a Normalizer in order of arrival and returns the
// packets counted, with their factors.
func (w *world) play(t *testing.T, c Config) (float64, *Normalizer) {
	t.Helper()
	slices.SortStableFunc(w.out, func(a, b exported) int { return int((a.recv - b.recv) >> 20) })
	c.Networks = networks("203.0.113.0/24")
	n := New(mustPlan(t, c), dedup.New(1<<20, 30*time.Second), 99)
	n.SetAddress(1, edge1)
	n.SetAddress(2, edge2)
	sum := 0.0
	tick := int64(0)
	for i := range w.out {
		e := &w.out[i]
		if s := e.recv / second; s != tick {
			tick = s
			n.Tick(e.recv)
		}
		var seen Result
		if n.Record(&e.rec, e.recv, &seen) == Counted {
			sum += float64(e.rec.Packets) * float64(seen.Sampling)
		}
	}
	return sum, n
}

func within(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if math.Abs(got-want) > tolerance*want {
		t.Errorf("%s: %.0f, want %.0f within %.1f %%", what, got, want, 100*tolerance)
	}
}

// TestTwoCachesOnOnePathCountOnce has 3,000 flows that two exporters tell
// completely, their timers out of step by 7 to 53 s.
func TestTwoCachesOnOnePathCountOnce(t *testing.T) {
	for _, phase := range []int64{0, 7, 30, 53} {
		w := &world{r: rand.New(rand.NewPCG(1, uint64(phase)))}
		truth := 0.0
		for i := range 3000 {
			start, length := w.r.Int64N(1200), 1+int64(w.r.ExpFloat64()*60)
			truth += float64(length)
			w.cache(1, i, start, length, 0)
			w.cache(2, i, start, length, phase)
		}
		got, n := w.play(t, Config{})
		within(t, "packets", got, truth, 0.03)
		dup := n.Status()[0].Stats.By[Duplicate] + n.Status()[1].Stats.By[Duplicate]
		within(t, "repeated records", float64(dup), float64(len(w.out))/2, 0.2)
	}
}

// TestParallelEdgesLoseNothing has flows spread over two edges, each by one.
func TestParallelEdgesLoseNothing(t *testing.T) {
	w := &world{r: rand.New(rand.NewPCG(2, 0))}
	truth := 0.0
	for i := range 4000 {
		length := 1 + int64(w.r.ExpFloat64()*60)
		truth += float64(length)
		w.cache(1+uint32(i&1), i, w.r.Int64N(1200), length, int64(i&1)*20)
	}
	got, _ := w.play(t, Config{})
	within(t, "packets", got, truth, 0)
}

// TestOneTupleByTwoEdgesIsAnAttackNotADuplicate has ordinary traffic by two
// edges and a flood whose packets all carry one 5-tuple, by both.
func TestOneTupleByTwoEdgesIsAnAttackNotADuplicate(t *testing.T) {
	w := &world{r: rand.New(rand.NewPCG(3, 0))}
	truth := 0.0
	for i := range 4000 {
		length := 1 + int64(w.r.ExpFloat64()*60)
		truth += float64(length)
		w.cache(1+uint32(i&1), i, w.r.Int64N(1200), length, 0)
	}
	for range 2 {
		w.cache(1, 999_999, 0, 1200, 0)
		w.cache(2, 999_999, 0, 1200, 20)
		truth += 2 * 1200
	}
	got, _ := w.play(t, Config{})
	within(t, "packets", got, truth, 0)
}

// TestIngressAndEgressOfOneExporterCountOnce has each flow metered twice.
func TestIngressAndEgressOfOneExporterCountOnce(t *testing.T) {
	w := &world{r: rand.New(rand.NewPCG(4, 0))}
	truth := 0.0
	for i := range 3000 {
		start, length := w.r.Int64N(1200), 1+int64(w.r.ExpFloat64()*60)
		truth += float64(length)
		w.cache(1, i, start, length, 0)
		k := len(w.out)
		w.cache(1, i, start, length, 0)
		for j := range w.out {
			if j >= k {
				w.out[j].rec.Metered = model.AtEgress
			} else if w.out[j].rec.Metered == 0 {
				w.out[j].rec.Metered = model.AtIngress
			}
		}
	}
	got, _ := w.play(t, Config{})
	within(t, "packets", got, truth, 0.02)
}

// TestRolesCountExactlyWithoutTable has one exporter at the edge and one inside,
// both with roles: nothing is looked up, nothing is lost or doubled.
func TestRolesCountExactlyWithoutTable(t *testing.T) {
	w := &world{r: rand.New(rand.NewPCG(5, 0))}
	truth := 0.0
	for i := range 1000 {
		start, length := w.r.Int64N(1200), 1+int64(w.r.ExpFloat64()*60)
		truth += float64(length)
		w.cache(1, i, start, length, 0)
		k := len(w.out)
		w.cache(2, i, start, length, 20)
		for j := range w.out[k:] {
			w.out[k+j].rec.InIf = 5
		}
	}
	got, n := w.play(t, Config{Exporters: []Exporter{
		{Addr: edge1, Interfaces: []Interface{{Index: 1, Role: External}}},
		{Addr: edge2, Interfaces: []Interface{{Index: 5, Role: Internal}}},
	}})
	within(t, "packets", got, truth, 0)
	if s := n.Status(); s[0].Stats.Considered+s[1].Stats.Considered != 0 {
		t.Error("records were looked up though roles say it all")
	}
}

// TestExactEdgeWinsOverCore has roles at the edge only; the core tells first.
func TestExactEdgeWinsOverCore(t *testing.T) {
	w := &world{r: rand.New(rand.NewPCG(6, 0))}
	truth := 0.0
	for i := range 2000 {
		start, length := w.r.Int64N(1200), 30+int64(w.r.ExpFloat64()*60)
		truth += float64(length)
		w.cache(2, i, start, length, 0)
		w.cache(1, i, start, length, 3)
	}
	got, n := w.play(t, Config{Exporters: []Exporter{{Addr: edge1, Interfaces: []Interface{{Index: 1, Role: External}}}}})
	if s := n.Status()[0]; s.Stats.By[Duplicate] != 0 {
		t.Errorf("%d records of the edge were taken for duplicates", s.Stats.By[Duplicate])
	}
	if got < truth || got > 1.6*truth { // what the core told before the edge did counts too
		t.Errorf("counted %.0f of %.0f", got, truth)
	}
}

// TestSampledDuplicates measures what independent sampling at 1:1000 by two
// exporters on one path leaves: by packets of a flow, the factor by which
// traffic is over-counted. The package comment tells the result.
func TestSampledDuplicates(t *testing.T) {
	for _, c := range []struct {
		packets  int // of a flow, over 100 s
		flows    int
		low, top float64
	}{{100, 20_000, 1.6, 2.05}, {1000, 4000, 1.2, 1.9}, {10_000, 1500, 0.9, 1.3}, {100_000, 300, 0.9, 1.1}} {
		w := &world{r: rand.New(rand.NewPCG(7, uint64(c.packets)))}
		sampled := [3]float64{}
		for i := range c.flows {
			for exporter := uint32(1); exporter <= 2; exporter++ {
				for at := w.r.ExpFloat64() * 1000; at < float64(c.packets); at += w.r.ExpFloat64() * 1000 {
					r := w.tuple(i)
					when := t0 + int64(float64(i%50)*second10+at/float64(c.packets)*100*1e9)
					r.Exporter, r.First, r.Last, r.Packets, r.Bytes, r.Sampling, r.IsPacket = exporter, when, when, 1, 500, 1000, true
					w.out = append(w.out, exported{when, r})
					sampled[exporter] += 1000
				}
			}
		}
		truth := float64(c.flows) * float64(c.packets)
		got, _ := w.play(t, Config{})
		t.Logf("flows of %6d packets: counted %.2f times (samples of one exporter alone %.2f)", c.packets, got/truth, sampled[1]/truth)
		if f := got / truth; f < c.low || f > c.top {
			t.Errorf("flows of %d packets: counted %.2f times", c.packets, f)
		}
	}
}

const second10 = 10e9
