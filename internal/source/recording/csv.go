package recording

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"

	"floodmark/internal/decode/nfdump"
	"floodmark/internal/model"
)

// Formats of nfdump in reports.
const (
	formatNfdump = "nfdump"
	formatCSV    = "nfdump-csv"
)

var errNoNfdump = errors.New("reading nfdump files needs the program nfdump, which is not installed (Debian: apt-get install nfdump)")

// csvStream reads flow records from nfdump's output: of a CSV file, or of the
// nfdump program that reads a binary file.
type csvStream struct {
	reader *nfdump.Reader
	cmd    *exec.Cmd
	stderr bytes.Buffer
	cancel context.CancelFunc
	rates  map[uint32]uint32 // sampling rate by exporter, from nfdump -E
}

func newCSV(r io.Reader) (*csvStream, error) {
	reader, err := nfdump.NewReader(r, nfdump.Config{})
	if err != nil {
		return nil, err
	}
	return &csvStream{reader: reader}, nil
}

// openNfdump starts nfdump on a binary file. A compressed file is unpacked
// beside the other temporary files first, since nfdump seeks.
func openNfdump(ctx context.Context, f *file) (*csvStream, error) {
	program, err := exec.LookPath("nfdump")
	if err != nil {
		return nil, errNoNfdump
	}
	path := f.plain()
	s := &csvStream{}
	ctx, s.cancel = context.WithCancel(ctx)
	s.rates = samplers(ctx, program, path)
	s.cmd = exec.CommandContext(ctx, program, nfdump.Args(path)...)
	s.cmd.Env = append(os.Environ(), "TZ=UTC", "LC_ALL=C")
	s.cmd.Stderr = &capped{&s.stderr}
	out, err := s.cmd.StdoutPipe()
	if err == nil {
		err = s.cmd.Start()
	}
	if err == nil {
		s.reader, err = nfdump.NewReader(out, nfdump.Config{Columns: nfdump.Columns})
	}
	if err != nil {
		s.cancel()
		return nil, fmt.Errorf("nfdump: %w", err)
	}
	return s, nil
}

// samplers asks nfdump for the sampling rates that exporters announced. One
// rate for all is believed; several cannot be joined with the records. nfcapd
// has multiplied the counts already where it could, which the survey notices.
func samplers(ctx context.Context, program, path string) map[uint32]uint32 {
	cmd := exec.CommandContext(ctx, program, nfdump.ExporterArgs(path)...)
	cmd.Env = append(os.Environ(), "TZ=UTC", "LC_ALL=C")
	out, err := cmd.Output()
	if err != nil {
		return nil
	}
	list, err := nfdump.ReadExporters(bytes.NewReader(out))
	if err != nil {
		return nil
	}
	rates := make(map[uint32]uint32)
	for _, e := range list {
		for _, s := range e.Samplers {
			if s.Rate > 1 {
				rates[s.Rate] = s.Rate
			}
		}
	}
	return rates
}

// next reads one record; false at the end.
func (c *csvStream) next(r *model.Record, s *skips) (bool, error) {
	for {
		err := c.reader.ReadInto(r)
		var bad *nfdump.Error
		switch {
		case err == nil:
			if len(c.rates) == 1 && r.Sampling == 0 {
				for rate := range c.rates {
					r.Sampling = rate
				}
			}
			return true, nil
		case errors.As(err, &bad):
			s.add(bad.Reason.String(), 1, uint64(bad.Size), bad.Error())
		case errors.Is(err, io.EOF):
			return false, c.wait()
		default:
			return false, err
		}
	}
}

// wait ends the nfdump program and states what it complained of.
func (c *csvStream) wait() error {
	if c.cmd == nil {
		return nil
	}
	err := c.cmd.Wait()
	c.cmd = nil
	if text := strings.TrimSpace(c.stderr.String()); text != "" {
		line, _, _ := strings.Cut(text, "\n") // of a damaged file it complains, and ends with 0
		return fmt.Errorf("nfdump: %s", line)
	}
	if err != nil {
		return fmt.Errorf("nfdump: %w", err)
	}
	return nil
}

// Close ends a program that still runs.
func (c *csvStream) Close() error {
	if c.cancel != nil {
		c.cancel()
	}
	if c.cmd != nil {
		c.cmd.Wait() // it was killed; what it says of that is no news
		c.cmd = nil
	}
	return nil
}

// capped keeps the first octets of what a program says.
type capped struct{ b *bytes.Buffer }

func (c *capped) Write(p []byte) (int, error) {
	if room := 4096 - c.b.Len(); room > 0 {
		c.b.Write(p[:min(room, len(p))])
	}
	return len(p), nil
}

// firstOfCSV is the time of the first record of a file of flows.
func (f *file) firstOfCSV(ctx context.Context) (int64, error) {
	var (
		c   *csvStream
		rec model.Record
		s   skips
	)
	if f.format == formatNfdump {
		var err error
		if c, err = openNfdump(ctx, f); err != nil {
			return 0, err
		}
	} else {
		raw, err := os.Open(f.path)
		if err != nil {
			return 0, unwrapPath(err)
		}
		defer raw.Close()
		plain, err := decompress(raw, f.compression)
		if err != nil {
			return 0, err
		}
		defer plain.Close()
		if c, err = newCSV(plain); err != nil {
			return 0, err
		}
	}
	defer c.Close()
	ok, err := c.next(&rec, &s)
	if err != nil && !ok {
		return 0, err
	}
	return rec.First, nil
}
