// Package share turns counts into values with honest intervals: shares,
// totals, numbers of sources.
//
// Two different questions have two different intervals. "What share of the
// packets of this window came from there?" is answered by Window: packets are
// the sampling unit, and without sampling there is no sampling error at all.
// "What share of this attacker's sources would that be, another time?" is
// answered by Population: sources, and the networks they stand in, are the
// sampling unit.
//
// The package does not read records, does not look up addresses and does not
// round: rounding happens where values are printed. It keeps no state of its
// own; accumulators belong to their caller and may be used from one goroutine
// at a time. Nothing passed in is kept. Methods are in docs/methods.md under
// "share/", measured coverage in docs/accuracy.md.
package share

import "floodmark/internal/model"

// Alpha is the error probability of every interval that is not simultaneous:
// intervals hold with probability 95 %.
const Alpha = 0.05

// simultaneous returns the error probability for each of k intervals that are
// to hold together with probability 95 % (Bonferroni; used in Wilson's formula
// it gives Goodman's multinomial intervals, Technometrics 7, 1965). k is the
// number of classes compared, counted before looking which is largest.
func simultaneous(k int) float64 { return Alpha / float64(max(k, 1)) }

// Complete is the estimate of a complete count: nothing was sampled, so the
// window itself leaves no sampling error.
func Complete(v float64) model.Estimate {
	low, high := v, v
	return model.Estimate{Value: v, Low: &low, High: &high, Basis: "complete count"}
}

func estimate(v, low, high float64, basis string) model.Estimate {
	low, high = min(low, v), max(high, v)
	return model.Estimate{Value: v, Low: &low, High: &high, Basis: basis}
}

func open(v float64, basis string) model.Estimate {
	return model.Estimate{Value: v, Basis: basis}
}
