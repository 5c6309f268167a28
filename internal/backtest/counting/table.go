package counting

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"floodmark/internal/text"
)

// Columns are the names of the columns that are read. Group "" is one series.
type Columns struct{ Time, Count, Group string }

// Bounds of a table.
const (
	maxRows   = 50_000_000
	maxSeries = 100_000
	maxLine   = 1 << 20
	maxName   = 200
	maxCount  = 1e9
)

// bucket is one row.
type bucket struct {
	at    int64 // Unix ns
	count float64
}

// series is the rows of one group, in order of time.
type series struct {
	name    string
	buckets []bucket
	merged  int // rows whose time was there already: their counts were added
	step    int64
}

// Skipped is why some rows were left out, and the first line of them.
type Skipped struct {
	Reason string `json:"reason"`
	Rows   int    `json:"rows"`
	Line   int    `json:"first_line"`
}

// table is everything that was read.
type table struct {
	series  []*series
	rows    int
	skipped []Skipped
}

// read reads a table; errors name the line.
func read(r io.Reader, want Columns) (*table, error) {
	b := bufio.NewReaderSize(&guard{r: r}, 64<<10)
	if head, _ := b.Peek(3); bytes.Equal(head, []byte("\xef\xbb\xbf")) {
		_, _ = b.Discard(3)
	}
	c := csv.NewReader(b)
	c.ReuseRecord, c.FieldsPerRecord, c.LazyQuotes = true, -1, true
	first, _ := b.Peek(4096)
	first, _, _ = bytes.Cut(first, []byte("\n"))
	c.Comma = separator(first)
	header, err := c.Read()
	if errors.Is(err, io.EOF) {
		return nil, errors.New("1: the file is empty; a line with the names of columns is needed first")
	}
	if err != nil {
		return nil, fmt.Errorf("1: %w", cause(err))
	}
	at, err := find(header, want)
	if err != nil {
		return nil, err
	}
	t := &table{}
	byName := make(map[string]*series)
	for {
		row, err := c.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		line, _ := c.FieldPos(0)
		if err != nil {
			return nil, fmt.Errorf("%d: %w", max(line, t.rows+2), cause(err))
		}
		if t.rows++; t.rows > maxRows {
			return nil, fmt.Errorf("%d: more than %d rows; split the file", line, maxRows)
		}
		if why := t.take(byName, row, at); why != "" {
			t.skip(why, line)
		}
	}
	if len(t.series) == 0 {
		return nil, fmt.Errorf("%d: no row can be used: %s", t.firstSkipped(), t.reasons())
	}
	for _, s := range t.series {
		s.order()
	}
	return t, nil
}

// separator is the one of comma, semicolon and tab that the first line has most.
func separator(line []byte) rune {
	best := ','
	for _, s := range []rune{';', '\t'} {
		if bytes.Count(line, []byte(string(s))) > bytes.Count(line, []byte(string(best))) {
			best = s
		}
	}
	return best
}

// find returns the places of the columns for time, count and group (-1).
func find(header []string, want Columns) ([3]int, error) {
	at := [3]int{-1, -1, -1}
	for k, name := range []string{want.Time, want.Count, want.Group} {
		if k == 2 && name == "" {
			continue
		}
		for i, h := range header {
			if strings.TrimSpace(h) == name {
				at[k] = i
			}
		}
		if at[k] < 0 {
			have := make([]string, 0, len(header))
			for _, h := range header[:min(len(header), 20)] {
				have = append(have, strconv.Quote(text.Clip(strings.TrimSpace(h), 60)))
			}
			return at, fmt.Errorf("1: there is no column %q; columns are %s", text.Clip(name, 60), strings.Join(have, ", "))
		}
	}
	return at, nil
}

