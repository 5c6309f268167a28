package main

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"floodmark/internal/model"
	"floodmark/internal/report/reporttest"
	"floodmark/internal/report/seal"
)

type verifyCase struct {
	name, want string
	args       []string
	code       int
}

func TestVerifyCommand(t *testing.T) {
	dir := t.TempDir()
	put := func(name string, b []byte) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	seed, key := bytes.Repeat([]byte{5}, 32), ed25519.NewKeyFromSeed(bytes.Repeat([]byte{6}, 32))
	full, err := seal.Seal(reporttest.Cameras(), seed, key)
	if err != nil {
		t.Fatal(err)
	}
	cut, err := seal.Redact(full)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	pub := put("key.pub", pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
	report, redacted := put("full.json", append(full, '\n')), put("cut.json", cut)
	forged := put("forged.json", bytes.Replace(full, []byte(`"synthetic":true`), []byte(`"synthetic":false`), 1))
	recompute := func(_ context.Context, s model.Settings, paths []string) ([]byte, error) {
		if paths[0] == "broken" {
			return nil, errors.New("broken: no known magic number")
		}
		a := reporttest.Cameras()
		if paths[0] == "other" {
			a.Vectors[0].Packets++
		}
		a.Settings = s
		return seal.Seal(a, seed, nil)
	}
	for _, c := range []verifyCase{
		{"full with key", "✓ signature", []string{report, "--key", pub}, exitDone},
		{"redacted with key", "✓ root", []string{redacted, "--key", pub}, exitDone},
		{"unknown key", "which you have not confirmed", []string{report}, exitDone},
		{"recomputed", "✓ recomputed", []string{report, "same"}, exitDone},
		{"recomputed from the redacted form", "✓ recomputed", []string{redacted, "same"}, exitDone},
		{"recomputed differs", "/vectors/0/packets", []string{report, "other"}, exitFailed},
		{"inputs that cannot be read", "no known magic number", []string{report, "broken"}, exitFailed},
		{"forged", "✗ root", []string{forged}, exitFailed},
		{"not a report", "✗ form", []string{pub}, exitFailed},
		{"no such file", "", []string{filepath.Join(dir, "none")}, exitUsage},
		{"no such key", "", []string{report, "--key", report}, exitUsage},
	} {
		var out bytes.Buffer
		cmd := verifyCommand(recompute)
		cmd.SilenceErrors, cmd.SilenceUsage = true, true
		cmd.SetArgs(c.args)
		cmd.SetOut(&out)
		code := exitDone
		if err := cmd.Execute(); err != nil {
			var e *exitError
			if !errors.As(err, &e) {
				t.Fatalf("%s: %v", c.name, err)
			}
			code = e.code
		}
		if code != c.code || !strings.Contains(out.String(), c.want) {
			t.Errorf("%s: exit code %d, want %d\n%s", c.name, code, c.code, out.String())
		}
		first, _, _ := strings.Cut(out.String(), "\n")
		if code != exitUsage && !strings.Contains(first, "synthetic") {
			t.Errorf("%s: the first line is %q", c.name, first)
		}
	}
}
