package localize

import (
	"cmp"
	"math"
	"slices"
	"time"
)

const (
	// PartCells and PlaceCells are how many keys a Usual of parts and one of
	// places should hold.
	PartCells  = 32
	PlaceCells = 256

	// halfLife is the time in which half of what was learnt is forgotten: four
	// whole weeks, so that every day of the week weighs the same.
	halfLife = 28 * 24 * time.Hour
	// decayStep is how often forgetting is done: less often costs nothing, since
	// in an hour a thousandth is forgotten.
	decayStep = time.Hour
	maxKey    = 64 // bytes of a key; what is longer is counted with the rest
)

// Count is the problems of one key in one minute. The key is the slug of a
// component, or a place as PlaceKey makes it; "" is "not said".
type Count struct {
	Key       string
	Reports   uint64
	Effective float64 // the same, discounted: at most Reports
}

// weight is what one key has.
type weight struct {
	key string
	n   float64
}

// Usual learns the usual shares of keys, from ordinary minutes, and forgets
// half of them in 28 days. It holds a bounded number of keys: what is beyond
// them is the rest.
type Usual struct {
	largest int
	last    int64    // Unix ns of the last forgetting, 0 before anything
	cells   []weight // by key
	rest    float64
}

// NewUsual returns a Usual of at most most keys that has learnt nothing. 1 is
// the least and 4,096 the most.
func NewUsual(largest int) *Usual { return &Usual{largest: min(max(largest, 1), 4096)} }

// Learn adds an ordinary minute that ended at at, Unix ns. Minutes of an
// incident must not be learnt, or what stands out becomes usual.
func (u *Usual) Learn(at int64, counts []Count) {
	u.forget(at)
	for _, c := range counts {
		n := sane(c.Effective)
		switch {
		case c.Key == "" || n == 0:
		case len(c.Key) > maxKey:
			u.rest += n
		default:
			u.add(c.Key, n)
		}
	}
}

func (u *Usual) forget(at int64) {
	if u.last == 0 || at < u.last {
		u.last = at // a clock that went back forgets nothing
		return
	}
	if at-u.last < int64(decayStep) {
		return
	}
	keep := math.Exp2(-float64(at-u.last) / float64(halfLife))
	u.last = at
	u.rest *= keep
	for i := range u.cells {
		u.cells[i].n *= keep
	}
	// What is under a hundredth of a report is as good as forgotten.
	u.cells = slices.DeleteFunc(u.cells, func(w weight) bool { return w.n < 0.01 })
}

func (u *Usual) add(key string, n float64) {
	i, ok := find(u.cells, key)
	if ok {
		u.cells[i].n += n
		return
	}
	if len(u.cells) >= u.largest {
		smallest := 0
		for j, w := range u.cells {
			if w.n < u.cells[smallest].n {
				smallest = j
			}
		}
		// A newcomer takes the place of the least one only if it has more, so that
		// many keys of one report each cannot drive out one that is known.
		if u.cells[smallest].n >= n {
			u.rest += n
			return
		}
		u.rest += u.cells[smallest].n
		u.cells = slices.Delete(u.cells, smallest, smallest+1)
		i, _ = find(u.cells, key)
	}
	u.cells = slices.Insert(u.cells, i, weight{key, n})
}

func find(cells []weight, key string) (int, bool) {
	return slices.BinarySearchFunc(cells, key, func(w weight, k string) int { return cmp.Compare(w.key, k) })
}

// of returns the weight of a key, 0 where it is not known.
func (u *Usual) of(key string) float64 {
	if i, ok := find(u.cells, key); ok {
		return u.cells[i].n
	}
	return 0
}

// Total returns how many effective reports the shares rest on, after forgetting.
func (u *Usual) Total() float64 {
	sum := u.rest
	for _, w := range u.cells {
		sum += w.n
	}
	return sum
}

// sane is a count as it may come in: no less than nothing, finite.
func sane(v float64) float64 {
	if !(v > 0) { // also what is not a number
		return 0
	}
	return min(v, 1e12)
}
