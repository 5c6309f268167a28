package public

import (
	"net/http"

	"floodmark/internal/public/page"
)

// otherRoutes are those of one visitor, of files, and of what is nowhere else.
func (s *site) otherRoutes() {
	s.none = &resource{kind: inHTML, policy: noStore, langs: true, status: http.StatusNotFound, make: func(_, lang string) ([]byte, bool) {
		return s.Page.Problem(lang, page.ProblemView{Common: s.common(""), Status: http.StatusNotFound}), true
	}}
	s.handle("/", handlers{get: s.missing})
	s.handle("/static/{file}", handlers{get: s.static})
	s.handle("/data/{file}", handlers{get: s.dump})
	s.handle("/events", handlers{get: s.events})
	s.handle("/fragments/near", handlers{get: s.near})
	s.handle("/fragments/challenge", handlers{get: s.challenge})
	plain := func(path, policy, text string) {
		s.shown(path, "", &resource{kind: []string{"text/plain; charset=utf-8"}, policy: []string{policy}, make: func(_, _ string) ([]byte, bool) { return []byte(text), true }})
	}
	plain("/healthz", "no-store", "ok\n")
	// What is of one visitor, or made for one, is of no use to a search engine.
	plain("/robots.txt", "public, max-age=86400", "User-agent: *\nDisallow: /api/\nDisallow: /fragments/\nDisallow: /events\nDisallow: /mail/\nDisallow: /data/\nDisallow: /*/report\nDisallow: /*/thanks\n")
}

// static sends a file that is part of the program. With the name of its content
// it never changes.
func (s *site) static(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("file")
	body, kind, ok := s.Page.Static(name)
	if !ok {
		s.missing(w, r)
		return
	}
	policy := "public, max-age=60"
	if r.URL.Query().Has("v") {
		name, policy = name+"?v", "public, max-age=31536000, immutable"
	}
	a, ok := s.files.Load(name)
	if !ok { // as many as there are files: the same twice does no harm
		a, _ = s.files.LoadOrStore(name, newAnswer(&resource{kind: []string{kind}, policy: []string{policy}}, body))
	}
	a.(*answer).send(w, r)
}

// near is the fragment "is it only me?".
func (s *site) near(w http.ResponseWriter, r *http.Request) {
	sv, ok := s.Backend.Service(r.URL.Query().Get("service"))
	if !ok {
		refuseJSON(w, noService)
		return
	}
	v := page.NearView{Service: sv, Vicinity: s.Backend.Network(sv.Service.Slug, s.visitor(r, sv.Service.Slug)), Geo: s.Backend.Features().Geo}
	writePage(w, http.StatusOK, s.Page.Near(language(r), v))
}

// challenge is the proof of work that is asked of this visitor; no service is
// for a suggestion.
func (s *site) challenge(w http.ResponseWriter, r *http.Request) {
	f, p := parseFields(r.URL.RawQuery, "service")
	if p == nil && f["service"] != "" {
		if _, ok := s.Backend.Service(f["service"]); !ok {
			p = noService
		}
	}
	if p != nil {
		refuseJSON(w, p)
		return
	}
	c, err := s.Backend.Challenge(f["service"], s.visitor(r, f["service"]))
	if err != nil {
		refuseJSON(w, s.fault(r.Context(), err))
		return
	}
	writeJSON(w, http.StatusOK, c)
}
