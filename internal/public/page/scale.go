package page

import "math"

// niceStep is 1, 2 or 5 times a power of ten, for about n steps to v.
func niceStep(v float64, n int) float64 {
	if !(v > 0) {
		return 1
	}
	raw := v / float64(n)
	p := math.Pow(10, math.Floor(math.Log10(raw)))
	for _, m := range []float64{1, 2, 5} {
		if raw <= m*p*1.0001 {
			return max(m*p, 1)
		}
	}
	return max(10*p, 1)
}

// topOf is the end of a scale of counts that holds v with room above it, on a
// whole step.
func topOf(v float64) (top, step float64) {
	v = max(v*1.15, 4)
	step = niceStep(v, 4)
	return step * math.Ceil(v/step), step
}

func clamp(v float64) float64 {
	if math.IsNaN(v) {
		return 0
	}
	return min(max(v, 0), 1)
}

// doublings places a multiple on a scale from a quarter to sixteen times, in
// per cent for an attribute.
func doublings(v float64) string { return per((math.Log2(max(sane(v), 0.01)) + 2) / 6) }
