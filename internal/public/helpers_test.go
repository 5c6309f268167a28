package public_test

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"floodmark/internal/httpkit"
	"floodmark/internal/public"
	"floodmark/internal/public/page"
	"floodmark/internal/public/publictest"
)

// pages are made once: they read templates and shapes.
var pages = page.New(page.Config{})

// setup is a public handler with a fake behind it.
type setup struct {
	t    *testing.T
	fake *publictest.Fake
	h    http.Handler
	log  bytes.Buffer
}

func newSetup(t *testing.T) *setup {
	s := &setup{t: t, fake: publictest.New()}
	s.h = public.New(public.Config{Backend: s.fake, Page: pages, Version: "dev", Log: slog.New(slog.NewTextHandler(&s.log, nil))})
	return s
}

func (s *setup) send(r *http.Request) *httptest.ResponseRecorder {
	s.t.Helper()
	w := httptest.NewRecorder()
	s.h.ServeHTTP(w, r)
	if w.Header().Get("Set-Cookie") != "" {
		s.t.Errorf("%s %s sets a cookie", r.Method, r.URL)
	}
	return w
}

// request makes one; pairs are names and values of headers.
func request(method, path, body string, pairs ...string) *http.Request {
	r := httptest.NewRequest(method, "http://status.example"+path, strings.NewReader(body))
	r.RemoteAddr = "203.0.113.9:50000"
	for i := 0; i+1 < len(pairs); i += 2 {
		r.Header.Set(pairs[i], pairs[i+1])
	}
	return r
}

func (s *setup) get(path string, pairs ...string) *httptest.ResponseRecorder {
	s.t.Helper()
	return s.send(request(http.MethodGet, path, "", pairs...))
}

// form posts a form as a browser does from our own page.
func (s *setup) form(path, body string, pairs ...string) *httptest.ResponseRecorder {
	s.t.Helper()
	pairs = append([]string{"Content-Type", "application/x-www-form-urlencoded", "Sec-Fetch-Site", "same-origin", "Origin", "http://status.example"}, pairs...)
	return s.send(request(http.MethodPost, path, body, pairs...))
}

// post posts JSON as a program does.
func (s *setup) post(path, body string, pairs ...string) *httptest.ResponseRecorder {
	s.t.Helper()
	return s.send(request(http.MethodPost, path, body, append([]string{"Content-Type", "application/json"}, pairs...)...))
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
	b, err := io.ReadAll(w.Result().Body)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatalf("%v: %s", err, b)
	}
	return v
}

// refused fails the test unless the answer is a problem with this status and
// such a detail.
func refused(t *testing.T, w *httptest.ResponseRecorder, want int, detail string) {
	t.Helper()
	status(t, w, want)
	p := decode[httpkit.Problem](t, w)
	if ct := w.Header().Get("Content-Type"); ct != "application/problem+json" || p.Status != want || p.Type != "about:blank" || p.Title == "" || !strings.Contains(p.Detail, detail) {
		t.Errorf("%s: %+v", ct, p)
	}
}

// shown fails the test unless the answer is a page with this status in this
// language.
func shown(t *testing.T, w *httptest.ResponseRecorder, want int, lang string) {
	t.Helper()
	status(t, w, want)
	if ct := w.Header().Get("Content-Type"); ct != "text/html; charset=utf-8" || !strings.Contains(w.Body.String(), `lang="`+lang+`"`) {
		t.Errorf("%s: %.200s", ct, w.Body)
	}
}
