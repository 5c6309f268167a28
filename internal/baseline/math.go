package baseline

import (
	"math"
	"slices"
)

// most is the largest value that is taken: a petabit a second.
const most = 1e15

func logOf(x float64) float64 { return math.Log(max(x, 1e-300)) }

func exp(x float64) float64 { return math.Exp(min(x, 700)) }

// clip holds x between -limit and limit.
func clip(x, limit float64) float64 { return max(-limit, min(limit, x)) }

// middle returns the median of values, which it sorts.
func middle(values []float64) float64 {
	slices.Sort(values)
	n := len(values)
	return (values[(n-1)/2] + values[n/2]) / 2
}
