package query

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"floodmark/internal/model"
)

// String returns the question in its canonical form, with every default
// written out. Parse reads it as the same question.
func (q Question) String() string {
	var parts []string
	if q.Filter.root != nil {
		parts = append(parts, q.Filter.String())
	}
	var by []string
	if q.ByTime {
		by = append(by, "time")
	}
	for _, g := range q.Groups {
		by = append(by, g.String())
	}
	if len(by) > 0 {
		parts = append(parts, "group by "+strings.Join(by, ", "))
	}
	if len(q.Groups) > 0 {
		parts = append(parts, fmt.Sprintf("top %d order by %s", q.Top, q.Order))
	}
	if q.Step > 0 {
		parts = append(parts, "step "+formatSpan(int64(q.Step)))
	}
	if q.From.Relative && q.To == (Moment{Relative: true}) && -q.From.Ns%int64(time.Second) == 0 {
		parts = append(parts, "last "+formatSpan(-q.From.Ns))
	} else {
		parts = append(parts, "from "+q.From.String()+" to "+q.To.String())
	}
	return strings.Join(parts, " ")
}

// String returns the dimension as a question has it.
func (g Group) String() string {
	switch {
	case g.Bits4 == 0:
		return g.Field
	case g.Bits6 == 48:
		return fmt.Sprintf("%s/%d", g.Field, g.Bits4)
	}
	return fmt.Sprintf("%s/%d/%d", g.Field, g.Bits4, g.Bits6)
}

// String returns the condition in its canonical form, "" for none.
func (f Filter) String() string {
	var b strings.Builder
	if f.root != nil {
		write(&b, f.root)
	}
	return b.String()
}

func write(b *strings.Builder, n node) {
	switch n := n.(type) {
	case *list:
		for i, x := range n.nodes {
			if i > 0 {
				b.WriteString(map[bool]string{false: " and ", true: " or "}[n.or])
			}
			if l, ok := x.(*list); ok && (l.or || n.or == l.or) {
				b.WriteString("(")
				write(b, x)
				b.WriteString(")")
			} else {
				write(b, x)
			}
		}
	case *not:
		b.WriteString("not ")
		if _, ok := n.node.(*list); ok {
			b.WriteString("(")
			write(b, n.node)
			b.WriteString(")")
		} else {
			write(b, n.node)
		}
	case *compare:
		b.WriteString(n.String())
	}
}

func (c *compare) String() string {
	one := len(c.values) == 1
	if one && c.op <= unequal {
		o := &c.values[0]
		one = o.lo == o.hi && o.from == o.to
	}
	sign := []string{"=", "!=", "<", "<=", ">", ">=", "has"}[c.op]
	if !one {
		sign = map[op]string{equal: "in", unequal: "not in"}[c.op]
	}
	var b strings.Builder
	b.WriteString(c.field.name + " " + sign + " ")
	if len(c.values) > 1 {
		b.WriteString("(")
	}
	for i := range c.values {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(c.field.text(&c.values[i]))
	}
	if len(c.values) > 1 {
		b.WriteString(")")
	}
	return b.String()
}

// text writes a value so that it is read as the same.
func (f *field) text(o *operand) string {
	switch {
	case f.kind == addressKind && o.bits < 0:
		return ip(o.from) + "-" + ip(o.to)
	case f.kind == addressKind && o.from != o.to:
		return ip(o.from) + "/" + strconv.Itoa(o.bits)
	case f.kind == addressKind:
		return ip(o.from)
	case o.name != "":
		return quote(o.name)
	case o.lo != o.hi:
		return f.number(o.lo) + "-" + f.number(o.hi)
	}
	return f.number(o.lo)
}

// ip writes an address; :: is one here.
func ip(a model.Addr) string {
	if a.IsZero() {
		return "::"
	}
	return a.String()
}

// number writes one number of a field: with its name, where it has one.
func (f *field) number(v uint64) string {
	plain := strconv.FormatUint(v, 10)
	switch f.kind {
	case protoKind:
		return or(nameOf(protocols, v), plain)
	case directionKind:
		return or(nameOf(directions, v), plain)
	case boolKind:
		return or(nameOf(answers, v), plain)
	case countryKind:
		return or(model.Code2(v).String(), "unknown")
	case asKind:
		return "AS" + plain
	case classKind:
		return className(v)
	case vectorKind:
		return vectorName(v)
	case durationKind:
		return formatSpan(int64(v) * 1e6)
	case flagsKind:
		var set []string
		for i, n := range flagNames {
			if v>>i&1 == 1 {
				set = append(set, n)
			}
		}
		return or(strings.Join(set, "+"), "none")
	}
	return plain
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
