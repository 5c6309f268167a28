package text

import (
	"math"
	"strconv"
	"strings"
)

// Count writes a count with thousands separators, and from a million on with 3
// significant digits and a word: 412,300; 18.9 million.
func Count(v float64) string {
	switch a := math.Abs(v); {
	case a >= 999.5e12:
		return strings.Replace(strconv.FormatFloat(v, 'e', 2, 64), "e+", " × 10^", 1)
	case a >= 999.5e9:
		return Digits(v/1e12) + " trillion"
	case a >= 999.5e6:
		return Digits(v/1e9) + " billion"
	case a >= 999999.5:
		return Digits(v/1e6) + " million"
	case v == math.Trunc(v) || a >= 100:
		return Whole(math.Round(v))
	}
	return Digits(v)
}

// Short writes a count in few characters: 412 k, 18.9 M.
func Short(v float64) string { return prefixed(v, "") }

// Tick writes a number for an axis: Short without trailing zeros.
func Tick(v float64) string { return untrailed(Short(v)) }

// TickBits writes a rate for an axis: Bits without trailing zeros.
func TickBits(v float64) string { return untrailed(Bits(v)) }

func untrailed(s string) string {
	number, unit, _ := strings.Cut(s, " ")
	if strings.Contains(number, ".") {
		number = strings.TrimRight(strings.TrimRight(number, "0"), ".")
	}
	return strings.TrimSpace(number + " " + unit)
}

// Bits writes a rate in bits per second.
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
			return Digits(v/f) + " " + p + u
		}
	}
	return Digits(v) + u
}

// Digits writes three significant digits without an exponent.
func Digits(v float64) string {
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

// Group separates the thousands of a whole number in decimal digits.
func Group(digits, separator string) string {
	sign := ""
	if strings.HasPrefix(digits, "-") {
		sign, digits = "-", digits[1:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + separator + digits[i:]
	}
	return sign + digits
}

// Whole writes a count rounded to a whole number, with thousands separators.
func Whole(v float64) string { return Group(strconv.FormatFloat(v, 'f', 0, 64), ",") }

// Rough writes a count that is an estimate: one decimal below ten, whole from ten on.
func Rough(v float64) string {
	if v >= 10 {
		return Count(math.Round(v))
	}
	return strconv.FormatFloat(math.Round(v*10)/10, 'f', -1, 64)
}

// Ratio writes how many times one number is another, with two decimals below ten.
func Ratio(v float64) string {
	if v >= 10 {
		return Count(math.Round(v))
	}
	return strconv.FormatFloat(v, 'f', 2, 64)
}

// Number writes a count with its noun: 1 report, 2 reports.
func Number(n float64, noun string) string { return Count(n) + " " + noun + Plural(n, "", "s") }

// Plural chooses between the singular and the plural form.
func Plural(n float64, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// List joins names as a sentence does: a, b and c.
func List(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}
