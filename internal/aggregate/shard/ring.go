package shard

import (
	"math"
	"math/bits"

	"floodmark/internal/model"
)

// A flow record stands for traffic between its first and its last packet, and
// arrives when a timer of its exporter runs out. Counted at its arrival, a long
// download would be a spike. So it is spread evenly over the buckets of a ring
// that reaches back over the export delay, and a bucket is judged whenever it grows:
// until its last record has arrived its sum is too small, never too large.
//
// Records up to shortest long are tested as samples, too. Only packets in, bits
// in and packets out have a ring; parts by protocol of long flows are not
// tested per host.
const (
	ringBuckets = 6
	smallest    = 2 * second
)

// ringOf returns the ring of a slot, -1 where it has none.
func ringOf(k int) int {
	switch k {
	case int(model.Packets):
		return 0
	case int(model.Bits):
		return 1
	case firstOut:
		return 2
	}
	return -1
}

func trailing(m uint32) int { return bits.TrailingZeros32(m) }

// advance empties the buckets that begin since an entry was touched d ticks ago.
func (s *Shard) advance(e *host, d uint32) {
	now := s.newest
	was := (s.now>>tickBits - int64(d)) / s.bucket
	for n := min(now-was, ringBuckets); n > 0; n-- {
		for r := range e.ring {
			e.ring[r][(now-n+1)%ringBuckets] = 0
		}
	}
}

// spread adds a record to the rings over its time, and judges.
func (s *Shard) spread(i uint32, u *Update, p *parts) {
	now := s.now >> tickBits
	newest := s.newest
	oldest := (newest - ringBuckets + 1) * s.bucket
	last := min(u.Last>>tickBits, now)
	first := min(u.First>>tickBits, last)
	last = max(last, oldest)
	part := 1 / float32(last-first+1)
	from, to := s.bucketOf(max(first, oldest)), s.bucketOf(last)
	for r := range 2 {
		k := int(p.packets) + r
		if ringOf(k) < 0 {
			return
		}
		e := &s.hosts[i]
		t := s.groupAt(e.group).host[k]
		allowed := t * float32(s.bucket) * tickSecond
		ring := &e.ring[ringOf(k)]
		over := false
		for b := from; b <= to; b++ {
			lo, hi := max(first, b*s.bucket), min(last+1, (b+1)*s.bucket)
			at := &ring[b%ringBuckets]
			v := full(*at) + p.v[r]*(float32(hi-lo)*part)
			*at = half(v, s.random())
			if v >= allowed && t > 0 && u.Packets > 0 {
				over = over || v >= s.largest(t, p.v[r]/float32(u.Packets))
			}
		}
		if over && e.evid[k] >= 0 {
			s.raise(i, k)
		}
	}
}

// bucketOf returns the bucket of a tick. Most records are of the newest.
func (s *Shard) bucketOf(tick int64) int64 {
	if tick >= s.newest*s.bucket {
		return s.newest
	}
	return tick / s.bucket
}

// largest returns what a bucket may hold: what the threshold allows, or more where
// sampling would take 0.8 of it beyond that too often. packet is what one
// sampled packet stands for. The excess that Low shows once in a week's buckets
// is bounded by Chernoff's inequality: sqrt(2 ln n) standard deviations.
func (s *Shard) largest(threshold, packet float32) float32 {
	v := threshold * float32(s.bucket) * tickSecond
	return max(v, 0.8*v+s.surplus*float32(math.Sqrt(float64(0.8*v*packet))))
}

func (s *Shard) setSurplus() {
	n := 7 * 24 * 3600 * float64(max(s.near, 1)) / (float64(s.bucket) * float64(tickSecond))
	s.surplus = float32(math.Sqrt(2 * math.Log(max(n, 10))))
}

// ringRate returns the rate of the fullest bucket: the newer ones still grow.
func (s *Shard) ringRate(e *host, k int) float32 {
	r, v := ringOf(k), float32(0)
	if r < 0 {
		return 0
	}
	for _, b := range e.ring[r] {
		v = max(v, full(b))
	}
	return v / (float32(s.bucket) * tickSecond)
}

// ringOver reports whether any bucket within the export delay is over the threshold.
func (s *Shard) ringOver(e *host, k int, threshold float32) bool {
	r := ringOf(k)
	if r < 0 || e.bits&hasFlows == 0 {
		return false
	}
	for _, v := range e.ring[r] {
		if full(v) >= threshold*float32(s.bucket)*tickSecond {
			return true
		}
	}
	return false
}

// random is xorshift32 (Marsaglia 2003), for rounding only.
func (s *Shard) random() uint32 {
	x := s.seed
	x ^= x << 13
	x ^= x >> 17
	x ^= x << 5
	s.seed = x
	return x
}
