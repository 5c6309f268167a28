package shard

import (
	"math/bits"

	"floodmark/internal/model"
)

// index finds entries of a table by hash: open addressing, linear probing,
// deletion without tombstones. A slot holds eight bits of the hash and the
// number of the entry plus one; 0 is free.
type index struct {
	slots []uint32
	mask  uint64
}

const numberMask = 1<<24 - 1

// newIndex makes an index that is at most three quarters full, half of them
// where that costs little: what is found at the first slot is found sooner.
func newIndex(entries int) index {
	want := entries * 4 / 3
	if entries <= 1<<16 {
		want = entries * 2
	}
	n := max(16, 1<<bits.Len(uint(max(want, 1)-1)))
	return index{make([]uint32, n), uint64(n - 1)}
}

// hash spreads an address over the bits of an index, by one multiplication.
// Tables can be filled by whoever sends to many addresses, whatever the hash.
func hash(a model.Addr) uint64 {
	hi, lo := bits.Mul64(a.Lo^0x9e3779b97f4a7c15, a.Hi^0xd6e8feb86659fd93)
	return hi ^ lo
}

func tag(h uint64) uint32 { return uint32(h>>56) << 24 }

// guess returns the first entry whose tag fits, noHost where there is none: not
// always the right one, but found without touching entries.
func (x *index) guess(h uint64) uint32 {
	want := tag(h)
	for p := h & x.mask; ; p = (p + 1) & x.mask {
		switch v := x.slots[p]; {
		case v == 0:
			return noHost
		case v&^numberMask == want:
			return v&numberMask - 1
		}
	}
}

// put adds an entry that is not in the index.
func (x *index) put(h uint64, number uint32) {
	p := h & x.mask
	for x.slots[p] != 0 {
		p = (p + 1) & x.mask
	}
	x.slots[p] = tag(h) | (number + 1)
}

// remove takes an entry out and closes the gap. hash gives that of an entry.
func (x *index) remove(h uint64, number uint32, hash func(uint32) uint64) {
	p := h & x.mask
	for x.slots[p]&numberMask != number+1 {
		if x.slots[p] == 0 {
			return
		}
		p = (p + 1) & x.mask
	}
	hole := p
	for {
		p = (p + 1) & x.mask
		v := x.slots[p]
		if v == 0 {
			break
		}
		if home := hash(v&numberMask-1) & x.mask; (p-home)&x.mask >= (p-hole)&x.mask {
			x.slots[hole] = v
			hole = p
		}
	}
	x.slots[hole] = 0
}
