package page

import (
	"html/template"
	"math"
	"strconv"
	"strings"
	"time"

	"floodmark/internal/text"
)

// sane makes any figure one that can be written: what is none becomes 0.
func sane(v float64) float64 {
	if math.IsNaN(v) || v < 0 {
		return 0
	}
	return min(v, 1e15)
}

// count writes a whole number with its thousands apart.
func (l *locale) count(v float64) string {
	s := strconv.FormatFloat(math.Round(sane(v)), 'f', 0, 64)
	if l.lang == "es" && len(s) == 4 {
		return s // four digits stay together in Spanish
	}
	return text.Group(s, l.group)
}

// few writes a mean: with a digit below ten, where it matters, and with two
// below a tenth.
func (l *locale) few(v float64) string {
	digits := 1
	switch v = sane(v); {
	case v >= 9.95 || v == math.Trunc(v):
		return l.count(v)
	case v < 0.095:
		digits = 2
	}
	return l.decimal(v, digits)
}

func (l *locale) decimal(v float64, digits int) string {
	return strings.Replace(strconv.FormatFloat(sane(v), 'f', digits, 64), ".", l.point, 1)
}

// between writes the interval of a mean, with a digit more where its ends would
// look the same.
func (l *locale) between(low, high float64) string {
	if a, b := l.few(low), l.few(high); a != b || low == high {
		return span(a, b)
	}
	return span(l.decimal(low, 2), l.decimal(high, 2))
}

// pct writes a share as whole per cent, with a digit below one.
func (l *locale) pct(v float64) string {
	p := 100 * min(sane(v), 1)
	switch {
	case p > 0 && p < 0.1:
		return "< " + strings.Replace("0.1", ".", l.point, 1) + "\u00a0%"
	case p > 0 && p < 0.95:
		return strings.Replace(strconv.FormatFloat(p, 'f', 1, 64), ".", l.point, 1) + "\u00a0%"
	}
	return strconv.FormatFloat(p, 'f', 0, 64) + "\u00a0%"
}

// span writes an interval of two figures, once where they look the same.
func span(low, high string) string {
	if low == high {
		return high
	}
	return low + "–" + high
}

// pcts writes an interval of shares.
func (l *locale) pcts(low, high float64) string {
	if !(low <= high) {
		low, high = high, low
	}
	a, b := l.pct(low), l.pct(high)
	if a == b {
		return b
	}
	return strings.TrimSuffix(a, "\u00a0%") + "–" + b
}

// lasted writes a length of time as people say it.
func (l *locale) lasted(ns int64) string {
	m := int64(math.Round(float64(max(ns, 0)) / 60e9))
	switch {
	case m < 1:
		return l.t("time.minute")
	case m < 60:
		return strconv.FormatInt(m, 10) + "\u00a0min"
	case m < 48*60 && m%60 == 0:
		return strconv.FormatInt(m/60, 10) + "\u00a0h"
	case m < 48*60:
		return strconv.FormatInt(m/60, 10) + "\u00a0h " + strconv.FormatInt(m%60, 10) + "\u00a0min"
	}
	days := math.Round(float64(m) / 1440)
	return l.n("time.days", days)
}

// maxPower is the exponent above which a figure says nothing more to anybody.
const maxPower = 100

// power writes ten to the power of v: an evidence value.
func (l *locale) power(v float64) template.HTML {
	if math.IsNaN(v) {
		v = 0
	}
	if v > maxPower {
		return template.HTML("&gt;\u00a010<sup>" + strconv.Itoa(maxPower) + "</sup>")
	}
	v = max(v, -maxPower)
	if math.Abs(v) < 3 {
		return template.HTML(template.HTMLEscapeString(l.few(math.Pow(10, v))))
	}
	s := strings.Replace(strconv.FormatFloat(math.Round(v*10)/10, 'f', -1, 64), ".", l.point, 1)
	return template.HTML("10<sup>" + strings.Replace(s, "-", "−", 1) + "</sup>")
}

// when is a time for people and programs, UTC; scripts show it in the reader's
// zone. The day is told where it is not today's. It is made of figures and
// names of months alone, so it needs no escaping.
func (l *locale) when(now time.Time, ns int64) template.HTML {
	if ns == 0 {
		return "–"
	}
	t := time.Unix(0, ns).UTC()
	text, attr := t.Format("15:04"), ""
	if d := now.Sub(t); d > 18*time.Hour || d < -18*time.Hour {
		text, attr = l.day(t)+", "+text, ` class="d"`
	}
	return template.HTML(`<time` + attr + ` datetime="` + t.Format(time.RFC3339) + `" title="` + l.day(t) + ", " + t.Format("15:04:05") + ` UTC">` + text + ` UTC</time>`)
}

// day writes a date.
func (l *locale) day(t time.Time) string {
	month := strings.Fields(l.t("time.months"))[t.Month()-1]
	switch l.lang {
	case "de":
		return strconv.Itoa(t.Day()) + ". " + month + " " + strconv.Itoa(t.Year())
	}
	return strconv.Itoa(t.Day()) + " " + month + " " + strconv.Itoa(t.Year())
}

// wait writes how long to wait before the next try.
func (l *locale) wait(d time.Duration) string {
	if d < 2*time.Minute {
		return l.n("time.seconds", math.Ceil(max(d.Seconds(), 1)))
	}
	return l.n("time.minutes", math.Ceil(d.Minutes()))
}

// clean makes a foreign text one line of at most n characters.
func clean(n int, s string) string { return strings.TrimSpace(text.Clean(s, n)) }
