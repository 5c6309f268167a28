package main

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"floodmark/internal/scenario/simday"
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
	d, err := simday.Parse(file, []byte(shortDay))
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
