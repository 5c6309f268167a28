package main

import (
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"floodmark/internal/scenario/export"
	"floodmark/internal/testenv"
)

// rewrite changes the configuration of a running program and tells it so.
func (s *served) rewrite(old, new string) {
	s.t.Helper()
	b, err := os.ReadFile(s.file)
	if err != nil {
		s.t.Fatal(err)
	}
	if !strings.Contains(string(b), old) {
		s.t.Fatalf("the configuration has no %q", old)
	}
	writeTest(s.t, s.file, []byte(strings.Replace(string(b), old, new, 1)))
	s.signal(syscall.SIGHUP)
}

func (s *served) says(words ...string) {
	s.t.Helper()
	s.until("it says "+strings.Join(words, ", "), func() bool {
		for line := range strings.Lines(s.log.String()) {
			if !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(line, w) }) {
				return true
			}
		}
		return false
	})
}

func TestReloadIsAllOrNothing(t *testing.T) {
	t.Parallel()
	const high, low = "groups: {default: {thresholds: {host: {in: {packets: 900kpps, udp-packets: 900kpps}}}}}", "groups: {default: {thresholds: {host: {in: {packets: 20kpps, udp-packets: 20kpps}}}}}"
	s := serving(t, configured(t, "networks: [198.51.100.0/24]\nmax_tracked_hosts: 50000\n"+high+"\n"), t.TempDir())
	exporting(t, feeds{protocol: export.SFlow, from: "127.0.4.1", to: s.sflow, sampling: 1000}).traffic(60, udpFlood("198.51.100.9"))

	bound := func() float64 {
		var target struct {
			In struct {
				Thresholds map[string]float64
			}
		}
		s.get("/api/v1/targets/198.51.100.9", &target)
		return target.In.Thresholds["packets"]
	}
	s.until("the target is seen", func() bool { code, _, _ := s.send("GET", "/api/v1/targets/198.51.100.9", ""); return code == 200 })

	s.rewrite(high, strings.Replace(low, "packets", "packtes", 1))
	s.says("configuration not reloaded", filepath.Base(s.file)+":", `packtes`, `packets`)
	if b := bound(); b != 900e3 {
		t.Errorf("after a broken file the threshold is %g", b)
	}
	s.rewrite(strings.Replace(low, "packets", "packtes", 1), low+"\ndata: {dir: elsewhere}")
	s.says("configuration not reloaded", "data.dir needs a restart")
	if b := bound(); b != 900e3 {
		t.Errorf("after a refused file the threshold is %g", b)
	}
	if n := len(s.incidents("198.51.100.9")); n != 0 {
		t.Errorf("%d incidents under the threshold", n)
	}
	s.rewrite("\ndata: {dir: elsewhere}", "")
	s.says("configuration reloaded")
	s.until("the threshold is in effect", func() bool { return bound() == 20e3 })
	s.opened("198.51.100.9")
	if code := s.stop(); code != exitDone {
		t.Errorf("exit code %d", code)
	}
}

// TestSystemdIsReported plays the side of systemd (sd_notify(3)).
func TestSystemdIsReported(t *testing.T) {
	path := filepath.Join(t.TempDir(), "notify")
	l, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var mu sync.Mutex
	var got []string
	go func() {
		b := make([]byte, 4096)
		for {
			n, err := l.Read(b)
			if err != nil {
				return
			}
			mu.Lock()
			for line := range strings.Lines(string(b[:n])) {
				key, _, _ := strings.Cut(strings.TrimSpace(line), "=")
				if key != "WATCHDOG" || !slices.Contains(got, key) {
					got = append(got, key)
				}
			}
			mu.Unlock()
		}
	}()
	reported := func(keys ...string) func() bool {
		return func() bool {
			mu.Lock()
			defer mu.Unlock()
			list := slices.DeleteFunc(slices.Clone(got), func(k string) bool { return k == "WATCHDOG" })
			return slices.Contains(got, "WATCHDOG") && slices.Equal(list, keys)
		}
	}
	t.Setenv("NOTIFY_SOCKET", path)
	t.Setenv("WATCHDOG_USEC", "300000")
	s := serving(t, configured(t, ""), t.TempDir())
	s.until("it is ready and feeds the watchdog", reported("READY"))
	s.signal(syscall.SIGHUP)
	s.until("it reloads", reported("READY", "RELOADING", "MONOTONIC_USEC", "READY"))
	if code := s.stop(); code != exitDone {
		t.Errorf("exit code %d", code)
	}
	testenv.Eventually(t, "systemd hears that it stops", reported("READY", "RELOADING", "MONOTONIC_USEC", "READY", "STOPPING"))
}
