package public

import (
	"net/http"
	"time"

	"floodmark/internal/model"
	"floodmark/internal/public/page"
)

const (
	earlier = 20 // incidents on a page of a service
	ended   = 50 // and on the first page
	history = 365 * 24 * time.Hour
	// A browser that is told of a change must not show its own copy, so it keeps
	// pages for a second; caches between (RFC 9213) may help out for longer.
	pagePolicy = "public, max-age=1"
	farPolicy  = "max-age=2, stale-while-revalidate=30"
)

// maker makes the octets of a page by the name in its path and a language,
// false where there is none of that name.
type maker func(name, lang string) ([]byte, bool)

// html makes a resource of a page that has languages.
func html(m maker) *resource {
	return &resource{kind: inHTML, policy: []string{pagePolicy}, langs: true, make: m}
}

// pageRoutes are the pages that are the same for everybody.
func (s *site) pageRoutes() {
	home := html(func(_, lang string) ([]byte, bool) { return s.Page.Home(lang, s.home("")), true })
	s.handle("/{$}", handlers{get: func(w http.ResponseWriter, r *http.Request) {
		if r.URL.RawQuery != "" {
			if q := clip(r.URL.Query().Get("q"), maxName); q != "" {
				s.alone(w, r, func(lang string) []byte { return s.Page.Home(lang, s.home(q)) })
				return
			}
		}
		s.show(w, r, home, "")
	}})
	s.shown("/s/{service}", "service", html(s.servicePage))
	s.shown("/i/{incident}", "incident", html(s.incidentPage))
	s.shown("/data", "", html(func(_, lang string) ([]byte, bool) {
		return s.Page.Data(lang, page.DataView{Common: s.common("/data"), Days: s.Backend.Dumps(), Services: s.Backend.Services()}), true
	}))
	s.shown("/about", "", html(func(_, lang string) ([]byte, bool) {
		return s.Page.About(lang, page.AboutView{Common: s.common("/about")}), true
	}))
	button := html(func(slug, lang string) ([]byte, bool) {
		sv, ok := s.Backend.Service(slug)
		if !ok {
			return nil, false
		}
		return s.Page.Button(lang, page.ButtonView{Common: s.common("/button/" + slug), Service: sv}), true
	})
	button.frame = true
	s.shown("/button/{service}", "service", button)
}

// shown makes a resource a route; part names the piece of the path that names
// it, "" for none.
func (s *site) shown(path, part string, of *resource) {
	s.handle(path, handlers{get: func(w http.ResponseWriter, r *http.Request) {
		name := ""
		if part != "" {
			name = r.PathValue(part)
		}
		s.show(w, r, of, name)
	}})
}

// show sends what everybody gets.
func (s *site) show(w http.ResponseWriter, r *http.Request, of *resource, name string) {
	if len(name) > maxName {
		s.refuse(w, r, noPage)
		return
	}
	k := cacheKey{of: of, name: name}
	if of.langs {
		k.lang = language(r)
	}
	a := s.cache.get(k)
	if a == nil {
		s.missing(w, r)
		return
	}
	a.send(w, r)
}

// missing says that there is none, in the same words whatever was asked for.
func (s *site) missing(w http.ResponseWriter, r *http.Request) {
	if programs(r.URL.Path) {
		refuseJSON(w, noPage)
		return
	}
	s.cache.get(cacheKey{of: s.none, lang: language(r)}).send(w, r)
}

// alone makes a page for one visitor. Only so many are made at once.
func (s *site) alone(w http.ResponseWriter, r *http.Request, m func(lang string) []byte) {
	select {
	case s.making <- struct{}{}:
		defer func() { <-s.making }()
	case <-r.Context().Done():
		return
	}
	writePage(w, http.StatusOK, m(language(r)))
}

// writePage sends a page that nobody keeps.
func writePage(w http.ResponseWriter, status int, body []byte) {
	h := w.Header()
	h["Cache-Control"] = noStore
	h["Content-Type"] = inHTML
	w.WriteHeader(status)
	_, _ = w.Write(body) // the client is gone
}

// language is the one that the address asks for, or else the browser.
func language(r *http.Request) string {
	if r.URL.RawQuery != "" {
		if l := r.URL.Query().Get("lang"); page.Known(l) {
			return l
		}
	}
	if a := r.Header["Accept-Language"]; len(a) > 0 {
		return page.Match(a[0])
	}
	return page.Languages()[0]
}

func (s *site) common(path string) page.Common {
	now, speed, _ := s.Backend.Clock()
	return page.Common{Now: now, Speed: speed, Features: s.Backend.Features(), Path: path}
}

func (s *site) home(query string) page.HomeView {
	v := page.HomeView{Common: s.common("/"), Services: s.Backend.Services(), Query: query}
	v.Attacks = s.Backend.Attacks(v.Now)
	for _, in := range s.incidents("", v.Now.Add(-24*time.Hour), ended) {
		if in.State == model.Closed {
			v.Ended = append(v.Ended, in)
		}
	}
	return v
}

func (s *site) servicePage(slug, lang string) ([]byte, bool) {
	sv, ok := s.Backend.Service(slug)
	if !ok {
		return nil, false
	}
	v := page.ServiceView{Common: s.common("/s/" + slug), Service: sv, Notes: s.Backend.Notes(slug), Names: s.names(sv.Incident)}
	if v.Features.Comments {
		v.Comments = s.Backend.Comments(slug)
	}
	for _, in := range s.incidents(slug, v.Now.Add(-history), earlier) {
		if in.State == model.Closed {
			v.Earlier = append(v.Earlier, in)
		}
	}
	return s.Page.Service(lang, v), true
}

func (s *site) incidentPage(id, lang string) ([]byte, bool) {
	in, changes, ok := s.incident(id)
	if !ok {
		return nil, false
	}
	v := page.IncidentView{Common: s.common("/i/" + id), Incident: in, Changes: changes, Names: s.names(&in)}
	v.Service, _ = s.Backend.Service(in.Target.Name)
	return s.Page.Incident(lang, v), true
}

// names returns those of services that an incident speaks of.
func (s *site) names(in *model.Incident) map[string]string {
	if in == nil || in.UserReports == nil {
		return nil
	}
	out := make(map[string]string)
	if sv, ok := s.Backend.Service(in.UserReports.Cause.By); ok {
		out[sv.Service.Slug] = sv.Service.Name
	}
	return out
}
