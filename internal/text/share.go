package text

import (
	"math"
	"strconv"
)

// Percent writes a share of one as a percentage with one decimal, two below 1 %.
func Percent(v float64) string { return percent(v) + " %" }

func percent(v float64) string {
	p := v * 100
	switch {
	case p == 0 || p == 100:
		return strconv.FormatFloat(p, 'f', 0, 64)
	case p > 99.9 && p < 100:
		return ">99.9"
	case p < 0.01:
		return "<0.01"
	case p < 0.995:
		return strconv.FormatFloat(p, 'f', 2, 64)
	}
	return strconv.FormatFloat(p, 'f', 1, 64)
}

// RoughPercent writes a share of one for running text: whole percent, one
// decimal below 10 %, two digits below 0.1 %.
func RoughPercent(v float64) string {
	p, decimals := 100*v, 0
	switch {
	case p > 0 && p < 0.1:
		return strconv.FormatFloat(p, 'g', 2, 64) + " %"
	case p > 0 && p < 9.95:
		decimals = 1
	}
	return strconv.FormatFloat(p, 'f', decimals, 64) + " %"
}

// Chance writes a probability as whole percent, and never as certain unless it is.
func Chance(p float64) string {
	switch {
	case p > 0.995 && p < 1:
		return ">99 %"
	case p < 0.005 && p > 0:
		return "<1 %"
	}
	return strconv.FormatFloat(math.Round(100*p), 'f', 0, 64) + " %"
}

// Width writes a part of one as a percentage for a style or an attribute.
// Values outside of 0 to 1 are clamped, and what is not a number is 0.
func Width(v float64) string {
	if math.IsNaN(v) {
		v = 0
	}
	return strconv.FormatFloat(math.Round(10000*min(max(v, 0), 1))/100, 'f', -1, 64) + "%"
}
