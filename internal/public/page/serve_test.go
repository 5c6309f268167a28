package page

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"math/bits"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"sync"
	"testing"

	"floodmark/internal/model"
	"floodmark/internal/public/publictest/stories"
	"floodmark/internal/testenv"
)

// TestServeForBrowser serves made-up services on loopback for the browser tests
// in web/tests, until its standard input ends. It does nothing otherwise.
func TestServeForBrowser(t *testing.T) {
	if os.Getenv("FLOODMARK_SERVE_PAGES") == "" {
		testenv.Optional(t, "only for the browser tests, which set FLOODMARK_SERVE_PAGES")
	}
	all := newAll()
	for name, services := range map[string][]*model.ServiceNow{"day": append(all, newHostile()), "calm": {newCalm()}, "empty": nil} {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		h := &served{site: New(Config{}), services: services, changed: make(chan struct{})}
		go func() { _ = http.Serve(ln, h.handler()) }()
		fmt.Printf("SERVING %s http://%s\n", name, ln.Addr())
	}
	serveStories(t)
	fmt.Println("SERVING all")
	signal.Ignore(os.Interrupt)
	_, _ = io.Copy(io.Discard, os.Stdin)
}

// serveStories serves incidents of every kind, as "joined".
func serveStories(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h := &served{site: New(Config{}), stories: stories.All(noon), changed: make(chan struct{})}
	for _, s := range h.stories {
		h.services = append(h.services, s.Now)
	}
	go func() { _ = http.Serve(ln, h.handler()) }()
	fmt.Printf("SERVING joined http://%s\n", ln.Addr())
}

// served is a small stand-in for the routes: the same policy, forms that check
// the proof of work, a stream that a test can make tell of a change.
type served struct {
	site     *Site
	services []*model.ServiceNow
	stories  []stories.Story // their incidents go by /i/SLUG
	mu       sync.Mutex
	changed  chan struct{}
	turned   bool // after /test/turn the calm service has an incident
}

const testToken = "test.token-of-a-service-and-a-minute-that-is-about-as-long-as-a-real-one-would-be"

func (s *served) find(slug string) *model.ServiceNow {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, n := range s.services {
		if n.Service.Slug == slug {
			if slug == "calm" && s.turned {
				m := newMild()
				m.Service = n.Service
				return m
			}
			return n
		}
	}
	return nil
}

// live is an incident that turns out to be an attack, after /test/turn.
func (s *served) live() *stories.Story {
	s.mu.Lock()
	defer s.mu.Unlock()
	story := stories.Outside(noon)
	if s.turned {
		story = stories.Attack(noon)
	}
	return &story
}

