package sharedcause

import (
	"cmp"
	"math"
	"slices"
)

// view is what is computed of one service with excess.
type view struct {
	excess   []float64 // beyond what is usual and what all services share
	variance []float64 // of excess
	start    int       // bin in which it began
	total    float64   // of excess from start on
	lift     float64   // the most of three bins, over what is usual in them
}

// table is all services, and what is computed once.
type table struct {
	s      []Service
	end    int64
	bins   int
	index  map[string]int
	views  []view // of those in hot; empty for others
	hot    []int  // services with excess, the largest first
	ups    [][]int
	rise   []float64 // what all services share, bin by bin, 1 for nothing
	common float64   // the same over the last hour
}

func newTable(services []Service, end int64) *table {
	t := &table{s: slices.Clone(services), end: end, index: make(map[string]int, len(services))}
	for i := range services {
		s := &services[i]
		t.bins = max(t.bins, min(len(s.Effective), len(s.Expected)))
		if _, ok := t.index[s.Slug]; !ok {
			t.index[s.Slug] = i
		}
	}
	t.bins = min(t.bins, maxBins)
	t.addSilent()
	t.views, t.ups = make([]view, len(t.s)), make([][]int, len(t.s))
	for i := range t.s {
		t.ups[i] = t.upstream(i)
	}
	t.rise, t.common = t.shared()
	for i := range t.s {
		if t.s[i].Excess && t.bins > 0 {
			t.views[i] = t.view(i)
			t.hot = append(t.hot, i)
		}
	}
	slices.SortStableFunc(t.hot, func(a, b int) int {
		return cmp.Or(cmp.Compare(t.views[b].total, t.views[a].total), cmp.Compare(a, b))
	})
	t.hot = t.hot[:min(len(t.hot), maxExcess)]
	return t
}

// addSilent adds suppliers that are not among the services, by their slugs: a
// supplier that nobody reports on may be what its dependants share.
func (t *table) addSilent() {
	for i := range t.s {
		for _, slug := range edges(t.s[i]) {
			if _, ok := t.index[slug]; !ok && slug != "" {
				t.index[slug] = len(t.s)
				t.s = append(t.s, Service{Slug: slug, Name: slug})
			}
		}
	}
}

// edges are the services that one depends on, as many as are looked at.
func edges(s Service) []string { return s.DependsOn[:min(len(s.DependsOn), 64)] }

// upstream returns the services that one depends on, within three steps: longer
// chains are felt too weakly. Cycles end by themselves.
func (t *table) upstream(i int) []int {
	var out []int
	next := []int{i}
	for range 3 {
		var found []int
		for _, j := range next {
			for _, slug := range edges(t.s[j]) {
				if k, ok := t.index[slug]; ok && k != i && !slices.Contains(out, k) && len(out) < 256 {
					out, found = append(out, k), append(found, k)
				}
			}
		}
		next = found
	}
	return out
}

// at returns the reports of bin t and what is usual there; bins that a service
// does not have are empty.
func (t *table) at(i, bin int) (effective, expected float64) {
	s := &t.s[i]
	n := min(len(s.Effective), len(s.Expected))
	k := bin - t.bins + n
	if k < 0 || k >= n {
		return 0, 0
	}
	return sane(s.Effective[len(s.Effective)-n+k]), sane(s.Expected[len(s.Expected)-n+k])
}

func sane(v float64) float64 {
	if !(v > 0) {
		return 0
	}
	return min(v, 1e12)
}

// startOf returns the bin of a time.
func (t *table) startOf(at int64) int {
	back := (t.end - at + int64(Step) - 1) / int64(Step)
	return int(min(max(int64(t.bins)-back, 0), int64(t.bins-1)))
}

// spread is the part of an excess by which another one that it comes from may
// differ from being in proportion, from bin to bin.
const spread = 0.15

func (t *table) view(i int) view {
	v := view{excess: make([]float64, t.bins), variance: make([]float64, t.bins), start: t.startOf(t.s[i].Since)}
	for k := range t.bins {
		y, mu := t.at(i, k)
		v.excess[k] = y - mu*t.rise[k]
		v.variance[k] = max(1, min(sane(t.s[i].Dispersion), 100)) * max(y, mu, 0.5)
		if k >= v.start {
			v.total += v.excess[k]
		}
	}
	v.total = max(v.total, 1)
	for k := v.start; k < t.bins; k++ {
		y, mu := t.sum3(i, k)
		v.lift = max(v.lift, y/max(mu, 1))
	}
	v.lift = max(v.lift, 1)
	return v
}

// sum3 is the sum of three bins around k.
func (t *table) sum3(i, k int) (effective, expected float64) {
	for j := max(k-1, 0); j <= min(k+1, t.bins-1); j++ {
		y, mu := t.at(i, j)
		effective, expected = effective+y, expected+mu
	}
	return effective, expected
}

// later is the difference of the beginnings of two excesses, in minutes: how
// much later a began than b.
func (t *table) later(a, b int) float64 {
	return math.Max(-1e6, math.Min(1e6, float64(t.s[a].Since-t.s[b].Since)/6e10))
}
