package spoof

import (
	"fmt"
	"math"

	"floodmark/internal/evidence/share"
	"floodmark/internal/model"
)

const (
	octetNeeded     = 2000  // distinct sources
	octetUniform    = 0.005 // upper limit of phi2 below which byte 2 is uniform
	octetStructured = 0.05  // lower limit above which it is structured
	pairsUniform    = 1.5   // upper limit of the ratio of pairs
	pairsStructured = 2.0   // lower limit
	pairsNeeded     = 100   // distinct sources
)

const notOnAnonymised = "addresses are anonymised, so their bits say nothing"

// octet tests whether the second octet of distinct IPv4 sources is uniform.
// The statistic is an effect size: phi2 = (X2 - 255)/D, which does not grow
// with the number of sources. Limits are two standard errors of it:
// sqrt(510 + 4 D phi2)/D (noncentral chi-square). Hosts spread evenly over many
// /8s come down to 0.008 in simulation, so "uniform" is below that; it takes
// about 12,000 sources to say so, where network-pairs takes a tenth.
func (c *census) octet(in Input) model.SpoofTest {
	d := float64(c.d4)
	switch {
	case in.Anonymised:
		return without(Octet, c.d4, model.SpoofNotApplicable, notOnAnonymised)
	case c.d4 == 0:
		return without(Octet, 0, model.SpoofNotApplicable, "no IPv4 sources")
	case c.d4 < octetNeeded:
		return without(Octet, c.d4, model.SpoofUndecided,
			fmt.Sprintf("%d IPv4 sources are too few; at least %d are needed", c.d4, octetNeeded))
	}
	e, x2 := d/256, 0.0
	for _, o := range c.second {
		x2 += (float64(o) - e) * (float64(o) - e) / e
	}
	phi := (x2 - 255) / d
	se := math.Sqrt(510+4*d*math.Max(phi, 0)) / d
	t := test(Octet, c.d4, phi, phi-2*se, phi+2*se)
	values := fmt.Sprintf("the second octet of %d sources departs from uniform by %.4f (%.4f to %.4f)", c.d4, phi, *t.Low, *t.High)
	switch {
	case *t.High < octetUniform:
		t.Verdict = model.SpoofSpoofed
		t.Reason = values + ": uniform, as numbers drawn at random are and real hosts are not"
	case *t.Low > octetStructured:
		t.Verdict = model.SpoofReal
		t.Reason = values + ": it follows how networks are allocated"
	default:
		t.Reason = values + ": between uniform and allocated, or too few to tell"
	}
	return t
}

// networkPairs counts pairs of sources in one IPv4 /16 among pairs in one /8.
// Random addresses give one in 256 whatever first octets they use, and pairs
// are pairwise independent then, so that the count has Poisson's variance;
// hosts stand in allocated networks and give many more. Unlike the octet test
// it does not average over /8s, so it needs fewer sources.
func (c *census) networkPairs(in Input) model.SpoofTest {
	switch {
	case in.Anonymised:
		return without(NetworkPairs, c.d4, model.SpoofNotApplicable, notOnAnonymised)
	case c.d4 == 0:
		return without(NetworkPairs, 0, model.SpoofNotApplicable, "no IPv4 sources")
	case c.d4 < pairsNeeded:
		return without(NetworkPairs, c.d4, model.SpoofUndecided,
			fmt.Sprintf("%d IPv4 sources are too few; at least %d are needed", c.d4, pairsNeeded))
	}
	var near, far float64
	for _, n := range c.nets {
		near += float64(n) * float64(n-min(n, 1)) / 2
	}
	for _, n := range c.first {
		far += float64(n) * float64(n-min(n, 1)) / 2
	}
	expected := math.Max(far/256, 1e-9)
	low, high := share.Poisson(near, share.Alpha)
	t := test(NetworkPairs, c.d4, near/expected, low/expected, high/expected)
	values := fmt.Sprintf("sources share a /16 %.3g times as often as random ones would (%.3g to %.3g)", *t.Statistic, *t.Low, *t.High)
	switch {
	case *t.High < pairsUniform:
		t.Verdict = model.SpoofSpoofed
		t.Reason = values + ": no trace of allocated networks"
	case *t.Low > pairsStructured:
		t.Verdict = model.SpoofReal
		t.Reason = values + ": they stand in allocated networks"
	default:
		t.Reason = values + fmt.Sprintf(": not decisive for %d sources", c.d4)
	}
	return t
}
