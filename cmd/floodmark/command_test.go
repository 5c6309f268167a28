package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"floodmark/internal/scenario"
)

// asCommand makes the test binary behave as the program, so that exit codes,
// signals and both outputs are the real ones.
const asCommand = "FLOODMARK_TEST_AS_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		main()
	}
	os.Exit(m.Run())
}

// outcome is what a command left.
type outcome struct {
	code           int
	stdout, stderr string
}

func command(t testing.TB, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(self, args...)
	c.Env = append(os.Environ(), asCommand+"=1", "TMPDIR="+t.TempDir(), "HOME="+t.TempDir(), "XDG_DATA_HOME=", "XDG_CONFIG_HOME=", "XDG_CACHE_HOME=")
	return c
}

func finish(t testing.TB, c *exec.Cmd) outcome {
	t.Helper()
	var out, diag bytes.Buffer
	c.Stdout, c.Stderr = &out, &diag
	err := c.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return outcome{c.ProcessState.ExitCode(), out.String(), diag.String()}
}

// floodmark runs the program.
func floodmark(t testing.TB, args ...string) outcome {
	t.Helper()
	return finish(t, command(t, args...))
}

// recordingFile writes a small synthetic recording.
func recordingFile(t testing.TB, dir, name string) string {
	t.Helper()
	path := filepath.Join(dir, name+".pcapng")
	writeScenario(t, path, name, scenario.Options{Scale: 0.05})
	return path
}

func writeTest(t testing.TB, path string, b []byte) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// diagnosis fails unless the diagnosis is one line that names what is expected.
func diagnosis(t *testing.T, what, stderr string, want ...string) {
	t.Helper()
	if strings.Count(stderr, "\n") != 1 || !strings.HasPrefix(stderr, "floodmark: ") {
		t.Errorf("%s: standard error is not one line: %q", what, stderr)
	}
	for _, w := range want {
		if !strings.Contains(stderr, w) {
			t.Errorf("%s: standard error %q does not say %q", what, stderr, w)
		}
	}
}

func TestAnalyzeRefusesWithOneLine(t *testing.T) {
	dir := t.TempDir()
	good := recordingFile(t, dir, "syn-flood")
	empty := writeTest(t, filepath.Join(dir, "empty.pcap"), nil)
	text := writeTest(t, filepath.Join(dir, "notes.txt"), []byte("the attack began at noon\n"))
	png := writeTest(t, filepath.Join(dir, "x.png"), []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"))
	head := writeTest(t, filepath.Join(dir, "head.pcap"), []byte("\xd4\xc3\xb2\xa1\x02\x00\x04\x00\x00\x00"))
	none := writeTest(t, filepath.Join(dir, "none.pcap"), []byte("\xd4\xc3\xb2\xa1\x02\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x04\x00\x01\x00\x00\x00"))
	gz := writeTest(t, filepath.Join(dir, "x.gz"), []byte("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03garbage"))
	nothing := filepath.Dir(writeTest(t, filepath.Join(dir, "nothing", "notes.txt"), []byte("no recording")))
	missing := filepath.Join(dir, "missing.pcap")
	for _, c := range []struct {
		name string
		args []string
		want []string
	}{
		{"no file", []string{"analyze"}, []string{"at least one recording"}},
		{"missing file", []string{"analyze", missing}, []string{"missing.pcap", "no such file"}},
		{"target that is not there", []string{"analyze", "--target", "192.0.2.77", good}, []string{"192.0.2.77", "no packet towards it"}},
		{"report over a recording", []string{"analyze", "--html", good, good}, []string{"among the recordings"}},
		{"export over a recording in a directory", []string{"analyze", "--export", "misp=" + good, filepath.Dir(good)}, []string{"among the recordings"}},
		{"empty file", []string{"analyze", empty}, []string{"empty.pcap", "empty"}},
		{"text", []string{"analyze", text}, []string{"notes.txt", "not a recording"}},
		{"picture", []string{"analyze", png}, []string{"x.png", "not a recording", "89 50 4e 47"}},
		{"cut head", []string{"analyze", head}, []string{"head.pcap"}},
		{"no packets", []string{"analyze", none}, []string{"none.pcap"}},
		{"damaged compression", []string{"analyze", gz}, []string{"x.gz"}},
		{"directory without recordings", []string{"analyze", nothing}, []string{"nothing", "no recording"}},
		{"bad claim", []string{"analyze", good, "--claim", "it was terrible"}, []string{"--claim", "it was terrible"}},
		{"unknown country", []string{"analyze", good, "--claim", "country=Ukrane majority of packets"}, []string{"Ukrane", "Ukraine"}},
		{"bad target", []string{"analyze", good, "--target", "example.org"}, []string{"--target", "example.org"}},
		{"bad prefix", []string{"analyze", good, "--target", "203.0.113.0/99"}, []string{"--target", "203.0.113.0/99"}},
		{"bad --as", []string{"analyze", good, "--as", "frames"}, []string{"--as", "packets", "flows"}},
		{"export without file", []string{"analyze", good, "--export", "stix"}, []string{"--export", "stix"}},
		{"unknown export", []string{"analyze", good, "--export", "iodef=" + filepath.Join(dir, "x")}, []string{"iodef", "stix"}},
		{"missing address data", []string{"analyze", good, "--geo", missing}, []string{"missing.pcap"}},
		{"missing key", []string{"analyze", good, "--sign", missing}, []string{"--sign", "missing.pcap"}},
		{"bad sampling", []string{"analyze", good, "--sampling", "-4"}, []string{"sampling"}},
		{"unknown flag", []string{"analyze", good, "--hmtl", "x"}, []string{"--hmtl"}},
		{"unknown command", []string{"analyse", good}, []string{"analyse"}},
	} {
		o := floodmark(t, c.args...)
		if o.code != exitUsage {
			t.Errorf("%s: exit code %d, want %d", c.name, o.code, exitUsage)
		}
		if o.stdout != "" {
			t.Errorf("%s: printed %q", c.name, o.stdout)
		}
		diagnosis(t, c.name, o.stderr, c.want...)
	}
	if _, err := os.Stat(filepath.Join(dir, "x")); err == nil {
		t.Error("an export of an unknown format left a file")
	}
}

func TestAnalyzeUnwritableReport(t *testing.T) {
	dir := t.TempDir()
	good := recordingFile(t, dir, "syn-flood")
	for _, flag := range []string{"--html=" + filepath.Join(dir, "no", "r.html"), "--export=stix=" + filepath.Join(dir, "no", "r.json")} {
		o := floodmark(t, "analyze", good, flag)
		if o.code == exitDone {
			t.Errorf("%s: exit code 0", flag)
		}
		diagnosis(t, flag, o.stderr, filepath.Join(dir, "no"))
	}
}

// document is what the tests read of a report.
type document struct {
	Schema, Attack string
	Synthetic      bool
	Inputs         []struct {
		Name     string
		Records  uint64
		Analysed bool
		Skipped  []struct {
			Reason, Example string
			Records         uint64
		}
	}
	Vectors []struct{ Name string }
}

func decodeOne(t *testing.T, what, out string) document {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(out))
	var doc document
	if err := d.Decode(&doc); err != nil {
		t.Fatalf("%s: %v in %.200q", what, err, out)
	}
	if rest, err := io.ReadAll(io.MultiReader(d.Buffered(), strings.NewReader(""))); err != nil || strings.TrimSpace(string(rest)) != "" {
		t.Errorf("%s: more than one document: %.80q", what, rest)
	}
	return doc
}

