package sharedcause

import (
	"math"
	"slices"
)

const (
	// minShared is how many services with enough reports it takes to know what
	// all have in common.
	minShared = 8
	// minEnough is what must be usual in three bins for a service to be one of
	// them: the ratio of fewer is mostly noise.
	minEnough = 2
	// minCommon is the rise of all services that is taken for one.
	minCommon = 1.5
	// unequal is by how much a service may rise more than others for the same
	// reason: people who come for the news do not report on all alike.
	unequal = 2.5
)

// shared returns the rise that all services have in common, bin by bin and in
// the last hour: the ratio of reports to usual ones that three quarters of the
// services exceed. A supplier of less than three quarters does not move it.
func (t *table) shared() (rise []float64, now float64) {
	rise, now = make([]float64, t.bins), 1
	var ratios []float64
	for k := range t.bins {
		ratios = ratios[:0]
		rise[k] = 1
		for i := range t.s {
			if y, mu := t.sum3(i, k); mu >= minEnough {
				ratios = append(ratios, y/mu)
			}
		}
		if len(ratios) < minShared {
			continue
		}
		slices.Sort(ratios)
		if q := ratios[len(ratios)/4]; q >= minCommon {
			rise[k] = q
		}
		if k >= t.bins-12 {
			now = max(now, rise[k])
		}
	}
	return rise, now
}

// ordinary tells that a service rose no more than all did.
func (t *table) ordinary(i int) bool {
	own, mine := make([]float64, t.bins), make([]float64, t.bins)
	rest, theirs := make([]float64, t.bins), make([]float64, t.bins)
	from := t.views[i].start
	for j := range t.s {
		if j != i && t.s[j].Excess && t.views[j].lift > unequal*t.common {
			continue // it has something of its own, which would hide ours
		}
		for k := from; k < t.bins; k++ {
			y, mu := t.at(j, k)
			if j == i {
				own[k], mine[k] = y, unequal*mu
			} else {
				rest[k], theirs[k] = rest[k]+y, theirs[k]+mu
			}
		}
	}
	return commonMode(own, mine, rest, theirs) < math.Log10(20)
}

// commonMode returns log10 of the e-value that a service has more reports than
// its usual part of all services' reports. Given the total of each bin, its
// reports are binomial with the usual part, whatever the intensity that all
// share (Lindon and Malek, NeurIPS 2022): news and crowds on the site cancel.
// It may be looked at after every bin. The series are of the service and of all
// others together, bin by bin; the shortest one counts.
func commonMode(own, ownExpected, rest, restExpected []float64) float64 {
	n := min(len(own), len(ownExpected), len(rest), len(restExpected))
	lifts := [...]float64{1.25, 1.5, 2, 4, 10, 50}
	var logs [len(lifts)]float64
	for k := range n {
		y, others := sane(own[k]), sane(rest[k])
		mu, theirs := sane(ownExpected[k]), sane(restExpected[k])
		if y+others == 0 || mu == 0 || theirs == 0 {
			continue
		}
		// A bin weighs as 50 independent reports at most, since the parts of one
		// bin differ from the usual ones.
		w := 1 / (1 + max(y+others-1, 0)/50)
		odds := mu / theirs
		p := odds / (1 + odds)
		for i, l := range lifts {
			q := l * odds / (1 + l*odds)
			logs[i] += w * (y*math.Log(q/p) + others*math.Log((1-q)/(1-p)))
		}
	}
	largest, sum := slices.Max(logs[:]), 0.0
	for _, v := range logs {
		sum += math.Exp(v - largest)
	}
	e := (largest + math.Log(sum/float64(len(lifts)))) / math.Ln10
	if math.IsNaN(e) {
		return 0
	}
	return min(max(e, -300), 300)
}
