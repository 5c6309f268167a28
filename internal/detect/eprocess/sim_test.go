package eprocess

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"floodmark/internal/model"
)

// draw gives a count with mean mu and variance mu + d*mu*mu: Poisson with a gamma
// mean (Marsaglia and Tsang, 2000).
func draw(r *rand.Rand, mu, d float64) float64 {
	mean := mu
	if d > 0 {
		mean = mu * d * gamma(r, 1/d)
	}
	if mean > 200 {
		return max(0, math.Round(mean+math.Sqrt(mean)*r.NormFloat64()))
	}
	limit, n, p := math.Exp(-mean), 0.0, r.Float64()
	for ; p > limit; n++ {
		p *= r.Float64()
	}
	return n
}

func gamma(r *rand.Rand, shape float64) float64 {
	if shape < 1 {
		return gamma(r, shape+1) * math.Pow(r.Float64(), 1/shape)
	}
	d := shape - 1.0/3
	c := 1 / math.Sqrt(9*d)
	for {
		x := r.NormFloat64()
		if v := math.Pow(1+c*x, 3); c*x > -1 && math.Log(1-r.Float64()) < 0.5*x*x+d-d*v+d*math.Log(v) {
			return d * v
		}
	}
}

// ordinary is a kind of ordinary days.
type ordinary struct {
	name         string
	step         time.Duration
	years        float64
	mean, spread float64                   // of a bucket; variance is mean + spread * mean squared
	fano         float64                   // instead of spread: variance is so many times the mean
	by           func(day float64) float64 // what the mean is multiplied with, besides the day's swing
	gap          func(day float64) bool    // nothing is known
}

func days() []ordinary {
	q := 15 * time.Minute
	swing := func(by float64) func(float64) float64 { // besides the half that all have
		return func(day float64) float64 { return math.Exp((by - 0.5) * math.Sin(2*math.Pi*day)) }
	}
	return []ordinary{
		{name: "few reports", step: q, years: 12, mean: 0.5, spread: 1},
		{name: "few reports, in bursts (variance 3 times the mean)", step: q, years: 12, mean: 0.5, spread: 4},
		{name: "variance 3 times the mean", step: q, years: 12, mean: 2, spread: 1},
		{name: "tens of reports", step: q, years: 12, mean: 10, spread: 0.2},
		{name: "many reports", step: q, years: 6, mean: 50, spread: 0.04},
		{name: "variance 5 times the mean", step: q, years: 12, mean: 10, spread: 0.4},
		{name: "a day's swing of 1 to 7", step: q, years: 6, mean: 10, spread: 0.2, by: swing(1)},
		{name: "the same, variance always 3 times the mean", step: q, years: 6, mean: 10, fano: 3, by: swing(1)},
		{name: "weekends at 60 %", step: q, years: 6, mean: 10, spread: 0.2, by: func(day float64) float64 {
			if math.Mod(day, 7) < 2 {
				return 0.6
			}
			return 1
		}},
		{name: "holidays, two days a month at half the usual", step: q, years: 6, mean: 5, spread: 0.3, by: func(day float64) float64 {
			if math.Mod(day, 30) < 2 {
				return 0.5
			}
			return 1
		}},
		{name: "trend, twice as many in 60 days", step: q, years: 6, mean: 5, spread: 0.3, by: func(day float64) float64 { return math.Pow(2, math.Mod(day, 60)/60) }},
		{name: "gaps of 5 hours", step: q, years: 6, mean: 5, spread: 0.3, gap: func(day float64) bool { return math.Mod(day, 4) < 0.2 }},
		{name: "buckets of a minute", step: time.Minute, years: 1.5, mean: 0.3, spread: 1},
	}
}

