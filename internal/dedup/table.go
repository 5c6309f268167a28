package dedup

import (
	"sync/atomic"
	"time"
)

// A word holds, from the top: tag (18 bits), reported by another observer (1),
// primary observer (25), last traffic in seconds modulo 2^20 (12 days).
const (
	tagBits      = 18
	observerBits = 25
	timeBits     = 20

	duplicateBit = 1 << (observerBits + timeBits)
	observerMask = 1<<observerBits - 1
	timeMask     = 1<<timeBits - 1
	tagShift     = 64 - tagBits

	ways = 4 // words of a bucket: half a cache line
)

// Claim is one record of a flow. Times are Unix ns, corrected for
// the exporter's clock; Last is not before First.
type Claim struct {
	Flow        uint64 // keyed hash of the 5-tuple
	Observer    uint32 // who reports it: 25 bits, equal for records that cannot be duplicates of each other
	First, Last int64
	MaxIdle     int64 // ns without a record that this kind of export may have within a flow; the maximum of this and that of New applies
	Take        bool  // roles of interfaces make this observer the one that counts
}

// Answer is the result of a claim.
type Answer struct {
	Primary        uint32 // the observer whose records of the flow count
	Accepted       bool   // the claim's observer is the primary
	New            bool   // there was no primary, or it had been idle for too long
	FirstDuplicate bool   // this is the first record of the flow that another observer reported
}

// Table is a bounded table of flows and their primary observers.
type Table struct {
	words              []atomic.Uint64
	mask               uint64
	maxIdle            int64 // seconds
	evicted            atomic.Uint64
	observers, inexact atomic.Int64
}

// New returns a table for about so many flows (8 bytes each, rounded up to a
// power of two, at least 1,024). A flow gets a new primary when the current one
// has reported nothing for longer than maxIdle between its last traffic and the
// first of another observer's claim. maxIdle should be twice the inactive timeout
// of the exporters.
func New(flows int, maxIdle time.Duration) *Table {
	n := 1024
	for n < flows && n < 1<<28 {
		n *= 2
	}
	return &Table{words: newWords(n), mask: uint64(n/ways) - 1, maxIdle: int64(maxIdle / time.Second)}
}

// AddObservers adds to the number of observers, and to the number of those whose
// interface roles do not determine which records count. Both may be negative.
func (t *Table) AddObservers(observers, inexact int) {
	t.observers.Add(int64(observers))
	t.inexact.Add(int64(inexact))
}

// Active reports whether duplicates are possible: two observers, at least one of
// which is inexact.
func (t *Table) Active() bool { return t.inexact.Load() > 0 && t.observers.Load() > 1 }

// Evicted returns how many flows lost their place while their primary was still
// active. A second observer of such a flow is counted again.
func (t *Table) Evicted() uint64 { return t.evicted.Load() }

// Prefetch fetches the words of a flow from memory, so that a Claim some dozens of
// instructions later need not wait for them: that is most of what it costs.
func (t *Table) Prefetch(flow uint64) { t.words[(flow&t.mask)*ways].Load() }

// Claim asks for a flow. It does not allocate.
func (t *Table) Claim(c Claim) Answer {
	b := t.words[(c.Flow&t.mask)*ways:][:ways]
	tag := c.Flow >> tagShift
	last := c.Last / 1e9
	for i := range b {
		if w := b[i].Load(); w != 0 && w>>tagShift == tag {
			return t.resolve(&b[i], w, &c)
		}
	}
	if other := t.insert(b, pack(tag, c.Observer, last), last); other != nil {
		return t.resolve(other, other.Load(), &c)
	}
	return Answer{Primary: c.Observer, Accepted: true, New: true}
}

// resolve settles a claim on a known flow.
func (t *Table) resolve(at *atomic.Uint64, w uint64, c *Claim) Answer {
	primary := uint32(w>>timeBits) & observerMask
	last := c.Last / 1e9
	idle := since(c.First/1e9, w) > max(t.maxIdle, c.MaxIdle/1e9)
	if primary == c.Observer {
		if since(last, w) > 0 {
			at.CompareAndSwap(w, w&^timeMask|uint64(last)&timeMask)
		}
		return Answer{Primary: primary, Accepted: true, New: idle}
	}
	if c.Take || idle {
		at.CompareAndSwap(w, pack(w>>tagShift, c.Observer, last))
		return Answer{Primary: c.Observer, Accepted: true, New: idle}
	}
	if w&duplicateBit != 0 {
		return Answer{Primary: primary}
	}
	return Answer{Primary: primary, FirstDuplicate: at.CompareAndSwap(w, w|duplicateBit)}
}

// insert puts a word into an empty place of the bucket or over the oldest one. If
// another reader has inserted the flow meanwhile, it returns that place instead:
// empty places are taken in order, so that racing readers find each other.
func (t *Table) insert(b []atomic.Uint64, word uint64, last int64) *atomic.Uint64 {
	oldest, age := 0, int64(-1<<62)
	var old uint64
	for i := range b {
		w := b[i].Load()
		if w == 0 {
			if b[i].CompareAndSwap(0, word) {
				return nil
			}
			w = b[i].Load()
		}
		if w>>tagShift == word>>tagShift {
			return &b[i]
		}
		if a := since(last, w); a > age {
			oldest, age, old = i, a, w
		}
	}
	if age <= t.maxIdle {
		t.evicted.Add(1)
	}
	b[oldest].CompareAndSwap(old, word)
	return nil
}

func pack(tag uint64, observer uint32, last int64) uint64 {
	w := tag<<tagShift | uint64(observer&observerMask)<<timeBits | uint64(last)&timeMask
	if w == 0 {
		w = 1 // zero means empty
	}
	return w
}

// since returns by how many seconds sec is after the last traffic of the word:
// negative where it is before.
func since(sec int64, w uint64) int64 {
	d := (uint64(sec) - w) & timeMask
	if d >= 1<<(timeBits-1) {
		return int64(d) - 1<<timeBits
	}
	return int64(d)
}
