package api_test

import (
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"floodmark/internal/api"
)

// concrete fills the names of a pattern in.
func concrete(path string) string {
	return strings.NewReplacer("{id}", "in-198.51.100.1-20261124T0200Z", "{target}", "198.51.100.1", "{name}", "chat", "{$}", "").Replace(path)
}

// TestEveryRouteNeedsItsScope tries every route with every kind of caller.
func TestEveryRouteNeedsItsScope(t *testing.T) {
	s := operator(t, tokens())
	allowed := map[string][]api.Scope{
		"none": {api.Anyone}, "wrong": {api.Anyone}, "read": {api.Anyone, api.Read}, "operate": {api.Anyone, api.Read, api.Operate},
		"admin": {api.Anyone, api.Read, api.Operate, api.Admin, api.Scrape}, "metrics": {api.Anyone, api.Scrape},
	}
	for _, r := range s.routes {
		if r.Path == "/api/v1/events" {
			continue // has no end; TestEventsNeedAToken
		}
		for who, scopes := range allowed {
			method := r.Method
			if method == "" {
				method = http.MethodGet
			}
			req := request(method, concrete(r.Path), "")
			if who != "none" {
				req.Header.Set("Authorization", "Bearer token-"+who)
			}
			w := s.send(req)
			want := false
			for _, sc := range scopes {
				want = want || sc == r.Scope
			}
			// POST /login without a form is refused, too, but not for want of a scope.
			got := w.Code != http.StatusUnauthorized && w.Code != http.StatusForbidden || r.Path == "/login"
			if got != want {
				t.Errorf("%s %s by %s: status %d", r.Method, r.Path, who, w.Code)
			}
			if who != "none" && who != "wrong" && !want && w.Code != http.StatusForbidden {
				t.Errorf("%s %s by %s: status %d, want 403", r.Method, r.Path, who, w.Code)
			}
		}
	}
}

func TestEventsNeedAToken(t *testing.T) {
	s := operator(t, tokens())
	refused(t, s.get("/api/v1/events"), 401, "a token is needed")
}

// TestOpenRoutes lists what needs no token: a new line here is a decision.
func TestOpenRoutes(t *testing.T) {
	var got []string
	for _, r := range operator(t, nil).routes {
		if r.Scope == api.Anyone {
			got = append(got, strings.TrimSpace(r.Method+" "+r.Path))
		}
	}
	if want := "GET /api/v1/health/live, GET /api/v1/health/ready, POST /login, POST /logout, GET /login, GET /static/"; strings.Join(got, ", ") != want {
		t.Errorf("%s, want %s", strings.Join(got, ", "), want)
	}
}

func TestEveryAnswerHasSecurityHeaders(t *testing.T) {
	s := operator(t, tokens())
	for _, path := range []string{"/", "/api/v1/incidents", "/login", "/nothing", "/static/x.js", "/api/v1/health/live"} {
		h := s.get(path).Header()
		if csp := h.Get("Content-Security-Policy"); !strings.HasPrefix(csp, "default-src 'none'") || !strings.Contains(csp, "frame-ancestors 'none'") || strings.Contains(csp, "unsafe") {
			t.Errorf("%s: policy %q", path, csp)
		}
		for k, v := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin", "Cache-Control": "no-store"} {
			if h.Get(k) != v {
				t.Errorf("%s: %s is %q", path, k, h.Get(k))
			}
		}
	}
}

func TestWithoutTokensOnlyLoopbackNamesAnswer(t *testing.T) {
	s := operator(t, nil)
	try := func(host, remote string, want int) {
		t.Helper()
		r := request(http.MethodGet, "/api/v1/incidents", "")
		r.Host, r.RemoteAddr = host, remote
		if w := s.send(r); w.Code != want {
			t.Errorf("host %s from %s: status %d, want %d", host, remote, w.Code, want)
		}
	}
	try("127.0.0.1:8080", "127.0.0.1:50000", 200)
	try("localhost:8080", "127.0.0.1:50000", 200)
	try("LOCALHOST.", "127.0.0.1:50000", 200)
	try("[::1]:8080", "[::1]:50000", 200)
	try("rebound.example:8080", "127.0.0.1:50000", 403)
	try("localhost.example", "127.0.0.1:50000", 403)
	try("127.0.0.1.example", "127.0.0.1:50000", 403)
	try("", "127.0.0.1:50000", 403)
	try("127.0.0.1:8080", "192.0.2.1:50000", 403)
	r := httptest.NewRequest(http.MethodGet, "http://127.0.0.1/api/v1/incidents", nil) // not known where it came in
	r.RemoteAddr = "127.0.0.1:1"
	refused(t, s.send(r), 403, "this machine only")
}

