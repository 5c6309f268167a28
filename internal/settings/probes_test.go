package settings

import (
	"strings"
	"testing"
	"time"
)

func TestProbesHaveDefaults(t *testing.T) {
	s := parse(t, `
services:
  - {slug: shop, probes: [{component: website, url: "https://shop.example/"}, {component: login, url: "http://[2001:db8::1]:8080/x", expect: 204, every: 10s, timeout: 5s, contains: well}]}
`)
	a, b := s.Services[0].Probes[0], s.Services[0].Probes[1]
	if a.Every.Std() != time.Minute || a.Timeout.Std() != 10*time.Second || a.Expect.String() != "200-399" || a.Contains != "" {
		t.Errorf("%+v", a)
	}
	if b.Every.Std() != 10*time.Second || b.Timeout.Std() != 5*time.Second || b.Expect.String() != "204" || b.Contains != "well" {
		t.Errorf("%+v", b)
	}
	if s.Probes.Vantage != "this server" || len(s.Probes.Control) != 0 {
		t.Errorf("%+v", s.Probes)
	}
	if Default().Probes.Vantage == "" {
		t.Error("without a file there is no vantage")
	}
}

func TestStatuses(t *testing.T) {
	for text, want := range map[string]string{
		"200": "200", "200-399": "200-399", "200,401 - 403": "", "200, 401-403": "200, 401-403", "404,410": "404, 410", "599": "599", "100-599": "100-599",
		"": "", ",": "", "200,": "", "99": "", "600": "", "1000": "", "300-200": "", "-200": "", "200-": "", "+20": "", "2e2": "", "200-299-300": "", "ok": "",
		strings.Repeat("200,", 8) + "200": "", "200,201,202,203,204,205,206,207": "200, 201, 202, 203, 204, 205, 206, 207",
	} {
		var s Statuses
		if err := s.UnmarshalText([]byte(text)); (err == nil) != (want != "") || s.String() != want {
			t.Errorf("%q: %q, %v", text, s, err)
		}
	}
}

// FuzzStatuses: what is taken is bounded, and printed as it can be read again.
func FuzzStatuses(f *testing.F) {
	f.Add("200, 401-403")
	f.Add("100-599,200")
	f.Fuzz(func(t *testing.T, text string) {
		var s, again Statuses
		if s.UnmarshalText([]byte(text)) != nil {
			return
		}
		if n := len(s.Spans); n == 0 || n > maxSpans {
			t.Fatalf("%d spans", n)
		}
		for _, x := range s.Spans {
			if x.Low < 100 || x.High > 599 || x.Low > x.High {
				t.Fatalf("%+v", x)
			}
		}
		if err := again.UnmarshalText([]byte(s.String())); err != nil || again.String() != s.String() {
			t.Fatalf("%q is printed as %q, %v", text, s, err)
		}
	})
}
