package detect

import (
	"math"
	"math/rand/v2"
	"testing"
)

// flow draws Poisson samples of one target and runs the test on them.
type flow struct {
	threshold float64
	rate      float64 // in thresholds
	near      float32
	sample    func(r *rand.Rand) float64 // weight of a sample
	mean      float64                    // of draw
	level     float32                    // instead of Limit, in weights; 0: use Limit
}

func same(w float64) func(*rand.Rand) float64 { return func(*rand.Rand) float64 { return w } }

// until returns the seconds until the test fires, at most limit.
func (f *flow) until(r *rand.Rand, weight, limit float64) float64 {
	lambda := f.rate * f.threshold / f.mean
	T, W, e, t := float32(f.threshold), float32(weight), float32(0), 0.0
	for {
		dt := r.ExpFloat64() / lambda
		if t += dt; t > limit {
			return limit
		}
		w := float32(f.sample(r))
		W = Learn(W, w)
		e = Step(e, w, T, float32(dt))
		if f.level > 0 {
			if e >= f.level*W {
				return t
			}
		} else if e >= Under(T, W) && e >= Limit(T, W, f.near, 0) {
			return t
		}
	}
}

func (f *flow) meanDelay(runs int, weight float64) float64 {
	r := rand.New(rand.NewPCG(1, uint64(runs)))
	sum := 0.0
	for range runs {
		sum += f.until(r, weight, f.patience())
	}
	return sum / float64(runs)
}

// patience bounds a run, so that a test that is too careful does not take long.
func (f *flow) patience() float64 {
	if f.level > 0 {
		return 8000
	}
	return 1e6
}

// runLength solves for the average run length at Low, from no evidence, on a
// grid (Brook, Evans 1972): seconds until evidence h, in weights.
func runLength(samples float64, h float64) float64 {
	const k = 60 // buckets of a jump
	cell := Gain / k
	n := int(math.Ceil(h / cell))
	step := cell / (Drain * samples)
	p := [3]float64{}
	m := Low * samples * step
	p[0], p[1] = math.Exp(-m), m*math.Exp(-m)
	p[2] = 1 - p[0] - p[1]
	// u[i] = step + sum p[j] u[max(i-1,0)+j*k], banded: eliminate downwards.
	const width = 2*k + 2
	a := make([][]float64, n)
	b := make([]float64, n)
	for i := range a {
		a[i] = make([]float64, width+1) // columns i-1 .. i+2k
		b[i] = step
		a[i][1] += 1
		for j, q := range p {
			if c := max(i-1, 0) + j*k; c < n {
				a[i][c-i+1] -= q
			}
		}
	}
	for i := 0; i+1 < n; i++ {
		q := a[i+1][0] / a[i][1]
		for c := 1; c < width; c++ {
			a[i+1][c-1] -= q * a[i][c]
		}
		b[i+1] -= q * b[i]
	}
	u := make([]float64, n)
	for i := n - 1; i >= 0; i-- {
		v := b[i]
		for c := 2; c < width && i+c-1 < n; c++ {
			v -= a[i][c] * u[i+c-1]
		}
		u[i] = v / a[i][1]
	}
	return u[0]
}

// TestLevelKeepsTheBudget compares the closed form with the run length that a
// Markov chain gives, over all sampling rates at which the level decides.
func TestLevelKeepsTheBudget(t *testing.T) {
	for _, samples := range []float64{0.5, 1, 5, 20, 100, 200} {
		got := runLength(samples, float64(Level(float32(samples), 1)))
		t.Logf("%g samples a second: level %.2f, run length %.0f s", samples, Level(float32(samples), 1), got)
		if got < Budget*0.97 || got > Budget*1.1 {
			t.Errorf("at %g samples a second the run length is %.0f s, want %d", samples, got, Budget)
		}
	}
}

// TestNetworkBudgetHoldsForAllTargetsTogether: M targets share one alarm.
func TestNetworkBudgetHoldsForAllTargetsTogether(t *testing.T) {
	got := runLength(20, float64(Level(20, 1000))) / 1000
	if got < Budget*0.97 {
		t.Errorf("1,000 targets give an alarm every %.0f s", got)
	}
}

// TestSimulationAgreesWithTheRunLength, at a level that is crossed often.
func TestSimulationAgreesWithTheRunLength(t *testing.T) {
	want := runLength(20, 7)
	f := flow{threshold: 20000, rate: Low, sample: same(1000), mean: 1000, level: 7}
	got := f.meanDelay(300, 1000)
	if got < want*0.85 || got > want*1.15 {
		t.Errorf("simulated %.0f s, computed %.0f s", got, want)
	}
}

