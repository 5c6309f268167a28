package main

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// refused runs the program, which must end by itself with code 1 or 2 and one
// line that holds all of words.
func refused(t *testing.T, file, dir string, code int, words ...string) {
	t.Helper()
	o := floodmark(t, "serve", "--data", dir, "--config", file)
	line := strings.TrimSuffix(o.stderr, "\n")
	if at := strings.LastIndexByte(line, '\n'); at >= 0 && !strings.Contains(line[:at], "level=") {
		t.Errorf("more than one line:\n%s", o.stderr)
	} else {
		line = line[at+1:]
	}
	if o.code != code {
		t.Errorf("exit code %d: %s", o.code, line)
	}
	for _, w := range words {
		if !strings.Contains(line, w) {
			t.Errorf("%q lacks %q", line, w)
		}
	}
	t.Log(line)
}

func TestPortInUseIsNamed(t *testing.T) {
	p := ports(t, 4)
	conf := writeTest(t, filepath.Join(t.TempDir(), "f.yaml"), fmt.Appendf(nil, "collectors: [{listen: %q}]\nhttp:\n  operator: {listen: %q}\n  public: {listen: %q}\n", p[0], p[1], p[2]))
	for i, key := range []string{"collector for netflow", "http.operator.listen", "http.public.listen"} {
		var used interface{ Close() error }
		var err error
		if i == 0 {
			used, err = net.ListenPacket("udp", p[0])
		} else {
			used, err = net.Listen("tcp", p[i])
		}
		if err != nil {
			t.Fatal(err)
		}
		refused(t, conf, t.TempDir(), exitFailed, p[i], "in use", key)
		used.Close()
	}
}

func TestSecondInstanceIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := serving(t, configured(t, ""), dir)
	refused(t, configured(t, ""), dir, exitFailed, dir, fmt.Sprint("process ", s.cmd.Process.Pid), "stop that one")
	if code := s.stop(); code != exitDone {
		t.Errorf("the first ended with code %d", code)
	}
}

func TestNewerDataIsLeftAlone(t *testing.T) {
	dir := t.TempDir()
	file := writeTest(t, filepath.Join(dir, "format.json"), []byte(`{"format": 99, "program": "floodmark 9.9"}`))
	refused(t, configured(t, ""), dir, exitFailed, dir, "floodmark 9.9", "format 99", "nothing was changed")
	all, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range all {
		if e.Name() != "lock" && e.Name() != filepath.Base(file) {
			t.Errorf("%s was made", e.Name())
		}
	}
}

func TestListenBeyondLoopbackWantsToken(t *testing.T) {
	refused(t, configured(t, "http: {operator: {listen: \"0.0.0.0:8080\"}}\n"), t.TempDir(), exitUsage, "there is no token", "floodmark token new")
}

func TestReplayClockStaysOnLoopback(t *testing.T) {
	file := writeTest(t, filepath.Join(t.TempDir(), "f.yaml"), []byte("exporters: [192.0.2.1]\n"))
	o := floodmark(t, "serve", "--data", t.TempDir(), "--config", file, "--clock", "start=2026-06-15T00:00:00Z,speed=60")
	if o.code == exitDone || !strings.Contains(o.stderr, "not on loopback") {
		t.Errorf("code %d: %s", o.code, o.stderr)
	}
}
