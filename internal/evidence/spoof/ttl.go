package spoof

import (
	"fmt"
	"math"

	"floodmark/internal/evidence/share"
	"floodmark/internal/model"
	"floodmark/internal/text"
)

const (
	originShare   = 0.05 // of sources, for a TTL value to count as a place
	originFew     = 3
	originSources = 1000
	spreadHops    = 2
	spreadNeeded  = 30
	spreadNoticed = 0.05
)

// profile is the distribution of TTLs over sources.
type profile struct {
	sources int
	values  int
	modes   int     // values that hold at least originShare of the sources
	held    float64 // share of the sources in those
	entropy float64 // bit, with Miller and Madow's correction
}

func ttlProfile(in Input) profile {
	var n [256]int
	var p profile
	for i := range in.Sources {
		if t := in.Sources[i].TTL; t != 0 {
			n[t]++
			p.sources++
		}
	}
	if p.sources == 0 {
		return p
	}
	d := float64(p.sources)
	for _, k := range n {
		if k == 0 {
			continue
		}
		p.values++
		q := float64(k) / d
		p.entropy -= q * math.Log2(q)
		if q >= originShare {
			p.modes++
			p.held += q
		}
	}
	p.entropy += float64(p.values-1) / (2 * d * math.Ln2)
	return p
}

func (p profile) random() bool { return p.entropy > ttlEntropy || p.values > ttlValues }

// ttlOrigins counts the TTL values that most sources share. Few of them under
// addresses from all over the world say from how many places packets left; it
// is a hint about paths, supports other tests and decides nothing.
func ttlOrigins(in Input, c *census) model.SpoofTest {
	p := ttlProfile(in)
	if !in.TTLKnown || p.sources == 0 {
		return without(TTLOrigins, c.sources(), model.SpoofNotApplicable, "the data has no TTLs")
	}
	modes := float64(p.modes)
	t := model.SpoofTest{Name: TTLOrigins, N: int64(p.sources), Statistic: &modes, Verdict: model.SpoofUndecided}
	wide := c.effectiveNet16 >= 500 && c.firsts() >= 50
	switch {
	case p.random():
		t.Reason = fmt.Sprintf("TTLs take %d values (%.1f bit), more than distances on the Internet do: they are forged or drawn at random", p.values, p.entropy)
	case p.modes > 0 && p.modes <= originFew && p.held > 0.9 && wide && p.sources >= originSources && !in.Anonymised:
		t.Verdict = model.SpoofSpoofed
		t.Reason = fmt.Sprintf("%s of the sources, from %d IPv4 /16 networks, have one of %d TTLs: packets left from about %d places, unless something on the way rewrites TTLs",
			text.RoughPercent(p.held), c.distinct16, p.modes, p.modes)
	default:
		t.Reason = fmt.Sprintf("TTLs take %d values (%.1f bit)", p.values, p.entropy)
	}
	return t
}

// ttlSpread counts sources whose packets have come from more than two hops
// apart. Load balancing moves a real path by a hop or two. Hops, not TTLs, are
// compared, because systems behind one NAT start from different TTLs.
func ttlSpread(in Input) model.SpoofTest {
	if !in.TTLKnown {
		return without(TTLSpread, 0, model.SpoofNotApplicable, "the data has no TTLs")
	}
	n, k := 0, 0
	for i := range in.Sources {
		s := &in.Sources[i]
		if s.Packets < 2 || s.MinTTL == 0 || s.MaxTTL == 0 {
			continue
		}
		n++
		if apart(hops(s.MinTTL), hops(s.MaxTTL)) > spreadHops {
			k++
		}
	}
	if n < spreadNeeded {
		return without(TTLSpread, n, model.SpoofUndecided,
			fmt.Sprintf("only %d sources sent more than one packet; %d are needed", n, spreadNeeded))
	}
	low, high := share.Proportion(float64(k), float64(n), share.Alpha)
	t := test(TTLSpread, n, float64(k)/float64(n), low, high)
	t.Reason = fmt.Sprintf("%d of %d sources with several packets (%s) have come from more than %d hops apart", k, n, text.RoughPercent(*t.Statistic), spreadHops)
	if low > spreadNoticed {
		t.Verdict = model.SpoofSpoofed
		t.Reason += ": TTLs or addresses are forged"
	}
	return t
}

func apart(a, b uint8) int {
	if a > b {
		return int(a - b)
	}
	return int(b - a)
}
