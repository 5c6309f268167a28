package owners

import (
	"sync/atomic"
	"time"
)

// A word is, from the top: tag of 18 bits, told by another one (1), owner (25),
// last traffic in seconds modulo 2^20 (12 days).
const (
	tagBits   = 18
	ownerBits = 25
	timeBits  = 20

	toldBit   = 1 << (ownerBits + timeBits)
	ownerMask = 1<<ownerBits - 1
	timeMask  = 1<<timeBits - 1
	tagShift  = 64 - tagBits

	ways = 4 // words of a bucket: half a cache line
)

// Claim is what one record says about a flow. Times are Unix ns, corrected for
// the exporter's clock; Last is not before First.
type Claim struct {
	Flow        uint64 // keyed hash of the 5-tuple
	Observer    uint32 // who tells it: 25 bits, equal for records that cannot be duplicates of each other
	First, Last int64
	Silence     int64 // ns of silence that its kind of export may have within a flow; New's holds where this is less
	Take        bool  // it is known by other means that this observer is the one to count
}

// Answer is what the table knew.
type Answer struct {
	Owner uint32 // who owns the flow now
	Mine  bool   // the claim's observer does
	New   bool   // it had no owner, or one that fell silent
	Again bool   // another one owns it, and this is the first time that anyone else tells it
}

// Table is a bounded table of owners of flows.
type Table struct {
	words              []atomic.Uint64
	mask               uint64
	silence            int64 // seconds
	evicted            atomic.Uint64
	observers, inexact atomic.Int64
}

// New returns a table for about so many flows (8 octets each, rounded up to a
// power of two, at least 1,024). An owner loses a flow of which it has told
// nothing between its last traffic and the first of another one's claim for
// longer than silence, which should be twice the inactive timeout of the
// exporters.
func New(flows int, silence time.Duration) *Table {
	n := 1024
	for n < flows && n < 1<<28 {
		n *= 2
	}
	return &Table{words: words(n), mask: uint64(n/ways) - 1, silence: int64(silence / time.Second)}
}

// Note adds to the number of observers that were heard, and of those whose
// interfaces do not tell by themselves what counts. Both may be negative.
func (t *Table) Note(observers, inexact int) {
	t.observers.Add(int64(observers))
	t.inexact.Add(int64(inexact))
}

// Active reports whether anything can be told twice: two observers, at least
// one of which is inexact.
func (t *Table) Active() bool { return t.inexact.Load() > 0 && t.observers.Load() > 1 }

// Evicted returns how many flows lost their place to others while their owner
// may still have told of them. A second observer of such a flow counts again.
func (t *Table) Evicted() uint64 { return t.evicted.Load() }

// Touch fetches the words of a flow from memory, so that a Claim some dozens of
// instructions later need not wait for them: that is most of what it costs.
func (t *Table) Touch(flow uint64) { t.words[(flow&t.mask)*ways].Load() }

// Claim asks for a flow. It does not allocate.
func (t *Table) Claim(c Claim) Answer {
	b := t.words[(c.Flow&t.mask)*ways:][:ways]
	tag := c.Flow >> tagShift
	first, last := c.First/1e9, c.Last/1e9
	for i := range b {
		if w := b[i].Load(); w != 0 && w>>tagShift == tag {
			return t.meet(&b[i], w, &c, first, last)
		}
	}
	if other := t.place(b, pack(tag, c.Observer, last), last); other != nil {
		return t.meet(other, other.Load(), &c, first, last)
	}
	return Answer{Owner: c.Observer, Mine: true, New: true}
}

// meet settles a claim to a flow that is known.
func (t *Table) meet(at *atomic.Uint64, w uint64, c *Claim, first, last int64) Answer {
	owner := uint32(w>>timeBits) & ownerMask
	silent := since(first, w) > max(t.silence, c.Silence/1e9)
	if owner == c.Observer {
		if since(last, w) > 0 {
			at.CompareAndSwap(w, w&^timeMask|uint64(last)&timeMask)
		}
		return Answer{Owner: owner, Mine: true, New: silent}
	}
	if c.Take || silent {
		at.CompareAndSwap(w, pack(w>>tagShift, c.Observer, last))
		return Answer{Owner: c.Observer, Mine: true, New: silent}
	}
	if w&toldBit != 0 {
		return Answer{Owner: owner}
	}
	return Answer{Owner: owner, Again: at.CompareAndSwap(w, w|toldBit)}
}

// place puts a word into an empty place of the bucket or over the oldest. If
// somebody else has placed the flow meanwhile, it returns that place instead:
// empty ones are taken in order, so that two who come at once meet.
func (t *Table) place(b []atomic.Uint64, word uint64, last int64) *atomic.Uint64 {
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
	if age <= t.silence {
		t.evicted.Add(1)
	}
	b[oldest].CompareAndSwap(old, word)
	return nil
}

func pack(tag uint64, observer uint32, last int64) uint64 {
	w := tag<<tagShift | uint64(observer&ownerMask)<<timeBits | uint64(last)&timeMask
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
