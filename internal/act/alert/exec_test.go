package alert_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"floodmark/internal/act/alert"
	"floodmark/internal/model"
	"floodmark/internal/testenv"
)

// script writes a program that notes its arguments and its input beside it.
func script(t *testing.T, more string) (path, log string) {
	t.Helper()
	dir := t.TempDir()
	path, log = filepath.Join(dir, "notify.sh"), filepath.Join(dir, "log")
	text := "#!/bin/sh\nin=$(cat)\nprintf '%s\\n%s\\n' \"$*\" \"$in\" >> " + log + "\n" + more
	if err := os.WriteFile(path, []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
	return path, log
}

func lines(path string) []string {
	b, _ := os.ReadFile(path)
	return strings.Split(strings.TrimSuffix(string(b), "\n"), "\n")
}

func runs(path string, e alert.Exec) alert.Config {
	e.Command = path
	return alert.Config{Receivers: []alert.Receiver{{Name: "script", Exec: &e}}}
}

// TestProgramHearsBanAndUnban runs a script as FastNetMon's users have them.
func TestProgramHearsBanAndUnban(t *testing.T) {
	path, log := script(t, "echo done\n")
	var l logs
	d, _ := start(t, runs(path, alert.Exec{Args: []string{"-x"}}), nil, l.logger())
	in := incident("a")
	for _, c := range []model.ChangeType{model.Opened, model.Changed, model.Eased, model.Resumed, model.Ended} {
		d.Handle(background, change(&in, c))
	}
	testenv.Eventually(t, "two runs", func() bool { return len(lines(log)) >= 4 })
	got := lines(log)
	if got[0] != "-x 198.51.100.7 incoming 1200000 ban" || got[2] != "-x 198.51.100.7 incoming 1300000 unban" || len(got) != 4 {
		t.Fatalf("arguments %q", got)
	}
	var doc struct {
		IP      string         `json:"ip"`
		Action  string         `json:"action"`
		Details map[string]any `json:"attack_details"`
		Own     struct {
			Event   alert.Event `json:"event"`
			Unknown []string    `json:"unknown"`
		} `json:"floodmark"`
	}
	if err := json.Unmarshal([]byte(got[1]), &doc); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"attack_direction": "incoming", "attack_type": "dns_amplification", "attack_protocol": "udp", "attack_severity": "middle",
		"total_incoming_pps": 1.2e6, "total_incoming_traffic": 6.5e8, "incoming_udp_traffic": 6.25e8, "incoming_udp_pps": 1.1e6, "incoming_tcp_traffic": 0.0, "outgoing_udp_pps": 0.0}
	for k, v := range want {
		if doc.Details[k] != v {
			t.Errorf("%s is %v, want %v", k, doc.Details[k], v)
		}
	}
	if doc.IP != "198.51.100.7" || doc.Action != "ban" || doc.Own.Event.Incident.ID != "a" || !strings.Contains(strings.Join(doc.Own.Unknown, " "), "incoming_tcp_traffic") {
		t.Errorf("document %s", got[1])
	}
	testenv.Eventually(t, "output in the log", func() bool { return strings.Contains(l.String(), "output=done") })
}

func TestProgramHearsDetailsAndPrefixesIfWanted(t *testing.T) {
	path, log := script(t, "")
	d, _ := start(t, runs(path, alert.Exec{Prefixes: true, Details: true}), nil, nil)
	in := incident("a")
	in.Target, in.Direction = model.PrefixID(in.Target.Addr, 24), model.Out
	d.Handle(background, change(&in, model.Opened))
	d.Handle(background, change(&in, model.Changed))
	testenv.Eventually(t, "two runs", func() bool { return len(lines(log)) >= 4 })
	if got := lines(log); got[0] != "198.51.100.0/24 outgoing 1200000 ban" || got[2] != "198.51.100.0/24 outgoing 1200000 attack_details" {
		t.Errorf("arguments %q", got)
	}
}

func TestProgramIsNotRunForPrefixes(t *testing.T) {
	path, log := script(t, "")
	d, _ := start(t, runs(path, alert.Exec{}), nil, nil)
	in := incident("a")
	in.Target = model.PrefixID(in.Target.Addr, 24)
	d.Handle(background, change(&in, model.Opened))
	testenv.Eventually(t, "done", func() bool { return d.Status()[0].Sent == 1 })
	if got := lines(log); len(got[0]) != 0 {
		t.Errorf("ran with %q", got)
	}
}

// TestProgramThatHangsIsKilled also with what it started.
func TestProgramThatHangsIsKilled(t *testing.T) {
	pids := filepath.Join(t.TempDir(), "pid")
	path, log := script(t, "sleep 1000 & echo $! >> "+pids+"\nwait\n")
	d, _ := start(t, runs(path, alert.Exec{Timeout: 300 * time.Millisecond}), nil, nil)
	in := incident("a")
	d.Handle(background, change(&in, model.Opened))
	testenv.Eventually(t, "a second run", func() bool { return len(lines(log)) >= 4 })
	if got := lines(log); got[2] != got[0] || got[3] != got[1] {
		t.Errorf("runs differ: %q", got)
	}
	pid, err := strconv.Atoi(lines(pids)[0])
	if err != nil {
		t.Fatal(err)
	}
	testenv.Eventually(t, "what it started is gone", func() bool {
		b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		return err != nil || strings.Contains(string(b), ") Z ")
	})
	if s := d.Status()[0].LastError; !strings.Contains(s, "killed after 300ms") {
		t.Errorf("error %q", s)
	}
}

// TestProgramThatFailsDelaysOnlyItsIncident runs for the next address although
// the first one fails.
func TestProgramThatFailsDelaysOnlyItsIncident(t *testing.T) {
	path, log := script(t, "case $1 in 198.51.100.7) echo no such router; exit 3;; esac\n")
	d, _ := start(t, runs(path, alert.Exec{}), nil, nil)
	a, b := incident("a"), incident("b")
	b.Target = target("198.51.100.8")
	d.Handle(background, change(&a, model.Opened))
	d.Handle(background, change(&b, model.Opened))
	testenv.Eventually(t, "the other one", func() bool { return strings.Contains(strings.Join(lines(log), "\n"), "198.51.100.8 incoming") })
	testenv.Eventually(t, "one sent, one waiting", func() bool { s := d.Status()[0]; return s.Sent == 1 && s.Pending == 1 })
	testenv.Eventually(t, "its output as the error", func() bool { return strings.Contains(d.Status()[0].LastError, "no such router") })
}

func TestProgramThatReadsNothingIsFine(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "x")
	if err := os.WriteFile(path, []byte("#!/bin/sh\nyes | head -c 1000000\nexec >&- 2>&-\nexit 0\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	d, _ := start(t, runs(path, alert.Exec{}), nil, nil)
	in := incident("a")
	d.Handle(background, change(&in, model.Opened))
	testenv.Eventually(t, "done", func() bool { return d.Status()[0].Sent == 1 })
}

func TestTestBansNobody(t *testing.T) {
	path, log := script(t, "")
	d, _ := start(t, runs(path, alert.Exec{}), nil, nil)
	if err := d.Test(background, "script"); err != nil {
		t.Fatal(err)
	}
	if got := lines(log); !strings.HasPrefix(got[0], "192.0.2.1 incoming 0 test") {
		t.Errorf("arguments %q", got)
	}
}
