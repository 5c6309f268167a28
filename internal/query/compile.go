package query

import (
	"slices"
	"strings"
)

// The measures of a group of rows. Of p sampled packets of a record at 1:N the
// estimate pN has the variance pN²(1-1/N) = pN(N-1), as each packet was taken
// or not (binomial). That of the bytes is the same times the square of the
// record's mean length: a lower bound, as lengths differ within a record.
var measures = map[bool][]expr{
	false: {
		call{"sum", binary{double{raw("packets")}, "*", raw("sampling")}},
		call{"sum", binary{double{raw("packets")}, "*", binary{double{raw("sampling")}, "*", raw("(CAST(sampling AS DOUBLE) - 1)")}}},
		call{"sum", binary{double{raw("bytes")}, "*", raw("sampling")}},
		call{"sum", choice{raw("packets > 0"), raw("CAST(bytes AS DOUBLE) * bytes / packets * sampling * (CAST(sampling AS DOUBLE) - 1)"), number(0)}},
		raw("count(*)"),
	},
	true: {
		call{"sum", double{raw("packets")}},
		call{"sum", raw("squares - CAST(packets AS DOUBLE)")},
		call{"sum", double{raw("bytes")}},
		call{"sum", choice{raw("packets > 0"), raw("CAST(bytes AS DOUBLE) * bytes / packets / packets * (squares - CAST(packets AS DOUBLE))"), number(0)}},
		call{"sum", raw("flows")},
	},
}

// measureAliases name them in SQL: packets, bytes, flows, v for variance.
var measureAliases = []raw{"p", "pv", "b", "bv", "f"}

var orderAlias = map[Measure]raw{byPackets: "p", byBytes: "b", byFlows: "f"}

// plan is a question with the table and the time that it is asked about.
type plan struct {
	*Question
	table    table
	from, to int64 // Unix ms
	step     int64 // ms, 0 for none
}

// keys are the expressions of a dimension; see readKey for how they are read.
func (t *table) keys(g Group) []expr {
	f := g.f
	switch f.kind {
	case addressKind:
		hi, lo := raw(f.name+"_hi"), raw(f.name+"_lo")
		if g.Bits4 == 0 {
			return []expr{hi, lo}
		}
		four := isFour(hi, lo)
		hi6, lo6 := maskSQL(hi, g.Bits6), maskSQL(lo, max(g.Bits6-64, 0))
		return []expr{hi6, choice{four, maskSQL(lo, 32+g.Bits4), lo6}}
	case interfaceKind:
		return []expr{raw("exporter"), raw(f.name)}
	}
	v := t.value(f)
	if f.guard != always {
		v = choice{t.guard(f), v, raw("-1")}
	}
	return []expr{v}
}

// maskSQL keeps the first bits of a word of 64.
func maskSQL(word raw, bits int) expr {
	switch {
	case bits >= 64:
		return word
	case bits <= 0:
		return binary{word, "-", word} // 0 of the same type
	}
	return binary{word, "-", binary{word, "%", number(1 << (64 - bits))}}
}

// condition is the time and the filter.
func (p *plan) condition() expr {
	return all{binary{raw("time"), ">=", number(p.from)}, binary{raw("time"), "<", number(p.to)}, p.table.where(p.Filter.root)}
}

// groupKeys are the expressions of all dimensions, and their aliases.
func (p *plan) groupKeys() (keys []expr, aliases []raw) {
	for _, g := range p.Groups {
		keys = append(keys, p.table.keys(g)...)
	}
	for i := range keys {
		aliases = append(aliases, []raw{"k0", "k1", "k2", "k3", "k4", "k5"}[i])
	}
	return keys, aliases
}

// statement is SELECT items AS names FROM {rows} WHERE … GROUP BY names.
type statement struct {
	items []expr
	names []raw
	where expr
	group []raw
}

func (s *statement) text() string {
	var b strings.Builder
	b.WriteString("SELECT ")
	for i, e := range s.items {
		if i > 0 {
			b.WriteString(", ")
		}
		e.sql(&b)
		b.WriteString(" AS " + string(s.names[i]))
	}
	b.WriteString(" FROM {rows} WHERE ")
	s.where.sql(&b)
	if len(s.group) > 0 {
		b.WriteString(" GROUP BY " + joinRaw(s.group))
	}
	return b.String()
}

func joinRaw(names []raw) string {
	var out []string
	for _, n := range names {
		out = append(out, string(n))
	}
	return strings.Join(out, ", ")
}

// member is true for the keys of the rows that an inner query gives.
type member struct {
	keys  []expr
	names []raw
	inner string // SQL of this package
}

func (m member) sql(b *strings.Builder) {
	b.WriteString("(")
	for i, k := range m.keys {
		if i > 0 {
			b.WriteString(", ")
		}
		k.sql(b)
	}
	b.WriteString(") IN (SELECT " + joinRaw(m.names) + " FROM (" + m.inner + "))")
}

// totals adds the sums over all groups, and how many there are, to each row.
const totals = "*, sum(p) OVER (), sum(pv) OVER (), sum(b) OVER (), sum(bv) OVER (), sum(f) OVER (), count(*) OVER ()"

// sums asks for the measures by keys.
func (p *plan) sums(keys []expr, aliases []raw) *statement {
	return &statement{items: append(slices.Clone(keys), measures[p.table.rolled()]...),
		names: append(slices.Clone(aliases), measureAliases...), where: p.condition(), group: aliases}
}

// top asks for the largest groups.
func (p *plan) top() string {
	keys, aliases := p.groupKeys()
	inner := p.sums(keys, aliases)
	return "SELECT " + totals + " FROM (" + inner.text() + ")" + p.orderLimit(aliases)
}

func (p *plan) orderLimit(aliases []raw) string {
	if len(aliases) == 0 {
		return ""
	}
	s := " ORDER BY " + string(orderAlias[p.Order]) + " DESC"
	for _, a := range aliases {
		s += ", " + string(a)
	}
	return s + " LIMIT " + sqlText(number(p.Top))
}

// series asks for the measures of the largest groups by step. One statement
// finds them and sums them, so that no row arrives in between.
func (p *plan) series() string {
	keys, aliases := p.groupKeys()
	bucket := binary{raw("time"), "-", binary{raw("time"), "%", number(p.step)}}
	s := p.sums(append([]expr{bucket}, keys...), append([]raw{"t"}, aliases...))
	if len(keys) > 0 {
		best := orderAlias[p.Order]
		at := slices.Index(measureAliases, best)
		top := &statement{items: append(slices.Clone(keys), measures[p.table.rolled()][at]), names: append(slices.Clone(aliases), best), where: p.condition(), group: aliases}
		s.where = all{s.where, member{keys, aliases, top.text() + p.orderLimit(aliases)}}
	}
	return s.text() + " ORDER BY t"
}
