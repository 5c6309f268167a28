package text

import (
	"strconv"
	"strings"
)

// Exact reports whether both bounds are known and equal.
func Exact(lo, hi *float64) bool { return lo != nil && hi != nil && *lo == *hi }

// PercentRange writes the interval of a share, with more digits where two different
// bounds would look the same.
func PercentRange(lo, hi *float64) string {
	s := Range(lo, hi, percent)
	for n := 2; lo != nil && hi != nil && *lo != *hi && n < 5; n++ {
		if a, b, ok := strings.Cut(s, "–"); !ok || a != b {
			break
		}
		s = Range(lo, hi, func(v float64) string { return strconv.FormatFloat(v*100, 'f', n, 64) })
	}
	return s + " %"
}

// Range writes an interval with f; a unit that both bounds share is written once.
func Range(lo, hi *float64, f func(float64) string) string {
	switch {
	case lo == nil && hi == nil:
		return "no bounds"
	case lo == nil:
		return "at most " + f(*hi)
	case hi == nil:
		return "at least " + f(*lo)
	}
	a, b := f(*lo), f(*hi)
	if _, unit, ok := strings.Cut(b, " "); ok {
		a = strings.TrimSuffix(a, " "+unit)
	}
	return a + "–" + b
}

// Bounds writes an interval in a unit of the documents; "" if there is none.
func Bounds(lo, hi *float64, unit string) string {
	if lo == nil && hi == nil {
		return ""
	}
	switch unit {
	case "share":
		return PercentRange(lo, hi)
	case "bits/s":
		return Range(lo, hi, Bits)
	case "packets/s":
		return Range(lo, hi, Count) + " packets/s"
	case "seconds":
		return Range(lo, hi, Duration)
	}
	return strings.TrimSpace(Range(lo, hi, Count) + " " + Clean(unit, 20))
}
