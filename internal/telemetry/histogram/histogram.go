// Package histogram counts durations and sizes by bucket, for components whose
// metrics are histograms. It depends on nothing, so that any component may use it;
// package telemetry exposes the counts to Prometheus.
//
// A Histogram may be used by any goroutine and does not allocate after New.
package histogram

import (
	"math"
	"slices"
	"sync/atomic"
	"time"
)

// Histogram counts values by bucket.
type Histogram struct {
	bounds []float64 // upper bounds, inclusive, ascending
	counts []atomic.Uint64
	sum    atomic.Uint64 // bits of a float64
}

// new returns a histogram with these upper bounds, ascending. Values above the
// last one are counted in a bucket without bound.
func new(bounds ...float64) *Histogram {
	return &Histogram{bounds: bounds, counts: make([]atomic.Uint64, len(bounds)+1)}
}

// Seconds returns a histogram for durations from 100 µs to one minute.
func Seconds() *Histogram {
	return new(0.0001, 0.00025, 0.001, 0.0025, 0.01, 0.025, 0.1, 0.25, 1, 2.5, 10, 30, 60)
}

// Delays returns a histogram for durations from one second to one hour.
func Delays() *Histogram {
	return new(1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600)
}

// Sizes returns a histogram for numbers of things from 1 to about a million.
func Sizes() *Histogram {
	return new(1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576)
}

// Observe counts a value.
func (h *Histogram) Observe(v float64) {
	i, _ := slices.BinarySearch(h.bounds, v)
	h.counts[i].Add(1)
	for {
		old := h.sum.Load()
		if h.sum.CompareAndSwap(old, math.Float64bits(math.Float64frombits(old)+v)) {
			return
		}
	}
}

// Since counts the seconds that have passed since a moment.
func (h *Histogram) Since(begin time.Time) { h.Observe(time.Since(begin).Seconds()) }

// Counts is a copy of a histogram.
type Counts struct {
	Count   uint64
	Sum     float64
	Buckets map[float64]uint64 // by upper bound: values at or below it
}

// Counts returns a copy of what was counted.
func (h *Histogram) Counts() Counts {
	c := Counts{Sum: math.Float64frombits(h.sum.Load()), Buckets: make(map[float64]uint64, len(h.bounds))}
	for i := range h.counts {
		c.Count += h.counts[i].Load()
		if i < len(h.bounds) {
			c.Buckets[h.bounds[i]] = c.Count
		}
	}
	return c
}