func (s *served) handler() http.Handler {
	mux := http.NewServeMux()
	page := func(path string, f func(lang string, r *http.Request) []byte) {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			lang := r.FormValue("lang")
			if !Known(lang) {
				lang = Match(r.Header.Get("Accept-Language"))
			}
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
			b := f(lang, r)
			if b == nil {
				w.WriteHeader(http.StatusNotFound)
				b = s.site.Problem(lang, ProblemView{Common: frameOf(r.URL.RequestURI()), Status: 404})
			}
			_, _ = w.Write(b)
		})
	}
	ofService := func(f func(lang string, n *model.ServiceNow, r *http.Request) []byte) func(string, *http.Request) []byte {
		return func(lang string, r *http.Request) []byte {
			if n := s.find(r.PathValue("slug")); n != nil {
				return f(lang, n, r)
			}
			return nil
		}
	}
	page("GET /{$}", func(lang string, r *http.Request) []byte {
		return s.site.Home(lang, HomeView{Common: frameOf("/"), Services: s.services, Query: r.FormValue("q"), Attacks: attacks()[:min(2, len(s.services))]})
	})
	page("GET /s/{slug}", ofService(func(lang string, n *model.ServiceNow, _ *http.Request) []byte {
		return s.site.Service(lang, serviceView(n))
	}))
	page("GET /s/{slug}/report", ofService(func(lang string, n *model.ServiceNow, r *http.Request) []byte {
		return s.site.Report(lang, ReportView{Common: frameOf(r.URL.RequestURI()), Service: n, FormToken: "form-token", Via: r.FormValue("via")})
	}))
	page("POST /s/{slug}/report", ofService(s.report))
	page("GET /i/{id}", func(lang string, r *http.Request) []byte {
		if r.PathValue("id") == "live" && s.stories != nil {
			v := storyView(s.live())
			v.Features.Synthetic = "five-waves"
			return s.site.Incident(lang, v)
		}
		if r.PathValue("id") == "old" && s.stories != nil { // its day is forgotten
			v := storyView(new(stories.After(noon)))
			v.Service = nil
			return s.site.Incident(lang, v)
		}
		for i := range s.stories {
			if s.stories[i].Slug == r.PathValue("id") {
				return s.site.Incident(lang, storyView(&s.stories[i]))
			}
		}
		for _, n := range s.services {
			if n.Incident != nil && (n.Incident.ID == r.PathValue("id") || r.PathValue("id") == "hostile" && n.Service.Slug == "hostile") {
				return s.site.Incident(lang, incidentView(n))
			}
		}
		return nil
	})
	page("GET /data", func(lang string, _ *http.Request) []byte {
		return s.site.Data(lang, DataView{frameOf("/data"), []string{"2026-11-23", "2026-11-22"}, s.services})
	})
	page("GET /about", func(lang string, _ *http.Request) []byte { return s.site.About(lang, AboutView{frameOf("/about")}) })
	page("GET /suggest", func(lang string, _ *http.Request) []byte {
		return s.site.Suggest(lang, SuggestView{Common: frameOf("/suggest"), FormToken: "form-token"})
	})
	page("GET /test/full", func(lang string, _ *http.Request) []byte {
		return s.site.Problem(lang, ProblemView{frameOf("/"), 503, "the server is full", "try again", 30e9, "/s/big"})
	})
	page("GET /test/said", func(lang string, _ *http.Request) []byte {
		return s.site.Result(lang, ResultView{frameOf("/"), Commented, "a1b2-c3d4", "/s/big"})
	})
	page("GET /test/mail", func(lang string, _ *http.Request) []byte {
		return s.site.Mail(lang, MailView{frameOf("/"), false, "x"})
	})
	page("GET /button/{slug}", ofService(func(lang string, n *model.ServiceNow, _ *http.Request) []byte {
		return s.site.Button(lang, ButtonView{frameOf("/"), n})
	}))
	page("/", func(string, *http.Request) []byte { return nil })
	s.machines(mux, page)
	return mux
}

// machines are the routes that scripts ask.
func (s *served) machines(mux *http.ServeMux, page func(string, func(string, *http.Request) []byte)) {
	page("GET /fragments/near", func(lang string, r *http.Request) []byte {
		n := s.find(r.FormValue("service"))
		if n == nil {
			return nil
		}
		return s.site.Near(lang, NearView{Service: n, Vicinity: model.Vicinity{Network: "Example Telecom", Country: "GB", Near: int(n.Last15m.Problems) / 40, Usual: 0.3}})
	})
	mux.HandleFunc("GET /fragments/challenge", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(model.Challenge{Token: testToken, Bits: 12, Until: noon.UnixNano()})
	})
	mux.HandleFunc("GET /static/{file}", func(w http.ResponseWriter, r *http.Request) {
		b, kind, ok := s.site.Static(r.PathValue("file"))
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", kind)
		w.Header().Set("Content-Security-Policy", "default-src 'none'")
		_, _ = w.Write(b)
	})
	mux.HandleFunc("POST /test/turn", func(http.ResponseWriter, *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.turned = true
		close(s.changed)
		s.changed = make(chan struct{})
	})
	mux.HandleFunc("GET /events", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = io.WriteString(w, ": hello\n\n")
		w.(http.Flusher).Flush()
		for {
			s.mu.Lock()
			c := s.changed
			s.mu.Unlock()
			select {
			case <-c:
				_, _ = io.WriteString(w, "event: change\ndata: {}\n\n")
				w.(http.Flusher).Flush()
			case <-r.Context().Done():
				return
			}
		}
	})
}

// report takes a form with a proof of work, or with the token of a form.
func (s *served) report(lang string, n *model.ServiceNow, r *http.Request) []byte {
	c := frameOf("/s/" + n.Service.Slug)
	kind := map[string]model.ReportKind{"works": model.Works}[r.FormValue("kind")]
	if solved(r.FormValue("solution")) || r.FormValue("form") == "form-token" {
		return s.site.Done(lang, DoneView{c, n, model.Counted, kind})
	}
	return s.site.Report(lang, ReportView{Common: c, Service: n, FormToken: "form-token", Component: r.FormValue("component"), Kind: r.FormValue("kind"), Notice: OnceMore})
}

func solved(solution string) bool {
	sum := sha256.Sum256([]byte(solution))
	return strings.HasPrefix(solution, testToken+":") && sum[0] == 0 && bits.LeadingZeros8(sum[1]) >= 4
}
