package compile

import (
	"net/netip"
	"slices"

	"floodmark/internal/model"
)

// span says that one value holds for the addresses from first to last, both
// inside. The value is never 0.
type span struct {
	first, last model.Addr
	value       uint32
}

// layer is what one source says, in ascending order once tidied.
type layer struct {
	spans    []span
	codes    []string          // countries: value v means codes[v-1]
	names    map[uint32]string // networks: the value is the AS number
	overlaps int               // ranges that ran into the next one and were cut
	ignored  int               // ranges whose country code is not one
}

// addPrefix adds all addresses of a network; an IPv6 network that holds the
// IPv4-mapped addresses is left out, because those are kept apart.
func (l *layer) addPrefix(p netip.Prefix, value uint32) {
	first := model.AddrFromNetip(p.Masked().Addr())
	last, host := first, p.Addr().BitLen()-p.Bits()
	if host >= 64 {
		last.Lo = ^uint64(0)
		last.Hi |= 1<<(host-64) - 1
	} else {
		last.Lo |= 1<<host - 1
	}
	l.add(first, last, value)
}

func (l *layer) add(first, last model.Addr, value uint32) {
	if value == 0 || first.Is4() != last.Is4() || last.Compare(first) < 0 {
		return
	}
	if n := len(l.spans); n > 0 {
		prev := &l.spans[n-1]
		if next, ok := after(prev.last); ok && next == first && prev.value == value && prev.last.Is4() == first.Is4() {
			prev.last = last
			return
		}
	}
	l.spans = append(l.spans, span{first, last, value})
}

// tidy sorts the spans and cuts those short that run into the next one.
func (l *layer) tidy() {
	slices.SortStableFunc(l.spans, func(a, b span) int { return a.first.Compare(b.first) })
	out := l.spans[:0]
	for _, s := range l.spans {
		if n := len(out); n > 0 && s.first.Compare(out[n-1].last) <= 0 {
			l.overlaps++
			if s.first == out[n-1].first {
				out = out[:n-1]
			} else {
				out[n-1].last, _ = before(s.first)
			}
		}
		out = append(out, s)
	}
	l.spans = out
}

// cursor walks a tidy layer upwards.
type cursor struct {
	spans []span
	next  int
}

// at returns the value that holds at a and the last address it holds for.
// Calls must come with ascending addresses.
func (c *cursor) at(a model.Addr) (value uint32, until model.Addr) {
	for c.next < len(c.spans) && c.spans[c.next].last.Compare(a) < 0 {
		c.next++
	}
	if c.next == len(c.spans) {
		return 0, model.Addr{Hi: ^uint64(0), Lo: ^uint64(0)}
	}
	s := c.spans[c.next]
	if s.first.Compare(a) > 0 {
		until, _ = before(s.first)
		return 0, until
	}
	return s.value, s.last
}

func after(a model.Addr) (model.Addr, bool) {
	if a.Lo++; a.Lo == 0 {
		a.Hi++
	}
	return a, a != model.Addr{}
}

func before(a model.Addr) (model.Addr, bool) {
	if a == (model.Addr{}) {
		return a, false
	}
	if a.Lo--; a.Lo == ^uint64(0) {
		a.Hi--
	}
	return a, true
}
