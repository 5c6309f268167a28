package alert

import (
	"fmt"
	"math"
	"strings"

	"floodmark/internal/model"
	"floodmark/internal/text"
)

// crowdSubject is one line for a phone. Reports alone never say that a service
// is down: they say what users report.
func crowdSubject(c *model.Change) string {
	in := &c.Incident
	x := crowdOf(in.Crowd)
	name := text.Clean(x.Name, 60)
	since := "since " + clock(in.Started)
	switch c.Type {
	case model.Noticed:
		return fmt.Sprintf("More reports of problems with %s than usual: %s, suspected %s", name, x.size(), since)
	case model.Opened:
		return fmt.Sprintf("Users report problems with %s: %s%s, %s", name, x.size(), x.mostly(), since)
	case model.Escalated:
		return fmt.Sprintf("Users report problems with %s, now %s: %s%s, %s", name, in.Severity, x.size(), x.mostly(), since)
	case model.Resumed:
		return fmt.Sprintf("Users report problems with %s again, wave %d: at most %s%s, %s", name, in.WaveCount, x.size(), x.mostly(), since)
	case model.Eased:
		return fmt.Sprintf("Reports of problems with %s are back to what is usual: at most %s", name, x.size())
	case model.Ended:
		return fmt.Sprintf("Reports of problems with %s are over: at most %s%s, %s to %s", name, x.size(), x.mostly(), clock(in.Started), clock(in.Ended))
	case model.Dismissed:
		return fmt.Sprintf("Reports of problems with %s: dismissed, no more than chance can bring, at most %s", name, x.size())
	case model.MergedAway:
		return fmt.Sprintf("Reports of problems with %s: now part of %s", name, in.MergedInto)
	case model.MarkedFalse:
		return fmt.Sprintf("Reports of problems with %s: correction, it was a false alarm (%s)", name, since)
	case model.AcknowledgedNow:
		return fmt.Sprintf("Reports of problems with %s: acknowledged by %s", name, by(in.Acknowledged))
	}
	return fmt.Sprintf("Users report problems with %s: at most %s%s, %s", name, x.size(), x.mostly(), since)
}

// size is the highest 15 minutes beside what is usual; never a running total.
func (c *Crowd) size() string {
	n := math.Round(c.Peak.Effective)
	s := text.Count(n) + " effective reports in 15 minutes, "
	if n == 1 {
		s = "1 effective report in 15 minutes, "
	}
	if c.Peak.Normal == nil {
		return s + "what is usual is not known yet"
	}
	// Outwards, so that no report within is said to be outside.
	return s + "expected " + text.Count(math.Floor(c.Peak.Normal.Low)) + " to " + text.Count(math.Ceil(c.Peak.Normal.High))
}

// mostly says which part stands out, whose outage it may be, and doubts.
func (c *Crowd) mostly() string {
	s := ""
	if part := c.part(); part != "" {
		s += "; mostly " + part
	}
	if text := c.elsewhere(); text != "" {
		s += "; " + text
	}
	if c.Forgery.Suspected {
		s += "; many look made up"
	}
	return s
}

// part names the component that stands out, "" for none.
func (c *Crowd) part() string {
	for _, p := range c.Parts {
		if p.StandsOut && p.Slug != "" {
			return text.Clean(p.Name, 40)
		}
	}
	return ""
}

// elsewhere is the sentence on somebody else's outage, "" where nothing points
// to one.
func (c *Crowd) elsewhere() string {
	if c.Cause.Kind != model.CauseElsewhere && c.Cause.Kind != model.CauseShared {
		return ""
	}
	return strings.TrimSuffix(text.Clean(c.Cause.Text, 120), ".")
}

// basis says what the incident rests on.
func (c *Crowd) basis() string {
	s := "reports only, unconfirmed"
	if c.Confirmed {
		s = "reports, confirmed by another kind of signal"
	}
	return s + fmt.Sprintf("; from %s networks; promise: %s", text.Count(float64(c.Networks)), text.Clean(c.Promise, 120))
}

// crowdLines is what is known of the reports, line by line.
func crowdLines(in *Incident, line func(name, format string, args ...any)) {
	c := in.Crowd
	line("Service", "%s (%s)", text.Clean(c.Name, 60), c.Service)
	line("State", "%s, %s, since %s%s", in.State, in.Severity, in.Started, also("closed", in.Closed))
	line("Peak", "%s; %s reports raw", c.size(), text.Count(float64(c.Peak.Problems)))
	line("In all", "%s reports of problems, %s say that it works", text.Count(float64(c.Total)), text.Count(float64(c.Works)))
	if in.Waves > 1 {
		line("Waves", "%d", in.Waves)
	}
	line("Parts", "%s", c.shares())
	line("Places", "%s", c.where())
	if text := c.elsewhere(); text != "" {
		line("Cause", "%s", text)
	}
	if c.Forgery.Suspected {
		line("Caution", "many reports look made up: %s", c.Forgery.Text)
	}
	if c.Refused > 0 {
		line("Caution", "%s reports were not taken, since the server was full", text.Count(float64(c.Refused)))
	}
	line("Rests on", "%s", c.basis())
	for _, s := range c.Similar {
		line("Earlier", "%s, at most %s reports in 15 minutes, for %s", s.Started, text.Count(math.Round(s.Peak)), text.Duration(math.Round(s.Lasted)))
	}
}

func (c *Crowd) shares() string {
	var out []string
	for _, p := range c.Parts {
		if p.Slug != "" && len(out) < 3 {
			out = append(out, fmt.Sprintf("%s %s (usually %s)", text.Clean(p.Name, 40), text.Percent(p.Share), text.Percent(p.Usual)))
		}
	}
	if len(out) == 0 {
		return "not known yet"
	}
	return strings.Join(out, ", ")
}

func (c *Crowd) where() string {
	var out []string
	for _, p := range c.Places {
		if p.Country == "" || !p.StandsOut || len(out) == 3 {
			continue
		}
		name := p.Country
		if p.Region != "" {
			name += "-" + p.Region
		}
		out = append(out, fmt.Sprintf("%s %.1f times its usual share", text.Clean(name, 12), p.Excess))
	}
	if len(out) == 0 {
		return "none stands out"
	}
	return strings.Join(out, ", ")
}
