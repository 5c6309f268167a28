package baseline

import (
	"math"
	"time"
)

// means are the seconds of the running means: the first two of all that is seen,
// the last two of what is normal.
var means = [4]float64{180, 7200, 1200, 7200}

// Names of the running means. The bucket alone and the usual are no means.
const (
	fast, slow     = 0, 1
	lately, today  = 2, 3
	alone, asUsual = -1, -1
	tests          = 4
	firstSpread    = 0.3
)

// compare is what each test holds against what: sudden ones against the last
// minutes, which follow a series that is off today, and lasting ones against
// what is usual, which nothing pulls along quickly.
var compare = [tests]struct {
	mean, with int
	rest       int64   // ns without that part two clusters
	least      float64 // spread: how much any series does so; days differ more than minutes
}{
	{alone, lately, int64(10 * time.Minute), 0.01},
	{fast, today, int64(20 * time.Minute), 0.01},
	{fast, asUsual, int64(30 * time.Minute), 0.03},
	{slow, asUsual, int64(6 * time.Hour), 0.06},
}

// rates is the state of a series of rates. All is in logarithms, as distances
// from what is usual.
type rates struct {
	mean   [4]float64
	spread [tests]float64 // variance of each test, sampling apart
	tails  [tests][2]tail // high, low
}

func (r *rates) fade(seconds float64) {
	for i, tau := range means {
		r.mean[i] *= math.Exp(-seconds / tau)
	}
}

// share is the promise of one side of one test.
func (s *Series) share() float64 { return s.cfg.Promise / (2 * tests) }

func (s *Series) bounds() {
	for i := range s.rates.tails {
		for j := range s.rates.tails[i] {
			s.limitTail(i, j)
		}
	}
}

func (s *Series) limitTail(i, side int) {
	least := leastLoud
	if compare[i].mean == slow {
		least = leastLoudSlow
	}
	s.rates.tails[i][side].limit(s.share(), least)
}

// offset keeps logarithms finite: one sample, or a tenth of the floor.
func (s *Series) offset() float64 { return max(s.weight, s.cfg.Floor/10, 1e-9) }

// against returns what test i compares with, as a distance from the usual.
func (s *Series) against(i int) float64 {
	if w := compare[i].with; w != asUsual {
		return s.rates.mean[w]
	}
	return 0
}

// sigma returns the spread of test i where one bucket has sampling variance
// noise.
func (s *Series) sigma(i int, noise float64) float64 {
	part := 1.0
	if m := compare[i].mean; m != alone {
		part = s.gain[m] / (2 - s.gain[m])
	}
	if w := compare[i].with; w != asUsual {
		part += s.gain[w] / (2 - s.gain[w])
	}
	return math.Sqrt(s.rates.spread[i] + noise*part)
}

// noise is the variance that sampling gives the logarithm of a rate.
func (s *Series) noise(mean, weight float64) float64 {
	w := max(s.weight, weight)
	return w / (mean + w)
}

// loudest is the most that one bucket adds to a running mean, 4.5 times the
// usual: what is louder is seen in the bucket, and would keep the mean out for
// long after its end.
const loudest = 1.5

func (s *Series) judgeRate(at int64, v, weight float64) Verdict {
	if s.weight == 0 && s.learnt == 0 {
		s.weight = weight
	}
	if weight > 0 && v > 0 {
		s.weight += (weight - s.weight) * s.gain[slow]
	}
	p := &s.pending
	*p = pending{at: at, y: math.Log(v + s.offset()), known: s.seen(at)}
	if !p.known {
		return Verdict{State: Unknown, Why: s.known(at), Value: v}
	}
	base := s.usual(at) + s.level
	p.r = clip(p.y-base, 25)
	p.noise = s.noise(math.Exp(base), weight)
	for i := range means[:lately] {
		s.rates.mean[i] += (clip(p.r, loudest) - s.rates.mean[i]) * s.gain[i]
	}
	found := Verdict{State: Normal, Value: v, Expected: s.rate(base), Why: s.known(at)}
	worst, which := 0.0, -1
	for i := range tests {
		x := s.distance(i, p.r)
		z := x / s.sigma(i, p.noise)
		side := &s.rates.tails[i]
		side[0].see(at, z, compare[i].rest)
		side[1].see(at, -z, compare[i].rest)
		if score := s.score(i, z, p.r, base); math.Abs(score) > math.Abs(worst) {
			worst, which = score, i
		}
	}
	if found.Why != "" {
		found.State = Unknown
		s.begins(Unknown, 0)
		return found
	}
	s.describe(&found, at, which, worst, base, p)
	return found
}

// distance returns the statistic of test i.
func (s *Series) distance(i int, r float64) float64 {
	if m := compare[i].mean; m != alone {
		r = s.rates.mean[m]
	}
	return r - s.against(i)
}

// stays is the part of a bound under which what was out is over.
const stays = 0.6

