package web

import (
	"fmt"

	"floodmark/internal/api"
	"floodmark/internal/model"
	"floodmark/internal/text"
	"floodmark/internal/wording"
)

// wholes finds for incidents of traffic the incident of a service that each is
// part of.
type wholes map[string]*card

// wholes asks for the incidents of services that are going on, or that have been
// since a time (Unix ns, 0 for all that are kept).
func (p *pages) wholes(since int64) (list []model.Incident, of wholes) {
	list = p.back.Incidents(api.IncidentFilter{Kinds: []model.TargetKind{model.ServiceTarget}, OpenedOnly: true, Since: since, Limit: api.MaxPage})
	of = make(wholes)
	for i := range list {
		if len(list[i].Traffic) == 0 {
			continue
		}
		c := newCard(&list[i])
		for _, part := range list[i].Traffic {
			if of[part.ID] == nil { // the newest stands first
				of[part.ID] = &c
			}
		}
	}
	return list, of
}

// live are those of a list that are open or easing.
func live(list []model.Incident) []model.Incident {
	var out []model.Incident
	for i := range list {
		if list[i].State == model.Open || list[i].State == model.Easing {
			out = append(out, list[i])
		}
	}
	return out
}

// gather puts incidents of services and of traffic into one list, the worst
// first, and what is part of another right after it.
func gather(services, traffic []model.Incident, of wholes) []model.Incident {
	parts := make(map[string][]model.Incident)
	listed := make(map[string]bool)
	for i := range services {
		listed[services[i].ID] = true
	}
	list := append([]model.Incident{}, services...)
	for i := range traffic {
		if w := of[traffic[i].ID]; w != nil && listed[w.ID] {
			parts[w.ID] = append(parts[w.ID], traffic[i])
			continue
		}
		list = append(list, traffic[i])
	}
	order(list)
	var out []model.Incident
	for i := range list {
		out = append(out, list[i])
		order(parts[list[i].ID])
		out = append(out, parts[list[i].ID]...)
	}
	return out
}

// apart leaves out what is part of an incident of the same list.
func apart(list []model.Incident, of wholes) []model.Incident {
	listed := make(map[string]bool)
	for i := range list {
		listed[list[i].ID] = true
	}
	var out []model.Incident
	for i := range list {
		if w := of[list[i].ID]; w == nil || !listed[w.ID] {
			out = append(out, list[i])
		}
	}
	return out
}

// Reported says what people report of a service, in a line.
func (c card) Reported() string {
	if c.UserReports == nil {
		return ""
	}
	q := &c.UserReports.Peak
	s := text.Number(float64(q.Problems), "report") + " in 15 minutes at the peak"
	if q.Known && sane(float64(q.Expected)) {
		s += ", baseline " + text.Rough(float64(q.Expected))
	}
	return s
}

// Brought says what brought an incident of a service about, "" where that was
// not asked.
func (c card) Brought() string {
	a := c.Assessment
	switch {
	case a == nil:
		return ""
	case a.Cause == model.NoCause:
		return "The cause is undecided"
	}
	return fmt.Sprintf("%s %s (confidence in the evidence: %s)", upperFirst(text.Clean(a.Words, 30)), wording.Cause(a.Cause), text.Clean(string(a.Confidence), 20))
}
