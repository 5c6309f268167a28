package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"floodmark/internal/backtest"
	"floodmark/internal/scenario"
	"floodmark/internal/scenario/export"
)

// lowThresholds are for scenarios whose floods are small.
const lowThresholds = `
networks: [203.0.113.0/24]
groups:
  default:
    thresholds: {host: {in: {syn-packets: 500pps}}}
`

// recordingOf writes a scenario: packets, or with a protocol what an exporter
// tells of them. It returns the recording and its truth.
func recordingOf(t *testing.T, name string, as export.Protocol) (file, truthFile string) {
	t.Helper()
	dir := t.TempDir()
	file, truthFile = filepath.Join(dir, name+".pcapng"), filepath.Join(dir, "truth.json")
	w, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	var truth scenario.Truth
	if as == 0 {
		truth, err = scenario.Write(w, name, scenario.Options{})
	} else {
		truth, err = scenario.WriteExports(w, name, scenario.RunOptions{Protocol: as})
	}
	if err != nil {
		t.Fatal(err)
	}
	b, err := truth.JSON()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(truthFile, b, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return file, truthFile
}

func configOf(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "floodmark.yaml")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func backtested(t *testing.T, args ...string) (*backtest.Document, string) {
	t.Helper()
	o := floodmark(t, append([]string{"backtest", "traffic", "--json"}, args...)...)
	if o.code != 0 || o.stderr != "" {
		t.Fatalf("exit %d: %s", o.code, o.stderr)
	}
	var d backtest.Document
	if err := json.Unmarshal([]byte(o.stdout), &d); err != nil {
		t.Fatal(err)
	}
	return &d, o.stdout
}

func TestBacktestFindsAttackInPacketsFlowsAndSamples(t *testing.T) {
	for name, c := range map[string]struct {
		as    export.Protocol
		delay float64 // at most; flow records come after the timer of their exporter
	}{"packets": {0, 3}, "netflow9": {export.NetFlow9, 20}, "ipfix": {export.IPFIX, 20}, "sflow": {export.SFlow, 3}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file, truth := recordingOf(t, "syn-flood", c.as)
			args := []string{"--config", configOf(t, lowThresholds), "--truth", truth, file}
			d, first := backtested(t, args...)
			if s := d.Score; s.Found != 1 || s.FalseAlarms != 0 || *s.DelayMax > c.delay || s.Vectors[0].Vector != "syn-flood" || s.Vectors[0].Recall != 1 || len(s.Vectors) != 1 {
				t.Errorf("%s", first)
			}
			if !d.Synthetic || d.Records == 0 || (d.Datagrams > 0) != (c.as != 0) || d.Inputs[0].SHA256 == "" {
				t.Errorf("synthetic %v, %d records, %d datagrams", d.Synthetic, d.Records, d.Datagrams)
			}
			if _, again := backtested(t, args...); again != first {
				t.Error("the same input gave other bytes")
			}
		})
	}
}

func TestBacktestOfOrdinaryTrafficSaysNothing(t *testing.T) {
	file, truth := recordingOf(t, "quiet-day", export.SFlow)
	d, out := backtested(t, "--config", configOf(t, lowThresholds), "--truth", truth, file)
	if len(d.Incidents) != 0 || d.Score.FalseAlarms != 0 || d.Score.Found != 0 {
		t.Errorf("%s", out)
	}
}

// Another threshold says something else: what the command is for.
func TestBacktestFollowsTheConfiguration(t *testing.T) {
	file, truth := recordingOf(t, "syn-flood", export.SFlow)
	d, _ := backtested(t, "--config", configOf(t, strings.Replace(lowThresholds, "500pps", "off", 1)), "--truth", truth, file)
	if len(d.Incidents) != 0 || d.Score.Missed != 1 {
		t.Errorf("%d incidents, %d missed", len(d.Incidents), d.Score.Missed)
	}
}

func TestBacktestPrintsForPeople(t *testing.T) {
	file, truth := recordingOf(t, "syn-flood", 0)
	o := floodmark(t, "backtest", "traffic", "--config", configOf(t, lowThresholds), "--truth", truth, file)
	for _, want := range []string{"SYNTHETIC", "= syn-flood", "1 of 1 attacks found, 0 false alarms", "delay: median", "a day for each watched address"} {
		if !strings.Contains(o.stdout, want) {
			t.Errorf("no %q in\n%s", want, o.stdout)
		}
	}
	if o.code != 0 || o.stderr != "" {
		t.Errorf("exit %d: %s", o.code, o.stderr)
	}
}

func TestBacktestRefusesInOneLine(t *testing.T) {
	config, dir := configOf(t, lowThresholds), t.TempDir()
	noise := filepath.Join(dir, "noise.pcap")
	if err := os.WriteFile(noise, []byte("this is no recording"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"backtest"}, "a subcommand is required"},
		{[]string{"backtest", "traffic"}, "name at least one recording"},
		{[]string{"backtest", "traffic", "--config", filepath.Join(dir, "none.yaml"), noise}, "none.yaml"},
		{[]string{"backtest", "traffic", "--config", configOf(t, "netwroks: []\n"), noise}, ":1:1: "},
		{[]string{"backtest", "traffic", "--config", config, "--truth", filepath.Join(dir, "none.json"), noise}, "none.json: no such file"},
		{[]string{"backtest", "traffic", "--config", config, "--truth", noise, noise}, "read truth"},
		{[]string{"backtest", "traffic", "--config", config, noise}, "not a recording"},
		{[]string{"backtest", "traffic", "--config", config, filepath.Join(dir, "none.pcap")}, "none.pcap"},
	} {
		o := floodmark(t, c.args...)
		if o.code != 2 || o.stdout != "" || strings.Count(o.stderr, "\n") != 1 || !strings.Contains(o.stderr, c.want) {
			t.Errorf("%v: exit %d, %q, expected %q", c.args, o.code, o.stderr, c.want)
		}
	}
}
