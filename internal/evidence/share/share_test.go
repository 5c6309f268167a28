package share

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"floodmark/internal/model"
)

func bounds(t *testing.T, what string, e model.Estimate, low, high float64) {
	t.Helper()
	if e.Low == nil || e.High == nil {
		t.Fatalf("%s: open interval: %+v", what, e)
	}
	near(t, what+" low", *e.Low, low, 1e-4)
	near(t, what+" high", *e.High, high, 1e-4)
}

func TestUnsampledDataIsACompleteCount(t *testing.T) {
	part, whole := packets(30, 1), packets(100, 1)
	e := Window(part, whole, Alpha)
	bounds(t, "share", e, 0.3, 0.3)
	if e.Basis != "complete count" {
		t.Errorf("basis %q", e.Basis)
	}
	bounds(t, "total", whole.Volume(), 100, 100)
	bounds(t, "share of none", Window(Sum{}, whole, Alpha), 0, 0)
}

func TestSampledWindowHasWidthAtTheEnds(t *testing.T) {
	whole := packets(100, 1000)
	bounds(t, "none of 100", Window(Sum{}, whole, Alpha), 0, 0.0362)
	bounds(t, "all of 100", Window(whole, whole, Alpha), 0.9638, 1)
	if e := Window(Sum{}, Sum{}, Alpha); e.Low != nil || e.High != nil {
		t.Errorf("nothing sampled: %+v, want an open interval", e)
	}
	if e := (Sum{}).Volume(); e.High != nil || *e.Low != 0 {
		t.Errorf("volume of nothing sampled: %+v, want no upper limit", e)
	}
}

func TestSimultaneousIntervalsAreWider(t *testing.T) {
	part, whole := packets(300, 100), packets(1000, 100)
	one, ten := Window(part, whole, Alpha), Window(part, whole, simultaneous(10))
	if !(*ten.Low < *one.Low && *ten.High > *one.High) {
		t.Errorf("one of ten [%v,%v] is not wider than one [%v,%v]", *ten.Low, *ten.High, *one.Low, *one.High)
	}
}

// Published for sFlow: the relative error at 95 % is about 196/sqrt(n) per cent.
func TestVolumeAgreesWithTheSFlowRule(t *testing.T) {
	e := packets(10000, 1000).Volume()
	near(t, "relative half width", (*e.High-*e.Low)/2/e.Value, 0.0196, 0.0003)
}

func TestVarianceIsTheTextbookFormula(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 50).Draw(t, "clusters")
		c := rapid.SliceOfN(rapid.Float64Range(1, 1000), n, n).Draw(t, "c")
		in := rapid.SliceOfN(rapid.Float64Range(0, 1), n, n).Draw(t, "part")
		var r Ratio
		for i := range c {
			r.Add(c[i], c[i]*in[i])
		}
		p, sum, e := r.Share(), 0.0, 0.0
		for i := range c {
			d := c[i]*in[i] - p*c[i]
			e += d * d
			sum += c[i]
		}
		want := float64(n) / float64(n-1) * e / (sum * sum)
		if math.Abs(r.Variance()-want) > 1e-9*(1+want) {
			t.Fatalf("variance %v, want %v", r.Variance(), want)
		}
	})
}

func TestPopulationNeverHasWidthZero(t *testing.T) {
	var none, all, lone Ratio
	for range 50 {
		none.Add(10, 0)
		all.Add(10, 10)
	}
	lone.Add(1000, 1000)
	e := Population(none, Ratio{}, Alpha)
	if *e.Low != 0 || *e.High < 3.0/50 {
		t.Errorf("none of 50 sources: [%v,%v], want an upper limit of at least 3 in 50", *e.Low, *e.High)
	}
	e = Population(all, Ratio{}, Alpha)
	if *e.High != 1 || *e.Low > 1-3.0/50 {
		t.Errorf("all of 50 sources: [%v,%v]", *e.Low, *e.High)
	}
	if e = Population(lone, Ratio{}, Alpha); e.Low != nil || e.High != nil {
		t.Errorf("one source: %+v, want an open interval", e)
	}
	if e = Population(all, lone, Alpha); e.Low != nil {
		t.Errorf("one network: %+v, want an open interval", e)
	}
}

