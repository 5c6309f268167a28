package opendata

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"

	"floodmark/internal/model"
)

// readRows reads what WriteCSV wrote and hands each row on. It stops at the
// first line that is wrong, and at the first error of each.
func readRows(r io.Reader, each func(Row) error) error {
	l, err := open(r, "service", "time", "problems", "effective", "works", "expected", "low", "high")
	if err != nil {
		return err
	}
	for {
		ok, err := l.next()
		if !ok {
			return err
		}
		row, err := l.row()
		if err == nil {
			err = each(row)
		}
		if err != nil {
			return fmt.Errorf("read csv line %d: %w", l.n, err)
		}
	}
}

func (l *lines) row() (Row, error) {
	r := Row{Service: l.cell("service")}
	var errs [7]error
	r.Time, errs[0] = parseTime(l.cell("time"))
	r.Problems, errs[1] = parseCount("problems", l.cell("problems"))
	r.Effective, errs[2] = parseNumber("effective", l.cell("effective"))
	r.Works, errs[3] = parseCount("works", l.cell("works"))
	if r.Known = l.cell("expected") != ""; r.Known {
		r.Expected, errs[4] = parseNumber("expected", l.cell("expected"))
		r.Low, errs[5] = parseNumber("low", l.cell("low"))
		r.High, errs[6] = parseNumber("high", l.cell("high"))
	}
	if r.Service == "" {
		return r, errors.New("no service")
	}
	return r, cmp.Or(errs[:]...)
}

// Count is one line of a history of counts.
type Count struct {
	Service   string
	Component string // "" for the total of the service, or where the service has no such component
	Time      int64  // Unix ns, as the file has it: the beginning of its bucket
	Count     uint32
}

// Report is one line of a history of single reports.
type Report struct {
	Service   string
	Component string // "" where it names none
	Time      int64  // Unix ns
	Kind      model.ReportKind
	Country   string // ISO 3166-1 alpha-2, "" where it names none
}

// Known returns a service, false where there is none of that slug. What it
// returns is read.
type Known func(slug string) (*model.Service, bool)

// ReadCounts reads a history of counts: columns service, time and count (or
// problems, as our own tables have it), and component where there is one. Lines
// that are wrong or of unknown services are skipped and told. It ends with the
// first error of each, of r, or with a line that is too long; rows before it have
// been handed on.
func ReadCounts(r io.Reader, known Known, each func(Count) error) (t Reported, err error) {
	l, err := open(r, "service", "time", "count|problems")
	if err != nil {
		return t, err
	}
	err = t.all(l, known, func(b base) error {
		n, err := parseCount("count", l.cell("count", "problems"))
		if err != nil {
			return err
		}
		return t.hand(b, each(Count{b.service, b.component, b.time, n}))
	})
	return t, err
}

// ReadReports reads a history of single reports: columns service and time, and
// component, kind (problem or works; problem where it is empty) and country where
// there are such. It skips and ends as ReadCounts does.
func ReadReports(r io.Reader, known Known, each func(Report) error) (t Reported, err error) {
	l, err := open(r, "service", "time")
	if err != nil {
		return t, err
	}
	err = t.all(l, known, func(b base) error {
		x := Report{Service: b.service, Component: b.component, Time: b.time, Country: l.cell("country")}
		switch kind := l.cell("kind"); kind {
		case "", "problem":
		case "works":
			x.Kind = model.Works
		default:
			return fmt.Errorf("kind %q: expected problem or works", cut(kind))
		}
		if c := x.Country; c != "" && (len(c) != 2 || !upper(c[0]) || !upper(c[1])) {
			return fmt.Errorf("country %q: expected two capital letters (ISO 3166-1)", cut(c))
		}
		return t.hand(b, each(x))
	})
	return t, err
}

func upper(c byte) bool { return 'A' <= c && c <= 'Z' }

// base is what lines of both histories begin with.
type base struct {
	service, component string
	time               int64
}

// stop is an error of who takes the rows.
type stop struct{ error }

func (s stop) Unwrap() error { return s.error }

// all reads every line. What take says of a line is told, unless it is a stop.
func (t *Reported) all(l *lines, known Known, take func(base) error) error {
	for {
		ok, err := l.next()
		if !ok {
			slices.Sort(t.Unknown)
			return err
		}
		t.Lines++
		b, err := t.base(l, known)
		if err == nil {
			err = take(b)
		}
		var s stop
		if errors.As(err, &s) {
			return fmt.Errorf("read csv line %d: %w", l.n, s.error)
		}
		t.skip(l.n, err)
	}
}

func (t *Reported) base(l *lines, known Known) (base, error) {
	b := base{service: l.cell("service"), component: l.cell("component")}
	if b.service == "" {
		return b, errors.New("no service")
	}
	if known != nil {
		s, ok := known(b.service)
		if !ok {
			return b, unknown(b.service)
		}
		if _, ok := s.Component(b.component); !ok && b.component != "" {
			b.component = ""
			t.Renamed++
		}
	}
	var err error
	b.time, err = parseTime(l.cell("time"))
	return b, err
}
