package api

import (
	"slices"
	"strings"

	"floodmark/internal/model"
)

// MaxPage is the most items of one answer.
const MaxPage = 1000

// IncidentFilter asks for incidents. Zero fields ask for any.
type IncidentFilter struct {
	States     []model.State
	Severities []model.Severity
	Kinds      []model.TargetKind
	Traffic    bool            // those of services are left out
	Target     *model.TargetID // this one and those within it
	Customer   string
	Direction  *model.Direction // services have none
	Since      int64            // Unix ns: still going on then or later
	Until      int64            // Unix ns: noticed before
	OpenedOnly bool             // suspicions that never opened are left out
	After      IncidentPosition
	Limit      int // 0 is MaxPage
}

// IncidentPosition is a place in the order of incidents: when it was noticed
// (Unix ns), then its id, both descending. Neither changes in an incident's life.
type IncidentPosition struct {
	Noticed int64
	ID      string
}

// Position returns an incident's place.
func Position(in *model.Incident) IncidentPosition { return IncidentPosition{in.Noticed, in.ID} }

// compare orders positions, the newest first.
func (p IncidentPosition) compare(q IncidentPosition) int {
	if p.Noticed != q.Noticed {
		if p.Noticed > q.Noticed {
			return -1
		}
		return 1
	}
	return strings.Compare(q.ID, p.ID)
}

// Match reports whether an incident is asked for, whatever the page.
func (f *IncidentFilter) Match(in *model.Incident) bool {
	service := in.Target.Kind == model.ServiceTarget
	switch {
	case len(f.States) > 0 && !slices.Contains(f.States, in.State),
		len(f.Severities) > 0 && !slices.Contains(f.Severities, in.Severity),
		len(f.Kinds) > 0 && !slices.Contains(f.Kinds, in.Target.Kind),
		f.Traffic && service,
		f.Target != nil && !within(in, *f.Target),
		f.Customer != "" && in.Customer != f.Customer,
		f.Direction != nil && (service || in.Direction != *f.Direction),
		f.Since != 0 && in.State == model.Closed && max(in.Ended, in.ClosedAt) < f.Since,
		f.Until != 0 && in.Noticed >= f.Until,
		f.OpenedOnly && in.Opened == 0:
		return false
	}
	return true
}

func within(in *model.Incident, t model.TargetID) bool {
	return in.Target == t || t.Kind == model.NetworkTarget && in.Target.Kind != model.ServiceTarget || t.Contains(in.Target) ||
		t.Kind == model.CustomerTarget && in.Customer == t.Name
}

// Select returns the page that is asked for of all incidents, the newest
// first. all is not changed.
func (f *IncidentFilter) Select(all []model.Incident) []model.Incident {
	var out []model.Incident
	for i := range all {
		in := &all[i]
		if f.Match(in) && (f.After == IncidentPosition{} || f.After.compare(Position(in)) < 0) {
			out = append(out, *in)
		}
	}
	slices.SortFunc(out, func(a, b model.Incident) int { return Position(&a).compare(Position(&b)) })
	limit := f.Limit
	if limit <= 0 || limit > MaxPage+1 {
		limit = MaxPage
	}
	return out[:min(limit, len(out))]
}
