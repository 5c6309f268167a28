package public

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"floodmark/internal/model"
	"floodmark/internal/view"
)

// list is what GET routes of the API answer with: lookups that are the same for
// everybody.
func list(m func(name string) (any, bool)) *resource {
	return document("application/json", pagePolicy, func(name, _ string) ([]byte, bool) {
		v, ok := m(name)
		if !ok {
			return nil, false
		}
		b, err := json.Marshal(v)
		if err != nil {
			panic("public: " + err.Error()) // views hold text, times and finite numbers
		}
		return append(b, '\n'), true
	})
}

// of makes a list of one service.
func (s *site) of(detail func(*model.ServiceNow) any) *resource {
	return list(func(slug string) (any, bool) {
		sv, ok := s.Backend.Service(slug)
		if !ok {
			return nil, false
		}
		return detail(sv), true
	})
}

// strict makes a resource a route that takes no parameters.
func (s *site) strict(path, part string, of *resource) {
	s.handle(path, handlers{get: func(w http.ResponseWriter, r *http.Request) {
		if _, p := parseFields(r.URL.RawQuery); p != nil {
			refuseJSON(w, p)
			return
		}
		name := ""
		if part != "" {
			name = r.PathValue(part)
		}
		s.show(w, r, of, name)
	}})
}

// apiRoutes are the JSON API.
func (s *site) apiRoutes() {
	s.strict("/api/v1/services", "", list(func(string) (any, bool) {
		v := Services{Services: []view.Service{}, Synthetic: s.Backend.Features().Synthetic}
		for _, sv := range s.Backend.Services() {
			v.Services = append(v.Services, view.NewService(sv))
		}
		return v, true
	}))
	s.strict("/api/v1/services/{service}", "service", s.of(func(sv *model.ServiceNow) any { return view.NewServiceDetail(sv, s.notes(sv.Service.Slug)) }))
	s.strict("/api/v1/services/{service}/series", "service", s.of(func(sv *model.ServiceNow) any { return view.NewSeries(sv) }))
	s.incidentRoutes()
	s.strict("/api/v1/public/incidents", "", list(func(string) (any, bool) {
		now, _, _ := s.Backend.Clock()
		return newAttacks(s.Backend.Attacks(now), now), true
	}))
	s.handle("/api/v1/challenge", handlers{get: s.challenge})
	s.handle("/api/v1/reports", handlers{post: s.postReport})
	s.handle("/api/v1/suggestions", handlers{post: s.postSuggestion})
	s.handle("/api/", handlers{get: s.missing})
	d := document("application/openapi+json", feedPolicy, func(_, _ string) ([]byte, bool) { return s.description, true })
	s.strict("/openapi.json", "", d)
}

func (s *site) incidentRoutes() {
	lists := list(func(slug string) (any, bool) {
		if _, ok := s.Backend.Service(slug); !ok && slug != "" {
			return nil, false
		}
		now, _, _ := s.Backend.Clock()
		v := Incidents{Incidents: []view.PublicIncident{}, Synthetic: s.Backend.Features().Synthetic}
		for _, in := range s.incidents(slug, now.Add(-history), 100) {
			v.Incidents = append(v.Incidents, view.NewPublicIncident(&in))
		}
		return v, true
	})
	s.handle("/api/v1/service-incidents", handlers{get: func(w http.ResponseWriter, r *http.Request) {
		f, p := parseFields(r.URL.RawQuery, "service")
		if p != nil {
			refuseJSON(w, p)
			return
		}
		s.show(w, r, lists, f["service"])
	}})
	s.strict("/api/v1/service-incidents/{incident}", "incident", list(func(id string) (any, bool) {
		in, changes, ok := s.incident(id)
		return newIncidentDetail(&in, changes, s.Backend.Features().Synthetic), ok
	}))
}

// postReport takes a report as JSON. Its answer comes after the report is safe.
func (s *site) postReport(w http.ResponseWriter, r *http.Request) {
	f, p := s.object(w, r, "service", "component", "kind", "text", "country", "region", "solution")
	if p == nil && f["kind"] == "" {
		p = invalid("the field kind is missing; it must be problem or works")
	}
	if p != nil {
		refuseJSON(w, p)
		return
	}
	sub := s.visitor(r, f["service"])
	if sub.Via = model.ViaAPI; r.Header.Get("Sec-Fetch-Site") == "same-origin" {
		sub.Via = model.ViaPage // a script of ours, in a browser
	}
	if p := fill(&sub, f); p != nil {
		refuseJSON(w, p)
		return
	}
	ctx, cancel := inTime(r)
	defer cancel()
	receipt, err := s.Backend.Submit(ctx, sub)
	if err != nil {
		refuseJSON(w, s.fault(r.Context(), err))
		return
	}
	writeJSON(w, http.StatusAccepted, Receipt{nameOf(receiptNames, receipt.State), time.Unix(0, receipt.At).UTC()})
}

func (s *site) postSuggestion(w http.ResponseWriter, r *http.Request) {
	f, p := s.object(w, r, "name", "url", "text", "solution")
	if p != nil {
		refuseJSON(w, p)
		return
	}
	g := s.suggestion(r, f)
	ctx, cancel := context.WithTimeout(r.Context(), postTime)
	defer cancel()
	if err := s.Backend.Suggest(ctx, g); err != nil {
		refuseJSON(w, s.fault(r.Context(), err))
		return
	}
	w.Header()["Cache-Control"] = noStore
	w.WriteHeader(http.StatusAccepted)
}

// writeJSON sends what is of one visitor.
func writeJSON(w http.ResponseWriter, status int, v any) {
	h := w.Header()
	h["Cache-Control"] = noStore
	h["Content-Type"] = inJSON
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the client is gone
}
