package nfdump

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"floodmark/internal/model"
)

// Reason says why a line was not read. The set is closed, so that a reason can
// be a label of a counter.
type Reason uint8

// Reasons, in the order in which reports list them.
const (
	NoHeader   Reason = iota // a line before any header line
	BadHeader                // a header line without a needed column
	LongLine                 // over 64 KiB
	BadColumns               // fewer columns than the header names
	BadTime
	BadAddress
	BadProtocol
	BadPort
	BadCount
	BadFlags
	numReasons
)

var reasonNames = [numReasons]string{"no-header", "bad-header", "long-line", "bad-columns", "bad-time",
	"bad-address", "bad-protocol", "bad-port", "bad-count", "bad-flags"}

// String returns the reason's slug, as counters and reports name it.
func (r Reason) String() string {
	if r < numReasons {
		return reasonNames[r]
	}
	return "unknown"
}

// Error is what was wrong with a line.
type Error struct {
	Reason Reason
	Line   int    // from 1
	Text   string // the value that does not parse, cut to 40 bytes
	Size   int    // bytes of the line
}

// Error names the line and the value.
func (e *Error) Error() string {
	return fmt.Sprintf("decode nfdump csv line %d: %s: %q", e.Line, e.Reason, e.Text)
}

// Config is what a Reader needs.
type Config struct {
	// Columns names the columns of output without header line, separated by
	// commas; "" reads the header line.
	Columns string
	// Index gives a router address its number (model.Record.Exporter). It is
	// called once per router; the zero address stands for output that does not
	// tell the router. Nil counts from 1.
	Index func(router model.Addr) uint32
}

// Skip counts lines that were not read for one reason.
type Skip struct {
	Reason  Reason
	Records uint64
	Bytes   uint64
	First   Error
}

// Stats is what a Reader has met so far.
type Stats struct {
	Lines, Records uint64
	Bytes          uint64
	Zoneless       uint64 // records whose times had no zone and were read as UTC
	WholeSeconds   uint64 // records whose start was reported in whole seconds
	OutIgnored     uint64 // records with counts in both directions, of which the outgoing ones were left out
	Skipped        []Skip // by reason; only reasons that occurred
}

// maxRouters bounds the routers distinguished; further ones get the number of the
// zero address.
const maxRouters = 4096

// Reader reads records from what nfdump prints.
type Reader struct {
	in      *bufio.Reader
	cfg     Config
	cols    columns
	ready   bool // a header line was read
	ended   bool // after the summary, until the next header line
	line    int
	fields  [][]byte
	routers map[model.Addr]uint32
	stats   Stats
	skips   [numReasons]Skip
}

// maxLine bounds a line.
const maxLine = 64 << 10

// NewReader returns a Reader of nfdump's output. An error tells that
// Config.Columns lacks a needed column.
func NewReader(in io.Reader, cfg Config) (*Reader, error) {
	r := &Reader{
		in: bufio.NewReaderSize(in, maxLine), cfg: cfg,
		fields: make([][]byte, 0, maxColumns), routers: make(map[model.Addr]uint32),
	}
	if cfg.Columns != "" {
		if err := r.cols.header([]byte(cfg.Columns), r.fields); err != nil {
			return nil, fmt.Errorf("decode nfdump csv: %w", err)
		}
		r.ready = true
	}
	return r, nil
}

// ReadInto reads the next record into rec, all of which is overwritten; it
// keeps nothing of rec and gives it no slices. At the end it returns io.EOF. An
// *Error tells of a line that was skipped and counted: reading can go on.
// Other errors are those of the io.Reader.
func (r *Reader) ReadInto(rec *model.Record) error {
	for {
		line, err := r.readLine()
		if err != nil {
			return err
		}
		kind, err := r.classify(line)
		if err != nil {
			return err
		}
		if !kind {
			continue
		}
		if e := r.record(line, rec); e != nil {
			return e
		}
		r.stats.Records++
		return nil
	}
}

// readLine returns the next line without its end. A line that is too long is
// skipped and told as an *Error.
func (r *Reader) readLine() ([]byte, error) {
	line, err := r.in.ReadSlice('\n')
	r.stats.Bytes += uint64(len(line))
	if len(line) == 0 && err != nil {
		return nil, err
	}
	r.line++
	r.stats.Lines++
	if errors.Is(err, bufio.ErrBufferFull) {
		n := len(line)
		e := r.skip(LongLine, line, n)
		for errors.Is(err, bufio.ErrBufferFull) {
			line, err = r.in.ReadSlice('\n')
			r.stats.Bytes += uint64(len(line))
			r.skips[LongLine].Bytes += uint64(len(line))
		}
		return nil, e
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return bytes.TrimSpace(line), nil
}

// classify reports whether a line is a record, and reads header lines. After
// the line "Summary" come totals, to the end or the next header line.
func (r *Reader) classify(line []byte) (record bool, err error) {
	switch {
	case len(line) == 0, bytes.HasPrefix(line, []byte("No match")):
		return false, nil
	case bytes.HasPrefix(line, []byte("Summary")):
		r.ended = true
		return false, nil
	case looksLikeHeader(line):
		var c columns
		if err := c.header(line, r.fields); err == nil {
			r.cols, r.ready, r.ended = c, true, false
			return false, nil
		}
		if !r.ended {
			return false, r.skip(BadHeader, line, len(line))
		}
		return false, nil
	case r.ended:
		return false, nil
	case !r.ready:
		return false, r.skip(NoHeader, line, len(line))
	}
	return true, nil
}

// looksLikeHeader reports whether a line begins with a name: records begin
// with a time.
func looksLikeHeader(line []byte) bool {
	c := line[0]
	return (c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z') && bytes.IndexByte(line, ',') > 0
}

func (r *Reader) skip(why Reason, text []byte, size int) *Error {
	e := Error{Reason: why, Line: r.line, Text: string(text[:min(len(text), 40)]), Size: size}
	s := &r.skips[why]
	if s.Records == 0 {
		*s = Skip{Reason: why, First: e}
	}
	s.Records++
	s.Bytes += uint64(size)
	return &e
}

// Stats returns a copy of what was counted.
func (r *Reader) Stats() Stats {
	st := r.stats
	for _, s := range r.skips {
		if s.Records > 0 {
			st.Skipped = append(st.Skipped, s)
		}
	}
	return st
}
