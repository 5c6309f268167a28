package query

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"floodmark/internal/model"
)

// Options say how a question is answered.
type Options struct {
	Now   int64 // time of asking in Unix ns
	Names Names // nil if nothing has a name
	Limits
}

// Limits bound one question.
type Limits struct {
	Timeout time.Duration // of all statements together; 0 means 30 s
	MaxRows int           // of one statement; 0 means as many as a question can ask for
}

// defaultTimeout and defaultRows hold where Limits has 0.
const (
	defaultTimeout = 30 * time.Second
	defaultRows    = maxValues + maxTop
)

// asker asks the statements of one question.
type asker struct {
	e       Engine
	names   Names
	plan    *plan
	limits  Limits
	result  *Result
	missing map[string]bool
}

// Run answers a question. It returns when the answer is complete, ctx ends or
// the timeout has passed; in the last two cases the error is that of the
// context. What is wrong with the question is an *Error.
func Run(ctx context.Context, e Engine, q Question, o Options) (Result, error) {
	started := time.Now()
	text := q.String()
	if o.Names == nil {
		o.Names = noNames{}
	}
	var err error
	if q.Filter, err = q.Filter.Resolve(o.Names); err != nil {
		return Result{}, err
	}
	p, err := q.choose(e, o.Now)
	if err != nil {
		return Result{}, err
	}
	if o.Timeout <= 0 {
		o.Timeout = defaultTimeout
	}
	if o.MaxRows <= 0 {
		o.MaxRows = defaultRows
	}
	ctx, cancel := context.WithTimeout(ctx, o.Timeout)
	defer cancel()
	r := Result{Question: text, Table: p.table.name, From: time.UnixMilli(p.from).UTC(), To: time.UnixMilli(p.to).UTC(), Rows: [][]Value{}, Missing: []string{}, Notes: p.notes(o.Now)}
	a := &asker{e: e, names: o.Names, plan: p, limits: o.Limits, result: &r, missing: make(map[string]bool)}
	if err = a.answer(ctx); err != nil {
		return Result{}, err
	}
	for f := range a.missing {
		r.Missing = append(r.Missing, f)
	}
	slices.Sort(r.Missing)
	r.Took = time.Since(started)
	return r, nil
}

// notes tell where the time answered for is not the time asked for.
func (p *plan) notes(now int64) []string {
	out := []string{}
	if from, to := p.From.At(now)/1e6, p.To.At(now)/1e6; from != p.from || to != p.to {
		out = append(out, fmt.Sprintf("The answer is for %s to %s, the time that %s can answer for.", clock(p.from), clock(p.to), p.table.name))
	}
	return out
}

func clock(ms int64) string { return time.UnixMilli(ms).UTC().Format("2006-01-02T15:04:05Z") }

func (a *asker) answer(ctx context.Context) error {
	a.result.Columns = a.columns()
	var err error
	if a.plan.step == 0 {
		err = a.top(ctx)
	} else {
		err = a.series(ctx)
	}
	if lost := a.plan.lost(); err == nil && lost > 0 {
		err = a.folded(ctx, lost)
	}
	return err
}

func (a *asker) columns() []Column {
	var out []Column
	if a.plan.ByTime {
		out = append(out, Column{"time", Time, ""})
	}
	for _, g := range a.plan.Groups {
		out = append(out, Column{g.String(), g.kind(), ""})
	}
	return append(out, Column{"packets", Number, "packets"}, Column{"packets_error", Number, "packets"}, Column{"bytes", Number, "bytes"}, Column{"bytes_error", Number, "bytes"},
		Column{"flows", Number, "flows"}, Column{"packets_per_second", Number, "packets/s"}, Column{"bits_per_second", Number, "bits/s"})
}

// each runs a statement of the table and gives its rows, as numbers.
func (a *asker) each(ctx context.Context, sql string, columns int, row func([]cell)) error {
	cells, dest := make([]cell, columns), make([]any, columns)
	for i := range cells {
		dest[i] = &cells[i]
	}
	p := a.plan
	rows, err := a.e.Query(ctx, Statement{Table: p.table.name, From: p.from, To: p.to, SQL: sql, MaxRows: a.limits.MaxRows, Timeout: a.limits.Timeout})
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(dest...); err != nil {
			return fmt.Errorf("read answer of %s: %w", p.table.name, err)
		}
		row(cells)
	}
	if ctx.Err() != nil { // the engine may word it in its own way
		return ctx.Err()
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read answer of %s: %w", p.table.name, err)
	}
	a.result.Truncated = a.result.Truncated || rows.Truncated()
	for _, m := range rows.Missing() {
		a.missing[m] = true
	}
	return nil
}

