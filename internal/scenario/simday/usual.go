package simday

import (
	"iter"
	"time"
)

// Curves over the hours of the local day: how much goes on. The mean of each
// is 1.
var curves = map[Curve][24]float64{
	"evening": level24(0.62, 0.40, 0.27, 0.21, 0.18, 0.20, 0.31, 0.52, 0.68, 0.77, 0.84, 0.90, 0.98, 0.98, 1.0, 1.06, 1.19, 1.39, 1.62, 1.86, 2.02, 1.97, 1.62, 1.06),
	"daytime": level24(0.55, 0.45, 0.40, 0.38, 0.40, 0.48, 0.65, 0.90, 1.15, 1.30, 1.38, 1.40, 1.35, 1.38, 1.42, 1.40, 1.34, 1.28, 1.25, 1.28, 1.30, 1.20, 0.98, 0.72),
	"working": level24(0.12, 0.10, 0.10, 0.10, 0.12, 0.20, 0.55, 1.50, 2.40, 2.70, 2.75, 2.50, 1.90, 2.30, 2.60, 2.40, 1.70, 0.90, 0.50, 0.35, 0.28, 0.22, 0.18, 0.15),
	"level":   level24(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1),
}

func level24(hours ...float64) (out [24]float64) {
	sum := 0.0
	for _, h := range hours {
		sum += h
	}
	for i := range out {
		out[i] = hours[i] * 24 / sum
	}
	return out
}

// level is the part of the mean at a time, between hours in proportion.
func (s *Service) level(at time.Time) float64 {
	local := at.In(s.Zone.Location())
	curve := curves[s.Usual.Hours]
	h := local.Hour()
	part := float64(local.Minute())/60 + float64(local.Second())/3600
	v := curve[h] + (curve[(h+1)%24]-curve[h])*part
	if d := local.Weekday(); d == time.Saturday || d == time.Sunday {
		v *= s.Usual.Weekend
	}
	return v
}

// usual draws how many ordinary reports of a service come in the 15 minutes from
// a time on, the same whenever it is asked.
func (s *Service) usual(seed uint64, at time.Time) int {
	return count(random(seed, "usual "+s.Slug, at.Unix()), s.Usual.Mean*s.level(at.Add(last15m/2)), s.Usual.Spread)
}

// Count is how many reports of a component of a service came in the 15 minutes
// from a time on.
type Count struct {
	Service, Component string // Component is "" for all of the service together
	Time               time.Time
	N                  int
}

// History gives what was reported on the ordinary days before, oldest first:
// for each 15 minutes and service the count of all, then those of its
// components. They are what an import of history takes.
func (d *Day) History(seed uint64) iter.Seq[Count] {
	return func(yield func(Count) bool) {
		begin := d.at(1-d.Before, 0)
		for at := begin; at.Before(d.Begin()); at = at.Add(last15m) {
			for i := range d.Services {
				if !d.Services[i].past(seed, at, yield) {
					return
				}
			}
		}
	}
}

func (s *Service) past(seed uint64, at time.Time, yield func(Count) bool) bool {
	n := s.usual(seed, at)
	if !yield(Count{s.Slug, "", at, n}) {
		return false
	}
	r, parts := random(seed, "parts "+s.Slug, at.Unix()), newLot(s.Usual.Parts, 1)
	by := map[string]int{}
	for range n {
		by[parts.draw(r)]++
	}
	for _, c := range s.Components {
		if !yield(Count{s.Slug, c, at, by[c]}) {
			return false
		}
	}
	return true
}
