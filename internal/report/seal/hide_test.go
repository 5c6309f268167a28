package seal

import (
	"strings"
	"testing"

	"floodmark/internal/model"
	"floodmark/internal/report/reporttest"
)

// TestReportOfAServiceHidesItsAddresses wants the document of an incident of a
// service, once redacted, to name no address of its target, and to verify.
func TestReportOfAServiceHidesItsAddresses(t *testing.T) {
	a := reporttest.Cameras()
	a.Outage = &model.OutageReport{Incident: "x-1", Name: "X"}
	full := mustSeal(t, a, key)
	red := mustRedact(t, full)
	for _, p := range a.Target.Prefixes {
		host, _, _ := strings.Cut(p, "/")
		part := host[:strings.LastIndexByte(host, '.')]
		if !strings.Contains(string(full), host) || strings.Contains(string(red), part) {
			t.Errorf("%s: in the full form %v, something of it in the redacted one: %v", p, strings.Contains(string(full), host), strings.Contains(string(red), part))
		}
	}
	for form, b := range map[string][]byte{"full": full, "redacted": red} {
		for _, c := range Verify(b, nil) {
			if c.State == Fails {
				t.Errorf("%s: %s: %s", form, c.Name, c.Text)
			}
		}
	}
}

func TestHiddenText(t *testing.T) {
	r := newRules([]string{"198.51.100.7/32"}).hideAll()
	for text, want := range map[string]string{
		"to 198.51.100.7 from 203.0.113.9":       "to target from 203.0.113.0/24",
		"198.51.100.7.53 > 203.0.113.9.1024":     "target > 203.0.113.0/24.1024",
		"host-198-51-100-7.example":              "host-target.example",
		"7.100.51.198.in-addr.arpa":              "target",
		"prefix 198.51.100.0/24 and 198.0.0.0/8": "prefix target and 198.0.0.0/8",
		"::ffff:198.51.100.7":                    "target",
	} {
		if got := r.Text(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
		if got := r.Text(r.Text(text)); got != r.Text(text) {
			t.Errorf("%q changes again: %q", r.Text(text), got)
		}
	}
}
