package feed

import (
	"encoding/json"

	"floodmark/internal/model"
)

// Summary is api/v2/summary.json: components, what is unresolved, and the whole
// in a word.
func (p *Page) Summary() []byte {
	all := p.incidents()
	parts := p.components(all)
	return encode(summary{p.page(), parts, p.list(all, parts, true), []incident{}, p.status(), line(p.Synthetic, maxName)})
}

// Status is api/v2/status.json.
func (p *Page) Status() []byte { return encode(statusOnly{p.page(), p.status()}) }

// Components is api/v2/components.json: services, or the parts of one.
func (p *Page) Components() []byte {
	return encode(componentsOnly{p.page(), p.components(p.incidents())})
}

// IncidentList is api/v2/incidents.json: the latest 50.
func (p *Page) IncidentList() []byte {
	all := p.incidents()
	return encode(incidentsOnly{p.page(), p.list(all, p.components(all), false)})
}

// Unresolved is api/v2/incidents/unresolved.json.
func (p *Page) Unresolved() []byte {
	all := p.incidents()
	return encode(incidentsOnly{p.page(), p.list(all, p.components(all), true)})
}

// Maintenances is api/v2/scheduled-maintenances.json, and the upcoming and
// active ones too: always empty, for nobody tells us of them.
func (p *Page) Maintenances() []byte { return encode(scheduledOnly{p.page(), []incident{}}) }

// encode cannot fail: the documents hold text, numbers and flags only.
func encode(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic("feed: " + err.Error())
	}
	return append(b, '\n')
}

// list returns incidents in the shape of the documents; parts are all components
// of the page.
func (p *Page) list(all []model.Incident, parts []component, unresolved bool) []incident {
	out := []incident{}
	for i := range all {
		if !unresolved || word(&all[i]) != "resolved" {
			out = append(out, p.incident(&all[i], parts))
		}
	}
	return out
}

// word is the status of an incident. "identified" is said only where another
// service's outage explains it: reports alone identify nothing else.
func word(in *model.Incident) string {
	switch {
	case in.State == model.Closed || in.FalseAlarm != nil || in.MergedInto != "":
		return "resolved"
	case in.State == model.Easing:
		return "monitoring"
	case elsewhere(in):
		return "identified"
	}
	return "investigating"
}

func elsewhere(in *model.Incident) bool {
	return in.UserReports != nil && in.UserReports.Cause.Kind == model.CauseElsewhere
}

// grave says how much an incident claims now: 0 for nothing, 1 for minor, 2 for
// major. Never more, and no more than minor where it is somebody else's outage.
func grave(in *model.Incident) int {
	switch {
	case !published(in) || word(in) == "resolved":
		return 0
	case in.Severity == model.Critical && in.State == model.Open && !elsewhere(in):
		return 2
	}
	return 1
}

// impact is what an incident was at its worst as far as it is known.
func impact(in *model.Incident) string {
	if in.Severity == model.Critical && !elsewhere(in) {
		return "major"
	}
	return "minor"
}

var (
	indicators = [3]string{"none", "minor", "major"}
	conditions = [3]string{"operational", "degraded_performance", "partial_outage"}
)

func (p *Page) status() status {
	worst := 0
	for _, s := range p.services() {
		worst = max(worst, grave(s.Incident))
	}
	return status{indicators[worst], p.describe()}
}
