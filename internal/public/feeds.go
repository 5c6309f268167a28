package public

import (
	"net/http"
	"strings"

	"floodmark/internal/public/feed"
)

// document makes a resource that programs of anybody may read.
func document(kind, policy string, m maker) *resource {
	return &resource{kind: []string{kind}, policy: []string{policy}, open: true, make: m}
}

// How long feeds and badges are kept by others: feed readers and image proxies
// ask by the minute.
const (
	feedPolicy   = "public, max-age=60, stale-while-revalidate=60"
	badgePolicy  = "public, max-age=30, stale-while-revalidate=60"
	statusPolicy = "public, max-age=10, stale-while-revalidate=30"
)

// feedPage is what a feed tells: of one service, or of all where slug is "".
func (s *site) feedPage(slug string) (*feed.Page, bool) {
	now, _, _ := s.Backend.Clock()
	f := s.Backend.Features()
	p := &feed.Page{Base: f.Address, Instance: f.Instance, Now: s.since, Changes: s.changes, Synthetic: f.Synthetic}
	if slug == "" {
		p.Services = s.Backend.Services()
	} else {
		sv, ok := s.Backend.Service(slug)
		if !ok {
			return nil, false
		}
		p.Only = sv
	}
	p.Incidents = s.incidents(slug, now.Add(-history), ended)
	return p, true
}

// told makes a maker of what writes a feed.
func (s *site) feed(write func(p *feed.Page, slug string) []byte) maker {
	return func(slug, _ string) ([]byte, bool) {
		p, ok := s.feedPage(slug)
		if !ok {
			return nil, false
		}
		return write(p, slug), true
	}
}

// feedRoutes are what programs read in forms of others.
func (s *site) feedRoutes() {
	atom := document("application/atom+xml; charset=utf-8", feedPolicy, s.feed(func(p *feed.Page, slug string) []byte {
		if slug == "" {
			return p.Atom("/feed.atom")
		}
		return p.Atom("/s/" + slug + "/feed.atom")
	}))
	s.shown("/feed.atom", "", atom)
	s.shown("/s/{service}/feed.atom", "service", atom)
	for name, write := range map[string]func(*feed.Page) []byte{
		"summary": (*feed.Page).Summary, "status": (*feed.Page).Status, "components": (*feed.Page).Components, "incidents": (*feed.Page).IncidentList,
		"incidents/unresolved": (*feed.Page).Unresolved, "scheduled-maintenances": (*feed.Page).Maintenances,
		"scheduled-maintenances/upcoming": (*feed.Page).Maintenances, "scheduled-maintenances/active": (*feed.Page).Maintenances,
	} {
		d := document("application/json", statusPolicy, s.feed(func(p *feed.Page, _ string) []byte { return write(p) }))
		s.shown("/api/v2/"+name+".json", "", d)
		s.shown("/s/{service}/api/v2/"+name+".json", "service", d)
	}
	badge := document("image/svg+xml", badgePolicy, s.feed(func(p *feed.Page, _ string) []byte { return p.Badge() }))
	shield := document("application/json", badgePolicy, s.feed(func(p *feed.Page, _ string) []byte { return p.Shield() }))
	s.handle("/badge/{file}", handlers{get: func(w http.ResponseWriter, r *http.Request) {
		if slug, ok := strings.CutSuffix(r.PathValue("file"), ".svg"); ok && slug != "" {
			s.show(w, r, badge, slug)
		} else if slug, ok := strings.CutSuffix(r.PathValue("file"), ".json"); ok && slug != "" {
			s.show(w, r, shield, slug)
		} else {
			s.missing(w, r)
		}
	}})
}