func TestAnalyzeJSON(t *testing.T) {
	dir := t.TempDir()
	flood := recordingFile(t, dir, "syn-flood")
	whole, err := os.ReadFile(flood)
	if err != nil {
		t.Fatal(err)
	}
	cut := writeTest(t, filepath.Join(dir, "cut.pcapng"), whole[:len(whole)-3])
	mixed := filepath.Join(dir, "mixed")
	writeTest(t, filepath.Join(mixed, "a.pcapng"), whole)
	writeTest(t, filepath.Join(mixed, "readme.txt"), []byte("not a recording"))
	t.Run("cut recording", func(t *testing.T) {
		o := floodmark(t, "analyze", "--json", cut)
		doc := decodeOne(t, "cut", o.stdout)
		if o.code != exitDone || o.stderr != "" || doc.Attack != "yes" || !doc.Synthetic || len(doc.Inputs) != 1 {
			t.Fatalf("exit code %d, %q, %+v", o.code, o.stderr, doc)
		}
		if in := doc.Inputs[0]; !in.Analysed || len(in.Skipped) != 1 || !strings.Contains(in.Skipped[0].Example, "offset") {
			t.Errorf("what was cut is not told: %+v", in)
		}
	})
	t.Run("directory with something else in it", func(t *testing.T) {
		o := floodmark(t, "analyze", "--json", mixed)
		doc := decodeOne(t, "directory", o.stdout)
		if o.code != exitDone || len(doc.Inputs) != 2 || !doc.Inputs[0].Analysed || doc.Inputs[1].Analysed || len(doc.Inputs[1].Skipped) == 0 {
			t.Errorf("exit code %d, %+v", o.code, doc.Inputs)
		}
	})
	t.Run("standard input", func(t *testing.T) {
		c := command(t, "analyze", "--json", "-")
		c.Stdin = bytes.NewReader(whole)
		o := finish(t, c)
		doc := decodeOne(t, "-", o.stdout)
		if o.code != exitDone || doc.Attack != "yes" || doc.Inputs[0].Name != "-" {
			t.Errorf("exit code %d, %q, %+v", o.code, o.stderr, doc)
		}
		leftovers(t, c)
	})
	t.Run("ordinary traffic", func(t *testing.T) {
		o := floodmark(t, "analyze", "--json", recordingFile(t, dir, "quiet-day"))
		if doc := decodeOne(t, "quiet day", o.stdout); o.code != exitDone || doc.Attack != "no" || len(doc.Vectors) > 0 {
			t.Errorf("exit code %d, %+v", o.code, doc)
		}
	})
}

