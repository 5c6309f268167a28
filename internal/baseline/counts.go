package baseline

import "math"

// times are the multiples of what is expected that counts are tested for: what
// is found soonest is what is near one of them.
var (
	timesMore = [...]float64{1.5, 2, 4, 8, 32}
	timesLess = [...]float64{0.5, 0.2, 0.02}
)

// What dispersion is thought to be before anything was seen (variance is mean +
// dispersion * mean squared), with the weight of so many squared expected
// counts, and between what it may be.
const (
	firstDispersion  = 0.2
	priorDispersion  = 4
	leastDispersion  = 0.02
	mostDispersion   = 20
	dispersionMemory = 8 // weeks
)

// counts is the state of a series of counts.
type counts struct {
	up, down           float64 // logarithm of the evidence for more, and for less
	upSince, downSince int64
	excess, squares    float64 // sums that make the dispersion; fading
	total, buckets     float64 // of all counts that were learnt; fading
	lately, usual      float64 // running sums of counts, and of what was expected of them, of about an hour
}

func (c *counts) dispersion() float64 {
	d := (c.excess + firstDispersion*priorDispersion) / (c.squares + priorDispersion)
	return max(leastDispersion, min(mostDispersion, d))
}

// lateTime is the seconds of these sums. A day that is off takes what is expected
// along by lateMost times at most, so that an outage that grows slowly is found.
// lateLean is the number of counts by which little that was seen leans to 1.
const (
	lateTime = 3600
	lateMost = 1.5
	lateLean = 20
)

// today is how many times the usual the last hour was, and the doubt about it.
func (c *counts) today() (times, doubt float64) {
	times = (c.lately + lateLean) / (c.usual + lateLean)
	return max(1/lateMost, min(lateMost, times)), 1 / (c.usual + lateLean)
}

func (c *counts) fade(seconds float64) {
	f := math.Exp(-seconds / lateTime)
	c.lately, c.usual = c.lately*f, c.usual*f
}

// limit is the logarithm of the evidence at which a count is out. An e-detector
// in CUSUM form has a mean run of at least that many buckets between false
// alarms (Shin, Ramdas, Rinaldo, NEJSDS 2023, arXiv 2203.03532).
func (s *Series) limit() float64 {
	aWeek := 7 * 86400 / s.cfg.Step.Seconds()
	return max(math.Log(2*aWeek/s.cfg.Promise), 3)
}

// expected returns the mean and the dispersion of a count, the doubt about the
// mean included (a gamma prior gives a negative binomial count). Cells of which
// little was seen lean towards the mean of all.
func (s *Series) expected(at int64) (mu, dispersion float64) {
	c := &s.counts
	all := (c.total + 0.5) / (c.buckets + 1)
	own, next, part := s.around(at)
	days := float64(own.days)*(1-part) + float64(next.days)*part
	seen := days * cellTime / s.cfg.Step.Seconds()
	const lean = 4 // counts
	mu = (s.usual(at)*seen + lean) / (seen + lean/all)
	doubt := 1 / (mu*seen + lean)
	return clip(mu*math.Exp(s.level), 1e9), c.dispersion() + doubt
}

// expectedToday is expected, of a day like the last hour.
func (s *Series) expectedToday(at int64) (mu, dispersion float64) {
	mu, dispersion = s.expected(at)
	times, doubt := s.counts.today()
	return mu * times, dispersion + doubt
}

// ratio is the logarithm of how much likelier y is at delta times mu than at mu,
// negative binomial with 1/k of dispersion.
func ratio(y, mu, k, delta float64) float64 {
	return y*math.Log(delta) - (y+k)*math.Log1p((delta-1)*mu/(k+mu))
}

// mixture is the logarithm of the mean of the ratios.
func mixture(y, mu, k float64, deltas []float64) float64 {
	sum := 0.0
	for _, d := range deltas {
		sum += math.Exp(min(ratio(y, mu, k, d), 600))
	}
	return math.Log(max(sum/float64(len(deltas)), 1e-300))
}

// over is how far evidence is kept above its limit, so that it comes down soon.
const over = 3

