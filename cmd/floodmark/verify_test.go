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
		out, code := runVerify(t, recompute, c.args)
		if code != c.code || !strings.Contains(out, c.want) {
			t.Errorf("%s: exit code %d, want %d\n%s", c.name, code, c.code, out)
		}
		first, _, _ := strings.Cut(out, "\n")
		if code != exitUsage && !strings.Contains(first, "synthetic") {
			t.Errorf("%s: the first line is %q", c.name, first)
		}
	}
}

// TestVerifyReportOfAnIncident checks what a stranger can check of a report that
// rests on what a server kept: that nothing was altered, in either form, and
// that nobody is told that it was computed again.
func TestVerifyReportOfAnIncident(t *testing.T) {
	dir, key := t.TempDir(), ed25519.NewKeyFromSeed(bytes.Repeat([]byte{6}, 32))
	never := func(context.Context, model.Settings, []string) ([]byte, error) {
		t.Error("a report of a server was computed again")
		return nil, errors.New("never")
	}
	for name, a := range map[string]*model.Analysis{"outage": reporttest.Outage(), "outside": reporttest.Outside()} {
		full, err := seal.Seal(a, bytes.Repeat([]byte{5}, 32), key)
		if err != nil {
			t.Fatal(err)
		}
		cut, err := seal.Redact(full)
		if err != nil {
			t.Fatal(err)
		}
		if name == "outage" && (!bytes.Contains(full, []byte("192.0.2.80")) || bytes.Contains(cut, []byte("192.0.2"))) {
			t.Error("the redacted form names the service's addresses")
		}
		for form, report := range map[string][]byte{"full": full, "redacted": cut} {
			path := filepath.Join(dir, name+form+".json")
			for _, c := range []struct {
				what   string
				report []byte
				inputs []string
				code   int
				want   []string
			}{
				{"as it is", report, nil, exitDone, []string{"✓ root", "– recomputed", "cannot be done from outside"}},
				{"with a file", report, []string{"some.pcap"}, exitDone, []string{"– recomputed"}},
				{"a word of the assessment altered", bytes.Replace(report, []byte(a.Outage.Assessment.Words), []byte("ALMOST"+a.Outage.Assessment.Words[6:]), 1), nil, exitFailed, []string{"✗ root"}},
				{"one octet of a source altered", bytes.Replace(report, []byte(a.Outage.Claims[0].Source), []byte("b"+a.Outage.Claims[0].Source[1:]), 1), nil, exitFailed, []string{"✗ root"}},
			} {
				if c.code == exitFailed && bytes.Equal(c.report, report) {
					t.Fatalf("%s: nothing was altered", c.what)
				}
				if err := os.WriteFile(path, c.report, 0o600); err != nil {
					t.Fatal(err)
				}
				out, code := runVerify(t, never, append([]string{path}, c.inputs...))
				for _, want := range c.want {
					if code != c.code || !strings.Contains(out, want) {
						t.Errorf("%s, %s, %s: exit code %d, want %d and %q\n%s", name, form, c.what, code, c.code, want, out)
					}
				}
			}
		}
	}
}

func runVerify(t *testing.T, recompute recomputeFunc, args []string) (string, int) {
	t.Helper()
	var out bytes.Buffer
	cmd := verifyCommand(recompute)
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	cmd.SetArgs(args)
	cmd.SetOut(&out)
	if err := cmd.Execute(); err != nil {
		var e *exitError
		if !errors.As(err, &e) {
			t.Fatal(err)
		}
		return out.String(), e.code
	}
	return out.String(), exitDone
}
