package feed

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"floodmark/internal/model"
	"floodmark/internal/text"
)

// Page is what is told: all services, or one of them.
type Page struct {
	Base      string              // URL of the public pages without the slash at the end
	Instance  uuid.UUID           // of the installation: namespace of the names of feeds and entries
	Now       time.Time           // stands where no time is known otherwise
	Only      *model.ServiceNow   // the service that it is about; nil for all
	Services  []*model.ServiceNow // in the order to be shown; not read where Only is set
	Incidents []model.Incident    // in any order; what is of other targets, or only suspected, is left out
	// Changes returns the changes of an incident, oldest first. nil for none.
	Changes func(id string) []model.Change
	// Synthetic is the name of the scenario that is replayed, "" for what really
	// happens.
	Synthetic string
}

const (
	maxIncidents = 50  // in one document, as Statuspage has it
	maxUpdates   = 50  // of one incident
	maxName      = 80  // characters of a name
	maxSentence  = 400 // characters of a sentence that somebody else made
)

// services returns those that the page is about.
func (p *Page) services() []*model.ServiceNow {
	if p.Only != nil {
		return []*model.ServiceNow{p.Only}
	}
	return p.Services
}

// published tells whether an incident may be told of: one of a service that is,
// or was, more than a suspicion.
func published(in *model.Incident) bool {
	return in != nil && in.Target.Kind == model.ServiceTarget && in.Opened > 0 && in.State != model.Suspected && in.State != ""
}

// incidents returns what may be told, the newest first. Incidents that go on
// come with their service even where the list does not hold them.
func (p *Page) incidents() []model.Incident {
	var out []model.Incident
	seen := make(map[string]bool)
	add := func(in *model.Incident) {
		if published(in) && !seen[in.ID] && (p.Only == nil || p.Only.Service.Slug == in.Target.Name) {
			seen[in.ID] = true
			out = append(out, *in)
		}
	}
	for _, s := range p.services() {
		add(s.Incident)
	}
	for i := range p.Incidents {
		add(&p.Incidents[i])
	}
	slices.SortFunc(out, func(a, b model.Incident) int {
		return cmp.Or(cmp.Compare(b.Opened, a.Opened), strings.Compare(a.ID, b.ID))
	})
	return out[:min(len(out), maxIncidents)]
}

// reported are the changes that people hear of. The operator's own steps are not
// among them, nor are figures alone.
func reported(t model.ChangeType) bool {
	switch t {
	case model.Opened, model.Escalated, model.Changed, model.Eased, model.Resumed, model.Ended, model.MergedAway, model.MarkedFalse:
		return true
	}
	return false
}

// updates returns the changes that are told of an incident, oldest first; where
// there are too many, its opening and the latest. It is never empty: without any
// change the incident as it is stands for its opening.
func (p *Page) updates(in *model.Incident) []model.Change {
	var out []model.Change
	if p.Changes != nil {
		for _, c := range p.Changes(in.ID) {
			if reported(c.Type) && published(&c.Incident) {
				out = append(out, c)
			}
		}
	}
	if len(out) == 0 {
		out = append(out, model.Change{At: cmp.Or(in.Opened, in.Started), Type: model.Opened, Incident: *in})
		if in.State == model.Closed {
			out = append(out, model.Change{At: cmp.Or(in.ClosedAt, in.Ended, in.Opened), Type: model.Ended, Incident: *in})
		}
	}
	if n := len(out); n > maxUpdates {
		out = append(out[:1:1], out[n-maxUpdates+1:]...)
	}
	return out
}

// name returns the name of the service of an incident.
func (p *Page) name(in *model.Incident) string {
	if in.UserReports != nil && in.UserReports.Name != "" {
		return clean(in.UserReports.Name, in.Target.Name)
	}
	for _, s := range p.services() {
		if s.Service.Slug == in.Target.Name {
			return clean(s.Service.Name, in.Target.Name)
		}
	}
	return clean(in.Target.Name, "a service")
}

// clean is text of one line, or else where nothing of it is left.
func clean(s, or string) string { return cmp.Or(line(s, maxName), line(or, maxName), "?") }

// line is text of one line that XML may hold: U+FFFE and U+FFFF are characters
// that it may not (XML 1.0, 2.2), even escaped.
func line(s string, largest int) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r == 0xfffe || r == 0xffff {
			return -1
		}
		return r
	}, text.Clean(s, largest)))
}

// link is the address of a page, with the mark that its readers followed us
// rather than came by themselves: model.FromAlert.
func (p *Page) link(path string) string { return p.Base + path + "?from=feed" }
