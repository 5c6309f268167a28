package main

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"floodmark/internal/api"
	"floodmark/internal/report/seal"
	"floodmark/internal/view"
)

// made010 is what version 0.1.0 left; its README says how.
const made010 = "testdata/v0.1.0"

// The incidents in it.
const (
	host010    = "in-203.0.113.10-20260615T2210Z"
	service010 = "example-20260615T2210Z"
)

// unpacked unpacks the data directory.
func unpacked(b *bubble) string {
	b.Helper()
	f, err := os.Open(filepath.Join(made010, "data.tar.gz"))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		b.Fatal(err)
	}
	dir := b.TempDir()
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return filepath.Join(dir, "data")
		}
		if err != nil {
			b.Fatal(err)
		}
		if h.Typeflag == tar.TypeReg {
			content, err := io.ReadAll(r)
			if err != nil {
				b.Fatal(err)
			}
			writeTest(b, filepath.Join(dir, h.Name), content)
		}
	}
}

// TestDataDirectoryOfVersion010IsRead opens one and reads each kind of data in it.
func TestDataDirectoryOfVersion010IsRead(t *testing.T) {
	t.Parallel()
	inBubble(t, func(b *bubble) {
		s := b.serve(`
networks: [203.0.113.0/24]
services:
  - {slug: example, name: Example, components: [app, login], networks: [203.0.113.0/24]}
  - {slug: other, name: Other, components: [app]}
data: {flows: {raw: true}}
`, unpacked(b), b.replay("2026-06-15T22:56:00Z", 1))
		var page api.IncidentPage
		s.get("/api/v1/incidents?limit=100", &page)
		found := map[string]view.Incident{}
		for _, in := range page.Incidents {
			found[in.ID] = in
		}
		if in := found[host010]; in.Target != "203.0.113.10" || in.State != "closed" || len(in.Vectors) == 0 {
			b.Errorf("the host's incident: %+v", in)
		}
		if in := found[service010]; in.Target != "service:example" || in.OpenedAt == nil || in.Assessment == nil || in.Assessment.Cause != "attack" {
			b.Errorf("the service's incident: %+v", in)
		}
		var one view.Incident
		if s.get("/api/v1/incidents/"+service010, &one); len(one.Claims) != 1 {
			b.Errorf("its claims: %+v", one.Claims)
		}
		for id, smallest := range map[string]int{host010: 5, service010: 3} {
			var changes api.ChangePage
			if s.get("/api/v1/incidents/"+id+"/changes", &changes); len(changes.Changes) < smallest {
				b.Errorf("%s has %d changes, expected %d", id, len(changes.Changes), smallest)
			}
			for _, form := range []string{"full", "redacted"} {
				code, report, err := s.send("GET", "/api/v1/incidents/"+id+"/evidence?form="+form, "")
				if err != nil || code != 200 {
					b.Errorf("evidence of %s, %s: %d %v", id, form, code, err)
				} else if checks := seal.Verify(report, nil); seal.Failed(checks) {
					b.Errorf("evidence of %s, %s: %+v", id, form, checks)
				}
			}
			if code, text, err := s.send("GET", "/incidents/"+id, ""); err != nil || code != 200 || !strings.Contains(string(text), id) {
				b.Errorf("the page of %s: %d %v", id, code, err)
			}
		}
		var flows api.FlowAnswer
		q := "dst in 203.0.113.10 from 2026-06-15T22:00:00Z to 2026-06-15T22:30:00Z group by proto"
		if s.get("/api/v1/flows?q="+url.QueryEscape(q), &flows); len(flows.Rows) == 0 {
			b.Errorf("no flows: %+v", flows)
		}
		if day := get(b, s.public+"/api/v1/services/example/series"); !strings.Contains(string(day), `"state":"open"`) {
			b.Errorf("a day of counts: %.300s", day)
		}
	})
}

// TestReportsOfVersion010AreVerified verifies sealed reports, and computes the
// one of a recording again.
func TestReportsOfVersion010AreVerified(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"host", "host-redacted", "service", "recording"} {
		report, err := os.ReadFile(filepath.Join(made010, name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		if checks := seal.Verify(report, nil); seal.Failed(checks) {
			t.Errorf("%s: %+v", name, checks)
		}
	}
	got := floodmark(t, "verify", filepath.Join(made010, "recording.json"), filepath.Join(made010, "recording.pcapng"))
	if got.code != exitDone || !strings.Contains(got.stdout, "the inputs give every value of the report again") {
		t.Errorf("%+v", got)
	}
}
