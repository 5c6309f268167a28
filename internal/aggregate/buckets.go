package aggregate

import (
	"math"
	"math/bits"

	"floodmark/internal/model"
)

// bucket counts one class of records towards one destination.
type bucket struct {
	dst         model.Addr
	class       model.Class
	samples     uint64
	packets     uint64 // estimates
	bytes       uint64
	first, last int64
	second      int64  // that current counts
	current     uint64 // packets of that second
	peak        uint64 // of the fullest second
	sources     uint64 // linear counting of sources in 64 bits (Whang et al. 1990)
}

// buckets is a hash table of bucket with linear probing that forgets its smallest
// half when it is full (lossy counting, Manku and Motwani 2002): what was
// forgotten had at most floor packets since it was last forgotten.
type buckets struct {
	index
	rows[bucket]
	limit     int
	floor     uint64
	forgotten uint64  // buckets
	last      *bucket // the last one looked up
}

func newBuckets(limit int) *buckets {
	return &buckets{index: newIndex(12), limit: limit}
}

func (t *buckets) hashOf(a model.Addr, c model.Class) uint64 { return mix(t.hash(a) ^ uint64(c)<<56) }

func (t *buckets) get(a model.Addr, c model.Class) *bucket {
	if e := t.last; e != nil && e.dst == a && e.class == c {
		return e
	}
	t.last = t.lookup(a, c)
	return t.last
}

func (t *buckets) lookup(a model.Addr, c model.Class) *bucket {
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
	return t.add(bucket{dst: a, class: c, first: 1<<63 - 1, last: -1 << 63})
}

// makeRoom forgets the smallest buckets. It begins at a floor of 1 each time: one
// that only grew would in the end be above every bucket of a recording with very
// many destinations.
func (t *buckets) makeRoom() {
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

// forget drops the buckets of at most floor packets.
func (t *buckets) forget(floor uint64) {
	if floor == 0 || floor >= 1<<63 { // no count can be distinguished from another any more
		floor = math.MaxUint64
	}
	before := t.n
	t.keep(func(e *bucket) bool { return e.packets > floor })
	t.forgotten += uint64(before - t.n)
	t.floor = max(t.floor, floor)
}

// sourceCount estimates the distinct sources of a bucket; 64 bits saturate at
// about 250.
func (e *bucket) sourceCount() int {
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
