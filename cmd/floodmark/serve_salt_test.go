package main

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"floodmark/internal/journal"
)

// holds tells whether any file below dir holds octets.
func holds(t *testing.T, dir string, what []byte) bool {
	t.Helper()
	found := false
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return nil // the program makes and removes files meanwhile
		}
		b, err := os.ReadFile(path)
		if err == nil && bytes.Contains(b, what) {
			found = true
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TestKeyOfHashesIsGoneAfterItsDay looks for the octets of the key in all files
// of a program whose day takes seconds, and of one that was off for a day.
func TestKeyOfHashesIsGoneAfterItsDay(t *testing.T) {
	t.Parallel()
	for name, later := range map[string]string{"while it runs": "start=2026-06-15T02:00:00Z,speed=10000", "while it is off": "start=2026-06-16T02:00:00Z,speed=1"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			s := serving(t, configured(t, "services: [{slug: example, name: Example}]\n"), dir, "--clock", "start=2026-06-15T01:00:00Z,speed=1")
			s.kill()
			j, err := journal.Open(t.Context(), journal.Config{Dir: filepath.Join(dir, "journal"), Reserve: 1 << 20})
			if err != nil {
				t.Fatal(err)
			}
			value, err := j.Get(t.Context(), "reports/salt/0")
			if err != nil {
				t.Fatal(err)
			}
			if err := j.Close(); err != nil {
				t.Fatal(err)
			}
			key := value[8:] // after its time
			if len(key) != 32 || !holds(t, dir, key) {
				t.Fatal("the key is not where it is looked for")
			}
			s = s.again("--clock", later)
			s.until("no file holds the key", func() bool { return !holds(t, dir, key) })
			if got := s.metric("floodmark_user_report_key_rotation_failed", ""); got != 0 {
				t.Errorf("stuck: %g", got)
			}
		})
	}
}