func TestPopulationTakesTheWiderClustering(t *testing.T) {
	var sources, nets Ratio
	for i := range 200 {
		sources.Add(10, float64(i/100)*10)
	}
	for i := range 10 {
		nets.Add(200, float64(i/5)*200)
	}
	alone, both := Population(sources, Ratio{}, Alpha), Population(sources, nets, Alpha)
	if *both.High-*both.Low < 2*(*alone.High-*alone.Low) || !strings.HasPrefix(both.Basis, "networks") {
		t.Errorf("by network [%v,%v] %q, by source [%v,%v]", *both.Low, *both.High, both.Basis, *alone.Low, *alone.High)
	}
}

func TestKeptFractionAddsVariance(t *testing.T) {
	var r Ratio
	for i := range 1000 {
		r.Add(10, float64(i%2)*10)
	}
	part, whole := packets(5000, 100), packets(10000, 100)
	full, tenth := WindowKept(part, whole, r, 1), WindowKept(part, whole, r, 0.1)
	if *tenth.High-*tenth.Low < 2*(*full.High-*full.Low) {
		t.Errorf("a tenth of the sources gives [%v,%v], all [%v,%v]", *tenth.Low, *tenth.High, *full.Low, *full.High)
	}
	largest := WindowKept(packets(5000, 1), packets(10000, 1), r, 0.99)
	few := WindowKept(packets(5000, 1), packets(10000, 1), r, 0.1)
	near(t, "width with 99 % kept over width with 10 % kept", (*largest.High-*largest.Low)/(*few.High-*few.Low), math.Sqrt(0.01/0.9), 0.02)
	if e := WindowKept(packets(5000, 1), packets(10000, 1), r, 0.1); e.Basis == "complete count" || *e.Low == *e.High {
		t.Errorf("a part of the sources is called complete: %+v", e)
	}
}

func TestNumbersOfSources(t *testing.T) {
	var l Loudness
	for i := range 100 {
		l.Add(uint64(1 + i%3/2)) // 67 sources once, 33 twice
	}
	got, _ := l.Coverage()
	near(t, "coverage", got, 1-67.0/133, 1e-9)
	near(t, "Chao 1", l.Min(1).Value, 100+67.0*66/(2*34), 1e-9)
	if e := l.Min(1); e.High != nil || *e.Low < 100 || *e.Low > e.Value {
		t.Errorf("a lower bound with limits %+v", e)
	}
	bounds(t, "all kept", l.Count(1), 100, 100)
	if e := l.Count(0.1); e.Value != 1000 || *e.Low >= 1000 || *e.High <= 1000 {
		t.Errorf("a tenth kept: %+v", e)
	}
	if _, ok := (Loudness{}).Coverage(); ok {
		t.Error("coverage of nothing")
	}
	if _, ok := (Loudness{}).Effective(0, 1); ok {
		t.Error("effective number of nothing")
	}
	var once Loudness
	for range 1000 {
		once.Add(1)
	}
	e, _ := once.Effective(0, 1)
	if e.High != nil {
		t.Errorf("without a repetition there is an upper limit: %+v", e)
	}
	near(t, "least effective number", *e.Low, 1000*999/2/2.9957, 10)
}

// Thinning leaves the effective number where it is: that is what makes it
// worth having.
func TestEffectiveNumberIsInvariantUnderSampling(t *testing.T) {
	_, truth := effective(3000, 100000, 1, 1)(source(1))
	for _, rate := range []float64{1, 4, 10, 20} {
		e, _ := effective(3000, 100000/rate, 1, 1)(source(2))
		if *e.Low > truth*1.03 || *e.High < truth*0.97 {
			t.Errorf("1:%v: effective number %v [%v,%v], true %v", rate, e.Value, *e.Low, *e.High, truth)
		}
	}
}

func TestEffectiveNumberAllowsForKeptSources(t *testing.T) {
	e, truth := effective(20000, 80000, 0.5, 0.25)(source(4))
	if e.Value < 0.9*truth || e.Value > 1.1*truth {
		t.Errorf("effective number %v from a quarter of the sources, true %v", e.Value, truth)
	}
}
