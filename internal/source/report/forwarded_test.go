package report

import (
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"floodmark/internal/model"
)

func TestClientAddress(t *testing.T) {
	trusted := []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128")}
	for name, c := range map[string]struct {
		remote, want string
		plain, rfc   []string
	}{
		"nobody":                      {"198.51.100.1", "198.51.100.1", nil, nil},
		"forged by a visitor":         {"198.51.100.1", "198.51.100.1", []string{"203.0.113.9"}, []string{"for=203.0.113.9"}},
		"a proxy without headers":     {"127.0.0.1", "127.0.0.1", nil, nil},
		"a proxy":                     {"127.0.0.1", "203.0.113.9", []string{"203.0.113.9"}, nil},
		"a proxy in IPv6 form":        {"::ffff:127.0.0.1", "203.0.113.9", []string{"203.0.113.9"}, nil},
		"a proxy after a forger":      {"127.0.0.1", "203.0.113.9", []string{"192.0.2.1, 203.0.113.9"}, nil},
		"two proxies":                 {"127.0.0.1", "203.0.113.9", []string{"203.0.113.9, 10.1.2.3"}, nil},
		"two proxies and a forger":    {"127.0.0.1", "203.0.113.9", []string{"10.9.9.9,  203.0.113.9 ,10.1.2.3"}, nil},
		"two lines":                   {"127.0.0.1", "203.0.113.9", []string{"192.0.2.1, 203.0.113.9", "10.1.2.3"}, nil},
		"all are proxies":             {"127.0.0.1", "10.1.1.1", []string{"10.1.1.1, 10.1.2.3"}, nil},
		"words":                       {"127.0.0.1", "10.1.2.3", []string{"203.0.113.9, unknown, 10.1.2.3"}, nil},
		"empty":                       {"127.0.0.1", "127.0.0.1", []string{""}, nil},
		"an empty element":            {"127.0.0.1", "127.0.0.1", []string{"203.0.113.9,"}, nil},
		"with a port":                 {"127.0.0.1", "203.0.113.9", []string{"203.0.113.9:4711"}, nil},
		"IPv6 with a port":            {"::1", "2001:db8::9", []string{"[2001:db8::9]:4711"}, nil},
		"IPv6":                        {"::1", "2001:db8::9", []string{"2001:db8::9"}, nil},
		"IPv6 in brackets":            {"::1", "2001:db8::9", []string{"[2001:db8::9]"}, nil},
		"IPv6 with a zone":            {"::1", "fe80::9", []string{"fe80::9%eth0"}, nil},
		"IPv4 in IPv6":                {"::1", "203.0.113.9", []string{"::ffff:203.0.113.9"}, nil},
		"RFC 7239":                    {"127.0.0.1", "203.0.113.9", nil, []string{"for=192.0.2.1, for=203.0.113.9;proto=https;by=10.1.1.1"}},
		"RFC 7239, quoted":            {"127.0.0.1", "2001:db8:cafe::17", nil, []string{`For="[2001:db8:cafe::17]:4711"`}},
		"RFC 7239, two proxies":       {"127.0.0.1", "203.0.113.9", nil, []string{"for=203.0.113.9", "proto=http ; FOR=10.1.1.1"}},
		"RFC 7239, hidden":            {"127.0.0.1", "10.1.1.1", nil, []string{"for=203.0.113.9, for=_hidden, for=10.1.1.1"}},
		"RFC 7239, without for":       {"127.0.0.1", "127.0.0.1", nil, []string{"proto=https"}},
		"RFC 7239, comma in a string": {"127.0.0.1", "127.0.0.1", nil, []string{`for=203.0.113.9, for="a,b"`}},
		"both alike":                  {"127.0.0.1", "203.0.113.9", []string{"203.0.113.9"}, []string{"for=203.0.113.9"}},
		"one of both is forged":       {"127.0.0.1", "127.0.0.1", []string{"203.0.113.9"}, []string{"for=192.0.2.1"}},
		"too many proxies":            {"127.0.0.1", "10.1.1.1", []string{"203.0.113.9" + strings.Repeat(", 10.1.1.1", 100)}, nil},
	} {
		h := http.Header{"X-Forwarded-For": c.plain, "Forwarded": c.rfc}
		if got := ClientAddress(netip.MustParseAddr(c.remote), h, trusted); got.String() != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	h := http.Header{"X-Forwarded-For": {"203.0.113.9"}}
	if got := ClientAddress(netip.MustParseAddr("127.0.0.1"), h, nil); got.String() != "127.0.0.1" {
		t.Errorf("nobody is trusted, and still %s", got)
	}
}

func FuzzClientAddress(f *testing.F) {
	trusted := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	f.Add("203.0.113.9, 10.0.0.2", `for="[2001:db8::1]:80"`)
	f.Add("", "for=_x;for=1.2.3.4")
	f.Fuzz(func(t *testing.T, plain, rfc string) {
		for _, h := range []http.Header{{"X-Forwarded-For": {plain}}, {"Forwarded": {rfc}}, {"X-Forwarded-For": {plain, rfc}, "Forwarded": {rfc}}} {
			if got := ClientAddress(netip.MustParseAddr("192.0.2.1"), h, trusted); got.String() != "192.0.2.1" {
				t.Errorf("a stranger is believed to be %s", got)
			}
			a := ClientAddress(netip.MustParseAddr("10.0.0.1"), h, trusted)
			if !a.IsValid() || a.Is4In6() || a.Zone() != "" {
				t.Errorf("%q is no plain address", a)
			}
			// What a proxy appends is what counts, whatever stood there before.
			h["X-Forwarded-For"] = append(h["X-Forwarded-For"], "198.51.100.7")
			delete(h, "Forwarded")
			if got := ClientAddress(netip.MustParseAddr("10.0.0.1"), h, trusted); got.String() != "198.51.100.7" {
				t.Errorf("%q is believed to be %s", h, got)
			}
		}
	})
}

func TestReferralOf(t *testing.T) {
	for _, c := range []struct {
		referer, from string
		want          model.Referral
	}{
		{"", "", model.NoReferral},
		{"https://outages.example/s/alpha", "", model.NoReferral},
		{"https://OUTAGES.example:8443/", "", model.NoReferral},
		{"https://news.example/alpha-is-down", "", model.FromElsewhere},
		{"https://outages.example.evil.example/", "", model.FromElsewhere},
		{"https://www.google.com/", "", model.NoReferral},
		{"https://www.google.co.uk/search?q=alpha", "", model.NoReferral},
		{"https://duckduckgo.com/", "", model.NoReferral},
		{"https://search.brave.com/", "", model.NoReferral},
		{"https://google.evil.example/", "", model.FromElsewhere},
		{"android-app://com.example.mail/", "", model.FromElsewhere},
		{"", "alert", model.FromAlert},
		{"https://news.example/", "Feed", model.FromAlert},
		{"https://outages.example/", "forum", model.FromElsewhere},
		{"::not a url", "", model.NoReferral},
		{"/s/alpha", "", model.NoReferral},
		{"https://" + strings.Repeat("x", 5000), "", model.NoReferral},
	} {
		if got := ReferralOf(c.referer, c.from, "outages.example"); got != c.want {
			t.Errorf("%.60q from %q: %d, want %d", c.referer, c.from, got, c.want)
		}
	}
}
