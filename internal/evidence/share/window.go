package share

import (
	"math"

	"floodmark/internal/model"
)

// Sum adds up sampled packets of one class: their packets, or their bytes. The
// zero value is empty. A Sum has five words, so that every country and network
// can have one.
type Sum struct {
	Samples float64 // sampled packets
	Seen    float64 // what they hold, not corrected for sampling
	Total   float64 // corrected for sampling (Horvitz and Thompson, JASA 47, 1952)
	Spread  float64 // estimated variance of Total
	Max     float64 // most that one sampled packet stands for
}

// Add takes packets sampled at one in rate that hold value together: the number
// of packets again for a sum of packets, their bytes for a sum of bytes. A
// rate below 1 counts as 1: every packet was seen. Where the packets of one
// call differ in size the spread within them is not known and is left out.
func (s *Sum) Add(packets, value, rate float64) {
	if packets <= 0 {
		return
	}
	rate = math.Max(rate, 1)
	each := value / packets
	s.Samples += packets
	s.Seen += value
	s.Total += rate * value
	s.Spread += rate * (rate - 1) * each * value
	s.Max = math.Max(s.Max, rate*each)
}

// Plus returns the sum of two disjoint classes.
func (s Sum) Plus(o Sum) Sum {
	return Sum{s.Samples + o.Samples, s.Seen + o.Seen, s.Total + o.Total, s.Spread + o.Spread, math.Max(s.Max, o.Max)}
}

// Volume is the total of a class corrected for sampling, with limits for
// weighted counts (Fay and Feuer, Statistics in Medicine 16, 1997). They are
// never below what was seen. Without sampling it is a complete count; a class
// of which nothing was sampled has no upper limit.
func (s Sum) Volume() model.Estimate {
	const basis = "sampling of packets (weighted Poisson)"
	switch {
	case s.Samples == 0:
		return model.Estimate{Low: new(float64), Basis: basis}
	case s.Spread == 0:
		return Complete(s.Total)
	}
	low := gammaQuantile(s.Total*s.Total/s.Spread, Alpha/2) * s.Spread / s.Total
	t, v := s.Total+s.Max, s.Spread+s.Max*s.Max
	high := gammaQuantile(t*t/v, 1-Alpha/2) * v / t
	return estimate(s.Total, math.Max(low, s.Seen), high, basis)
}

// Window is the share that part has of whole within the recorded window; whole
// includes part. Both were added up with the same values: packets for a share
// of packets, bytes for a share of bytes. The interval covers the sampling of
// packets and nothing else; unsampled data gives a complete count. alpha is
// Alpha, or Simultaneous of the number of classes compared.
func Window(part, whole Sum, alpha float64) model.Estimate {
	if whole.Total <= 0 {
		return open(0, "sampling of packets (nothing sampled)")
	}
	p := math.Min(part.Total/whole.Total, 1)
	if whole.Spread == 0 {
		return Complete(p)
	}
	n := windowSize(p, part, whole)
	low, high := Proportion(p*n, n, alpha)
	return estimate(p, low, high, "sampling of packets ("+formula(p, n)+")")
}

func formula(p, n float64) string {
	if n < smallN || p <= 0 || p >= 1 {
		return "Clopper-Pearson"
	}
	return "Wilson"
}

// windowSize is the number of equally weighted packets that would leave the
// same uncertainty: the smaller of Kish's effective size (with the correction
// for a finite window) and the size that the variance of the ratio implies.
func windowSize(p float64, part, whole Sum) float64 {
	kish := whole.Total * whole.Total / whole.Spread
	rest := math.Max(whole.Spread-part.Spread, 0)
	v := (1-p)*(1-p)*part.Spread + p*p*rest
	if p <= 0 || p >= 1 || v <= 0 {
		return kish
	}
	return math.Min(kish, p*(1-p)*whole.Total*whole.Total/v)
}
