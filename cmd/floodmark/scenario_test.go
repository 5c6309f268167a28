package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// scenarioRun runs `floodmark scenario ARGS`.
func scenarioRun(args ...string) (stdout, stderr string, err error) {
	var out, diag bytes.Buffer
	c := scenarioCommand()
	c.SetOut(&out)
	c.SetErr(&diag)
	c.SetArgs(args)
	c.SilenceErrors, c.SilenceUsage = true, true
	err = c.Execute()
	return out.String(), diag.String(), err
}

func TestScenarioWriteLeavesRecordingAndTruth(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.pcapng")
	if _, _, err := scenarioRun("write", "syn-flood", "--out", file, "--scale", "0.02", "--seed", "9", "--duration", "12s"); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(file + ".truth.json")
	if err != nil {
		t.Fatal(err)
	}
	var truth struct {
		Schema    string
		Seed      uint64
		Synthetic bool
		Attack    bool
		Packets   uint64
	}
	if err := json.Unmarshal(b, &truth); err != nil {
		t.Fatal(err)
	}
	if truth.Schema != "floodmark.truth/1" || truth.Seed != 9 || !truth.Synthetic || !truth.Attack || truth.Packets == 0 {
		t.Errorf("%+v", truth)
	}
	before, _ := os.ReadFile(file)
	if _, _, err := scenarioRun("write", "syn-flood", "--out", file); err == nil || !strings.Contains(err.Error(), "--force") {
		t.Errorf("an existing file: %v", err)
	}
	if after, _ := os.ReadFile(file); !bytes.Equal(before, after) {
		t.Error("an existing file was changed without --force")
	}
	out, _, err := scenarioRun("write", "syn-flood", "--out", "-", "--scale", "0.02", "--seed", "9", "--duration", "12s")
	if err != nil || out != string(before) {
		t.Errorf("standard output gave %d octets, the file %d: %v", len(out), len(before), err)
	}
	if _, _, err := scenarioRun("write", "syn-flood", "--out", file, "--force", "--scale", "0.02", "--seed", "10"); err != nil {
		t.Error(err)
	}
}

func TestScenarioErrorsStateWhatIsWrong(t *testing.T) {
	for _, c := range []struct{ want, args string }{
		{`did you mean "camera-flood"`, "write camera-floot --out x"},
		{`did you mean "quiet-day"`, "show quiet-dya"},
		{"no such file or directory", "write syn-flood --out /nonexistent/dir/x.pcapng"},
		{"no such file or directory", "write syn-flood --out x --geo /nonexistent.fmgeo"},
		{"[out dir] is required", "write syn-flood"},
		{"accepts 1 arg(s)", "write"},
	} {
		if _, _, err := scenarioRun(strings.Fields(c.args)...); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("scenario %s: %v", c.args, err)
		}
	}
}

func TestScenarioListAndShow(t *testing.T) {
	out, _, err := scenarioRun("list")
	if err != nil || !strings.Contains(out, "camera-flood") || !strings.Contains(out, "like-reflection-dns") {
		t.Errorf("%v %q", err, out)
	}
	out, _, err = scenarioRun("show", "subscriber-hour")
	if err != nil || !strings.Contains(out, "attack: no") || !strings.Contains(out, "--sampling 1000") {
		t.Errorf("%v %q", err, out)
	}
}
