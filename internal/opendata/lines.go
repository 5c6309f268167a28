package opendata

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// maxLine is the most octets of one line.
const maxLine = 4096

// lines reads CSV line by line with columns by name. A cell holds no line break:
// a quote that is not closed would otherwise swallow the rest of a file.
type lines struct {
	s       *bufio.Scanner
	n       int
	columns map[string]int
	cells   []string
}

// open reads the header. Names are compared in lower case; each of want must be
// there, as one of its names apart from each other by |.
func open(r io.Reader, want ...string) (*lines, error) {
	l := &lines{s: bufio.NewScanner(r), columns: make(map[string]int)}
	l.s.Buffer(make([]byte, 0, maxLine), maxLine)
	ok, err := l.next()
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, errors.New("read csv: no header")
	}
	for i, name := range l.cells {
		name = strings.ToLower(strings.TrimSpace(strings.TrimPrefix(name, "\ufeff")))
		if _, twice := l.columns[name]; !twice {
			l.columns[name] = i
		}
	}
	for _, w := range want {
		if !slices.ContainsFunc(strings.Split(w, "|"), l.has) {
			return nil, fmt.Errorf("read csv header: no column %s", strings.ReplaceAll(w, "|", " or "))
		}
	}
	return l, nil
}

func (l *lines) has(name string) bool { _, ok := l.columns[name]; return ok }

// next reads the next line that is not empty. An error ends the reading; a line
// whose quotes are wrong has no cells.
func (l *lines) next() (bool, error) {
	for l.s.Scan() {
		l.n++
		text := strings.TrimSuffix(l.s.Text(), "\r")
		if strings.TrimSpace(text) == "" {
			continue
		}
		l.cells = split(text)
		return true, nil
	}
	if err := l.s.Err(); err != nil {
		if errors.Is(err, bufio.ErrTooLong) {
			err = fmt.Errorf("longer than %d octets", maxLine)
		}
		return false, fmt.Errorf("read csv line %d: %w", l.n+1, err)
	}
	return false, nil
}

func split(text string) []string {
	if !strings.Contains(text, `"`) {
		return strings.Split(text, ",")
	}
	c := csv.NewReader(strings.NewReader(text))
	cells, err := c.Read()
	if err != nil {
		return nil
	}
	return cells
}

// cell returns a column's cell, "" where there is none.
func (l *lines) cell(names ...string) string {
	for _, name := range names {
		if i, ok := l.columns[name]; ok {
			if i < len(l.cells) {
				return strings.TrimSpace(l.cells[i])
			}
			return ""
		}
	}
	return ""
}

// The times that tables may hold; others are errors of who wrote them.
var (
	earliest = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	latest   = time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)
)

// parseTime reads RFC 3339, or seconds since 1970.
func parseTime(s string) (int64, error) {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		v, bad := strconv.ParseFloat(s, 64)
		if bad != nil || !(math.Abs(v) < 1e11) {
			return 0, fmt.Errorf("time %q: expected RFC 3339 or seconds since 1970", cut(s))
		}
		whole, part := math.Modf(v)
		t = time.Unix(int64(whole), int64(part*1e9))
	}
	if t.Before(earliest) || !t.Before(latest) {
		return 0, fmt.Errorf("time %q: not between 2000 and 2200", cut(s))
	}
	return t.UnixNano(), nil
}

// maxCount is the most that one cell may count: there are no more people.
const maxCount = 1e9 * 4

func parseCount(name, s string) (uint32, error) {
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || !(v >= 0 && v <= maxCount) || v != math.Trunc(v) {
		return 0, fmt.Errorf("%s %q: expected a whole number from 0 to 4 billion", name, cut(s))
	}
	return uint32(v), nil
}

func parseNumber(name, s string) (float32, error) {
	v, err := strconv.ParseFloat(s, 32)
	if err != nil || !(v >= 0 && v <= math.MaxFloat32) {
		return 0, fmt.Errorf("%s %q: expected a number from 0", name, cut(s))
	}
	return float32(v), nil
}

func cut(s string) string {
	if len(s) > 40 {
		s = s[:40]
	}
	return s
}
