package page

import (
	"math"

	"floodmark/internal/chart"
)

// headroom is left above the highest value of a chart.
const headroom = 1.15

// countScale is a scale of counts that holds v with room above it.
func countScale(v float64) chart.Scale { return chart.NewScale(max(v*headroom, 4), 4, 1) }

// doublings places a multiple on a scale from a quarter to sixteen times, in
// per cent for an attribute.
func doublings(v float64) string { return chart.Percent((math.Log2(max(sane(v), 0.01)) + 2) / 6) }
