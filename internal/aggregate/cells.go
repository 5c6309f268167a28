package aggregate

import (
	"math"
	"math/bits"

	"floodmark/internal/model"
)

// cell counts one class of records towards one destination.
type cell struct {
	dst         model.Addr
	class       model.Class
	draws       uint64
	packets     uint64 // estimates
	bytes       uint64
	first, last int64
	second      int64  // that current counts
	current     uint64 // packets of that second
	peak        uint64 // of the fullest second
	sources     uint64 // linear counting of sources in 64 bits (Whang et al. 1990)
}

// cells is a hash table of cell with linear probing that forgets its smallest
// half when it is full (lossy counting, Manku and Motwani 2002): what was
// forgotten had at most floor packets since it was last forgotten.
type cells struct {
	index
	rows[cell]
	limit     int
	floor     uint64
	forgotten uint64 // cells
	last      *cell  // the last one looked up
}

func newCells(limit int) *cells {
	return &cells{index: newIndex(12), limit: limit}
}

func (t *cells) hashOf(a model.Addr, c model.Class) uint64 { return mix(t.hash(a) ^ uint64(c)<<56) }

func (t *cells) get(a model.Addr, c model.Class) *cell {
	if e := t.last; e != nil && e.dst == a && e.class == c {
		return e
	}
	t.last = t.lookup(a, c)
	return t.last
}

func (t *cells) lookup(a model.Addr, c model.Class) *cell {
	h := t.hashOf(a, c)
	for i := t.first(h); t.slots[i] != 0; i = t.after(i) {
		if v := t.slots[i]; v>>32 == h>>32 {
			if e := t.at(int(uint32(v) - 1)); e.dst == a && e.class == c {
				return e
			}
		}
	}
	if t.n >= t.limit {
		t.makeRoom()
	}
	t.put(h, t.n)
	return t.add(cell{dst: a, class: c, first: 1<<63 - 1, last: -1 << 63})
}

// makeRoom forgets the smallest cells. It begins at a floor of 1 each time: one
// that only grew would in the end be above every cell of a recording with very
// many destinations.
func (t *cells) makeRoom() {
	t.last = nil // rows move
	for floor := uint64(1); t.n > t.limit/2; floor *= 2 {
		t.forget(floor)
	}
	t.clear()
	for i := range t.n {
		e := t.at(i)
		t.put(t.hashOf(e.dst, e.class), i)
	}
}

// forget drops the cells of at most floor packets.
func (t *cells) forget(floor uint64) {
	if floor == 0 || floor >= 1<<63 { // no count can be told from another any more
		floor = math.MaxUint64
	}
	before := t.n
	t.keep(func(e *cell) bool { return e.packets > floor })
	t.forgotten += uint64(before - t.n)
	t.floor = max(t.floor, floor)
}

// sourceCount estimates the distinct sources of a cell; 64 bits saturate at
// about 250.
func (e *cell) sourceCount() int {
	return linearCount(uint64(bits.OnesCount64(e.sources)))
}

func linearCount(ones uint64) int {
	if ones >= 63 {
		return 250
	}
	// -64 ln((64-ones)/64), rounded, as a table would give it
	return int(linear64[ones])
}

var linear64 = [64]uint16{0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 15, 16, 17, 18, 20, 21, 23, 24, 25, 27, 28, 30, 32, 33, 35, 37, 39, 40, 42, 44, 46, 48, 51, 53, 55, 58, 60, 63, 65, 68, 71, 74, 78, 81, 85, 89, 93, 97, 102, 107, 113, 119, 126, 133, 142, 151, 163, 177, 196, 222, 250}
