package flowudp

import (
	"cmp"
	"net/netip"
	"slices"

	"floodmark/internal/model"
)

// allowed is a list of prefixes as disjoint spans in order, one list for each
// IP version, so that ::/0 does not let IPv4 in. A nil *allowed is everyone.
type allowed struct {
	v4, v6 []span
}

// span is the addresses from first to last.
type span struct{ first, last model.Addr }

func less(a, b model.Addr) bool { return a.Hi < b.Hi || a.Hi == b.Hi && a.Lo < b.Lo }

// newAllowed returns nil for nil. Prefixes that are not valid name nobody.
func newAllowed(prefixes []netip.Prefix) *allowed {
	if prefixes == nil {
		return nil
	}
	a := new(allowed)
	for _, p := range prefixes {
		if !p.IsValid() {
			continue
		}
		bits := p.Bits()
		if p.Addr().Is4() {
			bits += 96
		}
		s := spanOf(model.AddrFromNetip(p.Addr()), bits)
		if s.first.Is4() && s.last.Is4() {
			a.v4 = append(a.v4, s)
		} else {
			a.v6 = append(a.v6, s)
		}
	}
	a.v4, a.v6 = join(a.v4), join(a.v6)
	return a
}

// spanOf returns the addresses that share the first bits (0 to 128) with addr.
func spanOf(addr model.Addr, bits int) span {
	hi, lo := ^uint64(0), ^uint64(0)
	if bits <= 64 {
		hi = ^(hi >> bits) // a shift by 64 gives 0
		lo = 0
	} else {
		lo = ^(lo >> (bits - 64))
	}
	return span{
		model.Addr{Hi: addr.Hi & hi, Lo: addr.Lo & lo},
		model.Addr{Hi: addr.Hi | ^hi, Lo: addr.Lo | ^lo},
	}
}

// join sorts spans and drops what others contain; spans of prefixes never
// overlap in part.
func join(spans []span) []span {
	slices.SortFunc(spans, func(a, b span) int {
		return cmp.Or(cmp.Compare(a.first.Hi, b.first.Hi), cmp.Compare(a.first.Lo, b.first.Lo),
			cmp.Compare(b.last.Hi, a.last.Hi), cmp.Compare(b.last.Lo, a.last.Lo))
	})
	out := spans[:0]
	for _, s := range spans {
		if len(out) == 0 || less(out[len(out)-1].last, s.first) {
			out = append(out, s)
		}
	}
	return out
}

// has reports whether addr may send.
func (a *allowed) has(addr model.Addr) bool {
	if a == nil {
		return true
	}
	spans := a.v6
	if addr.Is4() {
		spans = a.v4
	}
	i, j := 0, len(spans) // the first span that ends at or after addr
	for i < j {
		if m := (i + j) / 2; less(spans[m].last, addr) {
			i = m + 1
		} else {
			j = m
		}
	}
	return i < len(spans) && !less(addr, spans[i].first)
}
