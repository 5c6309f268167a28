package spoof

import (
	"strconv"

	"floodmark/internal/model"
)

// about prints a number of sources as a person would say it.
func about(v float64) string {
	switch {
	case v >= 1e9:
		return two(v/1e9) + " billion"
	case v >= 1e6:
		return two(v/1e6) + " million"
	case v >= 1e4:
		return strconv.FormatFloat(v/1e3, 'f', 0, 64) + ",000"
	}
	return strconv.FormatFloat(v, 'f', 0, 64)
}

// two prints at least two significant digits without an exponent.
func two(v float64) string {
	if v < 9.95 {
		return strconv.FormatFloat(v, 'f', 1, 64)
	}
	return strconv.FormatFloat(v, 'f', 0, 64)
}

func between(e model.Estimate) string {
	if e.High == nil {
		return "at least " + about(*e.Low)
	}
	return about(*e.Low) + " to " + about(*e.High)
}
