package datadir

import (
	"bufio"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestMain lets the test binary be the other process: it claims the directory
// it is told, says so, and waits to be killed.
func TestMain(m *testing.M) {
	if dir := os.Getenv("FLOODMARK_TEST_CLAIM"); dir != "" {
		if _, err := Open(Config{Path: dir, Program: "other"}); err != nil {
			os.Stdout.WriteString(err.Error() + "\n")
			os.Exit(1)
		}
		os.Stdout.WriteString("claimed\n")
		select {}
	}
	os.Exit(m.Run())
}

func TestSecondProcessIsRefusedWithTheHoldersNumberUntilThatIsKilled(t *testing.T) {
	dir := t.TempDir()
	other := exec.Command(os.Args[0])
	other.Env = append(os.Environ(), "FLOODMARK_TEST_CLAIM="+dir)
	out, err := other.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { other.Process.Kill(); other.Wait() }()
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "claimed\n" {
		t.Fatalf("the other process said %q, %v", line, err)
	}
	_, err = Open(Config{Path: dir, Program: "this"})
	var locked *lockedError
	if !errors.As(err, &locked) || locked.PID != other.Process.Pid {
		t.Fatalf("got %v, want a LockedError naming process %d", err, other.Process.Pid)
	}
	other.Process.Kill()
	other.Wait()
	d, err := Open(Config{Path: dir, Program: "this"})
	if err != nil {
		t.Fatalf("after the holder was killed: %v", err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestSecondClaimInOneProcessIsRefused(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "made", "on", "the", "way")
	d, err := Open(Config{Path: dir})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Open(Config{Path: dir}); !errors.As(err, new(*lockedError)) {
		t.Fatalf("got %v, want a LockedError", err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if d, err = Open(Config{Path: dir}); err != nil {
		t.Fatal(err)
	}
	d.Close()
}

func TestDirectoryOfANewerProgramIsRefusedWithTheWayBackAndUntouched(t *testing.T) {
	dir := t.TempDir()
	const newer = `{"format":7,"program":"floodmark 9.0.0"}`
	if err := os.WriteFile(filepath.Join(dir, formatFile), []byte(newer), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Open(Config{Path: dir, Program: "floodmark 1.0.0"})
	var n *newerError
	if !errors.As(err, &n) {
		t.Fatalf("got %v, want a NewerError", err)
	}
	if diff := cmp.Diff(&newerError{dir, 7, 1, "floodmark 9.0.0"}, n); diff != "" {
		t.Error(diff)
	}
	for _, want := range []string{dir, "format 7", "floodmark 9.0.0", "restore a backup"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q does not say %q", err, want)
		}
	}
	if b, _ := os.ReadFile(filepath.Join(dir, formatFile)); string(b) != newer {
		t.Errorf("the format file was changed to %s", b)
	}
	if err := os.WriteFile(filepath.Join(dir, formatFile), []byte(`{"format":1}`), 0o600); err != nil {
		t.Fatal(err)
	}
	d, err := Open(Config{Path: dir})
	if err != nil {
		t.Fatalf("a refusal kept the lock: %v", err)
	}
	d.Close()
}

func TestUpgradesRunInOrderOnceAndAgainAfterAnInterruption(t *testing.T) {
	dir := t.TempDir()
	var ran []string
	var fault error
	step := func(name string) func(string) error {
		return func(path string) error {
			if path != dir {
				t.Errorf("step %s got %s", name, path)
			}
			ran = append(ran, name)
			if name == "b" {
				return fault
			}
			return nil
		}
	}
	open := func(steps ...func(string) error) error {
		d, err := Open(Config{Path: dir, Program: "p", Upgrades: steps})
		if err == nil {
			d.Close()
		}
		return err
	}
	if err := open(); err != nil {
		t.Fatal(err)
	}
	fault = errors.New("pulled the plug")
	if err := open(step("a"), step("b"), step("c")); !errors.Is(err, fault) || !strings.Contains(err.Error(), "from format 2 to 3") {
		t.Fatalf("got %v", err)
	}
	fault = nil
	for range 2 {
		if err := open(step("a"), step("b"), step("c")); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]string{"a", "b", "b", "c"}, ran); diff != "" {
		t.Error(diff)
	}
	if f, err := read(dir); err != nil || f.Format != 4 {
		t.Errorf("format %d, %v; want 4", f.Format, err)
	}
	if err := open(step("a")); !errors.As(err, new(*newerError)) {
		t.Errorf("the older program got %v, want a NewerError", err)
	}
}

func TestNewDirectoryHasTheNewestFormatWithoutUpgrading(t *testing.T) {
	d, err := Open(Config{Path: t.TempDir(), Upgrades: []func(string) error{func(string) error { return errors.New("ran") }}})
	if err != nil {
		t.Fatal(err)
	}
	d.Close()
}

func TestDamagedFormatFileIsAnErrorThatNamesIt(t *testing.T) {
	for _, content := range []string{"", "{", `{"format":0}`, `{"format":-3}`, `{}`} {
		dir := t.TempDir()
		path := filepath.Join(dir, formatFile)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(Config{Path: dir}); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%q: got %v, want an error that names %s", content, err, path)
		}
	}
}
