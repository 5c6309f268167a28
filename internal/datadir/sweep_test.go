package datadir

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestOpenRemovesTemporaryFilesOfAKilledProcessAndNothingElse(t *testing.T) {
	dir := t.TempDir()
	files := map[string]bool{ // name: stays
		"user-reports/state.123456.part":   false,
		"baselines.7.part":                 false,
		"user-reports/state":               true,
		"user-reports/notes.part":          true,
		"incidents/a/state.123456.part.gz": true,
	}
	for name := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	d, err := Open(Config{Path: dir, Program: "test"})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	for name, stays := range files {
		if _, err := os.Stat(filepath.Join(dir, name)); (err == nil) != stays {
			t.Errorf("%s: stat after Open: %v, want it kept: %v", name, err, stays)
		}
	}
}

func TestEmptyFormatFileIsRejectedWithTheWayOut(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, formatFile)
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Open(Config{Path: dir, Program: "test"})
	if err == nil {
		t.Fatal("an empty format file was accepted")
	}
	for _, want := range []string{path, "from a backup", `{"format": 1}`} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("error %q lacks %q", err, want)
		}
	}
}
