package eprocess

import (
	"fmt"
	"math"
	"slices"
	"time"

	"floodmark/internal/model"
)

// Config is what a series is and what is promised for it.
type Config struct {
	Step    time.Duration  // length of a bucket, a second to a day
	Promise float64        // most false episodes of this series in a year; at least 1e-9
	Zone    *time.Location // whose day its people live in; nil is UTC
}

// Expectation is what is normal in one bucket.
type Expectation struct {
	Mean      float64
	Low, High float64 // all but about one in a thousand buckets are within
}

// Verdict is one bucket judged.
type Verdict struct {
	Expectation
	Value float64
	Known bool    // false while there is hardly any history
	Score float64 // log10 of the evidence that there is more than usual
	Limit float64 // log10 of what the promise asks for
	Over  bool    // Score is at Limit or above
	High  bool    // the bucket alone is above Expectation.High
	Since int64   // Unix ns, where an excess most likely began
	// Lately is the count of the last 15 minutes, of 15 buckets at most, over what
	// is expected now.
	Lately float64
}

// multiples of what is normal that the evidence is gathered for, each by itself:
// what is found soonest is what is near one of them. Their mean is what counts.
var multiples = [...]float64{1.5, 2, 3, 6, 16, 64}

// Series is the memory of one series. Make it with New; its fields are exported
// to be kept.
type Series struct {
	cfg  Config
	Last int64 // start of the newest bucket

	Sum, Time    float64     // counts learnt and the buckets they came in, fading: the level
	Near, NearOf float64     // counts of about the last three hours, and what was expected of them
	Spread       [3]spread   // of quiet, middling and busy hours
	Long         long        // of 15 minutes together, where buckets are shorter
	Recent       [15]float32 // the last counts
	Newest       int         // index of the last of them
	Buckets      float64     // learnt, ever
	Cells        [cells]cell
	Waiting      []waiting // not learnt yet

	Evidence [len(multiples)]float64 // Shiryaev-Roberts statistics
	Rise     [len(multiples)]float64 // log-likelihood ratio since Began, never below 0 (Page's CUSUM)
	Began    [len(multiples)]int64
}

// spread makes a dispersion: excess of squared deviations over the mean, and
// squared means.
type spread struct{ Excess, Weigh float64 }

// New returns an empty series. A Config out of its bounds is brought into them.
func New(c Config) *Series {
	c.Step = min(max(c.Step, time.Second), 24*time.Hour)
	c.Promise = max(c.Promise, 1e-9)
	if c.Zone == nil {
		c.Zone = time.UTC
	}
	return &Series{cfg: c}
}

// Restore puts a Config back onto a series that was kept, and brings figures
// that cannot be into their bounds.
func (s *Series) Restore(c Config) *Series {
	n := New(c)
	if s == nil {
		return n
	}
	cfg := n.cfg
	*n = *s
	n.cfg = cfg
	for _, p := range []*float64{&n.Sum, &n.Time, &n.Near, &n.NearOf, &n.Buckets} {
		*p = sane(*p)
	}
	for i := range n.Evidence {
		n.Evidence[i], n.Rise[i] = sane(n.Evidence[i]), sane(n.Rise[i])
	}
	for i := range n.Spread {
		p := &n.Spread[i]
		if p.Weigh = sane(p.Weigh); math.IsNaN(p.Excess) || math.IsInf(p.Excess, 0) {
			p.Excess = 0
		}
	}
	n.Long.restore()
	for i := range n.Recent {
		n.Recent[i] = float32(sane(float64(n.Recent[i])))
	}
	n.Newest = min(max(n.Newest, 0), len(n.Recent)-1)
	for i := range n.Cells {
		n.Cells[i] = cell{float32(sane(float64(n.Cells[i].Sum))), float32(sane(float64(n.Cells[i].Of)))}
	}
	return n
}

func sane(x float64) float64 {
	if !(x >= 0) || x > 1e15 {
		return 0
	}
	return x
}

// Most is the largest count that is taken.
const Most = 1e9

// limit is the buckets between false alarms that the promise asks for.
func (s *Series) limit() float64 {
	return max(model.Year.Seconds()/s.cfg.Step.Seconds()/s.cfg.Promise, 20)
}

// first is how many buckets must have been learnt before anything is called out:
// an hour, but two to eight buckets.
func (s *Series) first() float64 {
	return min(max(3600/s.cfg.Step.Seconds(), 2), 8)
}

