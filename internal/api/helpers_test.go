package api_test

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"floodmark/internal/api"
	"floodmark/internal/api/apitest"
	"floodmark/internal/httpkit"
)

// tokens are one of each scope, named by it.
func tokens() []api.Token {
	var out []api.Token
	for _, s := range []api.Scope{api.Read, api.Operate, api.Admin, api.Scrape} {
		out = append(out, api.Token{Name: s.String(), Hash: sha256.Sum256([]byte("token-" + s.String())), Scopes: []api.Scope{s}})
	}
	return out
}

// setup is an operator's handler with a fake behind it.
type setup struct {
	t           *testing.T
	fake        *apitest.Fake
	userReports *apitest.Moderation
	auth        *api.Auth
	h           http.Handler
	routes      []api.Route
}

func operator(t *testing.T, tokens []api.Token) *setup {
	t.Helper()
	s := &setup{t: t, fake: apitest.New(), userReports: apitest.NewModeration(), auth: api.NewAuth(tokens, nil)}
	page := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "page "+r.URL.Path) })
	s.h, s.routes = api.OperatorTable(api.OperatorConfig{Backend: s.fake, Auth: s.auth, Pages: page, Moderation: s.userReports, Version: "test",
		Metrics: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "# EOF\n") })})
	return s
}

// request makes one as over loopback, by the name 127.0.0.1.
func request(method, path, body string) *http.Request {
	r := httptest.NewRequest(method, "http://127.0.0.1:8080"+path, strings.NewReader(body))
	r.RemoteAddr = "127.0.0.1:50000"
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	return r.WithContext(context.WithValue(r.Context(), http.LocalAddrContextKey, &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8080}))
}

func (s *setup) send(r *http.Request) *httptest.ResponseRecorder {
	s.t.Helper()
	w := httptest.NewRecorder()
	s.h.ServeHTTP(w, r)
	return w
}

func (s *setup) get(path string) *httptest.ResponseRecorder {
	s.t.Helper()
	return s.send(request(http.MethodGet, path, ""))
}

// status fails the test where an answer has another status.
func status(t *testing.T, w *httptest.ResponseRecorder, want int) {
	t.Helper()
	if w.Code != want {
		t.Fatalf("status %d, want %d: %s", w.Code, want, w.Body)
	}
}

func decode[T any](t *testing.T, w *httptest.ResponseRecorder) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil {
		t.Fatalf("%v: %s", err, w.Body)
	}
	return v
}

// refused fails the test unless the answer is a problem with this status and
// such a detail.
func refused(t *testing.T, w *httptest.ResponseRecorder, want int, detail string) httpkit.Problem {
	t.Helper()
	status(t, w, want)
	if ct := w.Header().Get("Content-Type"); ct != "application/problem+json" {
		t.Errorf("content type %q", ct)
	}
	p := decode[httpkit.Problem](t, w)
	if p.Status != want || p.Type != "about:blank" || p.Title == "" || !strings.Contains(p.Detail, detail) {
		t.Errorf("%+v", p)
	}
	return p
}
