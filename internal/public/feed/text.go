package feed

import (
	"fmt"
	"strings"

	"floodmark/internal/model"
	"floodmark/internal/text"
	"floodmark/internal/wording"
)

// title names an incident by what users report, never by what is true of the
// service.
func (p *Page) title(in *model.Incident) string {
	return p.marked("Users report problems with " + p.name(in))
}

// marked prefixes text about simulated data.
func (p *Page) marked(s string) string {
	if p.Synthetic == "" {
		return s
	}
	return "Synthetic: " + s
}

// body describes one change of an incident.
func (p *Page) body(c *model.Change) string {
	in := &c.Incident
	if in.FalseAlarm != nil || c.Type == model.MarkedFalse {
		return "Withdrawn: this was a false alarm."
	}
	switch c.Type {
	case model.MergedAway:
		return "Merged into another incident."
	case model.Eased:
		return "Reports are back to normal. Monitoring continues."
	case model.Ended:
		return "Resolved: reports have stayed at a normal level. " + cause(in) + basis(in)
	}
	lines := []string{"sers report problems with " + p.name(in) + amount(in.UserReports) + "."}
	switch c.Type {
	case model.Resumed:
		lines[0] = "Again: u" + lines[0]
	case model.Escalated:
		lines[0] = "More than before: u" + lines[0]
	default:
		lines[0] = "U" + lines[0]
	}
	if w := parts(in.UserReports); w != "" {
		lines = append(lines, "Most affected: "+w+".")
	}
	if in.UserReports != nil {
		if k := in.UserReports.Cause.Kind; k == model.CauseElsewhere || k == model.CauseShared {
			lines = append(lines, wording.Sentence(line(in.UserReports.Cause.Text, maxSentence), maxSentence))
		}
		if in.UserReports.Fraud.Suspected {
			lines = append(lines, wording.Sentence(line(in.UserReports.Fraud.Text, maxSentence), maxSentence))
		}
	}
	return strings.Join(lines, " ") + " " + cause(in) + basis(in)
}

// cause is the likely cause of an incident and, separately, the quality of the
// evidence; "" before the first assessment.
func cause(in *model.Incident) string {
	a := in.Assessment
	if a == nil || a.Text == "" {
		return ""
	}
	return wording.Sentence(line(a.Text, maxSentence), maxSentence) + " Confidence: " + line(string(a.Confidence), 20) + ". "
}

// basis names the signals that an incident is based on.
func basis(in *model.Incident) string {
	if in.UserReports != nil && in.UserReports.Confirmed {
		return "Confirmed by a signal other than user reports."
	}
	return "User reports only; not confirmed by another signal."
}

// amount is the peak of an incident and the upper edge of its baseline.
func amount(c *model.UserReports) string {
	if c == nil || c.Peak.Problems == 0 {
		return ""
	}
	s := fmt.Sprintf(": %s reports in the peak 15 minutes", text.Count(float64(c.Peak.Problems)))
	if c.Peak.Known {
		s += " (baseline: at most " + text.Count(float64(c.Peak.High)) + ")"
	}
	return s
}

// parts names the components with significantly more reports, three at most.
func parts(c *model.UserReports) string {
	if c == nil {
		return ""
	}
	var names []string
	for _, s := range c.Parts {
		if s.StandsOut && s.Slug != "" && len(names) < 3 {
			names = append(names, clean(s.Name, s.Slug)+" ("+text.Percent(s.Share)+")")
		}
	}
	return strings.Join(names, ", ")
}

// describe summarizes the page in one line.
func (p *Page) describe() string {
	var names []string
	basis := "confirmed by another signal"
	for _, s := range p.services() {
		if grave(s.Incident) > 0 {
			names = append(names, clean(s.Service.Name, s.Service.Slug))
			if c := s.Incident.UserReports; c == nil || !c.Confirmed {
				basis = "user reports only, not confirmed"
			}
		}
	}
	switch n := len(names); {
	case n == 0 && p.Only != nil && p.Only.Why != "":
		return line(p.Only.Why, maxSentence)
	case n == 0:
		return "No unusual number of problem reports"
	case n > 3:
		return fmt.Sprintf("Users report problems with %s, %s and %d others; %s", names[0], names[1], n-2, basis)
	case n > 1:
		names[0] = strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
	return "Users report problems with " + names[0] + "; " + basis
}
