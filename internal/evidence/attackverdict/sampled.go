package attackverdict

import (
	"fmt"
	"math"

	"floodmark/internal/evidence/vector"
	"floodmark/internal/model"
)

// In a sample of one packet in many, a host of which a few packets were drawn
// has hardly any drawn in the other direction, whatever it does: that nothing
// else was seen of it says nothing. There totals are compared, of all that was
// drawn towards these hosts as a group with all that was drawn from them, which
// sampling leaves as they are.

// wellSampled is the samples from which on one source shows what it is. Who
// acknowledges large merged segments sends one packet for at most 45 (64 KB);
// even of such answers to ten draws every fifth source has one drawn.
const wellSampled = 10

// thin reports that most samples of the bucket are of sources drawn too few times.
func (q *question) thin() bool {
	if !q.c.Profile.Sampled {
		return false
	}
	var well, all uint64
	for i := range q.f.Sources {
		if s := &q.f.Sources[i]; s.Flags&q.part.Excluded == 0 {
			all += s.Packets
			if s.Packets >= wellSampled {
				well += s.Packets
			}
		}
	}
	return 2*well < all
}

// rare counts the sources drawn once and twice, without those of the flags.
func (q *question) rare(without model.SourceFlags) (once, twice float64) {
	for i := range q.f.Sources {
		switch s := &q.f.Sources[i]; {
		case s.Flags&without != 0:
		case s.Packets == 1:
			once++
		case s.Packets == 2:
			twice++
		}
	}
	return once, twice
}

// population is how many sources there are. A sample misses some: at least as
// many as those drawn once and twice suggest (Chao 1984, corrected for bias).
func (q *question) population() float64 {
	if !q.c.Profile.Sampled {
		return q.sources
	}
	once, twice := q.rare(q.part.Excluded)
	return q.sources + once*max(once-1, 0)/2/(twice+1)/q.f.Kept
}

// replied is the share of samples that the target answers: by source, or in a
// thin sample, where that is more, by totals.
func (q *question) replied() float64 {
	if !q.thin() {
		return q.answered()
	}
	return max(q.answered(), min(q.answers()/max(q.n, 1), 1))
}

// answers is what was drawn of the target's packets that can belong to
// conversations with the sources of the bucket, whichever of them it went to.
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

// silent reports that the target, of which packets are seen, does not answer these.
func (q *question) silent() bool {
	return q.bothWays && (q.replied() < 0.1 || q.thin() && q.passedOver())
}

// passedOver reports that the target talks, but with others. Were its packets
// spread over these sources as these send, a source would miss them by chance
// only. What a source sent is less than its draws suggest, by what sources drawn
// once are of all (Good 1953). Resets and SYN-ACKs are no talk, and where many
// connections were opened it may be these that were.
func (q *question) passedOver() bool {
	talk := q.answers()
	if isTCP(q.info.Kind) {
		opened := float64(q.t.SYNACKOut + q.t.SYNOut)
		if opened >= 0.1*q.n {
			return false
		}
		talk = max(talk-opened, 0)
	}
	var all, expected, hit float64
	for i := range q.f.Sources {
		all += float64(q.f.Sources[i].Packets)
	}
	once, _ := q.rare(0)
	each := (1 - once/max(all, 1)) * talk / max(float64(q.f.Samples), 1)
	for i := range q.f.Sources {
		k := float64(q.f.Sources[i].Packets)
		chance := 1 - math.Exp(-k*each)
		expected += k * chance / max(all, 1)
		hit += chance
	}
	return hit >= 10 && q.answered() < 0.2*expected
}

// besides is the share of the sources that are also in buckets of the given
// kinds, or in a thin sample, where that is more, the samples of those buckets for
// each of this one. It may be too large, never too small: rules ask for little.
func (q *question) besides(kinds ...vector.Kind) float64 {
	share := q.overlap(kinds...)
	if !q.thin() {
		return share
	}
	return max(share, min(q.sampled(kinds...)/max(q.n, 1), 1))
}

// thinStray assesses segments that the target does not answer, of sources drawn too
// few times each. A server that died is silent too: its clients knock anew, repeat
// requests of many sizes, and each of them is slow.
func (q *question) thinStray(what string, weight float64) {
	least, alike := 5.0, true
	if q.info.Kind == vector.KindData {
		least, alike = 0.5, q.oneOddSize()
	}
	if q.sources >= 20 && q.ratePerSource() >= least && alike && q.sampled(vector.KindSyn) < q.n {
		q.yes(fmt.Sprintf("the sample holds %s %s from %s sources, and %s packets of the target's conversations: they are not with these", count(q.n), what, count(q.sources), count(q.answers())))
		return
	}
	if q.dominance() < weight {
		q.against("few segments beside others, in a thin sample")
		return
	}
	q.undecided(fmt.Sprintf("%s that the target does not answer; the clients of a server that died send them too", what))
}

// oneOddSize reports segments nearly all of one size that is not what fills one.
// Flow records tell lengths with headers, which have 40 to 80 bytes.
func (q *question) oneOddSize() bool {
	if q.f.PayloadLens.Total > 0 {
		return q.f.PayloadLens.Share(0) >= 0.85 && q.oddSize()
	}
	size := topKey(&q.f.Lengths)
	return q.oneLength() >= 0.85 && size > 80 && size <= 1080
}
