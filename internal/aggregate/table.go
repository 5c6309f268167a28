package aggregate

import "floodmark/internal/model"

// index finds the entries of a table by hash, with linear probing: the upper
// half of a slot is that of the hash, the lower half the entry's place plus
// one. An entry's slot follows from the upper bits of its hash, so that a
// larger index is filled in the order of the smaller one.
type index struct {
	slots []uint64
	shift uint // 64 less the bits of a slot's number, at least 32
	used  int
	key   uint64 // see Survey.Key
}

func newIndex(bits uint) index { return index{slots: make([]uint64, 1<<bits), shift: 64 - bits} }

// hash is the address's hash under the index's key: where it lands cannot be
// chosen by whoever chooses the address.
func (x *index) hash(a model.Addr) uint64 {
	return mix((a.Lo ^ x.key) + mix(a.Hi^x.key<<32^x.key>>32^0x9e3779b97f4a7c15))
}

// first is the slot where the search for a hash begins; the next one is one
// further, around the end.
func (x *index) first(h uint64) uint64 { return h >> x.shift }

func (x *index) after(i uint64) uint64 { return (i + 1) & uint64(len(x.slots)-1) }

// put notes that the entry at a place has the hash. The entry must be new.
func (x *index) put(h uint64, at int) {
	if 2*x.used >= len(x.slots) {
		old := x.slots
		*x = index{slots: make([]uint64, 2*len(old)), shift: x.shift - 1, used: x.used, key: x.key}
		for _, v := range old {
			if v != 0 {
				x.place(v)
			}
		}
	}
	x.place(h&^0xffffffff | uint64(at+1))
	x.used++
}

func (x *index) place(v uint64) {
	i := v >> x.shift
	for x.slots[i] != 0 {
		i = x.after(i)
	}
	x.slots[i] = v
}

// clear forgets all entries and keeps the size.
func (x *index) clear() {
	clear(x.slots)
	x.used = 0
}

const (
	chunkBits = 13
	chunkRows = 1 << chunkBits
)

// rows is a list that grows without moving what it holds.
type rows[T any] struct {
	chunks []*[chunkRows]T
	n      int
}

func (r *rows[T]) at(i int) *T { return &r.chunks[i>>chunkBits][i&(chunkRows-1)] }

func (r *rows[T]) add(v T) *T {
	if r.n>>chunkBits == len(r.chunks) {
		r.chunks = append(r.chunks, new([chunkRows]T))
	}
	e := r.at(r.n)
	*e = v
	r.n++
	return e
}

// keep drops the rows that are not good and moves the others together.
func (r *rows[T]) keep(good func(*T) bool) {
	kept := 0
	for i := range r.n {
		if e := r.at(i); good(e) {
			*r.at(kept) = *e
			kept++
		}
	}
	r.n = kept
}