// score returns the evidence of test i in parts of its bound, negative for too
// little. A mean that is still out, while the bucket and the last minutes are
// back, tells of the past and scores nothing.
func (s *Series) score(i int, z, r, base float64) float64 {
	t := &s.rates.tails[i][0]
	if z < 0 {
		t = &s.rates.tails[i][1]
	}
	score := z / t.bound
	now, part := r, stays
	if compare[i].mean == slow {
		now, part = s.rates.mean[fast], stays/2
	}
	x := s.distance(i, r)
	if compare[i].mean != alone && (now-s.against(i))*x < part*x*x/max(1, math.Abs(score)) {
		if math.Abs(score) >= stays {
			return math.Copysign(stays/2, z)
		}
		return score
	}
	// Ratio and floor.
	far := math.Abs(x) / max(1e-9, math.Log(s.cfg.Ratio))
	value, expected := s.rate(base+s.against(i)+x), s.rate(base+s.against(i))
	if z < 0 {
		value = expected
	}
	if s.cfg.Floor > 0 {
		far = min(far, value/s.cfg.Floor)
	}
	if far < math.Abs(score) {
		return math.Copysign(far, z)
	}
	return score
}

// rate turns a logarithm back.
func (s *Series) rate(log float64) float64 { return max(0, math.Exp(log)-s.offset()) }

// describe fills in a verdict of the test that says most.
func (s *Series) describe(f *Verdict, at int64, which int, worst, base float64, p *pending) {
	state, side := Normal, 0
	needed := 1.0
	if s.out == High && worst > 0 || s.out == Low && worst < 0 {
		needed = stays
	}
	if worst < 0 {
		side = 1
	}
	if math.Abs(worst) >= needed {
		state = High + State(side)
	}
	f.State, f.Score = state, math.Abs(worst)
	if which < 0 {
		which, side = 0, 0
	}
	if state == Normal {
		side = 0
	}
	t := &s.rates.tails[which][side]
	ref := base + s.against(which)
	f.Expected = s.rate(ref)
	f.Value = s.rate(ref + s.distance(which, p.r))
	if state != Normal {
		f.Bound = s.edgeOf(which, side, ref, p.noise)
	}
	if m := compare[which].mean; m != alone {
		f.Over = time.Duration(means[m] * 1e9)
	} else {
		f.Over = s.cfg.Step
	}
	f.Since = s.begins(state, max(t.start, 1))
	s.test = which
}

// edgeOf returns the rate at which test i, compared with ref, is out.
func (s *Series) edgeOf(i, side int, ref, noise float64) float64 {
	x := s.rates.tails[i][side].bound * s.sigma(i, noise)
	x = max(x, math.Log(s.cfg.Ratio))
	if side == 1 {
		return s.rate(ref - x)
	}
	return max(s.rate(ref+x), s.cfg.Floor)
}

func (s *Series) expectRate(at int64, e *Expectation) {
	base := s.usual(at) + s.level
	noise := s.noise(math.Exp(base), 0)
	e.Mean = s.rate(base)
	e.High, e.Low = math.Inf(1), 0
	for _, i := range [...]int{0, 2} {
		ref := base + s.against(i)
		e.High = min(e.High, s.edgeOf(i, 0, ref, noise))
		e.Low = max(e.Low, s.edgeOf(i, 1, ref, noise))
	}
	e.High, e.Low = max(e.High, e.Mean), min(e.Low, e.Mean)
	if e.Mean < s.cfg.Floor {
		e.Low = 0
	}
}

// spreadDays is how long a spread is remembered: months rather than days, or a slow
// ramp would widen what it is measured with.
const spreadDays = 28

// outerPart is how much slower a spread learns from what is beyond the edge: that
// is the tail's, and a slow ramp must not widen what it is measured with.
const outerPart = 0.1

// learnRate takes a bucket into spreads, tails and the means of what is normal.
func (s *Series) learnRate(at int64, p *pending) {
	if !p.known {
		return
	}
	if s.out == High || s.out == Low {
		s.follow(p.r, 0.02)
		for i := range s.rates.tails {
			s.learnTails(i, at)
		}
		return
	}
	g := max(s.cfg.Step.Seconds()/(spreadDays*86400), 1/(s.learnt/s.cfg.Step.Seconds()+3600/s.cfg.Step.Seconds()))
	for i := range s.rates.spread {
		x := s.distance(i, p.r)
		total := s.sigma(i, p.noise)
		g := g
		if math.Abs(x) > edge*total {
			g *= outerPart
		}
		square := min(x*x, 9*total*total) - (total*total - s.rates.spread[i])
		s.rates.spread[i] = max(compare[i].least*compare[i].least, s.rates.spread[i]+g*(square-s.rates.spread[i]))
		s.learnTails(i, at)
	}
	s.follow(p.r, 1)
}

func (s *Series) learnTails(i int, at int64) {
	weeks := s.cfg.Step.Seconds() / (7 * 86400)
	for j := range s.rates.tails[i] {
		if s.rates.tails[i][j].learn(at, compare[i].rest, weeks) {
			s.limitTail(i, j)
		}
	}
}

// follow moves the means of what is normal, slower where it is out of bounds:
// a lasting step of the level is lived with after some hours, if nobody freezes
// the series.
func (s *Series) follow(r, part float64) {
	for i := lately; i < len(means); i++ {
		s.rates.mean[i] += (r - s.rates.mean[i]) * s.gain[i] * part
	}
}

// forgetPeaks drops clusters that must not be learnt.
func (s *Series) forgetPeaks() {
	for i := range s.rates.tails {
		s.rates.tails[i][0].peak, s.rates.tails[i][1].peak = 0, 0
	}
}

// forget lets tails fade.
func (s *Series) forget(seconds float64) {
	for i := range s.rates.tails {
		for j := range s.rates.tails[i] {
			s.rates.tails[i][j].forget(seconds / (7 * 86400))
		}
	}
	s.bounds()
}
