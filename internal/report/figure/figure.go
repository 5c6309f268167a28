// Package figure writes figures for people: counts, rates, shares, intervals,
// times and names, the same way on the terminal and on the page. It rounds for
// reading; the exact figures stand in the JSON document. Pure; any goroutine.
package figure

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"

	"floodmark/internal/model"
)

// Count writes a count with thousands separators, and from a million on with 3
// significant digits and a word: 412,300; 18.9 million.
func Count(v float64) string {
	switch a := math.Abs(v); {
	case a >= 999.5e12:
		return strings.Replace(strconv.FormatFloat(v, 'e', 2, 64), "e+", " × 10^", 1)
	case a >= 999.5e9:
		return three(v/1e12) + " trillion"
	case a >= 999.5e6:
		return three(v/1e9) + " billion"
	case a >= 999999.5:
		return three(v/1e6) + " million"
	case v == math.Trunc(v) || a >= 100:
		return group(strconv.FormatFloat(math.Round(v), 'f', 0, 64))
	}
	return three(v)
}

// Short writes a count in few characters: 412 k, 18.9 M.
func Short(v float64) string { return prefixed(v, "") }

// Bits writes a rate in bits a second.
func Bits(v float64) string { return unit(v, "bit/s") }

// Bytes writes a volume in decimal units.
func Bytes(v float64) string { return unit(v, "B") }

func unit(v float64, u string) string {
	s := prefixed(v, u)
	if strings.HasSuffix(s, u) && !strings.Contains(s, " ") {
		return strings.TrimSuffix(s, u) + " " + u
	}
	return s
}

func prefixed(v float64, u string) string {
	for i, p := range []string{"P", "T", "G", "M", "k"} {
		if f := math.Pow10(15 - 3*i); math.Abs(v) >= 0.9995*f {
			return three(v/f) + " " + p + u
		}
	}
	return three(v) + u
}

// three writes three significant digits without an exponent.
func three(v float64) string {
	a := math.Abs(v)
	if a >= 1e-9 && a < 0.0995 { // two digits, without an exponent
		return strings.TrimRight(strconv.FormatFloat(v, 'f', 1-int(math.Floor(math.Log10(a))), 64), "0")
	}
	n := 2
	switch {
	case a >= 99.95:
		n = 0
	case a >= 9.995:
		n = 1
	}
	s := strconv.FormatFloat(v, 'f', n, 64)
	if strings.Contains(s, ".") && (a < 1 || v == math.Trunc(v)) {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	if s == "" || s == "-" || s == "-0" {
		return "0"
	}
	return s
}

func group(digits string) string {
	sign := ""
	if strings.HasPrefix(digits, "-") {
		sign, digits = "-", digits[1:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return sign + digits
}

// Percent writes a share of one as per cent.
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

// Range writes the interval of a share, "" for a complete count.
func Range(e model.Estimate) string {
	if Complete(e) {
		return ""
	}
	if e.Low == nil && e.High == nil {
		return "no bounds"
	}
	return shares(e.Low, e.High)
}

// shares writes the interval of a share, with more digits where two different
// bounds would look the same.
func shares(lo, hi *float64) string {
	s := between(lo, hi, percent)
	for n := 2; lo != nil && hi != nil && *lo != *hi && n < 5; n++ {
		if a, b, ok := strings.Cut(s, "–"); !ok || a != b {
			break
		}
		s = between(lo, hi, func(v float64) string { return strconv.FormatFloat(v*100, 'f', n, 64) })
	}
	return s + " %"
}

// CountRange writes the interval of a count, "" for a complete one.
func CountRange(e model.Estimate) string {
	if Complete(e) {
		return ""
	}
	return between(e.Low, e.High, Count)
}

// Complete reports whether e is a complete count: its bounds are its value.
func Complete(e model.Estimate) bool {
	return e.Low != nil && e.High != nil && *e.Low == *e.High
}

// ByteRange writes the interval of a volume, "" for a complete count.
func ByteRange(e model.Estimate) string {
	if Complete(e) {
		return ""
	}
	return between(e.Low, e.High, Bytes)
}

// between writes an interval; a unit that both bounds share is written once.
func between(lo, hi *float64, f func(float64) string) string {
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

// Bounds writes the bounds of a claim in its unit.
func Bounds(lo, hi *float64, unit string) string {
	if lo == nil && hi == nil {
		return ""
	}
	switch unit {
	case "share":
		return shares(lo, hi)
	case "bits/s":
		return between(lo, hi, Bits)
	case "packets/s":
		return between(lo, hi, Count) + " packets/s"
	case "seconds":
		return between(lo, hi, Duration)
	}
	return strings.TrimSpace(between(lo, hi, Count) + " " + Clean(unit, 20))
}

// Duration writes seconds as people say them.
func Duration(s float64) string {
	switch r := math.Round(s); {
	case s < 9.95:
		return three(s) + " s"
	case r < 120:
		return strconv.FormatFloat(r, 'f', 0, 64) + " s"
	case r < 7200:
		return both(int(r)/60, "min", int(r)%60, "s")
	case r < 48*3600:
		return both(int(r)/3600, "h", int(r)%3600/60, "min")
	}
	return fmt.Sprintf("%d days", int(math.Round(s/86400)))
}

func both(a int, unitA string, b int, unitB string) string {
	if b == 0 {
		return fmt.Sprintf("%d %s", a, unitA)
	}
	return fmt.Sprintf("%d %s %d %s", a, unitA, b, unitB)
}

// Between is the seconds from one RFC 3339 time to another, 0 where one of them is none.
func Between(first, last string) float64 {
	a, errA := time.Parse(time.RFC3339, first)
	b, errB := time.Parse(time.RFC3339, last)
	if errA != nil || errB != nil {
		return 0
	}
	return max(b.Sub(a).Seconds(), 0)
}

// When writes an RFC 3339 time to the second, in UTC.
func When(s string) string { return timeAs(s, "2 January 2006, 15:04:05 UTC") }

// Span writes from when to when; the day once where it is the same.
func Span(first, last string) string {
	from, to := When(first), When(last)
	if day, _, ok := strings.Cut(from, ", "); ok {
		to = strings.TrimPrefix(to, day+", ")
	}
	return strings.TrimSuffix(from, " UTC") + " to " + to
}

// Clock writes the time of day of an RFC 3339 time.
func Clock(s string) string { return timeAs(s, "15:04:05") }

func timeAs(s, layout string) string {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return Clean(s, 40)
	}
	return t.UTC().Format(layout)
}

// Clean makes text of a recording safe to show on one line: control and
// direction characters go, and it ends after n characters.
func Clean(s string, n int) string {
	if n > 0 && len(s) > 8*n+64 { // enough for n characters of any script
		s = s[:8*n+64]
	}
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n' || r == '\r':
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Co, r), r == unicode.ReplacementChar:
			return -1
		case unicode.Is(unicode.Zl, r), unicode.Is(unicode.Zp, r):
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	if r := []rune(s); n > 0 && len(r) > n {
		return string(r[:max(n-1, 0)]) + "…"
	}
	return s
}
