package claim

import (
	"fmt"
	"math"
	"slices"

	"floodmark/internal/model"
)

// spread assesses claims about how many places took part.
func (a *answer) spread() {
	r := a.reading
	if r.Kind == kindNetworks {
		r.Place.Networks = []uint32{0} // looks at networks; matches none
	}
	if r.Quantity == "" {
		r.Quantity = Packets
	}
	p := gather(a.data, r)
	a.n, a.m = int64(p.seen.Samples), int64(p.seen.Sources)
	labels := float64(len(p.parts))
	a.value = &labels
	a.gateSpread(&p)
	if a.blindPlace(&p) == "" {
		a.measured = append(a.measured, fmt.Sprintf("%s %s are among the labels of %s located sources. Largest: %s.",
			count(labels), a.reading.Unit, count(float64(p.seen.Sources)), a.top(&p, 5)))
		if r.Kind == kindWorldwide {
			a.worldwide(&p)
		} else {
			a.places(&p)
		}
	}
	a.addDisclaimer()
}

// gateSpread adds the gates of shares; the number of places is a lower bound
// like any count, so sampling is no gate for it.
func (a *answer) gateSpread(p *pool) {
	q := a.reading.Quantity
	if a.reading.Kind != kindWorldwide {
		a.reading.Quantity = Packets
	}
	a.gate(p)
	a.reading.Quantity = q
}

// places bounds the number of countries or networks that took part: below by
// the labels that wrong labels alone would not give, above by those labelled,
// those that labels may have missed, and one for each unlocated source.
func (a *answer) places(p *pool) {
	alpha := level / 2 / math.Max(1, float64(len(p.parts)))
	lo := 0
	for _, x := range p.parts {
		if tail(int(x.sources), int(p.labels), 1-lookedUp.spLow) < alpha {
			lo++
		}
	}
	largest := int(math.Max(float64(a.data.SourcesObserved), float64(len(p.parts))))
	if a.reading.Kind == kindCountries {
		largest = maxCountries
	}
	unplaced := a.data.SourcesObserved - min(a.data.SourcesObserved, p.seen.Sources)
	hi := float64(min(largest, missed(len(p.parts), largest, lookedUp.seLow, level/2)+int(min(unplaced, math.MaxInt32))))
	if a.data.Sampled || !a.data.SourcesComplete {
		hi = math.Inf(1)
		a.note("Not every source is in the data, so the number of " + a.reading.Unit + " is a lower bound.")
	}
	l, h := a.growing(float64(lo), hi)
	if a.reading.Kind == kindCountries {
		h = math.Min(h, maxCountries)
	}
	a.limits(l, h)
	a.bounds = append(a.bounds, boundText(a.low, a.high, a.reading.Unit)+" A label counts where more sources bear it than wrong labels alone (0.5 %) would give.")
	a.verdict = decide(a.reading.Relation, l, h, a.reading.Amount)
}

// worldwide counts the countries that surely, and that possibly, have the
// share that the definition asks for, and bounds the largest.
func (a *answer) worldwide(p *pool) {
	alpha := level / math.Max(worldCountries, float64(len(p.parts)+1))
	w, _ := p.known(alpha)
	spare := 1 - w // may be anybody's, but only once
	_, hidden := p.bounds(0, alpha)
	needs := []float64{}
	sure, largestLo, largestHi := 0, 0.0, hidden
	for _, x := range p.parts {
		lo, hi := p.bounds(x.weight, alpha)
		largestLo, largestHi = math.Max(largestLo, lo), math.Max(largestHi, hi)
		if lo >= worldShare {
			sure++
		}
		needs = append(needs, math.Max(0, worldShare-(hi-spare)))
	}
	for len(needs) < maxCountries {
		needs = append(needs, math.Max(0, worldShare-(hidden-spare)))
	}
	slices.Sort(needs)
	possible := 0
	for _, n := range needs {
		if spare -= n; spare < -1e-12 {
			break
		}
		possible++
	}
	a.limits(float64(sure), float64(possible))
	a.bounds = append(a.bounds, fmt.Sprintf("At least %d and at most %d countries have %s or more each; the largest has between %s and %s.",
		sure, possible, percent(worldShare), percentDown(largestLo), percentUp(largestHi)))
	a.verdict = pick(sure >= worldCountries && largestHi <= worldLargest, possible < worldCountries || largestLo > worldLargest)
	if a.blocked {
		a.verdict = model.CannotBeDetermined
	}
}
