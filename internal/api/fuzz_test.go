package api_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"floodmark/internal/api"
)

// FuzzRequests sends what strangers may: a cursor, a target and where to go
// after a login. Every answer is one of those that are described.
func FuzzRequests(f *testing.F) {
	f.Add("MTc2 x", "198.51.100.0_24", "/traffic")
	f.Add("", "customer:a/b", "//evil.example")
	f.Add("====", "2001:db8::/48", "/\\x")
	s := &setup{}
	f.Fuzz(func(t *testing.T, cursor, target, next string) {
		if s.h == nil {
			s = operator(t, nil)
		}
		s.t = t
		for _, path := range []string{"/api/v1/incidents?cursor=" + url.QueryEscape(cursor) + "&target=" + url.QueryEscape(target),
			"/api/v1/targets/" + url.PathEscape("x"+target), incident + "/changes?cursor=" + url.QueryEscape(cursor)} {
			r := request(http.MethodGet, path, "")
			if w := s.send(r); w.Code != 200 && w.Code != 404 && w.Code != 422 {
				t.Errorf("%s: %d %s", path, w.Code, w.Body)
			}
		}
		u, err := url.Parse(api.SafeNext(next))
		if err != nil || u.Host != "" || u.Scheme != "" || !strings.HasPrefix(u.Path, "/") {
			t.Errorf("%q leads to %v", next, u)
		}
	})
}
