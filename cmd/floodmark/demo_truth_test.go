package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"floodmark/internal/report/seal"
	"floodmark/internal/scenario/simday"
	"floodmark/internal/scenario/simday/simdaytest"
)

// compare asks the server, compares its answers with the truth and tells both in
// a row of the table.
func (p *played) compare(t *bubble, d *simday.Day, server *served) string {
	truth := d.Document(1)
	seen := opened(t, server.url)
	for _, s := range seen {
		if !slices.ContainsFunc(truth.Incidents, func(x simday.Incident) bool { return s.Target == "service:"+x.Service }) {
			t.Errorf("%s opened, and the truth knows nothing of it", s.ID)
		}
		verifies(t, server.url+"/api/v1/incidents/"+s.ID+"/evidence")
		if page := get(t, server.public+"/i/"+s.ID); !bytes.Contains(page, []byte("ynthetic")) || !bytes.Contains(page, []byte(p.name)) {
			t.Errorf("the page of %s does not say that it is synthetic", s.ID)
		}
	}
	wrong := append(simdaytest.Compare(&truth, seen), simdaytest.Claims(&truth, seen)...)
	var texts, differences []string
	for _, x := range wrong {
		texts = append(texts, x.Service+": "+x.Text)
		differences = append(differences, fmt.Sprintf("%s %s: %s", x.Grade, x.Service, x.Text))
	}
	known := slices.Clone(limits[p.name])
	slices.Sort(known)
	slices.Sort(differences)
	if !slices.Equal(known, differences) {
		t.Errorf("differences from the truth:\n%s\nknown limits:\n%s", strings.Join(differences, "\n"), strings.Join(known, "\n"))
	}
	readings := 0
	for _, c := range truth.Claims {
		readings += len(c.Readings)
	}
	return fmt.Sprintf("| `%s` | %s–%s | %g | %g | %s | %d of %d | %s |\n", p.name, p.from, p.to, p.reports, p.traffic,
		cmp.Or(strings.Join(stated(&truth, seen), "; "), "none"), readings-len(simdaytest.Claims(&truth, seen)), readings, cmp.Or(strings.Join(texts, "; "), "none"))
}

// stated is what was said of each incident of the truth.
func stated(truth *simday.Document, seen []simdaytest.Seen) (out []string) {
	for _, x := range truth.Incidents {
		text := x.Service + ": none"
		for _, s := range seen {
			if s.Target == "service:"+x.Service {
				cause := "undecided"
				if s.Assessment != nil {
					cause = cmp.Or(s.Assessment.Cause, cause)
				}
				text = fmt.Sprintf("%s: %s after %.0f of %.0f min", x.Service, cause, s.Opened.Sub(x.From).Minutes(), x.Delay.Minutes())
			}
		}
		out = append(out, text)
	}
	return out
}

// opened are the incidents of services that opened, all that is known of each.
func opened(t *bubble, server string) (out []simdaytest.Seen) {
	t.Helper()
	list, err := simdaytest.Read(get(t, server+"/api/v1/incidents?limit=1000"))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range list {
		if !strings.HasPrefix(s.Target, "service:") || s.Opened == nil {
			continue
		}
		one, err := simdaytest.Read(get(t, server+"/api/v1/incidents/"+s.ID))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, one...)
		text, _ := json.Marshal(one)
		t.Logf("%s", text)
	}
	return out
}

// verifies checks both forms of the report of an incident.
func verifies(t *bubble, url string) {
	t.Helper()
	for _, form := range []string{"full", "redacted"} {
		checks := seal.Verify(get(t, url+"?form="+form), nil)
		if seal.Failed(checks) {
			t.Errorf("%s, %s: %+v", url, form, checks)
		}
		if !slices.ContainsFunc(checks, func(c seal.Check) bool { return c.Name == "synthetic" && strings.Contains(c.Text, "SYNTHETIC") }) {
			t.Errorf("%s, %s: not synthetic: %+v", url, form, checks)
		}
	}
}

func get(t *bubble, url string) []byte {
	t.Helper()
	res, err := t.net.Client().Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s %v %.300s", url, res.Status, err, b)
	}
	return b
}

func writeTable(t *testing.T, table string) {
	t.Helper()
	const path, begin, end = "../../docs/accuracy.md", "<!-- scenario-days -->\n", "<!-- /scenario-days -->"
	doc, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok := strings.Cut(string(doc), begin)
	_, tail, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatal("docs/accuracy.md has no place for the table")
	}
	if err := os.WriteFile(path, []byte(head+begin+table+end+tail), 0o644); err != nil {
		t.Fatal(err)
	}
}
