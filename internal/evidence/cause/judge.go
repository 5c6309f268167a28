package cause

import (
	"cmp"
	"math"
	"slices"

	"floodmark/internal/model"
)

// signals in the order in which they are added.
var signals = [...]model.Signal{model.SignalReport, model.SignalProbe, model.SignalFlow, ""}

// Evaluate tells what brought an incident about.
func Evaluate(o *Observation) model.Assessment {
	v := newView(o)
	base, history := v.base()
	n := observe(v)
	sums := n.bound()
	post := base
	for _, s := range signals {
		for c := range post {
			post[c] *= math.Pow(10, sums[s][c])
		}
	}
	post = normal(post)
	speaks := support(sums, base)
	post = v.limit(post, speaks)
	return v.assessment(post, evaluated{base: base, seen: append(history, n.all...), speaks: speaks})
}

// evaluated is what sentences are made of.
type evaluated struct {
	base   odds
	seen   []seen
	speaks map[model.Signal]odds
}

// bound adds what is seen of each kind of signal and keeps it within bounds:
// what one kind says is shrunk as a whole, so that nothing in it changes place.
func (n *notes) bound() map[model.Signal]odds {
	sums := make(map[model.Signal]odds, len(signals))
	for i := range n.all {
		sum := sums[n.all[i].signal]
		for c := range sum {
			sum[c] += n.all[i].w[c]
		}
		sums[n.all[i].signal] = sum
	}
	shrink := make(map[model.Signal]float64, len(signals))
	for s, sum := range sums {
		wide := slices.Max(sum[:]) - slices.Min(sum[:])
		shrink[s] = min(1, bounds[s]/max(wide, 1e-9))
		for c := range sum {
			sum[c] *= shrink[s]
		}
		sums[s] = sum
	}
	for i := range n.all {
		for c := range n.all[i].w {
			n.all[i].w[c] *= shrink[n.all[i].signal]
		}
	}
	return sums
}

// against returns log10 of the likelihood ratio of each cause against all
// others, these weighed by their base rates.
func against(w, base odds) odds {
	var out odds
	for c := range w {
		rest, all := 0.0, 0.0
		for d := range w {
			if d != c {
				rest += base[d] * math.Pow(10, w[d]-w[c])
				all += base[d]
			}
		}
		out[c] = -math.Log10(rest / all)
	}
	return out
}

// support is what each kind of signal says of each cause.
func support(sums map[model.Signal]odds, base odds) map[model.Signal]odds {
	out := make(map[model.Signal]odds, len(sums))
	for s, sum := range sums {
		out[s] = against(sum, base)
	}
	return out
}

// limit holds the likeliest cause to what the kinds of signal that speak for it
// allow. What it loses goes to the others in proportion.
func (v *view) limit(post odds, speaks map[model.Signal]odds) odds {
	first := lead(post)
	largest := ceiling(first, speaks)
	if causes[first] == model.OwnFault && !v.sees() {
		largest = min(largest, limitOne) // an attack would not be seen
	}
	if post[first] < clearly*post[next(post, first)] {
		largest = min(largest, decided)
	}
	if post[first] <= largest {
		return post
	}
	rest := (1 - largest) / (1 - post[first])
	for c := range post {
		post[c] *= rest
	}
	post[first] = largest
	return post
}

// ceiling is the most that a cause may be likely.
func ceiling(c int, speaks map[model.Signal]odds) float64 {
	var full []float64 // how fully each kind of signal speaks for it
	shown := 0.0
	for _, s := range signals[:3] {
		f := ramp(speaks[s][c], speaksFrom, speaksFully)
		full = append(full, f)
		if slices.Contains(shownBy[c], s) {
			shown = max(shown, f)
		}
	}
	slices.SortFunc(full, func(a, b float64) int { return cmp.Compare(b, a) })
	largest := limitOne + (limitTwo-limitOne)*full[1]
	// Up to a third of speaking fully, it may not even be named.
	return min(largest, limitUnseen+(limitTwo-limitUnseen)*min(3*shown, 1))
}

// lead returns the likeliest cause, the earlier one of two that are as likely.
func lead(post odds) int {
	first := 0
	for c, p := range post {
		if p > post[first]+1e-12 {
			first = c
		}
	}
	return first
}

// next returns the likeliest cause but one.
func next(post odds, first int) int {
	post[first] = -1
	return lead(post)
}
