package normalize

import (
	"fmt"
	"net/netip"
	"slices"
	"sort"

	"floodmark/internal/model"
)

// table finds the longest prefix that holds an address. Prefixes are flattened
// into ranges that do not overlap; IPv4 goes through an index of the first 16
// and of 8 more bits, which answers wherever a /24 has one answer. Next to a trie of
// a library (bart, Fast) it took about half of the time with 3,000 prefixes, and
// needs no conversion of addresses.
type table struct {
	some   [1 << 10]uint64 // a bit for each /16 that holds a prefix: it stays in the nearest cache, which top does not
	top    []uint32        // by the first 16 bits: value, or split and position in low
	low    []uint32        // by 8 bits more: value, or split and position in spans
	spans  []span
	start4 []uint32
	value4 []uint32
	start6 []model.Addr
	value6 []uint32
}

type span struct{ from, to uint32 } // in start4: counted from one: the last range that begins at or before the /24, and the last in it

const split = 1 << 31

// block is a prefix as its first and last address.
type block struct {
	first, last model.Addr
	bits        int
	value       uint32
}

// newTable returns a table whose values are positions in list, from one.
func newTable(list []netip.Prefix) (table, error) {
	var four, six []block
	for i, p := range list {
		if !p.IsValid() || p.Addr().Is4In6() {
			return table{}, fmt.Errorf("prefix %d is not valid", i+1)
		}
		b := newBlock(p, uint32(i+1))
		if p.Addr().Is4() {
			four = append(four, b)
		} else {
			six = append(six, b)
		}
	}
	var t table
	starts, values, err := flatten(four)
	if err != nil {
		return t, err
	}
	if t.start6, t.value6, err = flatten(six); err != nil {
		return t, err
	}
	for i, s := range starts {
		if s.Is4() { // not past the end of IPv4
			t.start4, t.value4 = append(t.start4, s.V4()), append(t.value4, values[i])
		}
	}
	t.index()
	return t, nil
}

func newBlock(p netip.Prefix, value uint32) block {
	first := model.AddrFromNetip(p.Masked().Addr())
	host := p.Addr().BitLen() - p.Bits()
	last := first
	switch {
	case host >= 64:
		last.Lo = ^uint64(0)
		last.Hi |= 1<<(host-64) - 1
	default:
		last.Lo |= 1<<host - 1
	}
	return block{first, last, p.Bits(), value}
}

// flatten turns nested prefixes into places where the answer changes.
func flatten(blocks []block) (starts []model.Addr, values []uint32, err error) {
	slices.SortFunc(blocks, func(a, b block) int {
		if c := a.first.Compare(b.first); c != 0 {
			return c
		}
		return a.bits - b.bits
	})
	set := func(at model.Addr, v uint32) {
		if n := len(starts); n > 0 && starts[n-1] == at {
			values[n-1] = v
			return
		}
		starts, values = append(starts, at), append(values, v)
	}
	var open []block
	leave := func() { // the innermost block ends
		end := open[len(open)-1].last
		open = open[:len(open)-1]
		v := uint32(0)
		if len(open) > 0 {
			v = open[len(open)-1].value
		}
		if next, ok := after(end); ok {
			set(next, v)
		}
	}
	for i, b := range blocks {
		if i > 0 && blocks[i-1].first == b.first && blocks[i-1].bits == b.bits {
			return nil, nil, fmt.Errorf("%s is listed twice", b.first.Prefix(b.bits))
		}
		for len(open) > 0 && open[len(open)-1].last.Compare(b.first) < 0 {
			leave()
		}
		set(b.first, b.value)
		open = append(open, b)
	}
	for len(open) > 0 {
		leave()
	}
	return starts, values, nil
}

func after(a model.Addr) (model.Addr, bool) {
	a.Lo++
	if a.Lo == 0 {
		a.Hi++
	}
	return a, a != model.Addr{}
}

// index answers for each /16 of IPv4, else for each /24 of it, or says where to
// look.
func (t *table) index() {
	if len(t.start4) == 0 {
		return
	}
	t.top = make([]uint32, 1<<16)
	at := -1 // the last range that begins at or before the address
	for h := range t.top {
		v, end := t.answer(at, uint32(h)<<16, 1<<16-1)
		if v != 0 {
			t.some[h>>6] |= 1 << (h & 63)
		}
		if v&split == 0 {
			t.top[h], at = v, end
			continue
		}
		t.top[h] = split | uint32(len(t.low))
		for l := range uint32(256) {
			first := uint32(h)<<16 | l<<8
			v, end := t.answer(at, first, 255)
			if v&split != 0 {
				v = split | uint32(len(t.spans))
				t.spans = append(t.spans, span{uint32(t.before(at, first) + 1), uint32(end + 1)})
			}
			t.low = append(t.low, v)
			at = end
		}
	}
}

// answer returns the one value of the addresses from first to first+rest, or
// split, and the last range that begins among them or before; at is a range
// that begins before.
func (t *table) answer(at int, first, rest uint32) (v uint32, end int) {
	at = t.before(at, first)
	end = at
	for end+1 < len(t.start4) && t.start4[end+1] <= first|rest {
		end++
	}
	switch {
	case end != at:
		return split, end
	case at >= 0:
		return t.value4[at], end
	}
	return 0, end
}

// before moves at on to the last range that begins at or before first.
func (t *table) before(at int, first uint32) int {
	for at+1 < len(t.start4) && t.start4[at+1] <= first {
		at++
	}
	return at
}

// lookup returns the value of the longest prefix that holds a, or 0.
func (t *table) lookup(a model.Addr) uint32 {
	if !a.Is4() {
		return t.lookup6(a)
	}
	h := a.V4() >> 16
	if t.some[h>>6]&(1<<(h&63)) == 0 {
		return 0
	}
	v := t.top[h]
	if v&split == 0 {
		return v
	}
	v = t.low[v&^split+a.V4()>>8&0xff]
	if v&split == 0 {
		return v
	}
	s := t.spans[v&^split]
	lo, hi := s.from, s.to // counted from one: 0 is "before the first range"
	for lo < hi {
		mid := (lo + hi + 1) / 2
		if t.start4[mid-1] <= a.V4() {
			lo = mid
		} else {
			hi = mid - 1
		}
	}
	if lo == 0 {
		return 0
	}
	return t.value4[lo-1]
}

func (t *table) lookup6(a model.Addr) uint32 {
	if len(t.start6) == 0 {
		return 0
	}
	i := sort.Search(len(t.start6), func(i int) bool { return t.start6[i].Compare(a) > 0 })
	if i == 0 {
		return 0
	}
	return t.value6[i-1]
}
