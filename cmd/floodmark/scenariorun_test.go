package main

import (
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"floodmark/internal/testenv"
)

// collector counts what reaches a free port on loopback.
func collector(t *testing.T) (addr string, datagrams *atomic.Int64) {
	t.Helper()
	c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.SetReadBuffer(8 << 20)
	n := new(atomic.Int64)
	go func() {
		b := make([]byte, 2000)
		for {
			if _, _, err := c.ReadFromUDP(b); err != nil {
				return
			}
			n.Add(1)
		}
	}()
	return c.LocalAddr().String(), n
}

type runTruth struct {
	First     time.Time
	Exporters []struct {
		Name     string
		Protocol string
		Stats    struct{ Datagrams, Lost int64 }
	}
}

func TestScenarioRunSendsAndStatesTheTruth(t *testing.T) {
	to, datagrams := collector(t)
	file := filepath.Join(t.TempDir(), "truth.json")
	_, diag, err := scenarioRun("run", "slow-ramp", "--to", to, "--sflow-to", to, "--speed", "6000", "--duration", "10m", "--scale", "0.2",
		"--truth", file, "--fault", "edge-1:loss=0.5")
	if err != nil {
		t.Fatal(err)
	}
	var truth runTruth
	b, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(b, &truth)
	}
	if err != nil || len(truth.Exporters) != 2 {
		t.Fatalf("%v: %s", err, b)
	}
	want := truth.Exporters[0].Stats.Datagrams + truth.Exporters[1].Stats.Datagrams
	testenv.Eventually(t, "all datagrams have arrived", func() bool { return datagrams.Load() >= want })
	if datagrams.Load() != want || truth.Exporters[0].Stats.Lost == 0 {
		t.Errorf("%d datagrams arrived, truth says %d and %+v", datagrams.Load(), want, truth.Exporters)
	}
	if !strings.Contains(diag, "synthetic") || !strings.Contains(diag, "done") {
		t.Errorf("progress says %q", diag)
	}
}

func TestScenarioRunTakesTheServersClock(t *testing.T) {
	to, _ := collector(t)
	now := time.Date(2026, 6, 15, 3, 0, 30, 0, time.UTC)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		json.NewEncoder(w).Encode(map[string]any{"now": now, "speed": 3000, "start": now.Add(-time.Hour)})
	}))
	defer server.Close()
	file := filepath.Join(t.TempDir(), "truth.json")
	args := []string{"run", "slow-ramp", "--to", to, "--sflow-to", to, "--duration", "2m", "--server", server.URL, "--truth", file}
	if _, _, err := scenarioRun(args...); err != nil {
		t.Fatal(err)
	}
	var truth runTruth
	b, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(b, &truth)
	}
	if err != nil || truth.First.Before(now) || truth.First.After(now.Add(time.Minute)) {
		t.Errorf("%v: began at %v", err, truth.First)
	}
	if _, _, err := scenarioRun(append(args, "--start", "2026-06-15T02:00:00Z")...); err == nil || !strings.Contains(err.Error(), "server's clock") {
		t.Errorf("a start in the past: %v", err)
	}
}

func TestScenarioRunRefuses(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"run", "slow-ramp", "--to", "192.0.2.1:2055"}, "this machine"},
		{[]string{"run", "slow-rump"}, `did you mean "slow-ramp"`},
		{[]string{"run", "slow-ramp", "--protocol", "netflow7"}, "netflow9"},
		{[]string{"run", "slow-ramp", "--fault", "edge-1:noise=1"}, "unknown fault"},
		{[]string{"run", "slow-ramp", "--fault", "edge-7:loss=0.1"}, "no such exporter"},
		{[]string{"run", "slow-ramp", "--speed", "0"}, "speed"},
		{[]string{"run", "syn-flood", "--sampling", "10"}, "drawn already"},
		{[]string{"write", "slow-ramp", "--out", "-", "--sampling", "10"}, "--as"},
		{[]string{"run", "slow-ramp", "--start", "yesterday"}, "2026-06-15T00:00:00Z"},
	} {
		if _, _, err := scenarioRun(c.args...); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: %v, want %q", c.args, err, c.want)
		}
	}
}

func TestScenarioWriteAsExports(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.pcapng")
	if _, _, err := scenarioRun("write", "slow-ramp", "--as", "ipfix", "--out", file, "--duration", "2m"); err != nil {
		t.Fatal(err)
	}
	var truth runTruth
	b, err := os.ReadFile(file + ".truth.json")
	if err == nil {
		err = json.Unmarshal(b, &truth)
	}
	if err != nil || len(truth.Exporters) != 2 || truth.Exporters[0].Protocol != "ipfix" {
		t.Errorf("%v: %+v", err, truth)
	}
}
