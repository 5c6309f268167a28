package public_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"floodmark/internal/model"
	"floodmark/internal/view"
)

const incident = "/i/in-service-open-20261124T1035Z"

// same are paths whose answer is the same for everybody.
var same = []string{"/", "/s/normal", "/s/new", "/s/suspected", "/s/open", "/s/easing", "/s/forged", "/s/elsewhere", incident, "/data", "/about", "/button/open",
	"/badge/open.svg", "/badge/open.json", "/feed.atom", "/s/open/feed.atom", "/api/v2/summary.json", "/api/v2/status.json", "/api/v2/components.json",
	"/api/v2/incidents.json", "/api/v2/incidents/unresolved.json", "/api/v2/scheduled-maintenances.json", "/s/open/api/v2/summary.json",
	"/s/open/api/v2/incidents/unresolved.json", "/api/v1/services", "/api/v1/services/open", "/api/v1/services/open/series", "/api/v1/service-incidents",
	"/api/v1/service-incidents?service=open", "/api/v1/service-incidents/in-service-open-20261124T1035Z", "/api/v1/public/incidents", "/openapi.json"}

func TestAnswersAreTheSameForEverybody(t *testing.T) {
	s := newSetup(t)
	for _, path := range same {
		a := s.get(path, "User-Agent", "a", "Cookie", "x=1", "Referer", "https://elsewhere.example/")
		b := s.send(request(http.MethodGet, path, "", "User-Agent", "b", "X-Forwarded-For", "198.51.100.1"))
		status(t, a, 200)
		h := a.Header()
		if a.Body.String() != b.Body.String() || a.Body.Len() == 0 || h.Get("ETag") == "" || !strings.HasPrefix(h.Get("Cache-Control"), "public, max-age=") || !strings.Contains(h.Get("Vary"), "Accept-Encoding") {
			t.Errorf("%s: %v", path, h)
		}
		if c := s.get(path, "If-None-Match", h.Get("ETag")); c.Code != http.StatusNotModified || c.Body.Len() != 0 {
			t.Errorf("%s with its tag: %d", path, c.Code)
		}
		if c := s.get(path, "If-None-Match", `"other"`); c.Code != 200 {
			t.Errorf("%s with another tag: %d", path, c.Code)
		}
		if c := s.send(request(http.MethodHead, path, "")); c.Code != 200 || c.Body.Len() != 0 || c.Header().Get("Content-Length") != h.Get("Content-Length") {
			t.Errorf("HEAD %s: %d, %d octets, length %s", path, c.Code, c.Body.Len(), c.Header().Get("Content-Length"))
		}
		z := s.get(path, "Accept-Encoding", "br;q=0.5, gzip")
		if z.Header().Get("Content-Encoding") != "gzip" {
			if a.Body.Len() >= 1000 {
				t.Errorf("%s is not compressed", path)
			}
			continue
		}
		r, err := gzip.NewReader(z.Body)
		if err != nil {
			t.Fatal(err)
		}
		if plain, err := io.ReadAll(r); err != nil || string(plain) != a.Body.String() {
			t.Errorf("%s compressed is another one: %v", path, err)
		}
	}
	if s.log.Len() > 0 {
		t.Error(s.log.String())
	}
}

func TestEveryAnswerIsSecure(t *testing.T) {
	s := newSetup(t)
	for _, path := range append(slices.Clone(same), "/none", "/s/none", "/s/open/report", "/s/open/thanks?state=counted", "/suggest", "/api/v1/none", "/fragments/near?service=open",
		"/fragments/challenge?service=open", "/data/live.csv", "/robots.txt", "/healthz", "/static/none", "/mail/confirm?token=x", "/?q=open") {
		h := s.get(path).Header()
		csp := h.Get("Content-Security-Policy")
		if !strings.HasPrefix(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") || strings.Contains(csp, "http") || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") != "same-origin" {
			t.Errorf("%s: %v", path, h)
		}
		framed := strings.HasPrefix(path, "/button/")
		if framed != strings.HasSuffix(csp, "frame-ancestors *") || framed != (h.Get("X-Frame-Options") == "") {
			t.Errorf("%s in frames: %v", path, h)
		}
		open := strings.HasPrefix(path, "/api/") || strings.Contains(path, "/api/v2/") || strings.HasPrefix(path, "/badge/") || strings.HasSuffix(path, ".atom") || path == "/openapi.json" || strings.HasPrefix(path, "/data/")
		if open != (h.Get("Access-Control-Allow-Origin") == "*") && !strings.HasPrefix(path, "/fragments/") {
			t.Errorf("%s readable: %v", path, h)
		}
		if h.Get("Access-Control-Allow-Credentials") != "" {
			t.Errorf("%s allows credentials", path)
		}
	}
}