// Expect returns what is normal in so many buckets together that begin at a
// time, as far as the first of them tells.
func (s *Series) Expect(at int64, buckets float64) Expectation {
	mu, d := s.expect(at)
	return band(mu*buckets, d)
}

// Why says why nothing is known yet, "" where it is.
func (s *Series) Why() string {
	if s.Buckets >= s.first() {
		return ""
	}
	return fmt.Sprintf("not enough history: %d of %d buckets seen", int(s.Buckets), int(s.first()))
}

// Judge takes the count of the bucket that begins at a time; buckets come in
// order. Counts below 0, beyond Most or not a number are taken as 0 and Most.
func (s *Series) Judge(at int64, y float64) Verdict {
	y = clean(y)
	if s.Last != 0 && at-s.Last > 3*int64(s.cfg.Step)/2 {
		s.Gap(at)
	}
	s.Last = at
	mu, d := s.expect(at)
	v := Verdict{Expectation: band(mu, d), Value: y, Known: s.Buckets >= s.first(), Limit: math.Log10(s.limit())}
	v.High = y > v.Expectation.High
	v.Lately = s.lately(y, mu)
	if !v.Known {
		return v
	}
	total := s.gather(at, y, mu, d)
	v.Score = math.Log10(max(total, 1e-9))
	v.Over, v.Since = total >= s.limit(), s.since(at)
	return v
}

// Until an hour was seen on some days, what is within the swing of a day is no
// evidence.
const (
	strangeDays  = 2.5
	strangeLeast = 3
)

// beyond is how far above the limit evidence is kept, so that it comes down soon.
const beyond = 20

// gather adds the evidence of a bucket and returns the mean of all.
func (s *Series) gather(at int64, y, mu, d float64) float64 {
	most := beyond * s.limit()
	total, weight := 0.0, s.weight(mu, d)
	strange := s.seen(s.index(at)) < strangeDays
	for i, m := range multiples {
		if strange && m < strangeLeast {
			s.Evidence[i], s.Rise[i] = 0, 0
			continue
		}
		r := weight * ratio(y, mu, 1/d, m)
		s.Evidence[i] = min((s.Evidence[i]+1)*math.Exp(min(r, 300)), most*float64(len(multiples)))
		total += s.Evidence[i]
		if s.Rise[i] == 0 {
			s.Began[i] = at
		}
		s.Rise[i] = max(0, s.Rise[i]+r)
	}
	return total / float64(len(multiples))
}

// since is where an excess most likely began: of the multiple that fits best,
// the bucket from which its likelihood has risen. The evidence cannot tell it:
// in short buckets it hardly ever falls to nothing on ordinary days.
func (s *Series) since(at int64) int64 {
	best, from := 0.0, at
	for i, r := range s.Rise {
		if r > best {
			best, from = r, s.Began[i]
		}
	}
	return from
}

// ratio is the logarithm of how much likelier y is at m times mu than at mu,
// negative binomial of size k. It grows with y, so that its mean is at most 1
// for every mean up to mu.
func ratio(y, mu, k, m float64) float64 {
	return y*math.Log(m) - (y+k)*math.Log1p((m-1)*mu/(k+mu))
}

// Gap says that nothing is known of the buckets up to a time: neither zero nor
// normal. After an hour, or three buckets, no evidence goes on.
func (s *Series) Gap(to int64) {
	missing := time.Duration(to - s.Last)
	if s.Last == 0 || missing <= max(time.Hour, 3*s.cfg.Step) {
		return
	}
	s.Forget()
	f := math.Exp(-missing.Seconds() / nearTime)
	s.Near, s.NearOf = s.Near*f, s.NearOf*f
}

// Forget drops the evidence that has gathered: an episode is over.
func (s *Series) Forget() {
	s.Evidence, s.Rise = [len(multiples)]float64{}, [len(multiples)]float64{}
}

// Silent reports that nothing but zeros has come yet.
func (s *Series) Silent() bool {
	return s.Sum == 0 && !slices.ContainsFunc(s.Waiting, func(w waiting) bool { return w.Y > 0 })
}

func clean(y float64) float64 {
	if !(y >= 0) {
		return 0
	}
	return min(y, Most)
}

// Promise is what was promised of the series: false episodes in a year.
func (s *Series) Promise() float64 { return s.cfg.Promise }
