package query

import (
	"floodmark/internal/evidence/vector"
	"floodmark/internal/model"
)

// family is a set of roll-ups: each sums by few columns, and all by exporter and
// direction.
type family uint8

const (
	networks family = 1 << iota
	services
	interfaces

	everyRollup = networks | services | interfaces
)

// table is one table of the store.
type table struct {
	name   string
	grid   int64  // ms of one row's time
	family family // 0 for raw flows
}

// The tables of flows, the coarsest first, and of those those with fewer keys.
var tables = []table{
	{"interfaces_1h", 3600e3, interfaces}, {"services_1h", 3600e3, services}, {"networks_1h", 3600e3, networks},
	{"interfaces_1m", 60e3, interfaces}, {"services_1m", 60e3, services}, {"networks_1m", 60e3, networks},
	{"flows", 1, 0},
}

func (t *table) rolled() bool { return t.family != 0 }

// answers reports whether the table has all fields of a question.
func (t *table) answers(q *Question) bool {
	return !t.rolled() || !q.uses(func(f *field) bool { return f.in&t.family == 0 })
}

// where turns a filter into a condition.
func (t *table) where(n node) expr {
	switch n := n.(type) {
	case *list:
		var out []expr
		for _, x := range n.nodes {
			out = append(out, t.where(x))
		}
		if n.or {
			return either(out)
		}
		return all(out)
	case *not:
		return negation{t.where(n.node)}
	case *compare:
		var e expr
		if len(n.field.either) == 0 {
			e = t.fits(n, n.field)
		} else {
			e = either{t.fits(n, n.field.sides[0]), t.fits(n, n.field.sides[1])}
		}
		if n.op == unequal {
			return negation{e}
		}
		return e
	}
	return all{}
}

func (t *table) fits(c *compare, f *field) expr {
	var e expr
	switch {
	case f.kind == addressKind:
		return addresses(f.name, c.values)
	case f.kind == exporterKind || f.kind == interfaceKind:
		return named(c, raw(f.name))
	case f.kind == vectorKind:
		return classesOf(c.spans)
	case f.name == "bytes_per_packet":
		e = perPacketSQL(c.spans)
	case c.op == has:
		e = flagsSQL(c.values[0].lo)
	case f.name == "icmp_type":
		var wide []span
		for _, s := range c.spans {
			if s.lo *= 256; s.hi != unbound {
				s.hi = s.hi*256 + 255
			}
			wide = append(wide, s)
		}
		e = inSpans(raw("dst_port"), wide)
	default:
		e = inSpans(t.value(f), c.spans)
	}
	if f.guard != always {
		return all{t.guard(f), e}
	}
	return e
}

// guard is true for records that have the field.
func (t *table) guard(f *field) expr {
	if f.guard == hasPackets {
		return raw("packets > 0")
	}
	g := among{raw("proto"), guarded[f.guard]}
	if t.rolled() && f.name == "service" {
		return all{g, raw("side IN (1, 2)")}
	}
	return g
}

// value is the number of a field, where its guard is true.
func (t *table) value(f *field) expr {
	switch f.name {
	case "duration":
		return raw("duration_ms")
	case "packets", "bytes":
		return binary{double{raw(f.name)}, "*", raw("sampling")}
	case "fragment":
		return choice{raw("fragment"), number(1), number(0)}
	case "icmp_code":
		return binary{raw("dst_port"), "%", number(256)}
	case "icmp_type":
		return binary{raw("dst_port"), "-", binary{raw("dst_port"), "%", number(256)}} // times 256
	case "service":
		if t.rolled() {
			return raw("port")
		}
		return serviceSQL()
	case "vector":
		return vectorSQL()
	}
	return raw(f.name)
}

func addresses(side string, values []operand) expr {
	hi, lo := raw(side+"_hi"), raw(side+"_lo")
	var out either
	for i := range values {
		o := &values[i]
		e := wordsBetween(hi, lo, o.from, o.to)
		if four := model.Addr4(0); !o.from.Is4() && o.from.Compare(four) < 0 && o.to.Compare(four) > 0 {
			e = all{e, negation{isFour(hi, lo)}}
		}
		out = append(out, e)
	}
	return out
}

