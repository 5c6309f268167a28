package baseline

import (
	"math"
	"math/rand/v2"
	"time"
)

const (
	second = int64(time.Second)
	minute = 60 * second
	hour   = 60 * minute
	day    = 24 * hour
	week   = 7 * day
	// monday is a Monday, 00:00 UTC.
	monday = 1767571200 * second
)

// world draws ordinary traffic of one series: a rate for each bucket.
type world struct {
	r        *rand.Rand
	step     int64
	rate     float64 // packets a second
	swing    float64 // of the day, in logarithms
	weekend  float64 // in logarithms
	noise    float64 // spread of logarithms
	tau      float64 // seconds for which it lasts
	white    float64 // spread of what does not last
	bursts   float64 // speed tests and fills a day, half a minute to some minutes, Pareto sizes
	backup   float64 // the same hour each night, in rates
	shifts   float64 // of the level, a week; up to a quarter
	crowds   float64 // flash crowds a week
	sampling float64 // 0: complete
	zone     *time.Location

	ar, shift          float64
	burst, crowd       float64
	burstTo            int64
	crowdFrom, crowdTo int64
}

func newWorld(seed uint64) *world {
	return &world{r: rand.New(rand.NewPCG(seed, 7)), step: 10 * second, rate: 20000, swing: 0.7, weekend: -0.3,
		noise: 0.12, tau: 900, white: 0.05}
}

// ordinary returns the true rate of a bucket.
func (w *world) ordinary(at int64) float64 {
	dt := float64(w.step) / 1e9
	local := time.Unix(0, at).UTC()
	if w.zone != nil {
		local = local.In(w.zone)
	}
	h := float64(local.Hour()) + float64(local.Minute())/60 + float64(local.Second())/3600
	x := w.swing*math.Cos(2*math.Pi*(h-20)/24) + 0.2*math.Cos(4*math.Pi*(h-20)/24)
	if d := local.Weekday(); d == time.Saturday || d == time.Sunday {
		x += w.weekend * (1 - 0.3*math.Cos(2*math.Pi*h/24))
	}
	a := math.Exp(-dt / w.tau)
	w.ar = a*w.ar + math.Sqrt(1-a*a)*w.noise*w.r.NormFloat64()
	x += w.ar + w.white*w.r.NormFloat64()
	if w.r.Float64() < w.shifts*dt/604800 {
		w.shift = (w.r.Float64() - 0.5) / 2
	}
	v := w.rate * math.Exp(x+w.shift)
	if w.burstTo <= at {
		w.burst = 0
		if w.r.Float64() < w.bursts*dt/86400 {
			w.burst = 0.1 * w.rate * math.Pow(w.r.Float64(), -1/2.5)
			w.burstTo = at + int64((20+200*w.r.Float64())*1e9)
		}
	}
	v += w.burst
	if w.backup > 0 && h >= 2.25 && h < 2.9 {
		v += w.backup * w.rate * (0.9 + 0.2*w.r.Float64())
	}
	if w.crowdTo <= at && w.r.Float64() < w.crowds*dt/604800 {
		w.crowdFrom, w.crowdTo, w.crowd = at, at+hour+int64(w.r.Float64()*3*float64(hour)), 1+2*w.r.Float64()
	}
	if at < w.crowdTo {
		age := float64(at-w.crowdFrom) / float64(w.crowdTo-w.crowdFrom)
		v += w.rate * w.crowd * min(1, 20*age) * math.Exp(-3*age)
	}
	return v
}

// seen returns what is counted of a true rate, and the weight of a sample.
func (w *world) seen(v float64) (counted, weight float64) {
	if w.sampling == 0 {
		return v, 0
	}
	weight = w.sampling / (float64(w.step) / 1e9)
	return poisson(w.r, v/weight) * weight, weight
}

func poisson(r *rand.Rand, mean float64) float64 {
	if mean > 50 {
		return max(0, math.Round(mean+math.Sqrt(mean)*r.NormFloat64()))
	}
	limit, p, k := math.Exp(-mean), r.Float64(), 0.0
	for p > limit {
		p *= r.Float64()
		k++
	}
	return k
}

// run plays [from, to) into a series. attack changes the true rate. It returns
// the episodes of alarm: verdicts that were out, parted by 5 minutes or more.
type alarm struct {
	at    int64 // start of the bucket that raised it
	since int64
	last  int64
	state State
}

func (w *world) run(s *Series, from, to int64, attack func(at int64, v float64) float64) []alarm {
	var out []alarm
	for at := from; at < to; at += w.step {
		v := w.ordinary(at)
		if attack != nil {
			if v = attack(at, v); v < 0 {
				continue // missing
			}
		}
		v, weight := w.seen(v)
		got := s.Judge(at, v, weight)
		if got.State == High || got.State == Low {
			if n := len(out); n > 0 && at-out[n-1].last < 5*minute && out[n-1].state == got.State {
				out[n-1].last = at
			} else {
				out = append(out, alarm{at, got.Since, at, got.State})
			}
		}
		s.Learn(at, v, false)
	}
	return out
}
