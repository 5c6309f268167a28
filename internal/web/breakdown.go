package web

import (
	"math"
	"net/http"
	"net/url"
	"sync"

	"floodmark/internal/model"
	"floodmark/internal/text"
)

// breakdown is what traffic is made of by one dimension.
type breakdown struct {
	Title  string
	Rows   []share
	Ask    string // address of the question
	Failed string
	Geo    bool // rests on address data
	Took   string
}

const breakdownRows = 8

// dimensions are what traffic is broken down by: the field of the question and
// the field where it leaves.
var dimensions = []struct {
	title   string
	in, out string
	geo     bool
}{
	{"Vectors and classes", "vector", "vector", false},
	{"Networks", "src_as", "dst_as", true},
	{"Countries", "src_country", "dst_country", true},
	{"Interfaces", "exporter, in_if", "exporter, out_if", false},
}

// breakdowns asks what the traffic of the last five minutes was made of.
func (p *pages) breakdowns(r *http.Request, c choice) ([]breakdown, string) {
	where, ok := condition(c)
	if !ok {
		return nil, "Stored flows have no customers: choose one of its prefixes or hosts."
	}
	order := " order by packets"
	if c.Metric.Unit() == "bits/s" {
		order = " order by bytes"
	}
	if c.Metric == model.Flows {
		order = " order by flows"
	}
	out := make([]breakdown, len(dimensions))
	var all sync.WaitGroup
	for i, d := range dimensions {
		field := d.in
		if c.direction == model.Out {
			field = d.out
		}
		q := where + " group by " + field + " top 8" + order + " last 5m"
		out[i] = breakdown{Title: d.title, Ask: "/flows?q=" + url.QueryEscape(q), Geo: d.geo}
		all.Go(func() { p.breakdown(r, &out[i], q, c.Metric) })
	}
	all.Wait()
	return out, ""
}

// condition is the filter for what goes to a target, or comes from it.
func condition(c choice) (string, bool) {
	side := "dst"
	if c.direction == model.Out {
		side = "src"
	}
	switch c.target.Kind {
	case model.HostTarget:
		return side + " = " + c.target.String(), true
	case model.PrefixTarget:
		return side + " in " + c.target.String(), true
	case model.NetworkTarget:
		return "direction = " + c.direction.String(), true
	}
	return "", false
}

func (p *pages) breakdown(r *http.Request, b *breakdown, question string, m model.Metric) {
	a, err := p.answers.get(r.Context(), question)
	if err != nil {
		b.Failed = p.words(err)
		return
	}
	column := "packets"
	if m.Unit() == "bits/s" {
		column = "bytes"
	}
	if m == model.Flows {
		column = "flows"
	}
	t := newTable(&a)
	value := t.measure(column)
	if value < 0 {
		b.Failed = "The result has no column " + column + "."
		return
	}
	b.Took = text.Duration(a.Took)
	seconds := math.Max(a.To.Sub(a.From).Seconds(), 1)
	top := 0.0
	for i := range t.Rows {
		top = math.Max(top, t.number(i, value))
	}
	for i := range t.Rows[:min(len(t.Rows), breakdownRows)] {
		v := t.number(i, value)
		s := share{Name: t.label(i), Width: v / math.Max(top, 1e-9)}
		if column == "bytes" {
			s.Value = text.Bits(8 * v / seconds)
		} else {
			s.Value = text.Short(tidy(v/seconds)) + " " + column + "/s"
		}
		if e := t.errorOf(i, value); e > 0 && v > 0 {
			s.Range = "± " + text.Percent(1.96*e/v)
		}
		b.Rows = append(b.Rows, s)
	}
}
