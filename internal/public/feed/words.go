package feed

import (
	"fmt"
	"strings"

	"floodmark/internal/model"
	"floodmark/internal/text"
	"floodmark/internal/wording"
)

// title names an incident: what people say, never what is so.
func (p *Page) title(in *model.Incident) string {
	return p.marked("Users report problems with " + p.name(in))
}

// marked says first that what follows did not happen, where it did not.
func (p *Page) marked(s string) string {
	if p.Synthetic == "" {
		return s
	}
	return "Synthetic: " + s
}

// body tells one change of an incident.
func (p *Page) body(c *model.Change) string {
	in := &c.Incident
	if in.FalseAlarm != nil || c.Type == model.MarkedFalse {
		return "Withdrawn: this was a false alarm."
	}
	switch c.Type {
	case model.MergedAway:
		return "Told further as a part of another incident."
	case model.Eased:
		return "Reports are back to what is usual. Watched in case they return."
	case model.Ended:
		return "Reports have stayed at what is usual. " + cause(in) + basis(in)
	}
	say := []string{"sers report problems with " + p.name(in) + amount(in.Crowd) + "."}
	switch c.Type {
	case model.Resumed:
		say[0] = "Again: u" + say[0]
	case model.Escalated:
		say[0] = "More than before: u" + say[0]
	default:
		say[0] = "U" + say[0]
	}
	if w := parts(in.Crowd); w != "" {
		say = append(say, "Mostly named: "+w+".")
	}
	if in.Crowd != nil {
		if k := in.Crowd.Cause.Kind; k == model.CauseElsewhere || k == model.CauseShared {
			say = append(say, wording.Sentence(line(in.Crowd.Cause.Text, maxSentence), maxSentence))
		}
		if in.Crowd.Forgery.Suspected {
			say = append(say, wording.Sentence(line(in.Crowd.Forgery.Text, maxSentence), maxSentence))
		}
	}
	return strings.Join(say, " ") + " " + cause(in) + basis(in)
}

// cause says what brought an incident about and, apart, how good the evidence
// is; "" where nothing has been weighed.
func cause(in *model.Incident) string {
	a := in.Assessment
	if a == nil || a.Text == "" {
		return ""
	}
	return wording.Sentence(line(a.Text, maxSentence), maxSentence) + " Confidence: " + line(string(a.Confidence), 20) + ". "
}

// basis says what an incident rests on.
func basis(in *model.Incident) string {
	if in.Crowd != nil && in.Crowd.Confirmed {
		return "Another kind of signal says so too."
	}
	return "Reports only, unconfirmed."
}

// amount says how many reported in the highest 15 minutes, and what is usual.
func amount(c *model.Crowd) string {
	if c == nil || c.Peak.Problems == 0 {
		return ""
	}
	s := fmt.Sprintf(": %s reports in the 15 minutes with the most", text.Count(float64(c.Peak.Problems)))
	if c.Peak.Known {
		s += ", where at most " + text.Count(float64(c.Peak.High)) + " are usual"
	}
	return s
}

// parts names the components that stand out, three at most.
func parts(c *model.Crowd) string {
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

// describe says how all of the page is, in one line.
func (p *Page) describe() string {
	var names []string
	rests := "another kind of signal says so too"
	for _, s := range p.services() {
		if grave(s.Incident) > 0 {
			names = append(names, clean(s.Service.Name, s.Service.Slug))
			if c := s.Incident.Crowd; c == nil || !c.Confirmed {
				rests = "reports only, unconfirmed"
			}
		}
	}
	switch n := len(names); {
	case n == 0 && p.Only != nil && p.Only.Why != "":
		return line(p.Only.Why, maxSentence)
	case n == 0:
		return "No unusual number of problem reports"
	case n > 3:
		return fmt.Sprintf("Users report problems with %s, %s and %d others; %s", names[0], names[1], n-2, rests)
	case n > 1:
		names[0] = strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
	return "Users report problems with " + names[0] + "; " + rests
}