func TestLanguages(t *testing.T) {
	s := newSetup(t)
	for _, c := range []struct{ path, accept, want string }{
		{"/s/open", "", "en"}, {"/s/open", "de-AT,de;q=0.9,en;q=0.5", "de"}, {"/s/open", "fr, es;q=0.3", "es"}, {"/s/open", "xx", "en"},
		{"/s/open?lang=es", "de", "es"}, {"/s/open?lang=xx", "de", "de"}, {"/s/open?from=feed&lang=de", "", "de"}, {"/s/none", "de", "de"}, {"/s/open/report?lang=de", "", "de"},
	} {
		w := s.get(c.path, "Accept-Language", c.accept)
		shown(t, w, w.Code, c.want)
	}
	if v := s.get("/s/open").Header().Get("Vary"); v != "Accept-Encoding, Accept-Language" {
		t.Errorf("Vary: %s", v)
	}
}

func TestWhatIsNotThere(t *testing.T) {
	s := newSetup(t)
	first := s.get("/s/none")
	shown(t, first, 404, "en")
	long := strings.Repeat("a", 4000)
	for _, path := range []string{"/s/OPEN", "/s/", "/s/open/", "/s/" + long, "/s/%00", "/s/open%2F..%2Fx", "/s/%ff%fe", "/i/none", "/i/", "/button/none", "/static/../public.go", "/static/%2e%2e%2fdoc.go",
		"/data/2026-13-99.csv", "/data/2026-11-23", "/data/2026-11-23.exe", "/data/..%2fx.csv", "/mail/confirm", "/s/open/thanks?state=none", "/s/open/thanks", "/.git/config", "/metrics", "/traffic", "/login", "/attacks/x", "/wp-login.php"} {
		w := s.get(path)
		if w.Code == http.StatusMovedPermanently || w.Code == http.StatusTemporaryRedirect {
			if l := w.Header().Get("Location"); strings.HasPrefix(l, "//") || strings.Contains(l, "..") {
				t.Errorf("%s leads to %s", path, l)
			}
			continue
		}
		if w.Code != 404 || w.Body.String() != first.Body.String() {
			t.Errorf("%s: %d, not the one answer: %.200s", path, w.Code, w.Body)
		}
	}
	for _, path := range []string{"/api/v1/none", "/api/v1/incidents", "/api/v1/targets", "/api/v1/flows", "/api/v1/settings", "/api/v1/events", "/api/v1/services/none", "/api/v1/services/none/series", "/api/v1/service-incidents/none", "/api/v1/service-incidents?service=none", "/badge/none.svg", "/badge/open.gif",
		"/badge/.svg", "/s/none/feed.atom", "/s/none/api/v2/summary.json", "/api/v2/none.json", "/fragments/near?service=none", "/fragments/challenge?service=none", "/events?service=none", "/data/2026-11-23.csv?service=none"} {
		refused(t, s.get(path), 404, "there is no")
	}
}

func TestPathsAreCleanedWithinTheSite(t *testing.T) {
	s := newSetup(t)
	for _, path := range []string{"//evil.example", "//evil.example/..", "/s//open", "/./s/open", "/s/x/../open", "/\\evil.example"} {
		r := request(http.MethodGet, "/", "")
		r.URL.Path, r.RequestURI = path, path
		w := s.send(r)
		if l := w.Header().Get("Location"); strings.HasPrefix(l, "//") || strings.Contains(l, "evil.example") && !strings.HasPrefix(l, "/evil.example") || strings.Contains(l, "\\") {
			t.Errorf("%s: %d to %q", path, w.Code, l)
		}
	}
}

