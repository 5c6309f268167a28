package wording

import (
	"fmt"
	"math"
	"strings"

	"floodmark/internal/model"
	"floodmark/internal/text"
)

// PublicOnly reports whether an analysis holds no traffic at all: it describes an
// incident of a service from public data alone.
func PublicOnly(a *model.Analysis) bool {
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
	return text.Clean(string(c), 40)
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
	s := fmt.Sprintf("Users reported problems with %s: %s in 15 minutes at the peak", text.Clean(o.Name, 60), text.Count(float64(o.Peak.Problems)))
	if o.Peak.Known {
		s += ", where " + usual(o.Peak.Expected)
	}
	return s
}

// OutageWhen says when that was, and when it was most.
func OutageWhen(o *model.OutageReport) string {
	s := "It began about " + text.Minute(o.Started)
	switch {
	case o.State == model.Closed && o.Ended != "":
		end := text.Minute(o.Ended)
		if day, _, ok := strings.Cut(text.Minute(o.Started), ", "); ok {
			end = strings.TrimPrefix(end, day+", ")
		}
		s += " and ended about " + end + ", after " + text.Duration(math.Round(text.SecondsBetween(o.Started, o.Ended)/60)*60)
	case o.State == model.Closed:
		s += " and is over"
	default:
		s += " and was going on when this was written"
	}
	s += fmt.Sprintf(". The fullest 15 minutes, from %s, had %s of problems", text.HourMinute(o.Peak.At), text.Number(float64(o.Peak.Problems), "report"))
	if o.Peak.Known {
		s += fmt.Sprintf("; %s at that time, and up to %s normal", usual(o.Peak.Expected), text.Rough(o.Peak.High))
	}
	s += fmt.Sprintf(". In all there %s %s of problems", text.Plural(float64(o.Total), "was", "were"), text.Number(float64(o.Total), "report"))
	if o.Networks > 0 { // not known without address data
		s += " from " + text.Number(float64(o.Networks), "network")
	}
	return s + "."
}

// usual says how many reports are.
func usual(v float64) string {
	if v < 1 {
		return "fewer than one is usual"
	}
	return text.Rough(v) + " " + text.Plural(v, "is", "are") + " usual"
}

// LikelihoodRatio says how many times likelier an observation makes a cause; w is log10
// of the likelihood ratio.
func LikelihoodRatio(w float64) string {
	s := text.Rough(math.Pow(10, math.Min(math.Abs(w), 6)))
	if w < 0 {
		return s + " times less likely"
	}
	return s + " times likelier"
}
