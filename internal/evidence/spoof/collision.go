package spoof

import (
	"fmt"
	"math"
	"slices"

	"floodmark/internal/evidence/share"
	"floodmark/internal/model"
)

// Bounds of the effective number of sources. No documented botnet has ten
// million members that attack at once (estimates of the largest end at four
// million), and below a hundred thousand real sources and a small pool of
// spoofed ones look the same.
const (
	userReportsImpossible = 1e7
	userReportsLargest    = 1e6
	userReportsOrdinary   = 1e5
)

// collision estimates how many equally loud sources would repeat as seldom as
// these. It can prove spoofing but never that addresses are real: a small pool
// of spoofed addresses repeats too.
func (c *census) collision(in Input) model.SpoofTest {
	l, unit := c.loud, "addresses"
	if c.d6 > c.d4 {
		l, unit = loudByPrefix(in.Sources, 48), "IPv6 /48 networks"
	}
	samples := math.Max(float64(in.Samples), l.Samples)
	n := int(samples)
	if n < 100 {
		return without(Collision, n, model.SpoofNotApplicable,
			fmt.Sprintf("%d packets are too few to count repeated sources; at least 100 are needed", n))
	}
	e, _ := l.Effective(samples, in.Kept)
	t := model.SpoofTest{Name: Collision, N: int64(n), Statistic: &e.Value, Low: e.Low, High: e.High, Verdict: model.SpoofUndecided}
	t.Reason = c.collisionReason(e, unit, n)
	if *e.Low > userReportsImpossible && !c.single {
		t.Verdict = model.SpoofSpoofed
	}
	return t
}

func (c *census) collisionReason(e model.Estimate, unit string, n int) string {
	values := fmt.Sprintf("sources repeat as seldom as %s equally loud %s would (%s)", about(e.Value), unit, between(e))
	switch {
	case c.single:
		return values + ", but all packet counts have a common divisor, so packets may be doubled and the count of repetitions is not trusted"
	case *e.Low > userReportsImpossible:
		return values + ", more than any known botnet has at once"
	case e.High != nil && *e.High < userReportsOrdinary:
		return values + ", which real sources and a small pool of forged addresses both do"
	case e.High == nil:
		return values + fmt.Sprintf("; about %s packets would be needed to tell more", about(math.Ceil(math.Sqrt(2*3*userReportsImpossible))))
	}
	return values + fmt.Sprintf(" in %d packets, between what large botnets and weak generators of addresses give", n)
}

// loudByPrefix counts draws by IPv6 prefix: a forger on an IPv6 line has the
// whole of its own network to choose from.
func loudByPrefix(sources []model.SourceCount, bits uint) share.Loudness {
	type net struct{ hi, packets uint64 }
	nets := make([]net, 0, len(sources))
	for i := range sources {
		if a := sources[i].Addr; !a.Is4() {
			nets = append(nets, net{a.Hi >> (64 - bits), sources[i].Packets})
		}
	}
	slices.SortFunc(nets, func(a, b net) int {
		switch {
		case a.hi < b.hi:
			return -1
		case a.hi > b.hi:
			return 1
		}
		return 0
	})
	var l share.Loudness
	for i := 0; i < len(nets); {
		sum, j := uint64(0), i
		for ; j < len(nets) && nets[j].hi == nets[i].hi; j++ {
			sum += nets[j].packets
		}
		l.Add(sum)
		i = j
	}
	return l
}

// effectiveIPv6 returns the effective number of sources counted by IPv6 prefix
// of the given length (at most 64); false where there are fewer than two draws.
func effectiveIPv6(sources []model.SourceCount, bits uint, kept float64) (model.Estimate, bool) {
	l := loudByPrefix(sources, min(bits, 64))
	return l.Effective(l.Samples, kept)
}
