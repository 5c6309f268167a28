package claim

import "math"

// The error of address data, as ranges: se is the chance that an address in a
// country is labelled with it, sp that one elsewhere is not. Published
// comparisons do not support narrower values, and nothing forces an error to
// happen, so both ranges end at 1.
var (
	lookedUp = accuracy{seLow: 0.90, spLow: 0.995}
	exact    = accuracy{seLow: 1, spLow: 1} // a prefix needs no look-up
)

type accuracy struct{ seLow, spLow float64 }

// quantile returns z with P(|Z| > z) = alpha for a standard normal Z.
func quantile(alpha float64) float64 { return math.Sqrt2 * math.Erfinv(1-alpha) }

// sample is what a share rests on.
type sample struct {
	samples float64 // sampled packets, effective; 0 for a complete count
	sources float64 // effective number of equally loud sources, at least 1
	acc     accuracy
}

// limits returns bounds on the true share whose labelled share is q: the
// hull, over the corners of the accuracy range, of score intervals (Wilson
// 1927) for a label that is right with chance se and sp source by source, and
// is then sampled packet by packet.
func (s sample) limits(q, alpha float64) (lo, hi float64) {
	z := quantile(alpha)
	lo, hi = 1, 0
	for _, se := range [2]float64{s.acc.seLow, 1} {
		for _, sp := range [2]float64{s.acc.spLow, 1} {
			l := solve(func(t float64) bool { return q <= s.reach(t, se, sp, z) })
			h := 1 - solve(func(u float64) bool { return q >= s.reach(1-u, se, sp, -z) })
			lo, hi = math.Min(lo, l), math.Max(hi, h)
		}
	}
	return lo, math.Max(lo, hi)
}

// reach is the labelled share that a true share t reaches at z standard
// errors, with a correction for counting whole sources.
func (s sample) reach(t, se, sp, z float64) float64 {
	mean := float64(se*t) + float64((1-sp)*(1-t))
	wrong := (float64(t*se)*(1-se) + float64((1-t)*sp)*(1-sp)) / s.sources
	half := 0.0
	if s.acc != exact {
		half = 0.5 / s.sources
	}
	sampled := 0.0
	if s.samples > 0 {
		sampled = mean * (1 - mean) / s.samples
	}
	d := math.Abs(z)*math.Sqrt(wrong+sampled) + half
	if z < 0 {
		d = -d
	}
	return mean + d
}

// solve returns the smallest t in [0, 1] from which ok holds, by bisection; 1
// where it holds nowhere below.
func solve(ok func(float64) bool) float64 {
	if ok(0) {
		return 0
	}
	lo, hi := 0.0, 1.0
	for range 50 {
		mid := (lo + hi) / 2
		if ok(mid) {
			hi = mid
		} else {
			lo = mid
		}
	}
	return hi
}

// tail returns P(X >= k) for X ~ Binomial(n, p).
func tail(k, n int, p float64) float64 {
	switch {
	case k <= 0:
		return 1
	case k > n || p <= 0:
		return 0
	case float64(k) <= float64(n)*p:
		return 1 // above one half, or near it: never significant
	}
	lg := func(x int) float64 { v, _ := math.Lgamma(float64(x) + 1); return v }
	term := math.Exp(lg(n) - lg(k) - lg(n-k) + float64(k)*math.Log(p) + float64(n-k)*math.Log1p(-p))
	sum := 0.0
	for i := k; i <= n && term > sum*1e-12; i++ {
		sum += term
		term *= float64(n-i) / float64(i+1) * p / (1 - p)
	}
	return sum
}

// missed returns the largest number of places that may be present when seen
// were labelled and each is found with a chance of at least se.
func missed(seen, largest int, se, alpha float64) int {
	k := seen
	// P(Bin(k+1, se) <= seen) = P(Bin(k+1, 1-se) >= k+1-seen)
	for tail(k+1-seen, k+1, 1-se) > alpha && k < largest {
		k++
	}
	return k
}

// maxCountries is the number of codes of ISO 3166-1.
const maxCountries = 249
