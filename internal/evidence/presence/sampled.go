package presence

import (
	"floodmark/internal/evidence/vector"
	"floodmark/internal/model"
)

// In a sample of one packet in many, a host of which a few packets were drawn
// has hardly any drawn in the other direction, whatever it does: that nothing
// else was seen of it says nothing. There totals are compared, of all that was
// drawn towards these hosts as a group with all that was drawn from them, which
// sampling leaves as they are.

// wellDrawn is the draws from which on one source shows what it is. Who
// acknowledges large merged segments sends one packet for at most 45 (64 KB);
// even of such answers to ten draws every fifth source has one drawn.
const wellDrawn = 10

// thin reports that most draws of the cell are of sources drawn too few times.
func (q *question) thin() bool {
	if !q.c.Profile.Sampled {
		return false
	}
	var well, all uint64
	for i := range q.f.Sources {
		if s := &q.f.Sources[i]; s.Flags&q.part.Excluded == 0 {
			all += s.Packets
			if s.Packets >= wellDrawn {
				well += s.Packets
			}
		}
	}
	return 2*well < all
}

// population is how many sources there are. A sample misses some: at least as
// many as those drawn once and twice suggest (Chao 1984, corrected for bias).
func (q *question) population() float64 {
	if !q.c.Profile.Sampled {
		return q.sources
	}
	var once, twice float64
	for i := range q.f.Sources {
		switch s := &q.f.Sources[i]; {
		case s.Flags&q.part.Excluded != 0:
		case s.Packets == 1:
			once++
		case s.Packets == 2:
			twice++
		}
	}
	return q.sources + once*max(once-1, 0)/2/(twice+1)/q.f.Kept
}

// replied is the share of draws that the target answers: by source, or in a
// thin sample, where that is more, by totals.
func (q *question) replied() float64 {
	if !q.thin() {
		return q.answered()
	}
	return max(q.answered(), min(q.answers()/max(q.n, 1), 1))
}

// answers is what was drawn of the target's packets that can belong to
// conversations with the sources of the cell, whichever of them it went to.
func (q *question) answers() float64 {
	if isTCP(q.info.Kind) {
		return max(float64(q.t.ProtoOut[model.ProtoTCP])-float64(q.t.RSTOut), 0)
	}
	var n uint64
	for _, v := range q.f.DstPorts.Top {
		n += q.t.UDPFrom[uint16(v.Key)]
	}
	return float64(n)
}

// besides is the share of the sources that are also in cells of the given
// kinds, or in a thin sample, where that is more, the draws of those cells for
// each of this one. It may be too large, never too small: rules ask for little.
func (q *question) besides(kinds ...vector.Kind) float64 {
	share := q.overlap(kinds...)
	if !q.thin() {
		return share
	}
	return max(share, min(q.drawn(kinds...)/max(q.n, 1), 1))
}
