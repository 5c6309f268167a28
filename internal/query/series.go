package query

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"
	"time"
)

// series asks for the largest groups over time, and for the total. Rows and
// their order are sums of the lines, so that both agree.
func (a *asker) series(ctx context.Context) error {
	p, r := a.plan, a.result
	keys, _ := p.groupKeys()
	n, start := len(keys), p.from-p.from%p.step
	s := &Series{Start: start, Step: p.step}
	at := make(map[string]int)
	err := a.each(ctx, p.series(), 1+n+5, func(c []cell) {
		i := int64(c[0].u)
		if step := (i - start) / p.step; i >= start && step < p.steps() {
			key := a.key(c[1:])
			name := keyName(key)
			if _, ok := at[name]; !ok {
				at[name] = len(s.Lines)
				s.Lines = append(s.Lines, Line{Key: key, Points: make([]Sums, p.steps())})
			}
			s.Lines[at[name]].Points[step] = sums(c[1+n:])
		}
	})
	if err != nil {
		return err
	}
	if n == 0 && len(s.Lines) == 0 {
		s.Lines = []Line{{Points: make([]Sums, p.steps())}}
	}
	slices.SortFunc(s.Lines, func(x, y Line) int {
		return cmp.Or(cmp.Compare(total(y.Points).by(p.Order), total(x.Points).by(p.Order)), strings.Compare(keyName(x.Key), keyName(y.Key)))
	})
	a.rows(s)
	r.Groups = -1
	if n == 0 {
		r.Total, r.Groups = total(s.Lines[0].Points), 1
		return nil
	}
	return a.each(ctx, p.sums(nil, nil).text(), 5, func(c []cell) { r.Total = sums(c) })
}

func (p *plan) steps() int64 { return (p.to-1)/p.step - p.from/p.step + 1 }

// rows makes the table of a series: a row for each line, or by time for each
// step of each line that has traffic.
func (a *asker) rows(s *Series) {
	p, r := a.plan, a.result
	if !p.ByTime {
		for _, l := range s.Lines {
			r.Rows = append(r.Rows, slices.Concat(l.Key, total(l.Points).values(p.to-p.from)))
		}
		r.Series = s
		return
	}
	for i := range p.steps() {
		begin := s.Start + i*s.Step
		within := min(begin+s.Step, p.to) - max(begin, p.from)
		for _, l := range s.Lines {
			if l.Points[i].Flows > 0 || len(p.Groups) == 0 {
				at := textValue(time.UnixMilli(begin).UTC().Format(time.RFC3339))
				r.Rows = append(r.Rows, slices.Concat([]Value{at}, l.Key, l.Points[i].values(within)))
			}
		}
	}
}

// keyName tells keys apart.
func keyName(key []Value) string {
	var b strings.Builder
	for _, v := range key {
		b.WriteByte('0' + v.kind)
		b.WriteString(v.String() + "\x00")
	}
	return b.String()
}

// total adds up; errors of different flows are independent, so their squares add.
func total(points []Sums) Sums {
	var t, square Sums
	for _, p := range points {
		t.Packets += p.Packets
		t.Bytes += p.Bytes
		t.Flows += p.Flows
		square.PacketsError += p.PacketsError * p.PacketsError
		square.BytesError += p.BytesError * p.BytesError
	}
	t.PacketsError, t.BytesError = math.Sqrt(square.PacketsError), math.Sqrt(square.BytesError)
	return t
}

func (s Sums) by(m Measure) float64 {
	switch m {
	case byBytes:
		return s.Bytes
	case byFlows:
		return s.Flows
	}
	return s.Packets
}