// play runs ordinary days and returns the false episodes.
func play(o ordinary, r *rand.Rand) (alarms int) {
	s := New(Config{Step: o.step, Promise: 1})
	var e Episode
	var lately [15]float64
	was := model.State("")
	n := int(o.years * model.Year.Seconds() / o.step.Seconds())
	for i := range n {
		at := int64(i+1) * int64(o.step)
		day := float64(at) / float64(24*time.Hour)
		if o.gap != nil && o.gap(day) {
			continue
		}
		mean := o.mean * math.Exp(0.5*math.Sin(2*math.Pi*day))
		if o.by != nil {
			mean *= o.by(day)
		}
		spread := o.spread
		if o.fano > 0 {
			spread = (o.fano - 1) / mean
		}
		y := draw(r, mean, spread)
		lately[i%15] = y
		sum := y
		if o.step < 15*time.Minute {
			sum = 0
			for _, x := range lately {
				sum += x
			}
		}
		_, state := e.Take(s, at, y, sum >= 5)
		if state == model.Open && was != model.Open && was != model.Easing {
			alarms++
		}
		was = state
	}
	return alarms
}

// TestPromise counts false episodes of ordinary days at a promise of one a year.
// So many are allowed as a rate at the promise gives in 999 of 1000 runs.
func TestPromise(t *testing.T) {
	for i, o := range days() {
		o.years /= fewer
		got := play(o, rand.New(rand.NewPCG(7, uint64(i))))
		most := int(math.Ceil(o.years + 3.1*math.Sqrt(o.years) + 1))
		t.Logf("%s: %d false episodes in %.1f years", o.name, got, o.years)
		if got > most {
			t.Errorf("%s: %d false episodes in %.1f years, at most %d were promised", o.name, got, o.years, most)
		}
	}
}

// TestFirstDays counts false episodes on the first day of a series, of which
// nothing is known before, at levels from 0.2 to 20 and a variance of three
// times the mean: even, and with a day that swings from 1 to 2.7.
func TestFirstDays(t *testing.T) {
	for name, c := range map[string]struct{ swing, most float64 }{"even": {0, 0.03}, "swinging": {0.5, 0.08}} {
		r := rand.New(rand.NewPCG(3, 4))
		const series = 6000 / fewer
		wrong := 0
		for range series {
			s := New(Config{Step: 15 * time.Minute, Promise: 1})
			var e Episode
			mean, begin := math.Exp(r.NormFloat64()*1.2+0.5), r.Float64()
			for i := range 96 {
				now := mean * math.Exp(c.swing*math.Sin(2*math.Pi*(begin+float64(i)/96)))
				y := draw(r, now, 2/now)
				if _, state := e.Take(s, int64(i+1)*900e9, y, y >= 5); state == model.Open {
					wrong++
					break
				}
			}
		}
		t.Logf("%s: %d of %d first days have a false episode", name, wrong, series)
		if float64(wrong) > series*c.most {
			t.Errorf("%s: %d of %d first days have a false episode", name, wrong, series)
		}
	}
}

// delays are the buckets to the alarm of an outage of so many times what is
// usual: 10 a bucket, variance three times the mean.
func delays(times, promise float64) []int {
	r := rand.New(rand.NewPCG(5, 6))
	var out []int
	for range 400 / fewer {
		s := New(Config{Step: 15 * time.Minute, Promise: promise})
		var e Episode
		for i := range 96 * 14 {
			e.Take(s, int64(i+1)*900e9, draw(r, 10, 0.2), true)
		}
		n := 1
		for ; n < 40; n++ {
			if _, state := e.Take(s, int64(96*14+n)*900e9, draw(r, 10*times, 0.2/times), true); state == model.Open {
				break
			}
		}
		out = append(out, n)
	}
	slices.Sort(out)
	return out
}

func TestDelay(t *testing.T) {
	d := delays(5, 1)
	within, _ := slices.BinarySearch(d, 3)
	t.Logf("one a year: within 2 buckets in %.0f %%, median %d", 100*float64(within)/float64(len(d)), d[len(d)/2])
	if within < len(d)*70/100 {
		t.Errorf("an outage of five times the usual is found within 2 buckets in %d of %d", within, len(d))
	}
	d = delays(5, 1.0/1000)
	t.Logf("one a year over 1,000 series: median %d", d[len(d)/2])
	if d[len(d)/2] > 3 {
		t.Errorf("median %d buckets at one a year over 1,000 series", d[len(d)/2])
	}
}
