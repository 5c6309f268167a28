package main

import (
	"encoding/csv"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"floodmark/internal/scenario/day"
	"floodmark/internal/scenario/day/daytest"
)

// shortDay is one that is over three hours after its servers' clock begins.
const shortDay = `
name: short-day
title: A short day.
date: 2026-06-15
history: 3
services:
  - {slug: example, name: Example, components: [app, login], networks: [203.0.113.0/24], packets: 200kpps, usual: {mean: 4, hours: level, parts: {app: 0.5}, places: {DE: 3, US-CA: 1}}}
  - {slug: other, name: Other, components: [app], usual: {mean: 4, hours: level, places: {DE: 1}}}
traffic: {sampling: 20000}
events:
  - what: attack
    name: flood
    service: example
    at: "22:20"
    traffic: [{vector: cameras, for: 20m, rate: 1Mpps}]
    reports: [{after: 2m, rise: 4m, hold: 30m, fall: 10m, peak: 260, crowds: [{parts: {login: 0.9}}]}]
claims:
  - {at: "23:20", by: the owner, service: example, text: It came from abroad, readings: [{claim: country=UA majority of packets, verdict: contradicted}]}
truth:
  incidents: [{service: example, from: "22:22", for: 40m, cause: attack, traffic: true}]
  quiet: [other]
`

// TestScenarioDayIsSeenByTheServer plays reports and traffic to the program by
// its real inputs, and reads what it makes of them.
func TestScenarioDayIsSeenByTheServer(t *testing.T) {
	file := writeTest(t, filepath.Join(t.TempDir(), "short.yaml"), []byte(shortDay))
	d, err := day.Parse(file, []byte(shortDay))
	if err != nil {
		t.Fatal(err)
	}
	p := ports(t, 4)
	config := writeTest(t, filepath.Join(t.TempDir(), "floodmark.yaml"), []byte(d.Config(day.Addresses{Operator: p[0], Public: p[1], NetFlow: p[2], SFlow: p[3]})))
	dir := t.TempDir()
	s := serving(t, config, dir, "--clock", "start=2026-06-15T21:00:00Z,speed=600")
	truthFile := filepath.Join(t.TempDir(), "truth.json")
	_, diag, err := scenarioRun("run", file, "--server", s.url, "--public", p[1], "--to", p[2], "--sflow-to", p[3], "--data", dir, "--truth", truthFile)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(diag, "history of 3 days") || !strings.Contains(diag, "synthetic") || !strings.Contains(diag, "done:") ||
		!strings.Contains(diag, "the owner said") || strings.Contains(diag, "not checked") {
		t.Errorf("%s", diag)
	}
	var truth day.Document
	b, err := os.ReadFile(truthFile)
	if err == nil {
		err = json.Unmarshal(b, &truth)
	}
	if err != nil || !truth.Synthetic || len(truth.Incidents) != 1 || truth.Peaks["example"].Peak != 260 || truth.Traffic == nil || len(truth.Traffic.Attacks) == 0 {
		t.Errorf("%v: %s", err, b)
	}
	_, answer, err := s.send(http.MethodGet, "/api/v1/incidents?limit=1000", "")
	if err != nil {
		t.Fatal(err)
	}
	seen, err := daytest.Read(answer)
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range seen {
		if i.Target != "service:example" || i.Opened == nil {
			continue
		}
		if _, answer, err = s.send(http.MethodGet, "/api/v1/incidents/"+i.ID, ""); err != nil {
			t.Fatal(err)
		}
		if one, err := daytest.Read(answer); err != nil || len(one) != 1 || len(one[0].Claims) != 1 {
			t.Errorf("%v: claims of %+v", err, one)
		}
	}
	for _, d := range daytest.Compare(&truth, seen) {
		if d.Grade != daytest.Undecided { // the machine may be too slow for evidence in this pace
			t.Errorf("%s %s: %s\n%s", d.Grade, d.Service, d.Text, diag)
		}
	}
	if _, _, err := scenarioRun("run", "x-2025-03-10", "--server", s.url, "--public", p[1]); err == nil || !strings.Contains(err.Error(), "--clock start=2025-03-10T03:00:00Z") {
		t.Errorf("a server of another time: %v", err)
	}
}

func TestScenarioDayIsListedShownAndWritten(t *testing.T) {
	out, _, err := scenarioRun("list")
	if err != nil || !strings.Contains(out, "supplier-2025-10-20") {
		t.Errorf("%v: %s", err, out)
	}
	if out, _, err = scenarioRun("show", "brigade"); err != nil || !strings.Contains(out, "false-reports") {
		t.Errorf("%v: %s", err, out)
	}
	if out, _, err = scenarioRun("show", "supplier-2025-10-20", "--config"); err != nil || !strings.Contains(out, "depends_on: [nimbus-east]") {
		t.Errorf("%v: %s", err, out)
	}
	file := writeTest(t, filepath.Join(t.TempDir(), "short.yaml"), []byte(shortDay))
	dir := filepath.Join(t.TempDir(), "out")
	if _, _, err := scenarioRun("write", file, "--dir", dir); err != nil {
		t.Fatal(err)
	}
	if _, _, err := scenarioRun("write", file, "--dir", dir); err == nil || !strings.Contains(err.Error(), "--force") {
		t.Errorf("over what is there: %v", err)
	}
	d, err := day.Parse(file, []byte(shortDay))
	if err != nil {
		t.Fatal(err)
	}
	want := 0
	for _, n := range d.Counts(1)["example"] {
		want += n
	}
	got := 0
	for _, row := range rowsOf(t, filepath.Join(dir, "reports.csv")) {
		if row[0] == "example" {
			got++
		}
	}
	if got != want || want < 260 {
		t.Errorf("%d reports, %d counted", got, want)
	}
	if rows := rowsOf(t, filepath.Join(dir, "counts.csv")); len(rows) != 2*4*96 || rows[0][1] != "2026-06-12T00:00:00Z" {
		t.Errorf("%d counts from %v", len(rows), rows[0])
	}
	if st, err := os.Stat(filepath.Join(dir, "traffic.pcapng")); err != nil || st.Size() < 50_000 {
		t.Errorf("%v %v", st, err)
	}
	if _, _, err := scenarioRun("write", "syn-flood", "--dir", dir); err == nil || !strings.Contains(err.Error(), "--out") {
		t.Errorf("a recording as a directory: %v", err)
	}
}

func rowsOf(t *testing.T, file string) [][]string {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil || len(rows) < 2 {
		t.Fatalf("%s: %d rows, %v", file, len(rows), err)
	}
	return rows[1:]
}

func TestScenarioDayRefuses(t *testing.T) {
	file := writeTest(t, filepath.Join(t.TempDir(), "short.yaml"), []byte(strings.Replace(shortDay, "1Mpps", "1Mbps", 1)))
	for want, args := range map[string][]string{
		"say vector, for and rate":      {"show", file},
		"no such file":                  {"show", "/nonexistent.yaml"},
		"dates and figures":             {"run", "brigade", "--scale", "2"},
		"only a server on this machine": {"run", "supplier-2025-10-20", "--public", "192.0.2.1:80"},
		"needs no configuration":        {"show", "syn-flood", "--config"},
	} {
		if _, _, err := scenarioRun(args...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v, want %q", args, err, want)
		}
	}
}
