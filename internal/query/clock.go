package query

import (
	"strconv"
	"strings"
	"time"
)

// Bounds of times.
const (
	maxSpan = int64(3660 * 24 * time.Hour) // of "last" and relative times
	lastDay = int64(7258118400e9)          // 2200-01-01
)

var spanUnits = []struct {
	name string
	ns   int64
}{{"ms", 1e6}, {"d", 86400e9}, {"h", 3600e9}, {"m", 60e9}, {"s", 1e9}}

// parseSpan reads a length of time such as 90s, 1h30m, 500ms or 7d, in ns.
func parseSpan(s string) (int64, bool) {
	if s == "" {
		return 0, false
	}
	var total int64
	for s != "" {
		i := 0
		for i < len(s) && s[i] >= '0' && s[i] <= '9' {
			i++
		}
		n, err := strconv.ParseInt(s[:i], 10, 64)
		if err != nil {
			return 0, false
		}
		s = s[i:]
		unit := int64(0)
		for _, u := range spanUnits {
			if rest, ok := strings.CutPrefix(s, u.name); ok {
				unit, s = u.ns, rest
				break
			}
		}
		if unit == 0 || n > maxSpan/unit {
			return 0, false
		}
		if total += n * unit; total > maxSpan {
			return 0, false
		}
	}
	return total, true
}

// formatSpan writes whole ms so that parseSpan reads them.
func formatSpan(ns int64) string {
	var b strings.Builder
	for _, u := range []string{"d", "h", "m", "s", "ms"} {
		for _, x := range spanUnits {
			if x.name == u && ns >= x.ns {
				b.WriteString(strconv.FormatInt(ns/x.ns, 10) + u)
				ns %= x.ns
			}
		}
	}
	if b.Len() == 0 {
		return "0s"
	}
	return b.String()
}

// parseMoment reads now, -2h, 2026-03-01, 2026-03-01T10:00 (UTC) or RFC 3339.
func parseMoment(t token) (Moment, *fault) {
	bad := &fault{t.pos, "no time: " + t.String(), "write now, -2h, 2026-03-01 or 2026-03-01T10:00:00Z"}
	if t.kind != word {
		return Moment{}, bad
	}
	if t.is("now") {
		return Moment{Relative: true}, nil
	}
	if rest, ok := strings.CutPrefix(strings.ToLower(t.text), "-"); ok {
		d, ok := parseSpan(rest)
		if !ok {
			return Moment{}, bad
		}
		return Moment{true, -d}, nil
	}
	for _, form := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02T15:04", time.DateOnly} {
		if at, err := time.ParseInLocation(form, strings.ToUpper(t.text), time.UTC); err == nil {
			if at.Year() < 1971 || at.Year() > 2199 {
				return Moment{}, &fault{t.pos, "a time is from 1971 to 2199", ""}
			}
			return Moment{false, at.UnixMilli() * 1e6}, nil
		}
	}
	return Moment{}, bad
}

// String writes the moment as a question has it.
func (m Moment) String() string {
	switch {
	case m.Relative && m.Ns == 0:
		return "now"
	case m.Relative:
		return "-" + formatSpan(-m.Ns)
	}
	return time.Unix(0, m.Ns).UTC().Format(time.RFC3339Nano)
}
