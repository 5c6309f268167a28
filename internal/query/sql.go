package query

import (
	"strconv"
	"strings"
)

// expr is a piece of SQL. It is made of columns and keywords of this package and
// of numbers; nothing else has a way into the text.
type expr interface{ sql(*strings.Builder) }

// raw is SQL written in this package; never anything that came from a question.
type raw string

type number uint64

// binary is (l op r).
type binary struct {
	l  expr
	op raw
	r  expr
}

// among is e IN (values); there is at least one.
type among struct {
	e      expr
	values []uint64
}

// all and either join conditions; empty they are true and false.
type (
	all    []expr
	either []expr
)

type negation struct{ e expr }

// choice is CASE WHEN cond THEN yes ELSE no END.
type choice struct{ cond, yes, no expr }

// call is fn(e).
type call struct {
	fn raw
	e  expr
}

// double makes sums and products that cannot overflow.
type double struct{ e expr }

func (x raw) sql(b *strings.Builder) { b.WriteString(string(x)) }

func (x number) sql(b *strings.Builder) { b.WriteString(strconv.FormatUint(uint64(x), 10)) }

func (x binary) sql(b *strings.Builder) {
	b.WriteString("(")
	x.l.sql(b)
	b.WriteString(" " + string(x.op) + " ")
	x.r.sql(b)
	b.WriteString(")")
}

func (x among) sql(b *strings.Builder) {
	x.e.sql(b)
	b.WriteString(" IN (")
	for i, v := range x.values {
		if i > 0 {
			b.WriteString(", ")
		}
		number(v).sql(b)
	}
	b.WriteString(")")
}

func (x all) sql(b *strings.Builder) { joinSQL(b, x, " AND ", "1 = 1") }

func (x either) sql(b *strings.Builder) { joinSQL(b, x, " OR ", "1 = 0") }

func joinSQL(b *strings.Builder, parts []expr, word, empty string) {
	b.WriteString("(")
	for i, e := range parts {
		if i > 0 {
			b.WriteString(word)
		}
		e.sql(b)
	}
	if len(parts) == 0 {
		b.WriteString(empty)
	}
	b.WriteString(")")
}

func (x negation) sql(b *strings.Builder) {
	b.WriteString("NOT (")
	x.e.sql(b)
	b.WriteString(")")
}

func (x choice) sql(b *strings.Builder) {
	b.WriteString("CASE WHEN ")
	x.cond.sql(b)
	b.WriteString(" THEN ")
	x.yes.sql(b)
	b.WriteString(" ELSE ")
	x.no.sql(b)
	b.WriteString(" END")
}

func (x call) sql(b *strings.Builder) {
	b.WriteString(string(x.fn) + "(")
	x.e.sql(b)
	b.WriteString(")")
}

func (x double) sql(b *strings.Builder) {
	b.WriteString("CAST(")
	x.e.sql(b)
	b.WriteString(" AS DOUBLE)")
}

func sqlText(e expr) string {
	var b strings.Builder
	e.sql(&b)
	return b.String()
}

// between is lo <= e <= hi, without the side that is always true.
func between(e expr, s span) expr {
	switch {
	case s.lo == s.hi:
		return binary{e, "=", number(s.lo)}
	case s.hi == unbound:
		return binary{e, ">=", number(s.lo)}
	case s.lo == 0:
		return binary{e, "<=", number(s.hi)}
	}
	return all{binary{e, ">=", number(s.lo)}, binary{e, "<=", number(s.hi)}}
}

// inSpans is true where e lies in one of the ranges.
func inSpans(e expr, spans []span) expr {
	var out either
	var single []uint64
	for _, s := range spans {
		if s.lo == s.hi {
			single = append(single, s.lo)
		} else {
			out = append(out, between(e, s))
		}
	}
	if len(single) > 0 {
		out = append(out, among{e, single})
	}
	if len(out) == 1 {
		return out[0]
	}
	return out
}
