package alert

import (
	"fmt"
	"math"
	"strings"

	"floodmark/internal/model"
	"floodmark/internal/text"
	"floodmark/internal/view"
)

// serviceSubject is one line for a phone. Reports alone never say that a service
// is down: they say what users report.
func serviceSubject(c *model.Change) string {
	in := &c.Incident
	x := incidentOf(in).UserReports
	name := text.Clean(x.Name, 60)
	since := "since " + clock(in.Started)
	switch c.Type {
	case model.Noticed:
		return fmt.Sprintf("Reports of problems with %s above the baseline: %s, suspected %s", name, peakSize(x), since)
	case model.Opened:
		return fmt.Sprintf("Users report problems with %s: %s%s, %s", name, peakSize(x), qualifiers(x), since)
	case model.Escalated:
		return fmt.Sprintf("Users report problems with %s, now %s: %s%s, %s", name, in.Severity, peakSize(x), qualifiers(x), since)
	case model.Resumed:
		return fmt.Sprintf("Users report problems with %s again, burst %d: at most %s%s, %s", name, in.WaveCount, peakSize(x), qualifiers(x), since)
	case model.Eased:
		return fmt.Sprintf("Reports of problems with %s are back to the baseline: at most %s", name, peakSize(x))
	case model.Ended:
		return fmt.Sprintf("Reports of problems with %s are over: at most %s%s, %s to %s", name, peakSize(x), qualifiers(x), clock(in.Started), clock(in.Ended))
	case model.Dismissed:
		return fmt.Sprintf("Reports of problems with %s: dismissed, within chance, at most %s", name, peakSize(x))
	case model.MergedAway:
		return fmt.Sprintf("Reports of problems with %s: now part of %s", name, in.MergedInto)
	case model.MarkedFalse:
		return fmt.Sprintf("Reports of problems with %s: correction, it was a false alarm (%s)", name, since)
	case model.AcknowledgedNow:
		return fmt.Sprintf("Reports of problems with %s: acknowledged by %s", name, by(in.Acknowledged))
	}
	return fmt.Sprintf("Users report problems with %s: at most %s%s, %s", name, peakSize(x), qualifiers(x), since)
}

// peakSize is the highest 15 minutes beside what is usual; never a running total.
func peakSize(c *view.UserReports) string {
	n := math.Round(float64(c.Peak.Effective))
	s := text.Count(n) + " effective reports in 15 minutes, "
	if n == 1 {
		s = "1 effective report in 15 minutes, "
	}
	if c.Peak.Baseline == nil {
		return s + "no baseline yet"
	}
	// Rounded outward, so that no expected count is outside the range.
	return s + "expected " + text.Count(math.Floor(float64(c.Peak.Baseline.Low))) + " to " + text.Count(math.Ceil(float64(c.Peak.Baseline.High)))
}

// qualifiers says which part stands out, whose outage it may be, and doubts.
func qualifiers(c *view.UserReports) string {
	s := ""
	if part := leadingComponent(c); part != "" {
		s += "; mostly " + part
	}
	if text := otherCause(c); text != "" {
		s += "; " + text
	}
	if c.Fraud.Suspected {
		s += "; many look inauthentic"
	}
	return s
}

// leadingComponent names the component that stands out, "" for none.
func leadingComponent(c *view.UserReports) string {
	for _, p := range c.Components {
		if p.Significant && p.Slug != "" {
			return text.Clean(p.Name, 40)
		}
	}
	return ""
}

// otherCause is the sentence on somebody else's outage, "" where nothing points
// to one.
func otherCause(c *view.UserReports) string {
	if c.Cause.Kind != "upstream" && c.Cause.Kind != "shared_dependency" {
		return ""
	}
	return strings.TrimSuffix(text.Clean(c.Cause.Text, 120), ".")
}

// basis says what the incident rests on.
func basis(c *view.UserReports) string {
	s := "reports only, unconfirmed"
	if c.Confirmed {
		s = "reports, confirmed by another kind of signal"
	}
	return s + fmt.Sprintf("; from %s networks; false-alarm budget: %s", text.Count(float64(c.Networks)), text.Clean(c.FalseAlarmBudget, 120))
}

// serviceLines is what is known of the reports, line by line.
func serviceLines(in *view.Incident, line func(name, format string, args ...any)) {
	c := in.UserReports
	line("Service", "%s (%s)", text.Clean(c.Name, 60), c.Service)
	line("State", "%s, %s, since %s%s", in.State, in.Severity, stampTime(in.StartedAt), also("closed", stampTime(in.ClosedAt)))
	line("Peak", "%s; %s reports raw", peakSize(c), text.Count(float64(c.Peak.Problems)))
	line("Total", "%s problem reports, %s reports that it works", text.Count(float64(c.Total)), text.Count(float64(c.OKReports)))
	if in.BurstCount > 1 {
		line("Bursts", "%d", in.BurstCount)
	}
	line("Component", "%s", componentShares(c))
	line("Places", "%s", significantPlaces(c))
	if text := otherCause(c); text != "" {
		line("Cause", "%s", text)
	}
	if c.Fraud.Suspected {
		line("Caution", "many reports look inauthentic: %s", c.Fraud.Text)
	}
	if c.Rejected > 0 {
		line("Caution", "%s reports were rejected because the server was full", text.Count(float64(c.Rejected)))
	}
	line("Basis", "%s", basis(c))
	for _, s := range c.Similar {
		line("Earlier", "%s, at most %s reports in 15 minutes, for %s", stampTime(s.StartedAt), text.Count(math.Round(s.Peak)), text.Duration(math.Round(s.Duration)))
	}
}

func componentShares(c *view.UserReports) string {
	var out []string
	for _, p := range c.Components {
		if p.Slug != "" && len(out) < 3 {
			out = append(out, fmt.Sprintf("%s %s (usually %s)", text.Clean(p.Name, 40), text.Percent(p.Share), text.Percent(p.BaselineShare)))
		}
	}
	if len(out) == 0 {
		return "not known yet"
	}
	return strings.Join(out, ", ")
}

func significantPlaces(c *view.UserReports) string {
	var out []string
	for _, p := range c.Places {
		if p.Country == "" || !p.Significant || len(out) == 3 {
			continue
		}
		name := p.Country
		if p.Region != "" {
			name += "-" + p.Region
		}
		out = append(out, fmt.Sprintf("%s %.1f times its usual share", text.Clean(name, 12), p.Ratio))
	}
	if len(out) == 0 {
		return "none significant"
	}
	return strings.Join(out, ", ")
}
