package sharedcause

import (
	"math"
	"math/rand/v2"
	"slices"
)

// fit is one excess seen as a multiple of another.
type fit struct {
	model  []float64 // that multiple, bin by bin, from the bin from on
	from   int
	share  float64 // of the excess that it explains
	misfit float64 // 0 to 1: the part of the excess's size that is off it, noise taken out
	known  float64 // 0 to 1: how much of the excess is more than noise
}

// maxLag is how many bins an excess may trail the one that it comes from.
const maxLag = 3

// along fits v as a multiple of x, from the earlier beginning of both on, with
// the lag that fits best.
func along(v view, x []float64, start int) fit {
	from := max(min(v.start, start)-2, 0)
	best := fit{misfit: 2, from: from}
	for lag := 0; lag <= maxLag; lag++ {
		var num, den float64
		at := func(k int) float64 {
			if k < lag {
				return 0
			}
			return max(x[k-lag], 0)
		}
		for k := from; k < len(x); k++ {
			w := 1 / (v.variance[k] + spread*spread*v.excess[k]*v.excess[k])
			num += w * v.excess[k] * at(k)
			den += w * at(k) * at(k)
		}
		if den == 0 || num <= 0 {
			continue
		}
		f := fit{model: make([]float64, len(x)-from), from: from}
		for k := from; k < len(x); k++ {
			f.model[k-from] = num / den * at(k)
		}
		if f.measure(v); f.misfit < best.misfit-0.02 { // a lag must earn its place
			best = f
		}
	}
	best.misfit = min(best.misfit, 1)
	return best
}

func (f *fit) measure(v view) {
	var off, noise, size float64
	for i, m := range f.model {
		k := f.from + i
		d := v.excess[k] - m
		off += d * d
		noise += v.variance[k]
		size += v.excess[k] * v.excess[k]
	}
	signal := max(size-noise, 0)
	f.known = signal / max(size, 1e-9)
	f.misfit = min(math.Sqrt(max(off-noise, 0)/max(signal, 1e-9)), 1.5)
	f.share = overlap(v.excess[f.from:], f.model)
}

// overlap returns the part of an excess that lies under a model of it.
func overlap(excess, model []float64) float64 {
	var both, all float64
	for i, m := range model {
		a := max(excess[i], 0)
		both += min(a, m)
		all += a
	}
	if all == 0 {
		return 0
	}
	return both / all
}

// interval returns 95 % limits of the share that a fit explains, by drawing the
// noise of the counts again 99 times. They say nothing of whether the fit is
// the right one: that is the score.
func interval(v view, f fit) (low, high float64) {
	r := rand.New(rand.NewPCG(1, 2)) // the same limits for the same figures
	draws := make([]float64, 99)
	again := make([]float64, len(f.model))
	for d := range draws {
		for i := range again {
			k := f.from + i
			again[i] = v.excess[k] + r.NormFloat64()*math.Sqrt(v.variance[k])
		}
		draws[d] = min(overlap(again, f.model)*(1+0.05*r.NormFloat64()), 1)
	}
	slices.Sort(draws)
	return max(min(draws[2], f.share), 0), max(draws[96], f.share)
}
