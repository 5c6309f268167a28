package opendata

import (
	"bufio"
	"io"
	"strconv"
	"strings"
	"time"
)

// The headers of the tables.
const (
	header       = "service,time,problems,effective,works,expected,low,high"
	partsHeader  = "service,time,component,problems,effective"
	placesHeader = "service,time,country,region,problems,effective"
)

// lineWriter writes CSV whose cells are slugs, times and numbers, and so need no
// quotes. It keeps the first error.
type lineWriter struct {
	w   *bufio.Writer
	buf []byte
}

func newLineWriter(w io.Writer, header string) *lineWriter {
	l := &lineWriter{w: bufio.NewWriter(w)}
	l.w.WriteString(header + "\n") // Flush tells of errors
	return l
}

func (l *lineWriter) begin(service string, at int64) {
	l.buf = append(append(l.buf[:0], safe(service)...), ',')
	l.buf = time.Unix(0, at).UTC().AppendFormat(l.buf, time.RFC3339)
}

func (l *lineWriter) text(s string)  { l.buf = append(append(l.buf, ','), safe(s)...) }
func (l *lineWriter) count(n uint32) { l.buf = strconv.AppendUint(append(l.buf, ','), uint64(n), 10) }
func (l *lineWriter) number(v float32) {
	l.buf = strconv.AppendFloat(append(l.buf, ','), float64(sane(v)), 'f', -1, 32)
}
func (l *lineWriter) end() { l.w.Write(append(l.buf, '\n')) }

// safe keeps what slugs and codes hold: such a cell cannot be a formula in a
// spreadsheet either.
func safe(s string) string {
	ok := func(r rune) bool {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '-' || r == '_' || r == '.'
	}
	if strings.IndexFunc(s, func(r rune) bool { return !ok(r) }) < 0 {
		return s
	}
	return strings.Map(func(r rune) rune {
		if ok(r) {
			return r
		}
		return -1
	}, s)
}

// writeCSV writes rows under Header. Cells of what is normal are empty where it
// is not known.
func writeCSV(w io.Writer, rows []Row) error {
	l := newLineWriter(w, header)
	for _, r := range rows {
		l.begin(r.Service, r.Time)
		l.count(r.Problems)
		l.number(r.Effective)
		l.count(r.Works)
		if r.Known {
			l.number(r.Expected)
			l.number(r.Low)
			l.number(r.High)
		} else {
			l.buf = append(l.buf, ",,,"...)
		}
		l.end()
	}
	return l.w.Flush()
}

// writeParts writes what may be published of the cells, under partsHeader.
func writeParts(w io.Writer, cells []Part) error {
	l := newLineWriter(w, partsHeader)
	for _, c := range mergeParts(cells) {
		l.begin(c.Service, c.Time)
		l.text(c.Component)
		l.count(c.Problems)
		l.number(c.Effective)
		l.end()
	}
	return l.w.Flush()
}

// writePlaces writes what may be published of the cells, under placesHeader.
func writePlaces(w io.Writer, cells []Place) error {
	l := newLineWriter(w, placesHeader)
	for _, c := range mergePlaces(cells) {
		l.begin(c.Service, c.Time)
		l.text(c.Country)
		l.text(c.Region)
		l.count(c.Problems)
		l.number(c.Effective)
		l.end()
	}
	return l.w.Flush()
}
