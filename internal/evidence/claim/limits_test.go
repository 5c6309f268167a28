package claim

import (
	"math"
	"testing"

	"floodmark/internal/evidence/share"
)

// Without label errors the limits are Wilson's.
func TestLimitsOfExactPlacesAreWilsons(t *testing.T) {
	for _, c := range []struct{ q, n float64 }{{0, 100}, {0.3, 50}, {0.5, 4000}, {1, 77}} {
		lo, hi := sample{samples: c.n, sources: 10, acc: exact}.limits(c.q, level)
		wl, wh := share.Wilson(c.q*c.n, c.n, level)
		if math.Abs(lo-wl) > 1e-9 || math.Abs(hi-wh) > 1e-9 {
			t.Errorf("%v of %v: [%v %v], Wilson [%v %v]", c.q, c.n, lo, hi, wl, wh)
		}
	}
	if lo, hi := (sample{sources: 10, acc: exact}).limits(0.4, level); math.Abs(lo-0.4) > 1e-9 || math.Abs(hi-0.4) > 1e-9 {
		t.Errorf("a complete exact count has limits %v %v", lo, hi)
	}
}

// With unlimited sources the limits are Rogan and Gladen's extremes.
func TestLimitsOfManySourcesAreRoganAndGladens(t *testing.T) {
	for _, q := range []float64{0.004, 0.05, 0.5, 0.8} {
		lo, hi := sample{sources: 1e15, acc: lookedUp}.limits(q, level)
		wantLo := math.Max(0, (q-0.005)/0.995) // nothing missed, all false labels there
		wantHi := q / 0.9                      // a tenth missed, none false
		if math.Abs(lo-wantLo) > 1e-6 || math.Abs(hi-wantHi) > 1e-6 {
			t.Errorf("%v: [%v %v], want [%v %v]", q, lo, hi, wantLo, wantHi)
		}
	}
}

// One wrong label among thirty is no wonder (14 %), two are (1 %).
func TestOneLabelAmongFewSourcesShowsNothing(t *testing.T) {
	s := sample{sources: 30, acc: lookedUp}
	if lo, _ := s.limits(1.0/30, level); lo != 0 {
		t.Errorf("one label: lower limit %v", lo)
	}
	if lo, _ := s.limits(2.0/30, level); lo == 0 {
		t.Error("two labels: lower limit 0")
	}
}

// Both errors widen the limits, each by itself.
func TestEachErrorWidensTheLimits(t *testing.T) {
	width := func(s sample) float64 { lo, hi := s.limits(0.5, level); return hi - lo }
	plain := width(sample{sources: 1e15, acc: lookedUp})
	if few := width(sample{sources: 50, acc: lookedUp}); few < plain+0.02 {
		t.Errorf("few sources: %v, many %v", few, plain)
	}
	if drawn := width(sample{sources: 1e15, samples: 200, acc: lookedUp}); drawn < plain+0.1 {
		t.Errorf("sampled: %v, complete %v", drawn, plain)
	}
}

func TestTailIsBinomial(t *testing.T) {
	for _, c := range []struct {
		k, n int
		p    float64
		want float64
	}{{0, 5, 0.1, 1}, {1, 3, 0.5, 1}, {3, 3, 0.5, 0.125}, {2, 3, 0.25, 0.15625}, {6, 5, 0.5, 0}, {2, 30, 0.005, 0.0100}, {1, 10, 0, 0}} {
		if got := tail(c.k, c.n, c.p); math.Abs(got-c.want) > 2e-4 {
			t.Errorf("P(X >= %d) of %d at %v: %v, want %v", c.k, c.n, c.p, got, c.want)
		}
	}
}

// Of 44 countries, each labelled with a chance of 0.9, four or more go
// missing often; of 60, twenty do not.
func TestMissedPlaces(t *testing.T) {
	if got := missed(40, 249, 0.9, 0.025); got < 44 || got > 52 {
		t.Errorf("40 seen: at most %d", got)
	}
	if got := missed(40, 249, 1, 0.025); got != 40 {
		t.Errorf("nothing can be missed: at most %d", got)
	}
	if got := missed(248, 249, 0.5, 0.025); got != 249 {
		t.Errorf("there are only 249: at most %d", got)
	}
}

func TestSimultaneousIntervalsAreWider(t *testing.T) {
	d := shares(map[string]uint64{"UA": 600, "US": 200, "BR": 200})
	one, all := ask(t, d, "country=UA majority of packets")[0].Claim, ask(t, d, "country=UA plurality of packets")[0].Claim
	if !(*all.Low < *one.Low && *all.High > *one.High) {
		t.Errorf("plurality [%v %v], majority [%v %v]", *all.Low, *all.High, *one.Low, *one.High)
	}
}

// Two limits that may each fail share the error between them.
func TestLocatedShareAndItsPartShareTheError(t *testing.T) {
	d := with(shares(map[string]uint64{"UA": 500, "US": 500}), unlocated(250))
	p := gather(d, Reading{Kind: kindShare, Quantity: Packets, Place: Place{Countries: []string{"UA"}}})
	lo, hi := p.bounds(5000, level)
	tl, th := p.sample.limits(0.5, level/2)
	if math.Abs(lo-0.8*tl) > 1e-9 || math.Abs(hi-(1-0.8*(1-th))) > 1e-9 {
		t.Errorf("[%v %v], want [%v %v]", lo, hi, 0.8*tl, 1-0.8*(1-th))
	}
}