// leftovers fails where the command left something in its temporary folder.
func leftovers(t *testing.T, c *exec.Cmd) {
	t.Helper()
	for _, e := range c.Env {
		if dir, ok := strings.CutPrefix(e, "TMPDIR="); ok && dir != os.Getenv("TMPDIR") {
			if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
				t.Errorf("left in %s: %v %v", dir, left, err)
			}
		}
	}
}

func TestAnalyzeEveryOutputAtOnce(t *testing.T) {
	dir, out := t.TempDir(), t.TempDir()
	args := []string{"analyze", recordingFile(t, dir, "reflection-dns"), "--json", "--html", filepath.Join(out, "r.html")}
	for _, f := range []string{"ddosch", "misp", "stix"} {
		args = append(args, "--export", f+"="+filepath.Join(out, f+".json"))
	}
	o := floodmark(t, args...)
	if doc := decodeOne(t, "all", o.stdout); o.code != exitDone || o.stderr != "" || doc.Attack != "yes" {
		t.Fatalf("exit code %d, %q, %+v", o.code, o.stderr, doc)
	}
	html, err := os.ReadFile(filepath.Join(out, "r.html"))
	if err != nil || !bytes.Contains(html, []byte("</html>")) || !bytes.Contains(html, []byte("reflection-dns")) {
		t.Errorf("report of %d octets, %v", len(html), err)
	}
	for _, f := range []string{"ddosch", "misp", "stix"} {
		b, err := os.ReadFile(filepath.Join(out, f+".json"))
		if err != nil || !json.Valid(b) {
			t.Errorf("%s: %d octets, %v", f, len(b), err)
		}
	}
	if list, _ := os.ReadDir(out); len(list) != 4 {
		t.Errorf("files left: %v", list)
	}
}

func TestAnalyzeTerminalText(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"multi-vector", "quiet-day"} {
		o := floodmark(t, "analyze", recordingFile(t, dir, name), "--claim", "country=UA majority of packets", "--claim", "from the Ukraine area")
		if n := strings.Count(o.stdout, "\n"); o.code != exitDone || n == 0 || n > 40 || o.stderr != "" {
			t.Errorf("%s: exit code %d, %d lines, %q", name, o.code, n, o.stderr)
		}
		if strings.Contains(o.stdout, "\x1b") {
			t.Errorf("%s: escape sequences on no terminal", name)
		}
	}
}

func TestAnalyzeInterrupted(t *testing.T) {
	dir := t.TempDir()
	html := filepath.Join(dir, "r.html")
	c := command(t, "analyze", "-", "--html", html)
	in, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	var out, diag bytes.Buffer
	c.Stdout, c.Stderr = &out, &diag
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	// a recording that goes on for ever: when the pipe is full twice over, the
	// program is reading
	if _, err := scenario.Write(in, "syn-flood", scenario.Options{Scale: 0.05}); err != nil {
		t.Fatal(err)
	}
	if err := c.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	select {
	case <-ended:
	case <-time.After(patient):
		c.Process.Kill()
		t.Fatal("still running long after the interrupt")
	}
	if code := c.ProcessState.ExitCode(); code != exitFailed || out.Len() > 0 {
		t.Errorf("exit code %d, printed %q", code, out.String())
	}
	diagnosis(t, "interrupt", diag.String(), "interrupted")
	if _, err := os.Stat(html); err == nil {
		t.Error("a report was written")
	}
	if list, _ := os.ReadDir(dir); len(list) > 0 {
		t.Errorf("left behind: %v", list)
	}
	leftovers(t, c)
}

func TestAnalyzeWithoutPermission(t *testing.T) {
	if os.Getuid() != 0 {
		dir := t.TempDir()
		secret := recordingFile(t, dir, "syn-flood")
		if err := os.Chmod(secret, 0); err != nil {
			t.Fatal(err)
		}
		o := floodmark(t, "analyze", secret)
		if o.code != exitUsage {
			t.Errorf("exit code %d", o.code)
		}
		diagnosis(t, "no permission", o.stderr, "permission denied")
		return
	}
	// root may read everything: run as nobody, from a place that nobody can reach
	dir, err := os.MkdirTemp("", "floodmark-test-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	c := command(t, "analyze", recordingFile(t, dir, "syn-flood"))
	self, err := os.ReadFile(c.Path)
	if err != nil {
		t.Fatal(err)
	}
	c.Path = filepath.Join(dir, "floodmark")
	if err := os.WriteFile(c.Path, self, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Chmod(dir, 0o755), os.Chmod(c.Args[2], 0o600)); err != nil {
		t.Fatal(err)
	}
	const nobody = 65534
	c.Dir = "/"
	c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	o := finish(t, c)
	if o.code != exitUsage {
		t.Errorf("exit code %d", o.code)
	}
	diagnosis(t, "no permission", o.stderr, "permission denied", "syn-flood.pcapng")
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
