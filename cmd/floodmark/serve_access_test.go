package main

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"floodmark/internal/scenario/export"
	"floodmark/internal/settings"
)

// TestScopesAndPublicPagesOfARealIncident asks both listeners while an attack
// goes on.
func TestScopesAndPublicPagesOfARealIncident(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *bubble) {
		text := "http:\n  operator: {listen: \"127.0.0.1:8080\"}\n  public: {listen: \"127.0.0.1:8081\"}\n  tokens:\n"
		for _, scope := range []string{"read", "operate", "admin", "metrics"} {
			text += fmt.Sprintf("    - {name: %s-holder, hash: %q, scopes: [%s]}\n", scope, settings.HashToken("token of "+scope), scope)
		}
		s := t.serve(text+"networks: [198.51.100.0/24]\ncustomers: {acme-corp: {prefixes: [198.51.100.0/28], group: secretgroup}}\ngroups: {secretgroup: {thresholds: {host: {in: {packets: 77777pps}}}}}\n", "", nil)
		exporting(t.T, feeds{net: s.net, protocol: export.SFlow, from: "127.0.9.1", to: s.sflow, sampling: 1000}).traffic(300, synFlood("198.51.100.9"))
		s.token = "token of read"
		in := s.opened("198.51.100.9")

		path := "/api/v1/incidents/" + in.ID
		for _, c := range []struct {
			token, method, path string
			want                int
		}{
			{"", "GET", path, 401}, {"guess", "GET", path, 401}, {"token of read", "GET", path, 200}, {"token of read", "POST", path + "/acknowledge", 403},
			{"token of metrics", "GET", path, 403}, {"token of metrics", "GET", "/metrics", 200}, {"token of read", "GET", "/api/v1/settings", 403},
			{"token of operate", "POST", path + "/acknowledge", 200}, {"token of operate", "GET", path, 200}, {"token of operate", "GET", "/api/v1/settings", 403},
			{"token of admin", "GET", "/api/v1/settings", 200}, {"", "GET", "/api/v1/health/live", 200}, {"", "GET", "/metrics", 401},
		} {
			s.token = c.token
			if code, b, err := s.send(c.method, c.path, ""); code != c.want {
				t.Errorf("%s %s with %q: %d %v, expected %d: %.200s", c.method, c.path, c.token, code, err, c.want, b)
			}
		}
		s.token = "token of read"
		s.get(path, &in)
		if in.Acknowledged == nil || in.Acknowledged.By != "operate-holder" {
			t.Errorf("acknowledged by %+v", in.Acknowledged)
		}

		reported := false
		for _, p := range []string{"/", "/api/v1/public/incidents", "/healthz", "/nothing", path, "/api/v1/incidents", "/api/v1/targets", "/api/v1/events", "/api/v1/settings",
			"/api/v1/flows?q=top+10", "/metrics", "/openapi.json", "/login", "/incidents/" + in.ID, "/traffic", "/flows", "/i/" + in.ID, "/../metrics", "//metrics", "/debug/pprof/"} {
			r, err := http.NewRequest("GET", s.public+p, nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Authorization", "Bearer token of admin")
			resp, err := s.client.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			b, _ := io.ReadAll(resp.Body)
			resp.Body.Close()
			for _, secret := range []string{"198.51.100", in.ID, "acme", "secretgroup", "77777", "77,777", "127.0.9.1", "holder", "operate", "syn-flood", "sFlow", "sflow"} {
				if strings.Contains(string(b), secret) {
					t.Errorf("public %s shows %q", p, secret)
				}
			}
			reported = reported || resp.StatusCode == 200 && strings.Contains(string(b), "ongoing")
		}
		if !reported {
			t.Error("the public listener tells of no incident at all")
		}
	})
}