func (s *Series) judgeCount(at int64, y float64) Verdict {
	p := &s.pending
	*p = pending{at: at, y: y, known: s.seen(at)}
	why := s.known(at)
	if !p.known {
		p.mu = (s.counts.total + 0.5) / (s.counts.buckets + 1)
		return Verdict{State: Unknown, Why: why, Value: y}
	}
	p.mu, _ = s.expected(at)
	mu, dispersion := s.expectedToday(at)
	v := Verdict{State: Unknown, Why: why, Value: y, Expected: mu, Over: s.cfg.Step}
	if why != "" {
		s.counts.up, s.counts.down = 0, 0
		s.begins(Unknown, 0)
		return v
	}
	c, limit := &s.counts, s.limit()
	step(&c.up, &c.upSince, at, mixture(y, mu, 1/dispersion, timesMore[:]), limit)
	step(&c.down, &c.downSince, at, mixture(y, mu, 1/dispersion, timesLess[:]), limit)
	// The bucket alone must be over floor and ratio to begin, not to go on.
	far := math.Log(max(y, 1e-9)/mu) / math.Log(max(s.cfg.Ratio, 1.01))
	far = min(far, y/max(s.cfg.Floor, 1e-9))
	v.State, v.Score = Normal, max(0, min(c.up/limit, max(far, 0)))
	switch {
	case s.out == High && c.up >= stays*limit, c.up >= limit && far >= 1:
		v.State, v.Score, v.Bound = High, c.up/limit, s.countEdge(mu, dispersion, limit)
		v.Since = s.begins(High, c.upSince)
	case s.out == Low && c.down >= stays*limit, c.down >= limit && mu >= s.cfg.Floor && y*s.cfg.Ratio <= mu:
		v.State, v.Score, v.Bound = Low, c.down/limit, 0
		v.Since = s.begins(Low, c.downSince)
	default:
		s.begins(Normal, 0)
	}
	return v
}

// step adds the evidence of a bucket.
func step(evidence *float64, since *int64, at int64, e, limit float64) {
	if *evidence <= 0 {
		*since = at
	}
	*evidence = min(max(*evidence, 0)+e, limit+over)
}

// countEdge is the least count that is out in one bucket, with no evidence
// before it.
func (s *Series) countEdge(mu, dispersion, limit float64) float64 {
	low, high := mu, max(4*mu, 8)
	for mixture(high, mu, 1/dispersion, timesMore[:]) < limit && high < 1e12 {
		low, high = high, 2*high
	}
	for range 32 {
		if high-low <= max(0.5, high/256) {
			break
		}
		if mid := (low + high) / 2; mixture(mid, mu, 1/dispersion, timesMore[:]) < limit {
			low = mid
		} else {
			high = mid
		}
	}
	return max(math.Ceil(high), s.cfg.Floor, mu*s.cfg.Ratio)
}

func (s *Series) expectCount(at int64, e *Expectation) {
	mu, dispersion := s.expectedToday(at)
	e.Mean, e.High = mu, s.countEdge(mu, dispersion, s.limit())
}

// learnCount takes a bucket into the dispersion.
func (s *Series) learnCount(p *pending) {
	if s.out == High || s.out == Low {
		return
	}
	c := &s.counts
	d := c.dispersion()
	sd := math.Sqrt(p.mu + d*p.mu*p.mu)
	y := min(p.y, p.mu+12*sd+3)
	f := math.Exp(-s.cfg.Step.Seconds() / (7 * 86400 * dispersionMemory))
	c.total, c.buckets = c.total*f+y, c.buckets*f+1
	c.excess, c.squares = c.excess*f, c.squares*f
	if p.known {
		times, _ := c.today()
		mu := p.mu * times
		c.excess += (y-mu)*(y-mu) - mu
		c.squares += mu * mu
		f := math.Exp(-s.cfg.Step.Seconds() / lateTime)
		c.lately, c.usual = c.lately*f+y, c.usual*f+p.mu
	}
}

// learnCell moves the cell of a half-hour towards its mean, without what is
// beyond all likelihood.
func (s *Series) learnCell(c *cell, v *visit) {
	d := s.counts.dispersion()
	limit := v.mu + 4*math.Sqrt(v.mu+d*v.mu*v.mu) + 3
	usual := math.Exp(s.level)
	c.days = min(c.days+1, memory)
	c.mean += (float32(min(v.y, limit)/v.n/usual) - c.mean) / c.days
}
