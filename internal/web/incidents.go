package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"floodmark/internal/api"
	"floodmark/internal/model"
	"floodmark/internal/text"
)

// incidentsView is the list of incidents.
type incidentsView struct {
	base
	Filters []choiceLink
	List    []card
	Next    string // address of the next page
	State   string
	Target  string
	Wrong   string
}

const incidentsPage = 50

func (p *pages) incidents(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	v := incidentsView{base: p.base(r, "Traffic incidents", "incidents"), State: q.Get("state"), Target: text.Clean(strings.TrimSpace(q.Get("target")), 100)}
	f := api.IncidentFilter{Limit: incidentsPage + 1, OpenedOnly: true, Traffic: true}
	switch s := model.State(v.State); s {
	case model.Open, model.Easing, model.Closed:
		f.States = []model.State{s}
	case model.Suspected:
		f.States, f.OpenedOnly = []model.State{s}, false
	default:
		v.State = ""
	}
	if v.Target != "" {
		t, err := model.ParseTarget(v.Target)
		if err != nil {
			v.Wrong = "Not a target: enter an address, a prefix such as 198.51.100.0/24, or customer:NAME."
		} else {
			f.Target = &t
		}
	}
	f.After = readPosition(q.Get("before"))
	if (f.After == api.IncidentPosition{}) {
		v.Refresh = 15
	}
	var found []model.Incident
	if v.Wrong == "" {
		found = p.back.Incidents(f)
	}
	_, of := p.wholes(0)
	for i := range found[:min(len(found), incidentsPage)] {
		c := newCard(&found[i])
		c.Part = of[c.ID]
		v.List = append(v.List, c)
	}
	if len(found) > incidentsPage {
		at := api.Position(&found[incidentsPage-1])
		v.Next = v.link(v.State, fmt.Sprintf("%d_%s", at.Noticed, at.ID))
	}
	for _, s := range []string{"", "open", "easing", "closed", "suspected"} {
		name := upperFirst(s)
		if s == "" {
			name = "All opened"
		}
		v.Filters = append(v.Filters, choiceLink{name, v.link(s, ""), v.State == s})
	}
	status := http.StatusOK
	if v.Wrong != "" {
		status = http.StatusUnprocessableEntity
	}
	p.show(w, status, "incidents", v)
}

// link is the address of the list with another state and page.
func (v *incidentsView) link(state, before string) string {
	x := url.Values{}
	for k, s := range map[string]string{"state": state, "target": v.Target, "before": before} {
		if s != "" {
			x.Set(k, s)
		}
	}
	if len(x) == 0 {
		return "/incidents"
	}
	return "/incidents?" + x.Encode()
}

// readPosition reads where a page begins; anything else is the beginning.
func readPosition(s string) api.IncidentPosition {
	at, id, ok := strings.Cut(s, "_")
	ns, err := strconv.ParseInt(at, 10, 64)
	if !ok || err != nil || id == "" {
		return api.IncidentPosition{}
	}
	return api.IncidentPosition{Noticed: ns, ID: id}
}

func sortStable(list []model.Incident, compare func(a, b *model.Incident) int) {
	slices.SortStableFunc(list, func(a, b model.Incident) int { return compare(&a, &b) })
}
