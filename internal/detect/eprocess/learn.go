package eprocess

import (
	"math"
	"slices"
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
	nearTime  = 3 * 3600
	cellTime  = 42 * 86400 // of the calendar: each cell has an hour a day
)

// Weights of what is thought before anything is seen, in counts: a cell needs
// some counts of its own to differ from the level.
const (
	seasonLean = 12
	nearLean   = 15
	levelLean  = 0.5
)

// waitTime is how long a bucket waits before it is learnt.
const waitTime = time.Hour

// waiting is a bucket that is not learnt yet.
type waiting struct {
	At int64
	Y  float32
}

// nearMost is the most by which the last hours move what is expected, so that an
// outage that grows slowly is found. They never lower it: after a holiday the
// usual is not more than usual.
const nearMost = 1.6

// passedMost is the most of what was expected that a bucket of an episode is
// learnt as.
const passedMost = 2

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
	i := s.index(at)
	near := max(1, min(nearMost, (s.Near+nearLean)/(s.NearOf+nearLean)))
	mu = max(s.level()*s.season(i)*near, 1e-4)
	d = s.dispersion(mu)
	// Each of the three estimates rests on counts that spread as these do.
	doubt := 1/(s.Sum+levelLean) + 1/(float64(s.Cells[i].Of)+seasonLean)/2 + 1/(s.NearOf+nearLean)/2
	return mu, d + doubt*(1+d*mu)
}

// season is what an hour has to the level. An hour of a kind of day of which
// little is known is thought to be as on the other kind.
func (s *Series) season(i int) float64 {
	c, o := &s.Cells[i], &s.Cells[(i+perDay)%cells]
	lean := seasonLean * s.fano()
	other := (float64(o.Sum) + lean) / (float64(o.Of) + lean)
	return (float64(c.Sum) + lean*other) / (float64(c.Of) + lean)
}

// fano is about how much more than Poisson the counts spread: a count tells that
// much less.
func (s *Series) fano() float64 {
	level := s.level()
	return 1 + s.dispersion(level)*level
}

// seen is how many days the season of an hour was seen on.
func (s *Series) seen(i int) float64 {
	c, o := &s.Cells[i], &s.Cells[(i+perDay)%cells]
	perHour := max(3600/s.cfg.Step.Seconds(), 1)
	return (float64(c.Of) + float64(o.Of)/2) / (s.level() * perHour)
}

// level is the mean of a bucket, the season apart. Before anything is seen it is
// thought to be one in 15 minutes, or in a longer bucket.
func (s *Series) level() float64 {
	return (s.Sum + levelLean) / (s.Time + levelLean*max(900/s.cfg.Step.Seconds(), 1))
}

// dispersion is learnt apart for quiet, middling and busy hours: counts rarely
// keep one law over a day. A kind of hours of which little is known is thought
// to be as all together.
func (s *Series) dispersion(mu float64) float64 {
	first := max(firstDispersion, firstFano/mu)
	var excess, weigh float64
	for i := range s.Spread {
		excess, weigh = excess+s.Spread[i].Excess, weigh+s.Spread[i].Weigh
	}
	all := (excess + first*priorDispersion) / (weigh + priorDispersion)
	own := &s.Spread[s.kind(mu)]
	d := (own.Excess + all*priorDispersion) / (own.Weigh + priorDispersion)
	return max(leastDispersion, min(mostDispersion, d))
}

// kind is quiet, middling or busy hours.
func (s *Series) kind(mu float64) int {
	switch x := mu / s.level(); {
	case x < 0.6:
		return 0
	case x < 1.2:
		return 1
	}
	return 2
}

// learn takes an ordinary bucket. After the first hour it waits before it is
// learnt: if an episode opens meanwhile, its beginning is not taken for what is
// normal.
func (s *Series) learn(at int64, y float64) {
	y = clean(y)
	if s.Buckets < s.first() {
		s.settle(at, y)
		return
	}
	s.Waiting = append(s.Waiting, waiting{at, float32(y)})
	n := 0
	for ; n < len(s.Waiting) && at-s.Waiting[n].At >= int64(waitTime); n++ {
		s.settle(s.Waiting[n].At, float64(s.Waiting[n].Y))
	}
	s.Waiting = slices.Delete(s.Waiting, 0, n)
}

// settle learns a bucket. What is far out is taken as the edge of what is normal.
func (s *Series) settle(at int64, y float64) {
	mu, d := s.expect(at)
	step := s.cfg.Step.Seconds()
	s.disperse(y, mu, step)
	s.together(at, y, mu)
	if s.Buckets >= s.first() {
		y = min(y, band(mu, d).High)
	}
	season := 1.0
	i := s.index(at)
	if level := s.level(); s.Buckets >= s.first() {
		season = s.season(i)
		s.learnSeason(i, y)
		f2 := math.Exp(-step / nearTime)
		s.Near, s.NearOf = s.Near*f2+y, s.NearOf*f2+level*season
	}
	f := math.Exp(-step / levelTime)
	s.Sum, s.Time = s.Sum*f+y, s.Time*f+season
	s.Buckets++
}

// passed takes a bucket of an episode: it moves what is usual at this hour, and
// not by much. A daily rise that was taken for an episode is known a few days
// later.
func (s *Series) passed(at int64, y float64) {
	i := s.index(at)
	s.learnSeason(i, min(clean(y), passedMost*s.level()*s.season(i)))
}

func (s *Series) learnSeason(i int, y float64) {
	c := &s.Cells[i]
	f := float32(math.Exp(-s.cfg.Step.Seconds() / (cellTime / perDay)))
	c.Sum, c.Of = c.Sum*f+float32(y), c.Of*f+float32(s.level())
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
	k := s.kind(mu)
	for i := range s.Spread {
		s.Spread[i].Excess *= f
		s.Spread[i].Weigh *= f
	}
	s.Spread[k].Excess += r*r - mu
	s.Spread[k].Weigh += mu * mu
}

// band is what is normal in one bucket: all but about one in a thousand, by a
// gamma-like tail.
func band(mu, d float64) Expectation {
	sd := math.Sqrt(mu + d*mu*mu)
	return Expectation{Mean: mu, Low: max(0, math.Floor(mu-2*sd)), High: math.Ceil(mu + 4.5*sd + 1)}
}
