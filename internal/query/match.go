package query

import (
	"slices"

	"floodmark/internal/model"
)

// Match reports whether a record passes the filter. Names must have been
// resolved (see Question.Resolve): one that was not fits nothing. It allocates
// nothing.
func (f Filter) Match(r *model.FlowRow) bool { return f.root == nil || f.root.match(r) }

func (l *list) match(r *model.FlowRow) bool {
	for _, n := range l.nodes {
		if n.match(r) == l.or {
			return l.or
		}
	}
	return !l.or
}

func (n *not) match(r *model.FlowRow) bool { return !n.node.match(r) }

func (c *compare) match(r *model.FlowRow) bool {
	fits := false
	if len(c.field.either) == 0 {
		fits = c.fits(c.field, r)
	} else {
		fits = c.fits(c.field.sides[0], r) || c.fits(c.field.sides[1], r)
	}
	return fits != (c.op == unequal)
}

func (c *compare) fits(f *field, r *model.FlowRow) bool {
	switch f.kind {
	case addressKind:
		a := r.Src
		if f.name == "dst" {
			a = r.Dst
		}
		for i := range c.values {
			if c.values[i].holds(a) {
				return true
			}
		}
		return false
	case exporterKind, interfaceKind:
		return c.named(r.Exporter, uint32(f.get(r)))
	}
	if !f.guard.passes(r) {
		return false
	}
	v := f.get(r)
	if c.op == has {
		return v&c.values[0].lo == c.values[0].lo
	}
	for _, s := range c.spans {
		if v >= s.lo && v <= s.hi {
			return true
		}
	}
	return false
}

// holds reports whether an address is within; IPv4 is no part of IPv6 prefixes.
func (o *operand) holds(a model.Addr) bool {
	return a.Compare(o.from) >= 0 && a.Compare(o.to) <= 0 && a.Is4() == o.from.Is4()
}

func (c *compare) named(exporter, number uint32) bool {
	for i := range c.values {
		o := &c.values[i]
		switch {
		case o.name == "":
			if uint64(number) >= o.lo && uint64(number) <= o.hi {
				return true
			}
		case c.field.kind == exporterKind:
			if slices.Contains(o.exporters, number) {
				return true
			}
		case slices.Contains(o.found, Interface{exporter, number}):
			return true
		}
	}
	return false
}
