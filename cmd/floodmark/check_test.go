package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"floodmark/internal/settings"
)

func TestCheckCommand(t *testing.T) {
	dir := t.TempDir()
	put := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good, bad := put("good.yaml", "exporters: [192.0.2.1]\n"), put("bad.yaml", "groups:\n  default:\n    treshold: 1\nlog: {level: loud}\n")
	lacking := put("lacking.yaml", "alerts: {heartbeat: {url: \"${FLOODMARK_NOT_SET_ANYWHERE}\"}}\n")
	for _, c := range []struct {
		args           []string
		code           int
		stdout, stderr string
	}{
		{[]string{"check", good}, exitDone, good + ": a valid configuration\n", ""},
		{[]string{"check", bad}, exitUsage, "", bad + ":3:5: unknown key \"treshold\" in groups.default; did you mean \"thresholds\"?\n" +
			bad + ":4:14: log.level: \"loud\" is not a choice; known are debug, info, warn, error\n"},
		{[]string{"check", lacking}, exitDone, lacking + ": a valid configuration\n",
			"note: " + lacking + ":1:27: alerts.heartbeat.url: the environment has no FLOODMARK_NOT_SET_ANYWHERE\n"},
		{[]string{"check", dir + "/none.yaml"}, exitUsage, "", dir + "/none.yaml: read configuration: no such file or directory\n"},
		{[]string{"check"}, exitUsage, "", "floodmark: accepts 1 arg(s), received 0\n"},
	} {
		got := floodmark(t, c.args...)
		if got.code != c.code || got.stdout != c.stdout || got.stderr != c.stderr {
			t.Errorf("%v: exit code %d\nstdout %q\nstderr %q\nwant %d\n%q\n%q", c.args, got.code, got.stdout, got.stderr, c.code, c.stdout, c.stderr)
		}
	}
}

func TestExamplesPassCheck(t *testing.T) {
	files, _ := filepath.Glob("../../examples/*.yaml")
	if len(files) != 4 {
		t.Fatalf("found %d examples", len(files))
	}
	for _, f := range files {
		if got := floodmark(t, "check", f); got.code != exitDone {
			t.Errorf("%s: %+v", f, got)
		}
	}
}

// TestTokenNew: the hash is that of the token, and no token comes twice.
func TestTokenNew(t *testing.T) {
	form := regexp.MustCompile(`^token: (fmk_[A-Za-z0-9_-]{43})\nhash: (sha256:[0-9a-f]{64})\n$`)
	seen := make(map[string]bool)
	for range 2 {
		m := form.FindStringSubmatch(floodmark(t, "token", "new").stdout)
		if m == nil || settings.HashToken(m[1]).String() != m[2] || seen[m[1]] {
			t.Fatalf("%q", m)
		}
		seen[m[1]] = true
		text := "http: {operator: {listen: 0.0.0.0:8443}, tokens: [{name: a, scopes: [read], hash: " + m[2] + "}]}\n"
		path := filepath.Join(t.TempDir(), "c.yaml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := floodmark(t, "check", path); got.code != exitDone || strings.Contains(text, m[1]) {
			t.Errorf("%+v", got)
		}
	}
}
