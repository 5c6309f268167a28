package shard

import (
	"math"

	"floodmark/internal/detect"
	"floodmark/internal/model"
)

// host is what is kept of one address: 244 octets, and 8 of index at a million
// hosts. What most updates need comes first. Values that may be wrong by a part
// in 256 are the upper half of a float32, rounded at random so that small
// additions are not lost.
type host struct {
	key      [4]uint32 // of two words each, so that nothing is padded
	t        uint32    // last touched, ticks; wraps after six days, long after an idle host is gone
	bits     uint32    // slots with evidence, and flags
	since    [2]uint16 // when the evidence of a direction left zero, 512 ticks
	largest  uint16    // ticks from t on after which all evidence has drained, rounded up
	group    uint16
	weight   [weights]uint16
	sampling uint16         // of its last update
	sum      [slots]float32 // fading sums, see turn
	evid     [slots]float32 // evidence of package detect, see evidence; negative while an anomaly is active, see live
	ring     [3][ringBuckets]uint16
}

// Flags in host.bits, above the slots.
const (
	evidIn       = 1<<firstOut - 1
	evidOut      = 1<<slots - 1 - evidIn
	hasActiveIn  = 1 << 20
	hasActiveOut = 1 << 21
	hasUntrusted = 1 << 22
	hasFlows     = 1 << 23
	isFree       = 1 << 24
)

// live marks the evidence of an active anomaly. What arrives is subtracted from
// it until the walk reads it, so that no lookup is needed.
const live = float32(-1e-30)

// Times. A tick is 131 µs, a turn 0.27 s.
const (
	second     = int64(1e9)
	tickBits   = 17
	tickSecond = float32(1<<tickBits) / 1e9
	turnBits   = 11 // of ticks
	turnSecond = tickSecond * (1 << turnBits)
	sinceBits  = 9 // of ticks
)

// fading is what remains of a sum after so many turns: a time constant of two
// seconds.
var fading = func() (out [64]float32) {
	for i := range out {
		out[i] = float32(math.Exp(-float64(i) * float64(turnSecond) / 2))
	}
	return
}()

// fullTurns is how many turns' worth a fading sum holds at a steady rate, the
// running turn not counted.
var fullTurns = fading[1] / (1 - fading[1])

func keyOf(a model.Addr) [4]uint32 {
	return [4]uint32{uint32(a.Hi >> 32), uint32(a.Hi), uint32(a.Lo >> 32), uint32(a.Lo)}
}

func (e *host) addr() model.Addr {
	return model.Addr{Hi: uint64(e.key[0])<<32 | uint64(e.key[1]), Lo: uint64(e.key[2])<<32 | uint64(e.key[3])}
}

// half and full convert to and from the short form. noise is random.
func half(v float32, noise uint32) uint16 {
	return uint16((math.Float32bits(v) + noise&0xffff) >> 16)
}

// halfUp is half, never below v.
func halfUp(v float32) uint16 { return uint16(math.Float32bits(v)>>16) + 1 }

func full(v uint16) float32 { return math.Float32frombits(uint32(v) << 16) }

// weightOf returns what a sample of a slot stands for.
func (e *host) weightOf(k int) float32 {
	if i := slotTable[k].weight; i != noWeight {
		if w := full(e.weight[i]); w > 0 {
			return w
		}
	}
	return 1
}

// touch brings an entry to now: sums fade, evidence drains.
func (s *Shard) touch(e *host) {
	d := s.tick - e.t
	if d == 0 || int32(d) < 0 {
		return
	}
	if n := s.tick>>turnBits - e.t>>turnBits; n != 0 {
		f := float32(0)
		if n &= 1<<(32-turnBits) - 1; n < uint32(len(fading)) {
			f = fading[n]
		}
		for k := range e.sum {
			e.sum[k] *= f
		}
	}
	// Buckets do not begin with turns: one may begin between two touches of a turn.
	if e.bits&hasFlows != 0 && s.now>>tickBits-int64(d) < s.newest*s.bucket {
		s.advance(e, d)
	}
	if e.bits&(evidIn|evidOut) != 0 {
		if float32(d) >= full(e.largest) { // so it is for most hosts most of the time
			e.bits &^= evidIn | evidOut
			e.largest = 0
		} else {
			s.drain(e, float32(d))
		}
	}
	e.t = s.tick
}

// drain takes so many ticks' worth from the evidence. What has no drain, since
// its threshold is gone, goes with the rest.
func (s *Shard) drain(e *host, ticks float32) {
	g, largest := s.groupAt(e.group), float32(0)
	for m := e.bits & (evidIn | evidOut); m != 0; m &= m - 1 {
		k := trailing(m)
		t := &g.test[k]
		v := e.evid[k] - t.drain*ticks
		if v <= 0 {
			e.evid[k] = 0
			e.bits &^= 1 << k
			continue
		}
		e.evid[k] = v
		if v *= t.ticks; v > largest {
			largest = v
		}
	}
	e.largest = halfUp(largest)
}

// evidence returns the evidence of a slot. What has drained is not written.
func (e *host) evidence(k int) float32 {
	if e.evid[k] > 0 && e.bits>>k&1 == 0 {
		return 0
	}
	return e.evid[k]
}

// window is the seconds that the fading sum of an entry touched now rests on.
func (s *Shard) window() float32 {
	return turnSecond * (fullTurns + float32(s.tick&(1<<turnBits-1)+1)/(1<<turnBits))
}

// rate returns the smoothed rate of a slot, and for packets and bits at least
// what long flow records tell. The entry must have been touched.
func (s *Shard) rate(e *host, k int) float32 {
	v := e.sum[k] / s.window()
	if e.bits&hasFlows != 0 {
		v = max(v, s.ringRate(e, k))
	}
	return v
}

// age returns the seconds since the evidence of a direction left zero.
func (s *Shard) age(e *host, d model.Direction) float32 {
	return float32(uint16(s.tick>>sinceBits)-e.since[d]) * tickSecond * (1 << sinceBits)
}

// minAge is the shortest time, in seconds, over which a rate is told: samples
// come several in a datagram, and flow records are stamped in whole seconds.
func (e *host) minAge() float32 {
	if e.bits&hasFlows != 0 {
		return 1
	}
	return 0.2
}

// excursion returns the traffic since the evidence of slot k left zero, and how
// many seconds ago that was.
func (s *Shard) excursion(e *host, k int, threshold float32) (sum, age float32) {
	age = s.age(e, slotTable[k].dir)
	return (max(e.evidence(k), 0) + detect.Drain*threshold*age) / detect.Gain, age
}
