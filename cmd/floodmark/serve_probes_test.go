package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"floodmark/internal/api"
)

// probed lists what probes say, by component.
func (s *served) probed() map[string]api.ServiceProbe {
	s.t.Helper()
	var l struct{ Probes []api.ServiceProbe }
	s.get("/api/v1/probes", &l)
	out := make(map[string]api.ServiceProbe)
	for _, p := range l.Probes {
		out[p.Component] = p
	}
	return out
}

// TestProbes: the real program asks real servers. One answers, then fails, then
// answers again; one refuses from the beginning; one is unknown since nothing
// else is reached either. States are in the API, in /metrics and on the page of
// the service, and what was learnt is known after a restart.
func TestProbes(t *testing.T) {
	t.Parallel()
	var broken atomic.Bool
	var agents atomic.Value
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		agents.Store(r.UserAgent())
		if broken.Load() {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		fmt.Fprint(w, "all is well")
	}))
	defer web.Close()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	file := configured(t, fmt.Sprintf(`
user_reports: {base_url: "https://status.example"}
services:
  - slug: shop
    name: Shop
    components: [website, api, login]
    probes:
      - {component: website, url: %q, contains: all is well, every: 10s}
      - {component: api, url: "http://%s/", every: 10s}
      - {component: login, url: "http://nowhere.invalid/", every: 10s, timeout: 1s}
probes: {vantage: a test, control: ["http://elsewhere.invalid/"]}
`, web.URL, closed.Addr()))
	s := serving(t, file, t.TempDir(), "--clock", "start=2026-06-15T12:00:00Z,speed=60")
	s.until("components are in their states", func() bool {
		p := s.probed()
		return p["website"].State == "ok" && p["api"].State == "failing" && p["login"].State == "unknown" && p["login"].Failure == "vantage-unreachable" && p["website"].Baseline > 0
	})
	p := s.probed()
	if w := p["website"]; w.Last == nil || w.Last.Status != 200 || w.Last.Connect <= 0 || w.Last.Response <= 0 || w.Vantage != "a test" || w.Since == nil {
		t.Errorf("website: %+v, last %+v", w, w.Last)
	}
	if a := p["api"]; a.Failure != "refused" || a.Last.Status != 0 || a.Text != "Connections to it are refused." {
		t.Errorf("api: %+v", a)
	}
	if text := s.condition("vantage-unreachable"); !strings.Contains(text, "network of this machine") {
		t.Errorf("condition: %q", text)
	}
	if a := agents.Load().(string); !strings.HasPrefix(a, "Floodmark/") || !strings.HasSuffix(a, " (+https://status.example)") {
		t.Errorf("asked by %q", a)
	}
	if n := s.metric("floodmark_probe_results_total", `component="api",result="refused"`); n < 2 {
		t.Errorf("%v results", n)
	}
	broken.Store(true)
	s.until("the website fails", func() bool { return s.probed()["website"].State == "failing" })
	s.until("its page says so", func() bool {
		page := s.page("/s/shop")
		return strings.Contains(page, "The service returns errors (503).") && strings.Contains(page, "Connections are refused.") && strings.Contains(page, "Probed from a test.")
	})
	broken.Store(false)
	s.until("the website answers again", func() bool { return s.probed()["website"].State == "ok" })
	usual := s.probed()["website"].Baseline
	if code := s.stop(); code != 0 {
		t.Errorf("left with %d", code)
	}
	s = s.again("--clock", "start=2026-06-15T13:00:00Z,speed=60")
	if now := s.probed()["website"].Baseline; now <= 0 || now > 2*usual+0.1 {
		t.Errorf("usual %v s before and %v s after a restart", usual, now)
	}
	if strings.Contains(s.log.String(), "all is well") {
		t.Error("what an answer holds is in the log")
	}
}

// page reads a page of the public listener.
func (s *served) page(path string) string {
	s.t.Helper()
	r, err := client.Get(s.public + path)
	if err != nil {
		s.t.Fatal(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return string(b)
}
