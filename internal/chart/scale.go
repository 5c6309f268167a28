package chart

import "math"

// NiceStep returns 1, 2 or 5 times a power of ten, so that about n steps reach v.
func NiceStep(v float64, n int) float64 {
	if !(v > 0) {
		return 1
	}
	raw := v / float64(n)
	p := math.Pow(10, math.Floor(math.Log10(raw)))
	for _, m := range []float64{1, 2, 5} {
		if raw <= m*p*1.0001 {
			return m * p
		}
	}
	return 10 * p
}

// Scale is a vertical axis from 0 to Top with a tick every Step.
type Scale struct{ Top, Step float64 }

// NewScale returns the scale that ends at the first tick at or above v and has
// about n ticks, at least minStep apart.
func NewScale(v float64, n int, minStep float64) Scale {
	if !(v > 0) {
		v = 0
	}
	step := max(NiceStep(v, n), minStep)
	return Scale{step * math.Ceil(max(v, step)/step), step}
}

// Part returns the height of v as a part of the scale, from 0 to 1.
func (s Scale) Part(v float64) float64 { return Clamp(v / s.Top) }

// Ticks returns the values of the ticks above 0.
func (s Scale) Ticks() (out []float64) {
	for v := s.Step; v <= s.Top*1.0001; v += s.Step {
		out = append(out, v)
	}
	return out
}

// Clamp limits a part to the range from 0 to 1. What is not a number is 0.
func Clamp(v float64) float64 {
	if math.IsNaN(v) {
		return 0
	}
	return min(max(v, 0), 1)
}