// sums reads measures and their variances.
func sums(c []cell) Sums {
	return Sums{Packets: c[0].float(), PacketsError: math.Sqrt(max(c[1].float(), 0)), Bytes: c[2].float(), BytesError: math.Sqrt(max(c[3].float(), 0)), Flows: c[4].float()}
}

// values are the measures of a row, with the mean rates over so many ms.
func (s Sums) values(ms int64) []Value {
	sec := float64(ms) / 1000
	return []Value{numberValue(s.Packets), numberValue(s.PacketsError), numberValue(s.Bytes), numberValue(s.BytesError), numberValue(s.Flows),
		numberValue(s.Packets / sec), numberValue(s.Bytes * 8 / sec)}
}

func (a *asker) top(ctx context.Context) error {
	keys, _ := a.plan.groupKeys()
	n := len(keys)
	return a.each(ctx, a.plan.top(), n+11, func(c []cell) {
		a.result.Rows = append(a.result.Rows, append(a.key(c), sums(c[n:]).values(a.plan.to-a.plan.from)...))
		a.result.Total, a.result.Groups = sums(c[n+5:]), int(c[n+10].float())
	})
}

// lost is the least level of folding that costs the question a field, 0 where
// none does.
func (p *plan) lost() int {
	smallest := 0
	if p.table.rolled() {
		p.uses(func(f *field) bool {
			if smallest == 0 || f.lost < smallest {
				smallest = f.lost
			}
			return false
		})
	}
	return smallest
}

// folded asks how much of the time's traffic the roll-up keeps without all of
// its fields.
func (a *asker) folded(ctx context.Context, lost int) error {
	s := statement{items: []expr{call{"sum", raw("packets")}, call{"sum", choice{binary{raw("folded"), ">=", number(lost)}, raw("packets"), number(0)}}}, names: []raw{"p", "o"},
		where: all{binary{raw("time"), ">=", number(a.plan.from)}, binary{raw("time"), "<", number(a.plan.to)}}}
	return a.each(ctx, s.text(), 2, func(c []cell) {
		if all := c[0].float(); all > 0 {
			a.result.Folded = c[1].float() / all
		}
	})
}

// key reads the dimensions of a row.
func (a *asker) key(c []cell) []Value {
	var out []Value
	for _, g := range a.plan.Groups {
		v, n := a.value(g, c)
		out, c = append(out, v), c[n:]
	}
	return out
}

func (g Group) kind() Kind {
	switch {
	case g.Bits4 > 0:
		return Prefix
	case g.f.kind == addressKind:
		return Address
	case g.f.kind == countryKind:
		return Country
	case g.f.kind == portKind || g.f.kind == numberKind || g.f.kind == asKind:
		return Number
	}
	return Text
}

// value reads one dimension and tells how many cells it took.
func (a *asker) value(g Group, c []cell) (Value, int) {
	f := g.f
	switch f.kind {
	case addressKind:
		return address(g, model.Addr{Hi: c[0].u, Lo: c[1].u}), 2
	case interfaceKind:
		i := Interface{uint32(c[0].u), uint32(c[1].u)}
		exporter := or(a.names.ExporterName(i.Exporter), f.number(uint64(i.Exporter)))
		return textValue(exporter + " " + or(a.names.InterfaceName(i), f.number(uint64(i.Index)))), 2
	case exporterKind:
		return textValue(or(a.names.ExporterName(uint32(c[0].u)), f.number(c[0].u))), 1
	}
	v := c[0].u
	switch {
	case c[0].negative || (f.kind == asKind || f.kind == countryKind) && v == 0:
		return Value{}, 1
	case f.name == "icmp_type":
		v /= 256
	case f.kind == countryKind:
		return textValue(model.Code2(v).String()), 1
	}
	if g.kind() == Number {
		return numberValue(float64(v)), 1
	}
	return textValue(f.number(v)), 1
}

func address(g Group, x model.Addr) Value {
	switch {
	case g.Bits4 == 0:
		return textValue(ip(x))
	case x.Is4():
		return textValue(x.Prefix(g.Bits4).String())
	case x.IsZero():
		return textValue(model.Addr{Lo: 1}.Prefix(g.Bits6).Masked().String())
	}
	return textValue(x.Prefix(g.Bits6).String())
}
