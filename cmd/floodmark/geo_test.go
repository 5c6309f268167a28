package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"floodmark/internal/geo"
	"floodmark/internal/testenv"
)

func runGeo(args ...string) (stdout, stderr string, err error) {
	var out, stated bytes.Buffer
	c := geoCommand()
	c.SetArgs(args)
	c.SetOut(&out)
	c.SetErr(&stated)
	c.SilenceErrors, c.SilenceUsage = true, true
	err = c.Execute()
	return out.String(), stated.String(), err
}

func TestGeoUpdateWritesADatabase(t *testing.T) {
	modules := filepath.Join("..", "..", "web", "node_modules")
	if _, err := os.Stat(filepath.Join(modules, "@ip-location-db")); err != nil {
		testenv.Missing(t, "the packaged data is not installed (npm ci in web)")
	}
	path := filepath.Join(t.TempDir(), "sub", "geo.db")
	t.Setenv("FLOODMARK_GEO", path)
	stdout, stderr, err := runGeo("update", "--from", modules)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(stderr, "geo: merging") || !strings.Contains(stdout, path) || !strings.Contains(stdout, "DB-IP (https://db-ip.com), CC BY 4.0") {
		t.Errorf("stdout %q, stderr %q", stdout, stderr)
	}
	found, ok := geo.Find()
	if !ok || found != path {
		t.Errorf("found %q, %v", found, ok)
	}
	if _, err := geo.Open(found); err != nil {
		t.Error(err)
	}
}

func TestGeoUpdateFailsWithOneLine(t *testing.T) {
	out := filepath.Join(t.TempDir(), "geo.db")
	for name, args := range map[string][]string{
		"no such folder": {"update", "--from", "/no/such/folder", "--out", out},
		"empty folder":   {"update", "--from", t.TempDir(), "--out", out},
		"argument":       {"update", "now"},
	} {
		_, _, err := runGeo(args...)
		if err == nil || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", name, err)
		}
	}
	t.Setenv("PATH", t.TempDir())
	_, _, err := runGeo("update", "--out", out)
	var e *exitError
	if !errors.As(err, &e) || e.code != exitFailed || !strings.Contains(err.Error(), "npm") {
		t.Errorf("without npm: %v", err)
	}
	if _, err := os.Stat(out); err == nil {
		t.Error("a failed update left a file")
	}
}
