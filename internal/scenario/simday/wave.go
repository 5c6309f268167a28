package simday

import (
	"math"
	"time"
)

// surge is a wave with its time: how many report in each 15 minutes of the
// clock.
type surge struct {
	*Wave
	event *Event
	from  time.Time // first report
	first time.Time // begin of the first 15 minutes of counts
	n     []int
}

// faded is how many times the time to a tenth the end of a wave lasts: to a
// thousandth.
const faded = 3

func (s *surge) until() time.Time {
	return s.from.Add((s.Rise + s.Hold + faded*s.Fall).Std())
}

// level is how many report at a time, of those at the peak.
func (w *Wave) level(since time.Duration) float64 {
	rise, hold, fall := w.Rise.Std(), w.Hold.Std(), w.Fall.Std()
	switch {
	case since < 0 || since >= rise+hold+faded*fall:
		return 0
	case since < rise:
		return float64(since) / float64(rise)
	case since < rise+hold:
		return 1
	}
	return math.Exp(-math.Ln10 * float64(since-rise-hold) / float64(fall))
}

// weight is how much of a wave is in the 15 minutes from a time on.
func (s *surge) weight(at time.Time) float64 {
	const steps = 30
	sum := 0.0
	for i := range steps {
		sum += s.level(at.Add(last15m * time.Duration(2*i+1) / (2 * steps)).Sub(s.from))
	}
	return sum / steps
}

// surges plans all waves: their counts are drawn, but those of the fullest 15
// minutes are exactly what the file says, together with all others of the
// service.
func (d *Day) surges(seed uint64) []*surge {
	var out []*surge
	for i := range d.Events {
		e := &d.Events[i]
		for k := range e.Reports {
			s := &surge{Wave: &e.Reports[k], event: e}
			s.from = d.When(e).Add(s.After.Std())
			s.first = s.from.Truncate(last15m)
			out = append(out, s)
		}
	}
	for i, s := range out {
		s.plan(d, seed, int64(i))
	}
	for i, s := range out {
		s.fix(d, seed, append(out[:i:i], out[i+1:]...))
	}
	return out
}

// top is the number of the fullest 15 minutes, and the weights of all.
func (s *surge) top() (top int, weights []float64) {
	for at := s.first; at.Before(s.until()); at = at.Add(last15m) {
		weights = append(weights, s.weight(at))
		if n := len(weights) - 1; weights[n] > weights[top]+1e-9 {
			top = n
		}
	}
	return top, weights
}

const waveSpread = 3 // variance over mean, as of ordinary reports of busy services

func (s *surge) plan(d *Day, seed uint64, n int64) {
	top, weights := s.top()
	r := random(seed, "wave "+s.Service, n)
	for i, w := range weights {
		c := count(r, float64(s.Peak)*w/weights[top], waveSpread)
		if i != top {
			c = min(c, int(float64(s.Peak)*0.97))
		}
		s.n = append(s.n, c)
	}
}

func (s *surge) fix(d *Day, seed uint64, others []*surge) {
	top, _ := s.top()
	at := s.first.Add(time.Duration(top) * last15m)
	n := s.Peak - d.Service(s.Service).usual(seed, at)
	for _, o := range others {
		if o.Service == s.Service {
			n -= o.at(at)
		}
	}
	s.n[top] = max(n, 0)
}

// at is the count of the 15 minutes from a time on.
func (s *surge) at(t time.Time) int {
	i := int(t.Sub(s.first) / last15m)
	if t.Before(s.first) || i >= len(s.n) {
		return 0
	}
	return s.n[i]
}

// Counts gives how many reports of each service come in each 15 minutes of the
// days, those with a count above 0 only.
func (d *Day) Counts(seed uint64) map[string]map[time.Time]int {
	out := map[string]map[time.Time]int{}
	waves := d.surges(seed)
	for i := range d.Services {
		s := &d.Services[i]
		counts := map[time.Time]int{}
		for at := d.Begin(); at.Before(d.End()); at = at.Add(last15m) {
			n := s.usual(seed, at)
			for _, w := range waves {
				if w.Service == s.Slug {
					n += w.at(at)
				}
			}
			if n > 0 {
				counts[at.UTC()] = n
			}
		}
		out[s.Slug] = counts
	}
	return out
}
