package baseline

import "math"

// edge is where the tail of a series begins, in spreads from its middle. What is
// beyond it comes in clusters, and their peaks are the tail.
const edge = 2.5

// What a tail is thought to be before anything was seen of it: so many peaks,
// so far beyond the edge on average. For a normal distribution the mean is
// about 0.4.
const (
	priorPeaks = 8
	priorMean  = 0.6
)

// edgeLoud is where the tail is looked at a second time, from so many peaks on:
// few bursts of another kind than the common ones (speed tests among noise) are
// hidden in the mean of all. The bound is the larger one of both.
const (
	edgeLoud      = 4.5
	leastLoud     = 3
	priorLoud     = 3
	priorLoudMean = 0.5
)

// tailMemory is the weeks after which a peak counts for e times less.
const tailMemory = 8

// tail is one side of what a statistic of a series did so far.
type tail struct {
	peaks, sum, weeks float64 // clusters, sum of their peaks beyond the edge, weeks seen; all fading
	loud, loudSum     float64 // the same beyond the second edge
	taught            float64 // a peak that people called ordinary; fading
	bound             float64 // follows from the above
	peak              float64 // of the cluster that goes on; 0 without, or where it must not be learnt
	start, last       int64   // of the cluster
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
func (t *tail) learn(at, rest int64, weeks, promise float64) {
	t.weeks += weeks
	if t.peak == 0 || at-t.last <= rest {
		return
	}
	// A peak that was out of bounds counts no more than the bound: an attack that
	// nobody told of must not make the next one invisible.
	peak := min(t.peak, t.bound)
	t.sum += peak - edge
	t.peaks++
	if peak > edgeLoud {
		t.loudSum += peak - edgeLoud
		t.loud++
	}
	t.peak = 0
	t.limit(promise)
}

// limit computes the bound that clusters exceed promise times a week.
//
// Peaks beyond the edge are taken as exponential, in logarithms of traffic: a
// Pareto tail whose index is the series' own (extreme value theory with shape 0;
// Siffer et al., KDD 2017, fit the shape too, which a few peaks cannot tell). Of
// n peaks with sum S the next one is above x with probability (1+x/S)^-n: this
// is the predictive distribution, which holds whatever the true mean is.
func (t *tail) limit(promise float64) {
	n, sum := t.peaks+priorPeaks, t.sum+priorPeaks*priorMean
	aWeek := max((t.peaks+1)/max(t.weeks, 0.2), 1)
	t.bound = edge + sum*math.Expm1(max(0, math.Log(aWeek/promise))/n)
	if t.loud >= leastLoud {
		n, sum = t.loud+priorLoud, t.loudSum+priorLoud*priorLoudMean
		aWeek = (t.loud + 1) / max(t.weeks, 0.2)
		t.bound = max(t.bound, edgeLoud+sum*math.Expm1(max(0, math.Log(aWeek/promise))/n))
	}
	t.bound = max(t.bound, t.taught)
}

func (t *tail) forget(weeks, promise float64) {
	f := math.Exp(-weeks / tailMemory)
	t.peaks, t.sum, t.weeks, t.taught = t.peaks*f, t.sum*f, t.weeks*f, t.taught*math.Sqrt(f)
	t.loud, t.loudSum = t.loud*f, t.loudSum*f
	t.limit(promise)
}