// TestDelays measures from the first sample on, no evidence before.
func TestDelays(t *testing.T) {
	for _, c := range []struct{ sampling, rate, floor, largest float64 }{
		{1000, 1.2, 7.7, 9}, {1000, 1.5, 2.7, 3.5}, {1000, 5, 0.2, 1},
		{4096, 1.2, 31.5, 33}, {4096, 1.5, 11.2, 12}, {4096, 5, 1, 1.8},
	} {
		f := flow{threshold: 20000, rate: c.rate, sample: same(c.sampling), mean: c.sampling}
		got := f.meanDelay(1000, c.sampling)
		t.Logf("1:%g at %g times the threshold: %.2f s on average (floor of sampling about %.1f s)", c.sampling, c.rate, got, c.floor)
		if got > c.largest {
			t.Errorf("1:%g at %g: %.2f s, want at most %g", c.sampling, c.rate, got, c.largest)
		}
	}
}

// sizes draws packets of 64 bytes, and some of 1,500, in bits at 1:1000.
func sizes(large float64) (func(*rand.Rand) float64, float64) {
	return func(r *rand.Rand) float64 {
		if r.Float64() < large {
			return 1500 * 8 * 1000
		}
		return 64 * 8 * 1000
	}, (large*1500 + (1-large)*64) * 8 * 1000
}

// TestMixedSizesKeepTheBudget: at a level that constant weights cross about
// every 6,000 weights' worth of time, mixtures do not cross it more often.
func TestMixedSizesKeepTheBudget(t *testing.T) {
	for _, large := range []float64{0.5, 0.1} {
		sample, mean := sizes(large)
		r := rand.New(rand.NewPCG(3, 3))
		W, sum := 0.0, 0.0
		for i := range 400000 {
			if W = float64(Learn(float32(W), float32(sample(r)))); i > 1000 {
				sum += W
			}
		}
		W = sum / 399000
		f := flow{threshold: 20 * W, rate: Low, sample: sample, mean: mean, level: 7}
		got, want := f.meanDelay(100, W), runLength(20, 7)
		t.Logf("%g large: weight %.2g, run length %.0f s where like weights have %.0f", large, W, got, want)
		if got < want*0.6 {
			t.Errorf("%g large packets: an alarm every %.0f s, with like weights every %.0f s", large, got, want)
		}
	}
}

// TestMillisecondBurstDoesNotFire: a switch's buffer let go at line rate.
func TestMillisecondBurstDoesNotFire(t *testing.T) {
	const T = 20000
	e := float32(0)
	for range 3900 { // 10 ms at 390 kpps, then a pause
		e = Step(e, 1, T, 2.56e-6)
	}
	if e >= Limit(T, 1, 1, 0) {
		t.Errorf("a burst of %.2f s' worth of threshold fires", 3900/float32(T))
	}
	for range 2000 {
		e = Step(e, 1, T, 2.56e-6)
	}
	if e < Limit(T, 1, 1, 0) {
		t.Error("0.3 s' worth of threshold within 15 ms does not fire")
	}
}

// TestLumpsDoNotFire: 0.8 of the threshold told every 3 seconds at once.
func TestLumpsDoNotFire(t *testing.T) {
	const T = 20000
	e := float32(0)
	for range 1000 {
		e = Step(e, 3*Low*T, T, 3)
		if e >= Limit(T, 1, 1, 2.5) {
			t.Fatal("steady traffic told in lumps fires")
		}
	}
}

func TestSecondSumsFindWhatSamplesFind(t *testing.T) {
	const T = 20000
	e, s := float32(0), 0
	for ; e < Limit(T, 1000, 1, 0); s++ {
		e = StepSum(e, 1.5*T, T, 1)
	}
	if s > 4 {
		t.Errorf("found after %d seconds", s)
	}
}

func TestRecovery(t *testing.T) {
	f := func(name string, rate, weight float32, want int) {
		t.Helper()
		var r Recovery
		for s := 1; s <= 100; s++ {
			if r.Step(rate*20000, 20000, weight, 1) {
				if s > want || s < Hold {
					t.Errorf("%s: recovered after %d s, want %d at most and %d at least", name, s, want, Hold)
				}
				return
			}
		}
		if want <= 100 {
			t.Errorf("%s: not recovered", name)
		}
	}
	f("silence", 0, 1000, 5)
	f("half", 0.5, 1000, 5)
	f("low, complete counts", 0.8, 1, 5)
	f("low, sampled", 0.8, 1000, 6)
	f("at the threshold", 1, 1000, 1000)
	f("high", 1.2, 1, 1000)
}

// TestAddingUpDoesNotAllocate also keeps Under below Limit.
func TestAddingUpDoesNotAllocate(t *testing.T) {
	e, w := float32(0), float32(1)
	if n := testing.AllocsPerRun(100, func() {
		w = Learn(w, 1000)
		e = Step(e, 1000, 20000, 0.01)
		if Under(20000, w) > Limit(20000, w, 1, 0) {
			t.Error("Under is above Limit")
		}
	}); n != 0 {
		t.Errorf("%g allocations", n)
	}
}

func BenchmarkStep(b *testing.B) {
	e, w := float32(0), float32(1000)
	for i := 0; b.Loop(); i++ {
		x := float32(1000 + i&512)
		w = Learn(w, x)
		if e = Step(e, x, 2e7, 1e-4); e > Under(2e7, w) && e > Limit(2e7, w, 1, 0) {
			e = 0
		}
	}
}
