package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"floodmark/internal/testenv"
)

const unitFile = "../../deploy/floodmark.service"

// TestUnit holds the systemd unit to what the program relies on.
func TestUnit(t *testing.T) {
	b, err := os.ReadFile(unitFile)
	if err != nil {
		t.Fatal(err)
	}
	lines := "\n" + string(b)
	for _, want := range []string{
		"Type=notify", "ExecReload=/bin/kill -HUP $MAINPID", "DynamicUser=yes", "ProtectSystem=strict", "StateDirectory=floodmark",
		"MemoryDenyWriteExecute=yes", "SystemCallFilter=@system-service", "CapabilityBoundingSet=", "AmbientCapabilities=", "NoNewPrivileges=yes",
	} {
		if !strings.Contains(lines, "\n"+want+"\n") {
			t.Errorf("%s has no line %q", unitFile, want)
		}
	}
	if !strings.Contains(lines, "\nWatchdogSec=") {
		t.Errorf("%s has no watchdog", unitFile)
	}
}

// TestUnitIsUnderstoodBySystemd asks systemd itself, where it is installed.
func TestUnitIsUnderstoodBySystemd(t *testing.T) {
	tool, err := exec.LookPath("systemd-analyze")
	if err != nil {
		testenv.Optional(t, "systemd-analyze is not installed; the unit's lines are checked by TestUnit")
	}
	b, err := os.ReadFile(unitFile)
	if err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	capture, err := os.ReadFile("../../deploy/floodmark-capture.conf")
	if err != nil {
		t.Fatal(err)
	}
	plain := filepath.Join(t.TempDir(), "floodmark.service")
	extra := filepath.Join(t.TempDir(), "floodmark.service")
	text := strings.ReplaceAll(string(b), "/usr/bin/floodmark", self)
	for path, content := range map[string]string{plain: text, extra: text + "\n" + string(capture)} {
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command(tool, "verify", "--man=no", path).CombinedOutput()
		if err != nil || strings.Contains(string(out), path) {
			t.Errorf("systemd-analyze verify: %v\n%s", err, out)
		}
	}
	// 2.0 of 10 is what systemd calls OK; the threshold is in tenths.
	if out, err := exec.Command(tool, "security", "--offline=yes", "--no-pager", "--threshold=20", plain).CombinedOutput(); err != nil {
		t.Errorf("systemd-analyze security: %v\n%s", err, out)
	}
}