// wordsBetween compares addresses as two words, so that the engine can skip
// blocks by the least and largest value of a column.
func wordsBetween(hi, lo raw, from, to model.Addr) expr {
	switch {
	case from.Hi == to.Hi:
		return all{binary{hi, "=", number(from.Hi)}, binary{lo, ">=", number(from.Lo)}, binary{lo, "<=", number(to.Lo)}}
	case from.Lo == 0 && to.Lo == 1<<64-1:
		return all{binary{hi, ">=", number(from.Hi)}, binary{hi, "<=", number(to.Hi)}}
	}
	return all{binary{hi, ">=", number(from.Hi)}, binary{hi, "<=", number(to.Hi)},
		either{binary{hi, ">", number(from.Hi)}, binary{lo, ">=", number(from.Lo)}},
		either{binary{hi, "<", number(to.Hi)}, binary{lo, "<=", number(to.Lo)}}}
}

func isFour(hi, lo raw) expr {
	return all{binary{hi, "=", number(0)}, binary{lo, ">=", number(model.Addr4(0).Lo)}, binary{lo, "<=", number(model.Addr4(1<<32 - 1).Lo)}}
}

func named(c *compare, column raw) expr {
	var numbers []span
	var out either
	for i := range c.values {
		o := &c.values[i]
		if o.name == "" {
			numbers = append(numbers, o.span)
		}
		for _, n := range o.exporters {
			numbers = append(numbers, span{uint64(n), uint64(n)})
		}
		for _, p := range o.found {
			out = append(out, all{binary{raw("exporter"), "=", number(p.Exporter)}, binary{column, "=", number(p.Index)}})
		}
	}
	if len(numbers) > 0 {
		out = append(out, inSpans(column, numbers))
	}
	return out
}

// classesOf is true for the classes of some vectors.
func classesOf(vectors []span) expr {
	var classes []span
	for _, s := range vectors {
		for _, l := range vector.Classes() {
			if vectorOf(l.Class) == s.lo {
				classes = append(classes, span{uint64(l.Class), uint64(l.Class)})
			}
		}
	}
	return inSpans(raw("class"), classes)
}

// perPacketSQL avoids the division: a mean of whole bytes from lo to hi.
func perPacketSQL(spans []span) expr {
	var out either
	packets := double{raw("packets")}
	for _, s := range spans {
		part := all{binary{raw("bytes"), ">=", binary{packets, "*", number(s.lo)}}}
		if s.hi != unbound {
			part = append(part, binary{raw("bytes"), "<", binary{packets, "*", number(s.hi + 1)}})
		}
		out = append(out, part)
	}
	return out
}

// flagsSQL tests bits by remainders: engines write bit operations differently.
func flagsSQL(mask uint64) expr {
	out := all{}
	for bit := uint64(1); bit < 256; bit *= 2 {
		if mask&bit != 0 {
			out = append(out, binary{binary{raw("tcp_flags"), "%", number(2 * bit)}, ">=", number(bit)})
		}
	}
	return out
}

func serviceSQL() expr {
	known := func(port raw) expr {
		return either{all{binary{port, ">=", number(1)}, binary{port, "<=", number(1023)}}, among{port, knownPorts}}
	}
	src, dst := raw("src_port"), raw("dst_port")
	lower := choice{binary{src, "<=", dst}, src, dst}
	return choice{known(src), choice{known(dst), lower, src}, choice{known(dst), dst, lower}}
}

// vectorSQL is the first class of the vector of a class.
func vectorSQL() expr {
	others := make(map[uint64][]uint64)
	var order []uint64
	for c, first := range vectorFirst.of {
		if uint64(c) != first {
			if others[first] == nil {
				order = append(order, first)
			}
			others[first] = append(others[first], uint64(c))
		}
	}
	var e expr = raw("class")
	for _, first := range order {
		e = choice{among{raw("class"), others[first]}, number(first), e}
	}
	return e
}
