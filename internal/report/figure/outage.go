package figure

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"floodmark/internal/model"
)

// Outside reports whether an analysis holds no traffic at all: it is about an
// incident of a service that was seen from outside alone.
func Outside(a *model.Analysis) bool {
	if a.Outage == nil || len(a.Vectors) > 0 || a.Background.Packets > 0 {
		return false
	}
	for _, in := range a.Inputs {
		if in.Records > 0 {
			return false
		}
	}
	return true
}

var causeNames = map[model.CauseName]string{
	model.Attack: "an attack", model.OwnFault: "a fault of its own", model.Dependency: "a fault of a supplier",
	model.NetworkFault: "a fault of the network on the way to it", model.Elsewhere: "somebody else’s outage",
	model.FalseReports: "made-up reports", model.Demand: "more people at once than it bears", model.NoCause: "undecided",
}

// Cause is a cause for people; the slug itself where none is known.
func Cause(c model.CauseName) string {
	if n, ok := causeNames[c]; ok {
		return n
	}
	return Clean(string(c), 40)
}

// Signal is a kind of observation for people, as a heading.
func Signal(s model.Signal) string {
	switch s {
	case model.SignalReport:
		return "Reports"
	case model.SignalProbe:
		return "Probes"
	case model.SignalFlow:
		return "Traffic"
	}
	return "History"
}

// OutageHeadline says in one line what users reported, and how much.
func OutageHeadline(o *model.OutageReport) string {
	s := fmt.Sprintf("Users reported problems with %s: %s in 15 minutes at the peak", Clean(o.Name, 60), Count(float64(o.Peak.Problems)))
	if o.Peak.Known {
		s += ", where " + usual(o.Peak.Expected)
	}
	return s
}

// OutageWhen says when that was, and when it was most.
func OutageWhen(o *model.OutageReport) string {
	s := "It began about " + Minute(o.Started)
	switch {
	case o.State == model.Closed && o.Ended != "":
		end := Minute(o.Ended)
		if day, _, ok := strings.Cut(Minute(o.Started), ", "); ok {
			end = strings.TrimPrefix(end, day+", ")
		}
		s += " and ended about " + end + ", after " + Duration(math.Round(Between(o.Started, o.Ended)/60)*60)
	case o.State == model.Closed:
		s += " and is over"
	default:
		s += " and was going on when this was written"
	}
	s += fmt.Sprintf(". The fullest 15 minutes, from %s, had %s of problems", HourMinute(o.Peak.At), Number(float64(o.Peak.Problems), "report"))
	if o.Peak.Known {
		s += fmt.Sprintf("; %s at that time, and up to %s normal", usual(o.Peak.Expected), Rough(o.Peak.High))
	}
	s += fmt.Sprintf(". In all there %s %s of problems", plural(float64(o.Total), "was", "were"), Number(float64(o.Total), "report"))
	if o.Networks > 0 { // not known without address data
		s += " from " + Number(float64(o.Networks), "network")
	}
	return s + "."
}

// usual says how many reports are.
func usual(v float64) string {
	if v < 1 {
		return "fewer than one is usual"
	}
	return Rough(v) + " " + plural(v, "is", "are") + " usual"
}

// Rough writes a count that is an estimate: whole from ten on.
func Rough(v float64) string {
	if v >= 10 {
		return Count(math.Round(v))
	}
	return strconv.FormatFloat(math.Round(v*10)/10, 'f', -1, 64)
}

// Ratio writes how many times something is, with two digits after the point below ten.
func Ratio(v float64) string {
	if v >= 10 {
		return Count(math.Round(v))
	}
	return strconv.FormatFloat(v, 'f', 2, 64)
}

// Chance writes a likelihood as whole per cent.
func Chance(p float64) string {
	switch {
	case p > 0.995 && p < 1:
		return ">99 %"
	case p < 0.005 && p > 0:
		return "<1 %"
	}
	return strconv.FormatFloat(math.Round(100*p), 'f', 0, 64) + " %"
}

// Factor says how many times likelier an observation makes a cause; w is log10
// of the likelihood ratio.
func Factor(w float64) string {
	s := Rough(math.Pow(10, math.Min(math.Abs(w), 6)))
	if w < 0 {
		return s + " times less likely"
	}
	return s + " times likelier"
}

// Number is a count and what is counted.
func Number(n float64, of string) string { return Count(n) + " " + of + plural(n, "", "s") }

func plural(n float64, one, more string) string {
	if n == 1 {
		return one
	}
	return more
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