func TestMethods(t *testing.T) {
	s := newSetup(t)
	for _, c := range []struct{ method, path, allow string }{
		{"POST", "/", "GET, HEAD"}, {"PUT", "/s/open", "GET, HEAD"}, {"DELETE", "/api/v1/services", "GET, HEAD"}, {"OPTIONS", "/api/v1/reports", "POST"}, {"GET", "/api/v1/reports", "POST"},
		{"TRACE", "/s/open/report", "GET, HEAD, POST"}, {"PATCH", "/feed.atom", "GET, HEAD"}, {"BREW", "/events", "GET, HEAD"}, {"GET", "/comments/delete", "POST"}, {"POST", "/nothing", "GET, HEAD"},
	} {
		w := s.send(request(c.method, c.path, ""))
		if w.Code != 405 || w.Header().Get("Allow") != c.allow {
			t.Errorf("%s %s: %d, %v", c.method, c.path, w.Code, w.Header())
		}
	}
}

func TestPagesAreMadeOnceASecondAtMax(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t)
		state := func() string {
			return decode[view.ServiceDetail](t, s.get("/api/v1/services/normal")).State
		}
		if got := state(); got != "normal" {
			t.Fatal(got)
		}
		turn := func(to model.State) {
			s.fake.Change(func() {
				now := *s.fake.All[0]
				now.State = to
				s.fake.All[0] = &now
			})
		}
		turn(model.Open)
		if got := state(); got != "normal" {
			t.Errorf("made anew within the second: %s", got)
		}
		time.Sleep(time.Second)
		if got := state(); got != "open" {
			t.Errorf("after a change and a second: %s", got)
		}
		s.fake.Do(func() { // a change that nobody is told of
			now := *s.fake.All[0]
			now.State = model.Easing
			s.fake.All[0] = &now
		})
		time.Sleep(5 * time.Second)
		if got := state(); got != "open" {
			t.Errorf("made anew without a change: %s", got)
		}
		time.Sleep(5 * time.Second)
		if got := state(); got != "easing" {
			t.Errorf("after ten seconds: %s", got)
		}
		s.fake.Change(func() { s.fake.All = s.fake.All[1:] })
		time.Sleep(time.Second)
		refused(t, s.get("/api/v1/services/normal"), 404, "")
	})
}

func TestSecretsOfOperatorsAreNotReported(t *testing.T) {
	s := newSetup(t)
	const word = "secretword"
	s.fake.Do(func() {
		in := &s.fake.Past[0]
		for i := range s.fake.Past {
			if s.fake.Past[i].Target.Name == "open" && s.fake.Past[i].State == model.Open {
				in = &s.fake.Past[i]
			}
		}
		in.Acknowledged, in.FalseAlarm = &model.Remark{By: word, Note: word}, &model.Remark{By: word, Note: word}
		in.Customer, in.Group, in.Maintenance, in.Hosts = word, word, word, []model.TargetID{model.CustomerID(word)}
		in.Vectors, in.Networks = []model.Weight{{Value: word}}, []model.Weight{{Value: word}}
		s.fake.Story[in.ID] = append(s.fake.Story[in.ID], model.Change{At: in.LastSeen, Type: model.AcknowledgedNow, Incident: *in, Text: word},
			model.Change{At: in.LastSeen, Type: model.MarkedFalse, Incident: *in, Text: word})
		attack := *in
		attack.ID, attack.Target = "in-"+word, model.CustomerID(word)
		s.fake.Past = append(s.fake.Past, attack)
	})
	for _, path := range append(slices.Clone(same), "/i/in-"+word, "/api/v1/service-incidents/in-"+word) {
		if b := s.get(path).Body.String(); strings.Contains(b, word) {
			t.Errorf("%s tells it: %s", path, b)
		}
	}
	if b := s.get("/api/v1/service-incidents/in-service-open-20261124T1035Z").Body.String(); !strings.Contains(b, "Withdrawn") {
		t.Error(b)
	}
}
