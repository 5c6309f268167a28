package similar

import (
	"math"
	"slices"

	"floodmark/internal/model"
)

const (
	maxShape = 192 // quarters of an hour: two days
	band     = 4   // quarters of an hour by which shapes may be moved against each other
)

// shape compares the courses of both, each beside its own peak, by dynamic time
// warping within an hour (Sakoe and Chiba, IEEE TASSP 26, 1978).
func shape(now, then *model.Incident) (float64, bool) {
	a, b := now.UserReports.Shape, then.UserReports.Shape
	a, b = a[:min(len(a), maxShape)], b[:min(len(b), maxShape)]
	if !over(now) {
		b = b[:min(len(b), len(a))]
	}
	n := max(len(a), len(b))
	if len(a) < 2 || len(b) < 2 {
		return 0, false
	}
	x, y := scaled(a, n), scaled(b, n)
	size := 0.0
	for i := range n {
		size += max(x[i], y[i])
	}
	if size == 0 {
		return 0, false
	}
	return 1 - warp(x, y)/size, true
}

// scaled is a shape of length n, its peak 1.
func scaled(s []float32, n int) []float64 {
	out, peak := make([]float64, n), 0.0
	for i, v := range s {
		if x := float64(v); x > 0 && !math.IsInf(x, 0) {
			out[i] = x
			peak = max(peak, x)
		}
	}
	for i := range out {
		out[i] /= max(peak, 1e-9)
	}
	return out
}

// warp returns the least sum of differences along a path through both, which
// have one length.
func warp(x, y []float64) float64 {
	n := len(x)
	last, row := make([]float64, n), make([]float64, n)
	for j := range last {
		last[j] = math.Inf(1)
	}
	for i := range n {
		for j := range row {
			row[j] = math.Inf(1)
		}
		for j := max(i-band, 0); j <= min(i+band, n-1); j++ {
			best := last[j]
			if j > 0 {
				best = min(best, last[j-1], row[j-1])
			}
			if i == 0 && j == 0 {
				best = 0
			}
			row[j] = best + math.Abs(x[i]-y[j])
		}
		last, row = row, last
	}
	return last[n-1]
}

// parts compares the shares of components: 1 less the share that would have to
// move.
func parts(now, then *model.Incident) (float64, bool) {
	return overlap(partShares(now.UserReports.Parts), partShares(then.UserReports.Parts))
}

// share is what one key has of a whole.
type share struct {
	key string
	n   float64
}

func partShares(parts []model.PartShare) []share {
	var out []share
	for _, p := range parts {
		if p.Slug != "" && p.Share > 0 {
			out = append(out, share{p.Slug, p.Share})
		}
	}
	return out
}

// places compares the shares of countries.
func places(now, then *model.Incident) (float64, bool) {
	return overlap(countries(now.UserReports.Places), countries(then.UserReports.Places))
}

func countries(places []model.PlaceShare) []share {
	var out []share
	for _, p := range places {
		if p.Region == "" && p.Effective > 0 {
			out = append(out, share{p.Country, p.Effective})
		}
	}
	return out
}

func overlap(a, b []share) (float64, bool) {
	x, y := total(a), total(b)
	if !(x > 0 && y > 0) || math.IsInf(x+y, 0) {
		return 0, false
	}
	sum := 0.0
	for _, s := range a {
		if i := slices.IndexFunc(b, func(o share) bool { return o.key == s.key }); i >= 0 {
			sum += min(s.n/x, b[i].n/y)
		}
	}
	return sum, true
}

func total(s []share) float64 {
	sum := 0.0
	for _, x := range s {
		sum += x.n
	}
	return sum
}

// length compares how long both lasted: half as long is half alike. It is not
// known before an incident is over.
func length(now, then *model.Incident) (float64, bool) {
	a, b := float64(lasted(now)), float64(lasted(then))
	if !over(now) || a <= 0 || b <= 0 {
		return 0, false
	}
	return min(a, b) / max(a, b), true
}

// hour compares the times of day, in UTC: twelve hours apart is not alike.
func hour(now, then *model.Incident) (float64, bool) {
	const day = 24 * 3600e9
	d := math.Mod(math.Abs(float64(now.Started)-float64(then.Started)), day)
	return 1 - min(d, day-d)/(day/2), true
}
