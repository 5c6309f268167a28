package probe

import (
	"math"
	"slices"
)

// Learnt is how long the answer of a component usually takes, for keeping.
type Learnt struct {
	Median int64   `json:"median"`          // ns, 0 while First is filled
	First  []int64 `json:"first,omitempty"` // the first totals, ns
}

const (
	// firstResults are learnt from at once: less say little of a median.
	firstResults = 20
	// learnStep is how much a result moves the median, up where it took longer
	// and down where not. At one a minute, what is three times as slow for good
	// becomes usual in nine hours; an outage of an hour moves it by an eighth.
	learnStep = 0.002
	// largest is the most that is believed of a kept median, ns.
	largest = int64(10 * 60 * 1e9)
)

// usable drops what is not from this program.
func (l Learnt) usable() Learnt {
	bad := func(x int64) bool { return x < 0 || x > largest }
	if bad(l.Median) || len(l.First) > firstResults || slices.ContainsFunc(l.First, bad) {
		return Learnt{}
	}
	return Learnt{l.Median, slices.Clone(l.First)}
}

// add learns from one answer.
func (l *Learnt) add(total int64) {
	if l.Median == 0 {
		l.First = append(l.First, total)
		if len(l.First) < firstResults {
			return
		}
		slices.Sort(l.First)
		l.Median, l.First = max(l.First[firstResults/2], 1), nil
		return
	}
	step := learnStep
	switch {
	case total < l.Median:
		step = -step
	case total == l.Median:
		return
	}
	moved := math.Round(float64(l.Median) * math.Exp(step))
	if total > l.Median {
		l.Median = min(int64(moved)+1, total) // also where a step is less than one
	} else {
		l.Median = max(int64(moved), total, 1)
	}
}

// limit is the time from which an answer is slow, ns; 0 while nothing is known.
func (l *Learnt) limit() int64 {
	if l.Median == 0 {
		return 0
	}
	return max(slowTimes*l.Median, slowFloor)
}
