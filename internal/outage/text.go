package outage

import (
	"fmt"
	"math"
	"strings"
	"time"

	"floodmark/internal/model"
	"floodmark/internal/text"
)

// progress is the sentence of a change. Reports alone never say that a service is
// down.
func progress(in *model.Incident, kind model.ChangeType) string {
	c := in.UserReports
	name := text.Clean(c.Name, 60)
	switch kind {
	case model.Noticed:
		return fmt.Sprintf("More reports of problems with %s than usual: %s; not told from chance yet", name, size(c))
	case model.Opened:
		return fmt.Sprintf("Users report problems with %s: %s%s", name, size(c), tail(in))
	case model.Escalated:
		return fmt.Sprintf("Users report problems with %s: now %s%s", name, size(c), tail(in))
	case model.Changed:
		return fmt.Sprintf("Reports of problems with %s: %s", name, because(in))
	case model.Eased:
		return fmt.Sprintf("Reports of problems with %s are back to what is usual after %s", name, lasted(in))
	case model.Resumed:
		return fmt.Sprintf("Users report problems with %s again, wave %d: %s", name, in.WaveCount, size(c))
	case model.Ended:
		return fmt.Sprintf("Reports of problems with %s are over: %s, %s at the peak%s", name, lasted(in), size(c), tail(in))
	case model.Dismissed:
		return fmt.Sprintf("Reports of problems with %s were no more than chance can bring", name)
	case model.MarkedFalse:
		return fmt.Sprintf("A false alarm: the reports of problems with %s were ordinary", name)
	case model.AcknowledgedNow:
		return fmt.Sprintf("Reports of problems with %s are being looked at", name)
	}
	return fmt.Sprintf("Users report problems with %s: %s, %s in all", name, size(c), text.Count(float64(c.Total)))
}

// size is the peak bucket and how it compares; never a running total.
func size(c *model.UserReports) string {
	s := text.Count(float64(c.Peak.Problems)) + " reports in 15 minutes"
	if c.Peak.Problems == 1 {
		s = "1 report in 15 minutes"
	}
	if c.Peak.Known && c.Peak.Expected > 0 {
		if x := float64(c.Peak.Effective / c.Peak.Expected); x >= 1.5 {
			s += ", " + times(x) + " times the usual"
		}
	}
	return s
}

func times(x float64) string {
	if x < 10 {
		return fmt.Sprintf("%.1f", x)
	}
	return text.Count(math.Round(x))
}

// tail says which part, whose outage, and what the reports rest on.
func tail(in *model.Incident) string {
	c := in.UserReports
	var out []string
	for _, p := range c.Parts {
		if p.StandsOut && p.Slug != "" {
			out = append(out, "mostly "+text.Clean(p.Name, 40))
			break
		}
	}
	out = append(out, because(in))
	return "; " + strings.Join(out, "; ")
}

// because says what brought it about, whose outage it may be, and how far
// reports alone can say so.
func because(in *model.Incident) string {
	c := in.UserReports
	s := "reports only, unconfirmed"
	if c.Confirmed {
		s = "confirmed by another kind of signal"
	}
	if a := in.Assessment; a != nil && a.Cause != model.NoCause {
		s = strings.TrimSuffix(text.Clean(a.Text, 200), ".") + "; " + s
	}
	if c.Cause.Kind == model.CauseElsewhere || c.Cause.Kind == model.CauseShared {
		s = strings.TrimSuffix(text.Clean(c.Cause.Text, 200), ".") + "; " + s
	}
	if c.Fraud.Suspected {
		s = "many reports look made up; " + s
	}
	return s
}

func lasted(in *model.Incident) string {
	end := in.Ended
	if end == 0 {
		end = in.LastSeen
	}
	return text.Duration(math.Round(time.Duration(max(end-in.Started, 0)).Minutes()) * 60)
}
