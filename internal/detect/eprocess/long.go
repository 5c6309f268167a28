package eprocess

import (
	"math"
	"time"
)

// long is what 15 minutes together have spread by. People come in lumps that
// last longer than a minute: minutes in a row are not independent, and evidence
// that took them for such would find an excess in every lump.
type long struct {
	Spread  spread
	At      int64 // number of the 15 minutes under way
	N       int   // buckets in them so far
	Y, Mean float64
}

const (
	longTime = 15 * time.Minute
	// firstLong is how many times the spread of one bucket that of 15 minutes is
	// thought to be before it is known.
	firstLong = 2
	// lumpier is for tails: lumps that are rare and large have more of them than
	// their variance tells (measured, TestLumpsKeepThePromise).
	lumpier = 1.25
)

// together learns from a bucket what 15 minutes together spread by.
func (s *Series) together(at int64, y, mu float64) {
	n := s.inLong()
	if n < 2 || s.Buckets < s.first() {
		return
	}
	l := &s.Long
	if q := at / int64(longTime); q != l.At {
		if l.N >= n-1 {
			r := math.Min(math.Abs(l.Y-l.Mean), 8*math.Sqrt(l.Mean*s.lumps(mu, s.dispersion(mu)))+2)
			f := math.Exp(-longTime.Seconds() / (56 * 86400))
			l.Spread.Excess = l.Spread.Excess*f + r*r - l.Mean
			l.Spread.Weigh = l.Spread.Weigh*f + l.Mean*l.Mean
		}
		l.At, l.N, l.Y, l.Mean = q, 0, 0, 0
	}
	l.N++
	l.Y += y
	l.Mean += mu
}

// lately takes a bucket and returns the counts of the last 15 minutes over what
// is expected now.
func (s *Series) lately(y, mu float64) float64 {
	s.Newest = (s.Newest + 1) % len(s.Recent)
	s.Recent[s.Newest] = float32(y)
	n := min(max(s.inLong(), 1), len(s.Recent))
	sum := 0.0
	for i := range n {
		sum += float64(s.Recent[(s.Newest+len(s.Recent)-i)%len(s.Recent)])
	}
	return sum / (mu * float64(n))
}

// inLong is how many buckets 15 minutes have.
func (s *Series) inLong() int { return int(longTime / s.cfg.Step) }

// lumps is the variance of 15 minutes over their mean.
func (s *Series) lumps(mu, d float64) float64 {
	mean := mu * float64(s.inLong())
	first := (firstLong*(1+d*mu) - 1) / mean
	learnt := (s.Long.Spread.Excess + first*priorDispersion) / (s.Long.Spread.Weigh + priorDispersion)
	return 1 + max(0, learnt)*mean
}

// weight is how much of its evidence a bucket has for itself: the information
// of 15 minutes is that of their sum. A likelihood ratio to a power below one
// still is at most one in the mean on ordinary days.
func (s *Series) weight(mu, d float64) float64 {
	if s.inLong() < 2 {
		return 1
	}
	return math.Pow(min(1, (1+d*mu)/s.lumps(mu, d)), lumpier)
}

// restore brings figures that cannot be into their bounds.
func (l *long) restore() {
	l.Y, l.Mean, l.Spread.Weigh = sane(l.Y), sane(l.Mean), sane(l.Spread.Weigh)
	if math.IsNaN(l.Spread.Excess) || math.IsInf(l.Spread.Excess, 0) {
		l.Spread.Excess = 0
	}
}
