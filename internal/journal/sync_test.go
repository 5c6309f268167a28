package journal

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"floodmark/internal/testenv"
)

// A kill keeps the page cache, so that it proves nothing about a loss of power.
// The trace does: what was acknowledged had been written to a block file, that
// file synced, and, where it was new, its directory synced, all before the
// write of the acknowledgement began.
func TestWrittenAndSyncedBeforeAcknowledged(t *testing.T) {
	strace, err := exec.LookPath("strace")
	if err != nil {
		testenv.Missing(t, "strace is not installed")
	}
	trace := filepath.Join(t.TempDir(), "trace")
	// Entries of 60 kB make several block files.
	t.Setenv("FLOODMARK_TEST_ROUNDS", "60")
	t.Setenv("FLOODMARK_TEST_PAD", "60000")
	c, out := child(t, t.TempDir(), strace, "-f", "-y", "-s", "8000000", "-o", trace,
		"-e", "trace=openat,write,pwrite64,writev,pwritev,fsync,fdatasync")
	must(t, c.Start())
	said, _ := io.ReadAll(out)
	if err := c.Wait(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	f, err := os.Open(trace)
	must(t, err)
	defer f.Close()
	d := disk{begun: map[string]call{}, written: map[string]map[string]bool{}, synced: map[string]string{}, seen: map[string]bool{}, newNames: map[string]bool{}}
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 32<<20)
	for lines.Scan() {
		d.line(t, strings.ReplaceAll(lines.Text(), strings.Repeat("x", 1000), "")) // padding
	}
	must(t, lines.Err())
	if want := strings.Count(string(said), "acked") + strings.Count(string(said), "put"); d.acked != want || want != 4*60 {
		t.Errorf("saw %d acknowledgements in the trace, the process wrote %d", d.acked, want)
	}
	if d.blocks < 5 {
		t.Errorf("only %d block files", d.blocks)
	}
}

// call is a system call that has begun.
type call struct {
	name, path string
	marks      []string // what it writes, or what had been written when a sync began
}

// disk is what must have reached the disk, by a trace.
type disk struct {
	begun    map[string]call            // by thread
	written  map[string]map[string]bool // by file, the marks not synced yet
	synced   map[string]string          // mark to the file that it is synced in
	seen     map[string]bool            // block files
	newNames map[string]bool            // directories with block files made and not synced since
	acked    int
	blocks   int
}

var (
	begin   = regexp.MustCompile(`^(\d+) +(\w+)\((?:\w+<([^>]*)>)?(.*)$`)
	resumed = regexp.MustCompile(`^(\d+) +<\.\.\. (\w+) resumed>.* = (-?\d+)`)
	whole   = regexp.MustCompile(` = (-?\d+)(?:<.*>)?(?: \w+ \(.*\))?$`)
	mark    = regexp.MustCompile(`<\d+-\d+-\d+>`)
	made    = regexp.MustCompile(`^, "([^"]*\.blk)", \S*O_CREAT`)
)

func (d *disk) line(t *testing.T, line string) {
	if m := resumed.FindStringSubmatch(line); m != nil {
		c := d.begun[m[1]]
		d.end(c, m[3])
		return
	}
	m := begin.FindStringSubmatch(line)
	if m == nil {
		return // signals and exits
	}
	c := call{name: m[2], path: m[3]}
	switch c.name {
	case "openat":
		if n := made.FindStringSubmatch(m[4]); n != nil && !d.seen[n[1]] {
			d.seen[n[1]], d.newNames[filepath.Dir(n[1])] = true, true
			d.blocks++
		}
	case "fsync", "fdatasync":
		for k := range d.written[c.path] {
			c.marks = append(c.marks, k)
		}
	default:
		c.marks = mark.FindAllString(m[4], -1)
		if strings.HasPrefix(m[4], `, "acked `) || strings.HasPrefix(m[4], `, "put `) {
			d.acknowledge(t, c)
		}
	}
	if strings.HasSuffix(line, "<unfinished ...>") {
		d.begun[m[1]] = c
	} else if w := whole.FindStringSubmatch(line); w != nil {
		d.end(c, w[1])
	} else {
		t.Fatalf("not understood: %.200s", line)
	}
}

func (d *disk) end(c call, result string) {
	if strings.HasPrefix(result, "-") {
		return
	}
	switch c.name {
	case "fsync", "fdatasync":
		delete(d.newNames, c.path)
		for _, k := range c.marks {
			delete(d.written[c.path], k)
			d.synced[k] = c.path
		}
	case "write", "pwrite64", "writev", "pwritev":
		if strings.HasSuffix(c.path, ".blk") {
			if d.written[c.path] == nil {
				d.written[c.path] = map[string]bool{}
			}
			for _, k := range c.marks {
				d.written[c.path][k] = true
			}
		}
	}
}

func (d *disk) acknowledge(t *testing.T, c call) {
	d.acked++
	for _, k := range c.marks {
		file, ok := d.synced[k]
		if !ok {
			t.Errorf("%s was acknowledged before it was written and synced", k)
		} else if d.newNames[filepath.Dir(file)] {
			t.Errorf("%s was acknowledged while the name of a new file in %s was not synced", k, filepath.Dir(file))
		}
	}
}
