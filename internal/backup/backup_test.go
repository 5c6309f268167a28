package backup

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestRestoreRefuses(t *testing.T) {
	if err := Restore(t.Context(), t.TempDir(), filepath.Join(t.TempDir(), "new"), "floodmark test"); err == nil || !strings.Contains(err.Error(), "no whole backup") {
		t.Errorf("an empty directory as a backup: %v", err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "x"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	backup := t.TempDir()
	if err := os.WriteFile(filepath.Join(backup, manifestFile), []byte(`{"form":"`+form+`"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Restore(t.Context(), backup, dir, "floodmark test"); err == nil || !strings.Contains(err.Error(), "not empty") {
		t.Errorf("into a directory that is not empty: %v", err)
	}
}
