package app

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"floodmark/internal/decode/pcap"
	"floodmark/internal/model"
	"floodmark/internal/scenario"
	"floodmark/internal/testenv"
)

// frame is one recorded packet.
type frame struct {
	at   int64 // Unix ns
	wire int   // bytes on the wire
	data []byte
}

// capture is a recording in memory. Every frame has the same link type.
type capture struct {
	link   uint16
	frames []frame
}

// readCapture reads a whole recording.
func readCapture(t testing.TB, r io.Reader) *capture {
	t.Helper()
	p, err := pcap.NewReader(r)
	if err != nil {
		t.Fatal(err)
	}
	c := &capture{}
	for {
		var next pcap.Packet
		if err := p.Next(&next); errors.Is(err, io.EOF) {
			return c
		} else if err != nil {
			t.Fatal(err)
		}
		if len(c.frames) > 0 && next.LinkType != c.link {
			t.Fatalf("two link types in one recording: %d and %d", c.link, next.LinkType)
		}
		c.link = next.LinkType
		c.frames = append(c.frames, frame{next.Time, int(next.WireLen), bytes.Clone(next.Data)})
	}
}

// pcapBytes writes a capture in the classic format (draft-ietf-opsawg-pcap),
// with times in microseconds or nanoseconds.
func (c *capture) pcapBytes(nano bool) []byte {
	magic, unit := uint32(0xa1b2c3d4), int64(1000)
	if nano {
		magic, unit = 0xa1b23c4d, 1
	}
	le := binary.LittleEndian
	b := le.AppendUint32(nil, magic)
	b = le.AppendUint16(b, 2)
	b = le.AppendUint16(b, 4)
	b = append(b, make([]byte, 8)...)
	b = le.AppendUint32(b, 262144)
	b = le.AppendUint32(b, uint32(c.link))
	for _, f := range c.frames {
		b = le.AppendUint32(b, uint32(f.at/1e9))
		b = le.AppendUint32(b, uint32(f.at%1e9/unit))
		b = le.AppendUint32(b, uint32(len(f.data)))
		b = le.AppendUint32(b, uint32(f.wire))
		b = append(b, f.data...)
	}
	return b
}

// produced is a scenario with its truth, and the recording as it was written.
type produced struct {
	truth scenario.Truth
	file  []byte // pcapng
}

func produce(t testing.TB, name string, opt scenario.Options) *produced {
	t.Helper()
	var b bytes.Buffer
	truth, err := scenario.Write(&b, name, opt)
	if err != nil {
		t.Fatal(err)
	}
	return &produced{truth, b.Bytes()}
}

func (p *produced) capture(t testing.TB) *capture { return readCapture(t, bytes.NewReader(p.file)) }

// put writes files into a new folder and returns their paths.
func put(t testing.TB, files ...[]byte) []string {
	t.Helper()
	dir := t.TempDir()
	var paths []string
	for i, b := range files {
		path := filepath.Join(dir, string(rune('a'+i)))
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	return paths
}

// analyze analyses without address data.
func analyze(t testing.TB, opt AnalyzeOptions) *model.Analysis {
	t.Helper()
	if opt.Geo == "" {
		opt.Geo = "none"
	}
	a, _, err := Analyze(context.Background(), opt)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// analyzeBytes writes recordings, analyses them as one and removes them.
func analyzeBytes(t testing.TB, opt AnalyzeOptions, files ...[]byte) *model.Analysis {
	t.Helper()
	opt.Paths = put(t, files...)
	a := analyze(t, opt)
	for _, p := range opt.Paths {
		os.Remove(p)
	}
	return a
}

// captureFile returns a recording of a real attack, which is no part of the
// repository.
func captureFile(t testing.TB, name string) string {
	t.Helper()
	dir := os.Getenv("FLOODMARK_CAPTURES")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "data", "captures")
	}
	path := filepath.Join(dir, name)
	if _, err := os.Stat(path); err != nil {
		testenv.Optional(t, "no recordings of real attacks here (set FLOODMARK_CAPTURES): %v", err)
	}
	return path
}

func parseTime(t testing.TB, s string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// near reports whether two values differ by at most a share of the second.
func near(got, want, share float64) bool { return math.Abs(got-want) <= share*want }

// reasons are the sentences that the answer stands on, one a line.
func reasons(a *model.Analysis) string {
	var b bytes.Buffer
	for _, s := range a.AttackReasons {
		b.WriteString("\n\t" + s.Text)
	}
	return b.String()
}

// vectorNamed returns the vector of that name, nil where there is none.
func vectorNamed(a *model.Analysis, name string) *model.Vector {
	for i := range a.Vectors {
		if a.Vectors[i].Name == name {
			return &a.Vectors[i]
		}
	}
	return nil
}

func findingNamed(a *model.Analysis, code string) *model.Finding {
	for i := range a.Findings {
		if a.Findings[i].Code == code {
			return &a.Findings[i]
		}
	}
	return nil
}
