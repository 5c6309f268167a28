package aggregate

import (
	"cmp"
	"math"
	"math/bits"
	"slices"

	"floodmark/internal/model"
)

const (
	ways = 4  // slots of a set
	sets = 32 // sets of a counter
)

// counter keeps the frequent values of a field: the Space-Saving algorithm
// (Metwally, Agrawal, El Abbadi 2005) within sets of four slots, so that an
// update touches one cache line or two. What is reported of a slot is count
// less its possible error, a lower bound. The number of distinct values is
// estimated with a HyperLogLog of 256 registers (standard error 6.5 %).
type counter struct {
	slots [sets * ways]slot
	regs  [256]uint8
	total uint64
}

type slot struct {
	key, count, err uint64
}

func mix(x uint64) uint64 {
	x ^= x >> 32
	x *= 0xd6e8feb86659fd93
	x ^= x >> 32
	x *= 0xd6e8feb86659fd93
	return x ^ x>>32
}

// add counts a value w times and returns its slot.
func (c *counter) add(key, w uint64) *slot {
	h := mix(key + 0x9e3779b97f4a7c15)
	c.total += w
	if r := uint8(bits.LeadingZeros64(h<<8|0xff)) + 1; r > c.regs[h>>56] {
		c.regs[h>>56] = r
	}
	set := c.slots[(h%sets)*ways:][:ways]
	least := 0
	for i := range set {
		if set[i].count == 0 || set[i].key == key {
			set[i].key = key
			set[i].count += w
			return &set[i]
		}
		if set[i].count < set[least].count {
			least = i
		}
	}
	set[least] = slot{key, set[least].count + w, set[least].count}
	return &set[least]
}

// distinct estimates the number of distinct values (Flajolet et al. 2007, with
// linear counting for small numbers).
func (c *counter) distinct() int { return hllCount(c.regs[:]) }

func hllCount(regs []uint8) int {
	m := float64(len(regs))
	sum, zero := 0.0, 0
	for _, r := range regs {
		sum += math.Ldexp(1, -int(r))
		if r == 0 {
			zero++
		}
	}
	e := 0.7213 / (1 + 1.079/m) * m * m / sum
	if e <= 2.5*m && zero > 0 {
		e = m * math.Log(m/float64(zero))
	}
	return int(math.Round(e))
}

// top gives the frequent values, most frequent first.
func (c *counter) top(n int) model.FieldCount {
	f := model.FieldCount{Distinct: c.distinct(), Total: c.total}
	held := 0
	exact := true
	for _, s := range c.slots {
		if s.count > 0 {
			held++
			exact = exact && s.err == 0
		}
		if s.count > s.err {
			f.Top = append(f.Top, model.FieldValue{Key: s.key, Count: s.count - s.err})
		}
	}
	if exact { // nothing was ever displaced
		f.Distinct = held
	}
	slices.SortFunc(f.Top, func(a, b model.FieldValue) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Key, b.Key))
	})
	f.Top = f.Top[:min(n, len(f.Top))]
	return f
}

// textCounter counts values that are texts: the frequent ones by hash in a
// counter, and the first text seen of each hash in a bounded map.
type textCounter struct {
	counter
	text map[uint64]string
}

const (
	maxTexts = 512
	// oftenSeen is how often a text must have come to be kept once the map is
	// full of others.
	oftenSeen = 8
)

func (c *textCounter) add(b []byte, w uint64) {
	h := hashBytes(b)
	s := c.counter.add(h, w)
	if len(c.text) >= maxTexts && s.count-s.err < oftenSeen*w {
		return
	}
	if _, ok := c.text[h]; ok {
		return
	}
	if len(c.text) >= maxTexts {
		c.forget()
	}
	if c.text == nil {
		c.text = make(map[uint64]string)
	}
	c.text[h] = string(b)
}

// forget drops the texts that are not among the frequent ones.
func (c *textCounter) forget() {
	held := make(map[uint64]bool, len(c.slots))
	for i := range c.slots {
		held[c.slots[i].key] = c.slots[i].count > 0
	}
	for h := range c.text {
		if !held[h] {
			delete(c.text, h)
		}
	}
}

func (c *textCounter) top(n int) model.FieldCount {
	f := c.counter.top(n)
	for i := range f.Top {
		f.Top[i].Text = c.text[f.Top[i].Key]
	}
	return f
}

// hashBytes is FNV-1a over eight bytes at a time, mixed.
func hashBytes(b []byte) uint64 {
	h := uint64(14695981039346656037) ^ uint64(len(b))
	for len(b) >= 8 {
		v := uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 |
			uint64(b[4])<<32 | uint64(b[5])<<40 | uint64(b[6])<<48 | uint64(b[7])<<56
		h = (h ^ v) * 1099511628211
		h ^= h >> 29
		b = b[8:]
	}
	for _, v := range b {
		h = (h ^ uint64(v)) * 1099511628211
	}
	return mix(h)
}
