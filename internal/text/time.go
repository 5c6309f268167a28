package text

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Duration writes a number of seconds in one or two units.
func Duration(s float64) string {
	switch r := math.Round(s); {
	case s < 9.95:
		return Digits(s) + " s"
	case r < 120:
		return strconv.FormatFloat(r, 'f', 0, 64) + " s"
	case r < 7200:
		return twoUnits(int(r)/60, "min", int(r)%60, "s")
	case r < 48*3600:
		return twoUnits(int(r)/3600, "h", int(r)%3600/60, "min")
	}
	return fmt.Sprintf("%d days", int(math.Round(s/86400)))
}

func twoUnits(a int, unitA string, b int, unitB string) string {
	if b == 0 {
		return fmt.Sprintf("%d %s", a, unitA)
	}
	return fmt.Sprintf("%d %s %d %s", a, unitA, b, unitB)
}

// SecondsBetween is the number of seconds from one RFC 3339 time to another, 0 where one of them is none.
func SecondsBetween(first, last string) float64 {
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

// Minute writes an RFC 3339 time to the minute, in UTC.
func Minute(s string) string { return timeAs(s, "2 January 2006, 15:04 UTC") }

// HourMinute writes the time of day of an RFC 3339 time to the minute.
func HourMinute(s string) string { return timeAs(s, "15:04") }

// Times writes from when to when within a day or over days, to the minute.
func Times(from, to string) string {
	a, errA := time.Parse(time.RFC3339, from)
	b, errB := time.Parse(time.RFC3339, to)
	switch {
	case errA != nil:
		return Clean(from, 40)
	case errB != nil:
		return "since " + a.UTC().Format("15:04")
	case a.UTC().YearDay() != b.UTC().YearDay() || b.Sub(a) > 24*time.Hour:
		return a.UTC().Format("2 Jan, 15:04") + " – " + b.UTC().Format("2 Jan, 15:04")
	}
	return a.UTC().Format("15:04") + " – " + b.UTC().Format("15:04")
}