// take adds one row, or says why not.
func (t *table) take(byName map[string]*series, row []string, at [3]int) string {
	if len(row) <= max(at[0], at[1], at[2]) {
		return "fewer fields than columns"
	}
	when, ok := parseTime(strings.TrimSpace(row[at[0]]))
	if !ok {
		return "not a time"
	}
	text := strings.TrimSpace(row[at[1]])
	if text == "" {
		return "no count"
	}
	n, err := strconv.ParseFloat(text, 64)
	switch {
	case err != nil || math.IsNaN(n):
		return "not a count"
	case n < 0:
		return "a count below 0"
	case n > maxCount:
		return "a count above 1,000,000,000"
	}
	name := ""
	if at[2] >= 0 {
		name = strings.Clone(strings.TrimSpace(row[at[2]]))
	}
	s := byName[name]
	if s == nil {
		switch {
		case len(name) > maxName:
			return "a name of a series of more than 200 octets"
		case len(t.series) >= maxSeries:
			return "a series after the first 100,000"
		}
		s = &series{name: name}
		byName[name] = s
		t.series = append(t.series, s)
	}
	s.buckets = append(s.buckets, bucket{when, n})
	return ""
}

func (t *table) skip(why string, line int) {
	for i := range t.skipped {
		if t.skipped[i].Reason == why {
			t.skipped[i].Rows++
			return
		}
	}
	t.skipped = append(t.skipped, Skipped{why, 1, line})
}

func (t *table) firstSkipped() int {
	line := 0
	for _, s := range t.skipped {
		if line == 0 || s.Line < line {
			line = s.Line
		}
	}
	return max(line, 2)
}

func (t *table) reasons() string {
	if len(t.skipped) == 0 {
		return "there is none"
	}
	var out []string
	for _, s := range t.skipped {
		out = append(out, fmt.Sprintf("%s (%d)", s.Reason, s.Rows))
	}
	return strings.Join(out, ", ")
}

// order sorts by time, adds up what has the same time, and finds the step.
func (s *series) order() {
	slices.SortStableFunc(s.buckets, func(a, b bucket) int { return cmp.Compare(a.at, b.at) })
	kept := s.buckets[:1]
	for _, b := range s.buckets[1:] {
		if last := &kept[len(kept)-1]; last.at == b.at {
			last.count = min(last.count+b.count, maxCount)
			s.merged++
			continue
		}
		kept = append(kept, b)
	}
	s.buckets = kept
	var gaps []int64
	for i := 1; i < len(kept); i++ {
		gaps = append(gaps, kept[i].at-kept[i-1].at)
	}
	s.step = int64(15 * time.Minute) // of a single bucket nothing is known
	if len(gaps) > 0 {
		slices.Sort(gaps)
		s.step = gaps[len(gaps)/2]
	}
	s.step = min(max(s.step, int64(time.Second)), int64(24*time.Hour))
}

// parseTime reads Unix seconds, milliseconds or nanoseconds, RFC 3339, and dates
// with or without a time, in UTC; from 1970 to 2200.
func parseTime(s string) (int64, bool) {
	if x, err := strconv.ParseFloat(s, 64); err == nil {
		switch {
		case x >= 1e17 && x < 7.3e18:
			n, err := strconv.ParseInt(s, 10, 64)
			return n, err == nil
		case x >= 1e11 && x < 7.3e12:
			return int64(math.Round(x * 1e6)), true
		case x >= 0 && x < 7.3e9:
			return int64(math.Round(x*1e6)) * 1e3, true
		}
		return 0, false
	}
	for _, form := range []string{time.RFC3339Nano, "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05", "2006-01-02T15:04:05", "2006-01-02 15:04", "2006-01-02"} {
		if t, err := time.Parse(form, s); err == nil && t.Year() >= 1970 && t.Year() < 2200 {
			return t.UnixNano(), true
		}
	}
	return 0, false
}

// guard refuses lines that never end.
type guard struct {
	r    io.Reader
	line int
}

var errLine = errors.New("a line of more than 1,048,576 octets")

func (g *guard) Read(b []byte) (int, error) {
	n, err := g.r.Read(b)
	if i := bytes.LastIndexByte(b[:n], '\n'); i >= 0 {
		g.line = n - i
	} else if g.line += n; g.line > maxLine {
		return 0, errLine
	}
	return n, err
}

// cause drops the position that the CSV reader writes in a form of its own.
func cause(err error) error {
	var p *csv.ParseError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
