package public_test

import (
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"floodmark/internal/public"
)

// FuzzForm parses fields: each known, each once, all of them text.
func FuzzForm(f *testing.F) {
	for _, s := range []string{"", "component=app&kind=problem&text=a+b", "text=%ff", "a=1", "text=1&text=2", "text=%zz", "text=a;kind=b", "%74ext=1", "text", "&&&", "text=" + strings.Repeat("%61", 5000)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, p := public.ParseFields(s, "component", "kind", "text")
		if p != nil && (p.Status != 422 || !utf8.ValidString(p.Detail) || len(p.Detail) > 200) {
			t.Errorf("%+v", p)
		}
		for name, v := range got {
			if name != "component" && name != "kind" && name != "text" || !utf8.ValidString(v) {
				t.Errorf("%q is %q", name, v)
			}
		}
	})
}

// FuzzObject parses a JSON object of texts.
func FuzzObject(f *testing.F) {
	for _, s := range []string{"", "{}", `{"kind":"works"}`, `{"kind":"works","kind":"x"}`, `{"KIND":"works"}`, `{"kind":1}`, `{"kind":"\ud800"}`, `{"kind":"x"} {}`, strings.Repeat(`{"kind":`, 5000), `{"kind":null}`, "{\"kind\":\"\xff\"}", `{"a":{"b":[]}}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		got, p := public.ParseObject(b, "kind", "text")
		if p != nil && (p.Status != 422 || !utf8.ValidString(p.Detail)) {
			t.Errorf("%+v", p)
		}
		for name := range got {
			if name != "kind" && name != "text" {
				t.Errorf("%q", name)
			}
		}
	})
}

// FuzzRequests sends what strangers may: a path, a query, a body, and headers
// that are looked into. Every answer is one that is described, and none runs
// what was sent.
func FuzzRequests(f *testing.F) {
	f.Add("s/open", "lang=de", "kind=problem", "gzip;q=0", "de, *;q=0.1")
	f.Add("i/../../x", "service=open&service=x", `{"service":"open","kind":"works"}`, "*", "")
	f.Add("data/live.csv", "v", "", ";;q=", "\xff")
	f.Add("badge/<script>.svg", "token=<script>", "--x", "gzip", "en;q=nan")
	var s *setup
	f.Fuzz(func(t *testing.T, path, query, body, encoding, lang string) {
		if s == nil {
			s = newSetup(t)
		}
		s.t = t
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			r := request(method, "/", body)
			r.URL.Path, r.URL.RawQuery, r.RequestURI = "/"+path, query, "/"+path+"?"+query
			if strings.HasPrefix(r.URL.Path, "/events") {
				return // has no end
			}
			r.Header["Accept-Encoding"], r.Header["Accept-Language"] = []string{encoding}, []string{lang}
			r.Header["Content-Type"] = []string{"application/x-www-form-urlencoded"}
			if strings.HasPrefix(body, "{") {
				r.Header["Content-Type"] = []string{"application/json"}
			}
			w := s.send(r)
			switch w.Code {
			case 200, 202, 301, 303, 304, 307, 404, 405, 413, 415, 422:
			default:
				t.Errorf("%s %q?%q %q: %d", method, path, query, body, w.Code)
			}
			if encoding == "" && strings.Contains(w.Body.String(), "<script>") {
				t.Errorf("%s %q?%q: %.300s", method, path, query, w.Body)
			}
		}
	})
}

// FuzzAcceptEncoding holds the reading of a header to what it says in the plain
// cases.
func FuzzAcceptEncoding(f *testing.F) {
	for s, want := range map[string]bool{"gzip": true, "": false, "br": false, "br, gzip": true, "GZIP;q=0.5": true, "gzip;q=0": false, "gzip; q=0.000": false, "x-gzip": false, "gzip;q=0.001": true, "*": false} {
		if got := public.TakesGzip([]string{s}); got != want {
			f.Errorf("%q: %v", s, got)
		}
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if public.TakesGzip([]string{s}) && !strings.Contains(strings.ToLower(s), "gzip") {
			t.Errorf("%q", s)
		}
		if c := public.Clip(s, 10); len(c) > 10 || !utf8.ValidString(c) {
			t.Errorf("%q", c)
		}
	})
}
