package share

import (
	"math"

	"floodmark/internal/model"
)

// Loudness adds up how often each source was drawn: for the effective number of
// sources, the coverage and the number of unseen ones. The zero value is empty.
type Loudness struct {
	Sources float64 // distinct, as observed
	Samples float64
	Once    float64 // sources drawn once
	Twice   float64
	Pairs   float64 // pairs of samples from one source: sum c(c-1)/2
	Squares float64 // sum of the squares of the same
	Triples float64 // sum c(c-1)(c-2)
}

// Add takes one source that was drawn count times. A draw is one sampled packet.
func (l *Loudness) Add(count uint64) {
	if count == 0 {
		return
	}
	c := float64(count)
	pairs := c * (c - 1) / 2
	l.Sources++
	l.Samples += c
	l.Pairs += pairs
	l.Squares += pairs * pairs
	l.Triples += 2 * pairs * (c - 2)
	switch count {
	case 1:
		l.Once++
	case 2:
		l.Twice++
	}
}

// Effective is the number of equally loud sources that would repeat as often
// as these: the inverse of Simpson's index (Nature 163, 1949). Uniform sampling
// of packets does not move it. samples is the number of sampled packets of all
// sources and kept the fraction of sources that the table kept, 1 for all.
// Without a repetition there is only a lower limit; Value is then that limit.
//
// The limits are exact Poisson limits of the number of pairs, widened by the
// dispersion that the variance of the pair statistic (Hoeffding 1948) shows.
func (l Loudness) Effective(samples, kept float64) (model.Estimate, bool) {
	const basis = "repeated sources (Simpson, Poisson limits)"
	if kept <= 0 || kept > 1 {
		kept = 1
	}
	if samples < l.Samples {
		samples = l.Samples
	}
	if samples < 2 {
		return model.Estimate{}, false
	}
	all := samples * (samples - 1) / 2
	d := l.dispersion(samples, kept)
	low, high := Poisson(l.Pairs/d, Alpha)
	low, high = low*d, high*d
	smallest := math.Max(1, all*kept/high)
	if l.Pairs == 0 {
		return model.Estimate{Value: smallest, Low: &smallest, Basis: basis}, true
	}
	return estimate(math.Max(1, all*kept/l.Pairs), smallest, math.Max(1, all*kept/low), basis), true
}

// dispersion is the variance of the number of pairs over its mean, at least 1.
func (l Loudness) dispersion(n, kept float64) float64 {
	if l.Pairs == 0 || n < 3 {
		return 1
	}
	simpson := l.Pairs / kept / (n * (n - 1) / 2)
	cubes := l.Triples / kept / (n * (n - 1) * (n - 2))
	extra := n * (n - 1) * (n - 2) * math.Max(cubes-simpson*simpson, 0)
	v := l.Pairs/kept + extra + (1-kept)/(kept*kept)*l.Squares
	return math.Max(1, v*kept*kept/l.Pairs)
}

// Coverage is the estimated share of the traffic that comes from sources seen
// at all (Good, Biometrika 40, 1953, after Turing): 1 - once/draws. Below 0.3
// the number of sources cannot be estimated. It is false without any draw.
func (l Loudness) Coverage() (float64, bool) {
	if l.Samples == 0 {
		return 0, false
	}
	return 1 - l.Once/l.Samples, true
}

// Min is a lower bound for the number of sources, unseen ones included, with
// its lower limit (Chao, Biometrics 43, 1987; the bias-corrected form). It is
// a lower bound whatever the loudness of sources, so it has no upper limit.
// kept is the fraction of sources that the table kept.
func (l Loudness) Min(kept float64) model.Estimate {
	if kept <= 0 || kept > 1 {
		kept = 1
	}
	const basis = "lower bound (Chao 1)"
	unseen := l.Once * (l.Once - 1) / (2 * (l.Twice + 1))
	if unseen <= 0 {
		low := l.Sources
		return model.Estimate{Value: l.Sources / kept, Low: &low, Basis: basis}
	}
	a, b := l.Once, l.Twice
	v := a*(a-1)/(2*(b+1)) + a*(2*a-1)*(2*a-1)/(4*(b+1)*(b+1)) + a*a*b*(a-1)*(a-1)/(4*math.Pow(b+1, 4))
	k := math.Exp(normalQuantile(1-Alpha/2) * math.Sqrt(math.Log1p(v/(unseen*unseen))))
	low := l.Sources + unseen/k
	return model.Estimate{Value: (l.Sources + unseen) / kept, Low: &low, Basis: basis}
}

// Count is the number of distinct sources in the sample: as observed, or, where
// the table kept a fraction of them by hash, divided by that fraction.
func (l Loudness) Count(kept float64) model.Estimate {
	if kept <= 0 || kept >= 1 || l.Sources == 0 {
		return Complete(l.Sources)
	}
	low, high := Poisson(l.Sources, Alpha)
	narrow := math.Sqrt(1 - kept)
	v := l.Sources
	low, high = v-(v-low)*narrow, v+(high-v)*narrow
	return estimate(v/kept, math.Max(low/kept, v), high/kept, "sampling of sources by hash (binomial)")
}
