package spoof

import (
	"math/rand/v2"
	"testing"

	"floodmark/internal/model"
)

// fractionCase is a mixture of real and spoofed sources with a known part spoofed.
type fractionCase struct {
	name    string
	part    float64
	sources int
	spoof   func(w *world) func(*rand.Rand, int) uint32
}

func fractionCases() []fractionCase {
	any := func(*world) func(*rand.Rand, int) uint32 {
		return func(r *rand.Rand, _ int) uint32 { return anything(r) }
	}
	routed := func(w *world) func(*rand.Rand, int) uint32 {
		return func(r *rand.Rand, _ int) uint32 {
			return uint32(w.routeds[r.IntN(len(w.routeds))])<<16 | r.Uint32()>>16
		}
	}
	return []fractionCase{
		{"10 % of 2,000", 0.1, 2000, any},
		{"10 % of 8,000", 0.1, 8000, any},
		{"50 % of 2,000", 0.5, 2000, any},
		{"50 % of 8,000", 0.5, 8000, any},
		{"90 % of 2,000", 0.9, 2000, any},
		{"50 % of 8,000, unrouted filtered", 0.5, 8000, routed},
		{"none of 2,000", 0, 2000, any},
	}
}

func (c fractionCase) coverage(trials int) (rate, width float64) {
	w := newWorld(3, 1.3, everywhere)
	pick := c.spoof(w)
	for i := range trials {
		r := rand.New(rand.NewPCG(uint64(i), 11))
		t, spoofed := table{}, 0.0
		for range c.sources {
			a := w.host(r)
			if r.Float64() < c.part {
				a = pick(r, 0)
				spoofed++
			}
			t.add(a, 50, 1)
		}
		s := t.sources()
		f := count(Input{Sources: s}).hostFree(Input{Sources: s}).fraction
		truth := spoofed / float64(c.sources)
		if *f.Low <= truth && truth <= *f.High {
			rate++
		}
		width += *f.High - *f.Low
	}
	return rate / float64(trials), width / float64(trials)
}

func TestSpoofedFractionHoldsTheTruth(t *testing.T) {
	for _, c := range fractionCases() {
		rate, width := c.coverage(25)
		t.Logf("%s: coverage %.3f, width %.3f", c.name, rate, width)
		if rate < 0.92 {
			t.Errorf("%s: limits of the forged fraction hold the truth in %.3f of trials", c.name, rate)
		}
	}
}

// The fraction is a share of sources: of what filters let through, no value
// can be given where the filters remove host-free space altogether, and the
// upper limit then must not be read as "real".
func TestFilteredHostFreeSpaceIsNotCalledReal(t *testing.T) {
	w := newWorld(3, 1.3, everywhere)
	s := spoofer(20, 64, filtered(w))(rand.New(rand.NewPCG(1, 2)), 10000)
	v := Assess(Input{Sources: s, TTLKnown: true})
	want(t, "verdict", v.Verdict, model.SpoofSpoofed, v.Reason)
	if v.Fraction != nil {
		t.Errorf("a fraction is given though what is forged avoids host-free space: %+v", *v.Fraction)
	}
}
