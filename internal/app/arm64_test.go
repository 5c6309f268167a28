package app

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"floodmark/internal/scenario"
	"floodmark/internal/testenv"
)

// TestSameBytesOnArm64 builds the analysis for arm64 and compares its sealed
// documents with this machine's, byte by byte.
func TestSameBytesOnArm64(t *testing.T) {
	if runtime.GOARCH == "arm64" {
		testenv.Optional(t, "this machine is an arm64")
	}
	qemu := find(t, "qemu-aarch64")
	dir := t.TempDir()
	build := func(arch string) string {
		out := filepath.Join(dir, arch)
		c := exec.Command("go", "build", "-o", out, "./testdata/analyze")
		c.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+arch)
		if text, err := c.CombinedOutput(); err != nil {
			t.Fatalf("build for %s: %v\n%s", arch, err, text)
		}
		return out
	}
	near, far := build(runtime.GOARCH), build("arm64")
	run := func(args ...string) string {
		b, err := exec.Command(args[0], args[1:]...).Output()
		if err != nil {
			t.Fatalf("%v: %v", args, err)
		}
		return string(b)
	}
	for _, c := range []struct {
		name  string
		scale float64
	}{{"camera-flood", 0.02}, {"syn-flood", 0.1}, {"reflection-dns", 0.1}, {"subscriber-attack", 0.1}} {
		p := produce(t, c.name, scenario.Options{Scale: c.scale})
		args := []string{put(t, p.file)[0], "at least 1000 sources", "over 1 Gbps"}
		here, there := run(append([]string{near}, args...)...), run(append([]string{qemu, far}, args...)...)
		if here != there {
			i := 0
			for i < min(len(here), len(there)) && here[i] == there[i] {
				i++
			}
			t.Errorf("%s: documents part at octet %d: %q and %q", c.name, i, cut(here, i), cut(there, i))
		}
		if len(here) < 1000 {
			t.Errorf("%s: %d octets only", c.name, len(here))
		}
	}
}

// cut shows a document around a place.
func cut(s string, i int) string { return s[max(0, min(i-80, len(s))):min(i+80, len(s))] }
