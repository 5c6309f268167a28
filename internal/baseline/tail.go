package baseline

import "math"

// edges are where the tail of a series is looked at, in spreads from its middle.
// What is beyond the first comes in clusters, and their peaks are the tail. The
// further ones are looked at from some peaks on: few bursts of another kind than
// the common ones (speed tests among noise) are hidden in the mean of all, and
// what is exponential nearby need not be so further out.
var edges = [3]float64{edge, 4.5, 7}

const edge = 2.5

// What a tail is thought to be before anything was seen of it: so many peaks,
// so far beyond the edge on average. For a normal distribution the mean is
// about 0.4.
const (
	priorPeaks = 8
	priorMean  = 0.6
)

// A further edge is looked at, with so weak a prior, from one peak on (which may
// have faded by half); for means of hours from two on: no burst is that long, and
// one excursion must not hide a slow ramp.
const (
	leastLoud     = 0.5
	leastLoudSlow = 2
	priorLoud     = 3
	priorLoudMean = 1
)

// tailMemory is the weeks after which a peak counts for e times less.
const tailMemory = 8

// untold is how many bounds a peak that nobody called an attack counts at most:
// one must not make the next invisible, and a heavy tail must be learnt.
const untold = 1.5

// tail is one side of what a statistic of a series did so far.
type tail struct {
	peaks, sums [len(edges)]float64 // clusters, and sum of their peaks, beyond each edge; fading
	weeks       float64             // seen; fading
	taught      float64             // a peak that people called ordinary; fading
	bound       float64             // follows from the above
	peak        float64             // of the cluster that goes on; 0 without, or where it must not be learnt
	start, last int64               // of the cluster
}

// see notes how far out a bucket is. rest is the ns that part clusters.
func (t *tail) see(at int64, z float64, rest int64) {
	if z <= edge {
		return
	}
	if t.last == 0 || at-t.last > rest {
		t.start = at
	}
	t.last = at
	t.peak = max(t.peak, z)
}

// learn ends a cluster that is over and counts the time.
func (t *tail) learn(at, rest int64, weeks float64) (ended bool) {
	t.weeks += weeks
	if t.peak == 0 || at-t.last <= rest {
		return false
	}
	peak := min(t.peak, untold*t.bound)
	for i, e := range edges {
		if peak > e {
			t.peaks[i]++
			t.sums[i] += peak - e
		}
	}
	t.peak = 0
	return true
}

// limit computes the bound that clusters exceed promise times a week: the
// largest of what each edge says that has least peaks.
func (t *tail) limit(promise, least float64) {
	t.bound = max(t.taught, t.from(0, priorPeaks, priorMean, promise))
	for i := 1; i < len(edges) && t.peaks[i] >= least; i++ {
		t.bound = max(t.bound, t.from(i, priorLoud, priorLoudMean, promise))
	}
}

// from computes the bound as seen from one edge.
//
// Peaks beyond an edge are taken as exponential, in logarithms of traffic: a
// Pareto tail whose index is the series' own (extreme value theory with shape 0;
// Siffer et al., KDD 2017, fit the shape too, which a few peaks cannot tell). Of
// n peaks with sum S the next one is above x with probability (1+x/S)^-n: this
// is the predictive distribution, which holds whatever the true mean is.
func (t *tail) from(i int, prior, mean, promise float64) float64 {
	n, sum := t.peaks[i]+prior, t.sums[i]+prior*mean
	aWeek := (t.peaks[i] + 1) / max(t.weeks, 0.2)
	return edges[i] + sum*math.Expm1(max(0, math.Log(aWeek/promise))/n)
}

func (t *tail) forget(weeks float64) {
	f := math.Exp(-weeks / tailMemory)
	for i := range edges {
		t.peaks[i], t.sums[i] = t.peaks[i]*f, t.sums[i]*f
	}
	t.weeks, t.taught = t.weeks*f, t.taught*math.Sqrt(f)
}
