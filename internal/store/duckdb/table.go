package duckdb

import "math/bits"

// table has the keys of one family in one minute. Where there are too many, the
// lighter half is folded: small rows are added to those of fewer columns in the
// next table, heavy ones stay. So a table full of noise still shows what grows
// above it, and totals are always right.
type table struct {
	rows    []rollRow // their capacity is what slots are made for
	slots   []uint32  // by hash: 12 bits of it, and the index into rows plus one
	largest int       // of rows
	next    *table    // nil for the last, whose keys are few by themselves
	family  int
	seed    *[3]uint64
	folded  uint64 // flows
}

// newTable makes those of a family; most is halved with each fold.
func newTable(family, largest int, seed *[3]uint64) *table {
	var t *table
	for f := folds; f >= 0; f-- {
		t = &table{largest: max(largest>>f, int(oldest/minuteMs)+2), next: t, family: family, seed: seed}
	}
	return t
}

const (
	indexMask = 1<<20 - 1 // of a slot
	firstRows = 256
)

func tag(hash uint64) uint32 { return uint32(hash>>52) << 20 }

// slot is the first one that a key of this hash may have; it is for a look ahead.
func (t *table) slot(hash uint64) uint32 {
	if len(t.slots) == 0 {
		return 0
	}
	return t.slots[hash&uint64(len(t.slots)-1)]
}

// row finds or makes the row of k.
func (t *table) row(k *rollKey, hash uint64) *rollRow {
	mask, mark := uint64(len(t.slots)-1), tag(hash)
	if len(t.slots) > 0 {
		for i := hash & mask; ; i = (i + 1) & mask {
			s := t.slots[i]
			if s == 0 {
				break
			}
			if s&^indexMask != mark {
				continue
			}
			if r := &t.rows[s&indexMask-1]; r.key == *k {
				return r
			}
		}
	}
	return t.insert(k, hash)
}

func (t *table) insert(k *rollKey, hash uint64) *rollRow {
	if len(t.rows) == cap(t.rows) {
		t.room()
		return t.row(k, hash) // folding may have made it
	}
	t.rows = append(t.rows, rollRow{key: *k, hash: hash})
	t.place(len(t.rows) - 1)
	return &t.rows[len(t.rows)-1]
}

// place puts a row into the first free slot.
func (t *table) place(n int) {
	h, mask := t.rows[n].hash, uint64(len(t.slots)-1)
	i := h & mask
	for t.slots[i] != 0 {
		i = (i + 1) & mask
	}
	t.slots[i] = tag(h) | uint32(n+1)
}

func (t *table) index() {
	clear(t.slots)
	for n := range t.rows {
		t.place(n)
	}
}

// room makes a place at least: by growing, else by folding.
func (t *table) room() {
	n := min(max(2*len(t.rows), firstRows), t.largest)
	if n <= len(t.rows) && t.next != nil {
		t.sweep()
		return
	}
	t.rows = append(make([]rollRow, 0, n), t.rows...)
	t.slots = make([]uint32, 1<<bits.Len(uint(2*n-1)))
	t.index()
}

// sweep folds the lighter half. A level is a power of two of weight.
func (t *table) sweep() {
	var levels [65]int
	for i := range t.rows {
		levels[bits.Len64(t.rows[i].weight())]++
	}
	cut, left := 0, len(t.rows)/2
	for left > levels[cut] {
		left -= levels[cut]
		cut++
	}
	kept := t.rows[:0]
	for i := range t.rows {
		r := &t.rows[i]
		level := bits.Len64(r.weight())
		if level > cut || level == cut && left == 0 {
			kept = append(kept, *r)
			continue
		}
		if level == cut {
			left--
		}
		if r.key.folded() == 0 {
			t.folded += r.flows
		}
		k := r.key.fold(t.family)
		t.next.row(&k, k.hash(t.seed)).sum(&r.measure)
	}
	t.rows = kept
	t.index()
}

// take removes rows of minutes before the given one.
func (t *table) take(before, now uint32, emit func(int, *rollRow, uint32)) {
	kept := t.rows[:0]
	for i := range t.rows {
		if r := &t.rows[i]; r.key.minute(now) < before {
			emit(t.family, r, r.key.minute(now))
		} else {
			kept = append(kept, *r)
		}
	}
	if len(kept) < len(t.rows) {
		t.rows = kept
		t.index()
	}
}