func TestPagesOfOtherSitesCannotPost(t *testing.T) {
	for name, tokens := range map[string][]api.Token{"without tokens": nil, "with tokens": tokens()} {
		t.Run(name, func(t *testing.T) {
			s := operator(t, tokens)
			try := func(key, value string, want int) {
				t.Helper()
				r := request(http.MethodPost, "/api/v1/incidents/in-198.51.100.1-20261124T0200Z/acknowledge", "")
				if tokens != nil {
					r.Header.Set("Authorization", "Bearer token-operate")
				}
				r.Header.Set(key, value)
				if w := s.send(r); w.Code != want {
					t.Errorf("%s: %s: status %d, want %d", key, value, w.Code, want)
				}
			}
			try("Origin", "http://127.0.0.1:8080", 200)
			try("Origin", "http://evil.example", 403)
			try("Origin", "null", 403)
			try("Sec-Fetch-Site", "same-origin", 200)
			try("Sec-Fetch-Site", "cross-site", 403)
			try("Sec-Fetch-Site", "same-site", 403)
			if n := len(s.fake.Commands); n != 2 {
				t.Errorf("%d commands, want 2", n)
			}
		})
	}
}

func TestCommandsCarryTheNameOfTheToken(t *testing.T) {
	s := operator(t, tokens())
	r := request(http.MethodPost, incident+"/false-alarm", `{"note":"a backup"}`)
	r.Header.Set("Authorization", "Bearer token-operate")
	status(t, s.send(r), 200)
	c := s.fake.Commands[0]
	if c.By != "operate" || c.Note != "a backup" || c.Type != "false-alarm" || c.At != s.fake.Now.UnixNano() || c.Incident != "in-198.51.100.1-20261124T0200Z" {
		t.Errorf("%+v", c)
	}
}

// login posts the form as a browser does.
func login(s *setup, token, next, remote string) *httptest.ResponseRecorder {
	r := request(http.MethodPost, "/login", url.Values{"token": {token}, "next": {next}}.Encode())
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept", "text/html")
	r.RemoteAddr = remote
	return s.send(r)
}

func withCookie(path string, c *http.Cookie) *http.Request {
	r := request(http.MethodGet, path, "")
	r.AddCookie(c)
	return r
}

func TestBrowserLogsInAndOut(t *testing.T) {
	s := operator(t, tokens())
	r := request(http.MethodGet, "/traffic?sort=bits", "")
	r.Header.Set("Accept", "text/html")
	w := s.send(r)
	if status(t, w, 303); w.Header().Get("Location") != "/login?next=%2Ftraffic%3Fsort%3Dbits" {
		t.Error(w.Header())
	}
	w = login(s, "token-read", "/traffic?sort=bits", "127.0.0.1:1")
	if status(t, w, 303); w.Header().Get("Location") != "/traffic?sort=bits" {
		t.Error(w.Header())
	}
	c := w.Result().Cookies()[0]
	if c.Name != api.SessionCookie || !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || len(c.Value) != 64 || c.Path != "/" {
		t.Errorf("%+v", c)
	}
	if w := s.send(withCookie("/traffic", c)); w.Body.String() != "page /traffic" {
		t.Error(w.Body)
	}
	status(t, s.send(withCookie("/api/v1/incidents", c)), 200)
	refused(t, s.send(withCookie("/api/v1/settings", c)), 403, "lacks the scope admin")
	r = request(http.MethodPost, "/logout", "")
	r.AddCookie(c)
	status(t, s.send(r), 303)
	status(t, s.send(withCookie("/api/v1/incidents", c)), 401)
}

func TestSessionEndsWithTimeAndWithItsToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := operator(t, tokens())
		c := login(s, "token-read", "", "127.0.0.1:1").Result().Cookies()[0]
		time.Sleep(api.SessionLife - time.Second)
		status(t, s.send(withCookie("/api/v1/incidents", c)), 200)
		time.Sleep(time.Second)
		status(t, s.send(withCookie("/api/v1/incidents", c)), 401)

		c = login(s, "token-read", "", "127.0.0.1:1").Result().Cookies()[0]
		s.auth.SetTokens(tokens()[1:])
		status(t, s.send(withCookie("/api/v1/incidents", c)), 401)
	})
}

func TestSessionsAreBounded(t *testing.T) {
	s := operator(t, tokens())
	for range api.MaxSessions + 10 {
		login(s, "token-read", "", "127.0.0.1:1")
	}
	if n := s.auth.Stats().Sessions; n != api.MaxSessions {
		t.Errorf("%d sessions", n)
	}
}

func TestFailedLoginsHaveToWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := operator(t, tokens())
		for range api.FailuresAllowed {
			if w := login(s, "token-wrong", "/x", "192.0.2.1:1000"); w.Header().Get("Location") != "/login?failed=1&next=%2Fx" {
				t.Fatal(w.Code, w.Header())
			}
		}
		w := login(s, "token-read", "/x", "192.0.2.1:2000")
		if w.Header().Get("Location") != "/login?next=%2Fx&wait=1" || w.Header().Get("Retry-After") != "61" || len(w.Result().Cookies()) > 0 {
			t.Error(w.Code, w.Header())
		}
		if w := login(s, "token-read", "", "192.0.2.2:1"); len(w.Result().Cookies()) != 1 {
			t.Error("another address has to wait, too")
		}
		time.Sleep(time.Minute)
		if w := login(s, "token-read", "", "192.0.2.1:3000"); len(w.Result().Cookies()) != 1 {
			t.Error("has to wait after the minute")
		}
		if st := s.auth.Stats(); st.LoginFailures != api.FailuresAllowed || st.LoginRefused != 1 || st.Sessions != 2 {
			t.Errorf("%+v", st)
		}
	})
}

func TestFailuresAreRememberedOfBoundedPlaces(t *testing.T) {
	s := operator(t, tokens())
	for i := range api.MaxPlaces + 100 {
		login(s, "x", "", fmt.Sprintf("10.%d.%d.1:1", i>>8, i&255))
	}
	if n := s.auth.Places(); n != api.MaxPlaces {
		t.Errorf("%d places", n)
	}
}

func TestPlaces(t *testing.T) {
	for in, want := range map[string]string{"192.0.2.1:1": "192.0.2.1", "[2001:db8:1:2::3]:1": "2001:db8:1:2::/64", "[::ffff:192.0.2.1]:1": "192.0.2.1", "@": "@"} {
		if got := api.Place(in); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

func TestLoginLeadsNowhereElse(t *testing.T) {
	for in, want := range map[string]string{"/traffic?x=1": "/traffic?x=1", "": "/", "//evil.example": "/", "/\\evil.example": "/", "https://evil.example": "/", "javascript:alert(1)": "/", "/a\nb": "/", "traffic": "/"} {
		if got := api.SafeNext(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestProgramsSeeWhyALoginFailed(t *testing.T) {
	s := operator(t, tokens())
	r := request(http.MethodPost, "/login", "token=x")
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	refused(t, s.send(r), 401, "no token of this server")
}

func TestPlainLoginForm(t *testing.T) {
	s := &setup{t: t, h: api.Operator(api.OperatorConfig{Backend: operator(t, nil).fake, Auth: api.NewAuth(tokens(), nil)})}
	w := s.get(`/login?next="><script>`)
	if b := w.Body.String(); w.Code != 200 || strings.Contains(b, "<script>") || !strings.Contains(b, `name="token"`) {
		t.Error(b)
	}
}

func TestFormsOfPagesNeedOperate(t *testing.T) {
	s := operator(t, tokens())
	for who, want := range map[string]int{"read": 403, "operate": 200, "admin": 200} {
		r := request(http.MethodPost, "/incidents/x/acknowledge", "")
		r.Header.Set("Authorization", "Bearer token-"+who)
		if w := s.send(r); w.Code != want {
			t.Errorf("%s: status %d, want %d", who, w.Code, want)
		}
	}
}

func TestTwoTokensMayHaveSeveralScopes(t *testing.T) {
	s := operator(t, []api.Token{{Name: "both", Hash: sha256.Sum256([]byte("t")), Scopes: []api.Scope{api.Read, api.Scrape}}})
	for path, want := range map[string]int{"/api/v1/clock": 200, "/metrics": 200, "/api/v1/settings": 403} {
		r := request(http.MethodGet, path, "")
		r.Header.Set("Authorization", "bearer t")
		if w := s.send(r); w.Code != want {
			b, _ := io.ReadAll(w.Body)
			t.Errorf("%s: %d %s", path, w.Code, b)
		}
	}
}

func TestScopesAreReadByName(t *testing.T) {
	for _, name := range []string{"read", "operate", "admin", "metrics"} {
		if s, ok := api.ParseScope(name); !ok || s.String() != name {
			t.Error(name, s, ok)
		}
	}
	for _, name := range []string{"anyone", "", "root"} {
		if _, ok := api.ParseScope(name); ok {
			t.Errorf("%q is a scope", name)
		}
	}
}
