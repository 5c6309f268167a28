package counts

import (
	"math"
	"time"
)

// An hour of weekdays is apart from one of weekends: a cell of a weekday is seen
// five times in the first week.
const (
	perDay = 24
	cells  = 2 * perDay
)

// cell is one hour of a kind of day: the counts seen, and what the level alone
// lets expect; their quotient is the season.
type cell struct{ Sum, Of float32 }

// Times that things are remembered for, in seconds.
const (
	levelTime = 4 * 86400
	nearTime  = 6 * 3600
	cellTime  = 42 * 86400 // of the calendar: each cell has an hour a day
)

// Weights of what is thought before anything is seen, in counts: a cell needs
// some counts of its own to differ from the level.
const (
	seasonLean = 12
	nearLean   = 15
	levelLean  = 0.5
)

// nearMost is the most by which the last hours move what is expected, so that an
// outage that grows slowly is found.
const nearMost = 1.6

// Dispersion: variance is mean + d * mean squared. What it is thought to be,
// with the weight of so many squared means, and between what it may be. Recorded
// counts of trackers have variances of up to 3 times their mean at means of 0.5
// to 3, and it takes that long to learn otherwise.
const (
	firstDispersion = 0.3
	firstFano       = 1.0 // variance / mean - 1, which decides at low means
	priorDispersion = 30
	leastDispersion = 0.08
	mostDispersion  = 20
)

func (s *Series) index(at int64) int {
	t := time.Unix(0, at+int64(s.cfg.Step)/2).In(s.cfg.Zone)
	if d := t.Weekday(); d == time.Saturday || d == time.Sunday {
		return perDay + t.Hour()
	}
	return t.Hour()
}

// expect returns the mean and the dispersion of the bucket that begins at a
// time; the doubt about the mean is in the dispersion (a gamma prior gives a
// negative binomial count).
func (s *Series) expect(at int64) (mu, d float64) {
	level := s.level()
	c := &s.Cells[s.index(at)]
	season := (float64(c.Sum) + seasonLean) / (float64(c.Of) + seasonLean)
	near := (s.Near + nearLean) / (s.NearOf + nearLean)
	near = max(1/nearMost, min(nearMost, near))
	mu = max(level*season*near, 1e-4)
	d = s.dispersion(mu)
	// Each of the three estimates rests on counts that spread as these do.
	doubt := 1/(s.Sum+levelLean) + 1/(float64(c.Of)+seasonLean)/2 + 1/(s.NearOf+nearLean)/2
	return mu, d + doubt*(1+d*mu)
}

// level is the mean of a bucket, the season apart. Before anything is seen it is
// thought to be one in 15 minutes, or in a longer bucket.
func (s *Series) level() float64 {
	return (s.Sum + levelLean) / (s.Time + levelLean*max(900/s.cfg.Step.Seconds(), 1))
}

func (s *Series) dispersion(mu float64) float64 {
	first := max(firstDispersion, firstFano/mu)
	d := (s.Excess + first*priorDispersion) / (s.Weigh + priorDispersion)
	return max(leastDispersion, min(mostDispersion, d))
}

// Learn takes a judged bucket as normal. What is far out is taken as the edge of
// what is normal; whoever calls leaves buckets of an episode out.
func (s *Series) Learn(at int64, y float64) {
	y = clean(y)
	mu, d := s.expect(at)
	step := s.cfg.Step.Seconds()
	s.disperse(y, mu, step)
	if s.Buckets >= s.first() {
		y = min(y, band(mu, d).High)
	}
	season := 1.0
	c := &s.Cells[s.index(at)]
	if level := s.level(); s.Buckets >= s.first() {
		season = (float64(c.Sum) + seasonLean) / (float64(c.Of) + seasonLean)
		f := float32(math.Exp(-step / (cellTime / perDay)))
		c.Sum, c.Of = c.Sum*f+float32(y), c.Of*f+float32(level)
		f2 := math.Exp(-step / nearTime)
		s.Near, s.NearOf = s.Near*f2+y, s.NearOf*f2+level*season
	}
	f := math.Exp(-step / levelTime)
	s.Sum, s.Time = s.Sum*f+y, s.Time*f+season
	s.Buckets++
}

// disperse learns how much more than Poisson the counts spread. A bucket counts
// up to some deviations: the tail is what is looked for.
func (s *Series) disperse(y, mu, step float64) {
	if s.Buckets < s.first() {
		return
	}
	d := s.dispersion(mu)
	r := min(math.Abs(y-mu), 8*math.Sqrt(mu+d*mu*mu)+2)
	f := math.Exp(-step / (56 * 86400))
	s.Excess = s.Excess*f + r*r - mu
	s.Weigh = s.Weigh*f + mu*mu
}

// band is what is normal in one bucket: all but about one in a thousand, by a
// gamma-like tail.
func band(mu, d float64) Expectation {
	sd := math.Sqrt(mu + d*mu*mu)
	return Expectation{Mean: mu, Low: max(0, math.Floor(mu-2*sd)), High: math.Ceil(mu + 4.5*sd + 1)}
}
