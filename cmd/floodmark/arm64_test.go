package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"floodmark/internal/scenario"
)

// TestSameBytesOnArm64 runs the program built for arm64 and compares its
// reports with this machine's, octet by octet.
func TestSameBytesOnArm64(t *testing.T) {
	if runtime.GOARCH == "arm64" {
		t.Skip("this machine is an arm64")
	}
	qemu, err := exec.LookPath("qemu-aarch64")
	if err != nil {
		if os.Getenv("FLOODMARK_COMPLETE") != "" {
			t.Fatal("qemu-aarch64 is not installed (package qemu-user)")
		}
		t.Skip("qemu-aarch64 is not installed (package qemu-user)")
	}
	dir := t.TempDir()
	arm := filepath.Join(dir, "floodmark")
	build := exec.Command("go", "build", "-o", arm, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH=arm64")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build for arm64: %v\n%s", err, out)
	}
	for _, c := range []struct {
		name  string
		scale float64
	}{{"camera-flood", 0.02}, {"syn-flood", 0.1}, {"reflection-dns", 0.1}, {"subscriber-attack", 0.1}} {
		path := filepath.Join(dir, c.name+".pcapng")
		writeScenario(t, path, c.name, scenario.Options{Scale: c.scale})
		args := []string{"analyze", "--json", "--geo", "none", path, "--claim", "at least 1000 sources", "--claim", "over 1 Gbps"}
		here := floodmark(t, args...)
		there := command(t, args...)
		there.Path, there.Args = qemu, append([]string{qemu, arm}, args...)
		far := finish(t, there)
		if here.code != exitDone || far.code != exitDone {
			t.Fatalf("%s: exit codes %d and %d: %s%s", c.name, here.code, far.code, here.stderr, far.stderr)
		}
		if here.stdout != far.stdout {
			t.Errorf("%s: %s", c.name, firstDifference(here.stdout, far.stdout))
		}
	}
}

// firstDifference shows two documents where they part.
func firstDifference(a, b string) string {
	i := 0
	for i < min(len(a), len(b)) && a[i] == b[i] {
		i++
	}
	var out bytes.Buffer
	for _, s := range []string{a, b} {
		out.WriteString("\n..." + s[max(0, min(i-120, len(s))):min(i+80, len(s))] + "...")
	}
	return out.String()
}

func writeScenario(t testing.TB, path, name string, opt scenario.Options) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := scenario.Write(f, name, opt); err != nil {
		t.Fatal(err)
	}
}
