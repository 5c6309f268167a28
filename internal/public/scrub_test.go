package public

import "testing"

func TestScrub(t *testing.T) {
	for in, want := range map[string]string{
		"From 198.51.100.9.":                    "From ….",
		"80 % of 192.0.2.0/24, 12:05":           "80 % of …, 12:05",
		"at 12:05:30 and 1.2 Gbit/s":            "at 12:05:30 and 1.2 Gbit/s",
		"2001:db8::1 and 2001:db8::/32 are two": "… and … are two",
		"version 1.2.3, e.g. a.b":               "version 1.2.3, e.g. a.b",
	} {
		if got := scrub(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
