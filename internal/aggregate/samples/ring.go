package samples

import (
	"math/bits"

	"floodmark/internal/model"
)

const (
	payloadKept = 96 // octets of a record's payload that are kept
	optionsKept = 40 // the most that TCP options can be (RFC 9293 section 3.1)
	buckets     = 4096
	maxQuota    = 64
)

// Ring holds the last records, oldest overwritten first.
type Ring struct {
	slots  []slot
	next   int
	filled bool
	count  [buckets]counter
	quota  uint32 // records of an address and second that are kept before thinning starts
	span   int64  // ns that the ring should reach back
	second int64
	kept   int // in this second
	seen   uint64
}

// slot is a record that owns its octets.
type slot struct {
	rec               model.Record
	payload           [payloadKept]byte
	options           [optionsKept]byte
	payLen, optionLen uint8
	hasPayload        bool
}

type counter struct {
	second uint32
	n      uint32
}

// NewRing returns a ring of so many records, about 370 octets each, that should
// reach back so many seconds.
func NewRing(records, seconds int) *Ring {
	return &Ring{slots: make([]slot, max(records, 1)), quota: maxQuota, span: int64(max(seconds, 1)) * 1e9}
}

// Add offers a record. addr is the address under watch that it belongs to, now
// when it arrived in Unix ns. It does not allocate.
func (g *Ring) Add(r *model.Record, addr model.Addr, now int64) {
	g.seen++
	if sec := now / 1e9; sec != g.second {
		g.turn(sec)
	}
	t := &g.count[addr.Hash()%buckets]
	if t.second != uint32(g.second) {
		*t = counter{second: uint32(g.second)}
	}
	t.n++
	factor := thinning(t.n, g.quota)
	if factor == 0 {
		return
	}
	g.kept++
	s := &g.slots[g.next]
	s.set(r, factor)
	g.next++
	if g.next == len(g.slots) {
		g.next, g.filled = 0, true
	}
}

// turn begins a second: the quota follows how fast the ring fills, so that it
// reaches back far enough.
func (g *Ring) turn(sec int64) {
	room := int(int64(len(g.slots)) * 1e9 / g.span)
	switch {
	case g.kept > room && g.quota > 1:
		g.quota /= 2
	case g.kept < room/4 && g.quota < maxQuota:
		g.quota *= 2
	}
	g.second, g.kept = sec, 0
}

// thinning returns the factor by which the n-th record of a second counts, 0
// where it is left out. Up to q all are kept; of those from q·2^j to q·2^(j+1)
// every 2^(j+1)-th.
func thinning(n, q uint32) uint32 {
	if n <= q {
		return 1
	}
	step := uint32(1) << bits.Len32((n-1)/q)
	// within a stretch of the same step, keep the last of each group
	if n%step != 0 {
		return 0
	}
	return step
}

func (s *slot) set(r *model.Record, factor uint32) {
	s.rec = *r
	s.rec.Sampling = uint32(min(uint64(max(r.Sampling, 1))*uint64(factor), 1<<31))
	s.rec.Payload, s.rec.Options, s.rec.TunnelData = nil, nil, nil
	s.hasPayload = r.Payload != nil
	s.payLen = uint8(copy(s.payload[:], r.Payload))
	s.optionLen = uint8(copy(s.options[:], r.Options))
}

// record gives the slot's record with its slices in place.
func (s *slot) record() *model.Record {
	if s.hasPayload {
		s.rec.Payload = s.payload[:s.payLen]
	}
	if s.optionLen > 0 {
		s.rec.Options = s.options[:s.optionLen]
	}
	return &s.rec
}

// Each calls fn for the records that ended at since (Unix ns) or later, in the
// order in which they came.
func (g *Ring) Each(since int64, fn func(*model.Record)) {
	visit := func(part []slot) {
		for i := range part {
			if part[i].rec.Last >= since {
				fn(part[i].record())
			}
		}
	}
	if g.filled {
		visit(g.slots[g.next:])
	}
	visit(g.slots[:g.next])
}

// Len returns how many records are kept, Seen how many were offered.
func (g *Ring) Len() int {
	if g.filled {
		return len(g.slots)
	}
	return g.next
}

// Seen returns how many records were offered.
func (g *Ring) Seen() uint64 { return g.seen }
