package userreports

import (
	"floodmark/internal/model"
	"floodmark/internal/userreports/detector"
)

// View is what pages see of all services. It is not changed once it is made: any
// goroutine may read it.
type View struct {
	at           int64 // Unix ns; every minute before is counted
	services     []*model.ServiceNow
	bySlug       map[string]*model.ServiceNow
	grave        map[string]bool // services whose visitors are asked for less work
	neighborhood *detector.Neighborhood
	changed      chan struct{} // closed when the next view shows something else
}

// Services are all services in their order.
func (v *View) Services() []*model.ServiceNow { return v.services }

// Service returns one, false where there is none of that name.
func (v *View) Service(slug string) (*model.ServiceNow, bool) {
	s, ok := v.bySlug[slug]
	return s, ok
}

// Changed is closed when something else is shown.
func (v *View) Changed() <-chan struct{} { return v.changed }

// Near is what is known of a network's reports on a service: see
// detector.Neighborhood.
func (v *View) Near(slug string, asn uint32) (here int, usual float64, elsewhere int) {
	return v.neighborhood.Near(slug, asn)
}

// show makes what pages see; mu is held.
func (s *Service) show(now int64) {
	list := s.detector.Views(now)
	v := &View{at: now, services: list, bySlug: make(map[string]*model.ServiceNow, len(list)), grave: make(map[string]bool),
		neighborhood: s.detector.Neighborhood()}
	old := s.view.Load()
	changed := old == nil
	for i, x := range list {
		v.bySlug[x.Service.Slug] = x
		changed = changed || old.services[i] != x
		if s.detector.Grave(x.Service.Slug) {
			v.grave[x.Service.Slug] = true
		}
	}
	if !changed {
		v.changed = old.changed
		s.view.Store(v)
		return
	}
	v.changed = make(chan struct{})
	s.view.Store(v)
	if old != nil {
		close(old.changed)
	}
}
