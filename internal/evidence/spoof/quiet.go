package spoof

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"floodmark/internal/evidence/share"
	"floodmark/internal/model"
	"floodmark/internal/text"
)

const (
	quietPart   = 10   // the quietest tenth of the /8s
	quietNeeded = 1000 // distinct sources
	quietLimit  = 0.35 // upper limit of the fraction that leaves room for "real"
)

// quietSpace bounds the part of the sources that are spread at random over all
// unicast /8s, host-free ones or not, so that a filter on the way which removes
// host-free space does not hide a mixture. Real sources leave many /8s nearly
// empty; random ones cannot. The quietest tenth of the /8s is chosen on one half
// of the sources, split by hash, and counted on the other, both ways, so that
// the choice does not bias the count. It is an upper bound: real sources in
// those /8s count as if they were spoofed.
func quietSpace(in Input) model.SpoofTest {
	if in.Anonymised {
		return without(QuietSpace, len(in.Sources), model.SpoofNotApplicable, notOnAnonymised)
	}
	var half [2][256]int
	n := 0
	for i := range in.Sources {
		if a := in.Sources[i].Addr; a.Is4() && usable(a.V4()>>24) {
			half[mix(a.Hash())&1][a.V4()>>24]++
			n++
		}
	}
	if n < quietNeeded {
		return without(QuietSpace, n, model.SpoofUndecided,
			fmt.Sprintf("%d IPv4 sources are too few to look for empty /8s; %d are needed", n, quietNeeded))
	}
	hits, blocks := 0, 0
	for side := range half {
		quiet := quietest(&half[side])
		blocks = len(quiet)
		for _, a := range quiet {
			hits += half[1-side][a]
		}
	}
	times := float64(usableBlocks()) / float64(blocks)
	low, high := share.Proportion(float64(hits), float64(n), share.Alpha)
	t := test(QuietSpace, n, math.Min(1, times*float64(hits)/float64(n)), math.Min(1, times*low), math.Min(1, times*high))
	t.Reason = fmt.Sprintf("the quietest tenth of the address space holds %s of the sources, so at most %s can be spread evenly over all of it",
		text.RoughPercent(float64(hits)/float64(n)), text.RoughPercent(*t.High))
	return t
}

// usable reports whether hosts may stand in a /8: unicast, and neither
// host-free nor special.
func usable(a uint32) bool {
	return a > 0 && a < 224 && a != 10 && a != 127 && !hostFree[a]
}

func usableBlocks() int {
	n := 0
	for a := range uint32(256) {
		if usable(a) {
			n++
		}
	}
	return n
}

func quietest(count *[256]int) []int {
	var all []int
	for a := range count {
		if usable(uint32(a)) {
			all = append(all, a)
		}
	}
	slices.SortFunc(all, func(a, b int) int {
		return cmp.Or(cmp.Compare(count[a], count[b]), cmp.Compare(a, b))
	})
	return all[:len(all)/quietPart]
}
