package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"floodmark/internal/scenario/simday"
)

// TestScenarioDayReachesTheServer plays reports and traffic to the program by its
// real inputs. What the server makes of them is in TestScenarioSuite.
func TestScenarioDayReachesTheServer(t *testing.T) {
	day := strings.Replace(shortDay, "sampling: 20000", "sampling: 1000000", 1) // drawn faster than the clock runs, also by a slow machine
	file := writeTest(t, filepath.Join(t.TempDir(), "short.yaml"), []byte(day))
	d, err := simday.Parse(file, []byte(day))
	if err != nil {
		t.Fatal(err)
	}
	p := ports(t, 4)
	config := writeTest(t, filepath.Join(t.TempDir(), "floodmark.yaml"), []byte(d.Config(simday.Addresses{Operator: p[0], Public: p[1], NetFlow: p[2], SFlow: p[3]})))
	dir := t.TempDir()
	s := serving(t, config, dir, "--clock", "start=2026-06-15T21:00:00Z,speed=600")
	truthFile := filepath.Join(t.TempDir(), "truth.json")
	_, diag, err := scenarioRun("run", file, "--server", s.url, "--public", p[1], "--to", p[2], "--sflow-to", p[3], "--data", dir, "--truth", truthFile)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(diag, "history of 3 days") || !strings.Contains(diag, "synthetic") || !strings.Contains(diag, "done:") ||
		!strings.Contains(diag, "the owner said") {
		t.Errorf("%s", diag)
	}
	var truth simday.Document
	b, err := os.ReadFile(truthFile)
	if err == nil {
		err = json.Unmarshal(b, &truth)
	}
	if err != nil || !truth.Synthetic || len(truth.Incidents) != 1 || truth.Peaks["example"].Peak != 260 || truth.Traffic == nil || len(truth.Traffic.Attacks) == 0 {
		t.Errorf("%v: %s", err, b)
	}
	if n := s.metric("floodmark_user_report_counted_total", "problem"); n < 100 {
		t.Errorf("%g reports were counted", n)
	}
	if n := s.metric("floodmark_exporter_records_total", ""); n < 100 {
		t.Errorf("%g records were counted", n)
	}
	if _, _, err := scenarioRun("run", "x-2025-03-10", "--server", s.url, "--public", p[1]); err == nil || !strings.Contains(err.Error(), "--clock start=2025-03-10T03:00:00Z") {
		t.Errorf("a server of another time: %v", err)
	}
}
