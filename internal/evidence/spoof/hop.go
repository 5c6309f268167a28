package spoof

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"floodmark/internal/evidence/share"
	"floodmark/internal/model"
)

const (
	hopSources    = 1 << 17 // sources looked at, chosen by hash
	hopPairs      = 200     // pairs in one network that are needed
	hopNetworks   = 5       // networks with pairs that are needed
	hopDiverse    = 20      // effective number of networks before incoherence means anything
	hopDiverse8   = 30      // /8s (IPv4), the same: within one country all may be equally far
	hopRounds     = 200     // permutations
	hopCoherent   = 0.25
	hopDeviations = 4
	hopIncoherent = 0.10
	hopSingle     = 0.98
	ttlValues     = 100
	ttlEntropy    = 6 // bit
)

// hops is how far away a packet with this TTL has come from, taking the
// nearest usual starting value above.
func hops(ttl uint8) uint8 {
	switch {
	case ttl <= 32:
		return 32 - ttl
	case ttl <= 64:
		return 64 - ttl
	case ttl <= 128:
		return 128 - ttl
	}
	return 255 - ttl
}

// hopTable holds one hop count per source, sorted by network: IPv4 /16, or IPv6
// /32, whose hosts share most of the way.
type hopTable struct {
	hop    []uint8
	ends   []int // end of each network of two or more; they come first
	lone   int   // sources alone in their network
	groups float64
}

func newHopTable(in Input, c *census) hopTable {
	keep := uint64(math.MaxUint64)
	if len(in.Sources) > hopSources {
		keep = uint64(float64(hopSources) / float64(len(in.Sources)) * math.MaxUint64)
	}
	v4 := c.d4 >= c.d6
	keys := make([]uint64, 0, min(len(in.Sources), hopSources+hopSources/8))
	for i := range in.Sources {
		s := &in.Sources[i]
		if s.TTL == 0 || s.Addr.Is4() != v4 || mix(s.Addr.Hash()^in.Seed) > keep {
			continue
		}
		net := s.Addr.Hi >> 32
		if v4 {
			net = uint64(s.Addr.V4() >> 16)
		}
		keys = append(keys, net<<8|uint64(hops(s.TTL)))
	}
	slices.Sort(keys)
	return groupHops(keys)
}

// groupHops splits sorted network-and-hop keys into networks, those with two
// or more sources first.
func groupHops(keys []uint64) hopTable {
	t := hopTable{hop: make([]uint8, 0, len(keys))}
	var lone []uint8
	squares := 0.0
	for i := 0; i < len(keys); {
		j := i + 1
		for j < len(keys) && keys[j]>>8 == keys[i]>>8 {
			j++
		}
		squares += float64(j-i) * float64(j-i)
		if j-i == 1 {
			lone = append(lone, uint8(keys[i]))
		} else {
			for _, k := range keys[i:j] {
				t.hop = append(t.hop, uint8(k))
			}
			t.ends = append(t.ends, len(t.hop))
		}
		i = j
	}
	t.lone = len(lone)
	t.hop = append(t.hop, lone...)
	if squares > 0 {
		t.groups = float64(len(keys)) * float64(len(keys)) / squares
	}
	return t
}

// near counts, over the networks, pairs of sources whose hop counts differ by
// at most one; add, where given, is reported each network's pairs and near pairs.
func (t hopTable) near(add func(pairs, near float64)) float64 {
	var seen [258]float64
	total, start := 0.0, 0
	for _, end := range t.ends {
		n := 0.0
		for _, h := range t.hop[start:end] {
			n += seen[int(h)] + seen[int(h)+1] + seen[int(h)+2]
			seen[int(h)+1]++
		}
		for _, h := range t.hop[start:end] {
			seen[int(h)+1] = 0
		}
		if add != nil {
			size := float64(end - start)
			add(size*(size-1)/2, n)
		}
		total += n
		start = end
	}
	return total
}

// all counts the same over all pairs of sources.
func (t hopTable) all() (pairs, near float64) {
	var seen [258]float64
	for _, h := range t.hop {
		near += seen[int(h)] + seen[int(h)+1] + seen[int(h)+2]
		seen[int(h)+1]++
	}
	n := float64(len(t.hop))
	return n * (n - 1) / 2, near
}

// kappa compares near pairs within networks with near pairs across them:
// 0 where hop counts know nothing of networks, 1 where they agree wholly.
type kappa struct {
	value, low, high float64
	across           float64 // share of near pairs across networks
	pairs            float64 // within networks
	deviations       float64 // from the permuted mean, in their standard deviations
	above            bool    // above 99 % of the permutations
}

func (t hopTable) kappa(seed uint64) kappa {
	var r share.Ratio
	near := t.near(func(pairs, n float64) { r.Add(pairs, n) })
	allPairs, allNear := t.all()
	k := kappa{pairs: r.C, across: 1}
	if r.C == 0 || allPairs <= r.C {
		return k
	}
	k.across = (allNear - near) / (allPairs - r.C)
	if k.across >= 1 {
		return k
	}
	scale := 1 - k.across
	k.value = (near/r.C - k.across) / scale
	se := math.Sqrt(r.Variance())
	null := t.permuted(seed)
	mean, sd := moments(null)
	se = math.Max(se, sd/r.C)
	k.low, k.high = k.value-1.96*se/scale, k.value+1.96*se/scale
	k.deviations = (near - mean) / math.Max(sd, 1e-9)
	slices.Sort(null)
	k.above = near > null[len(null)*99/100]
	return k
}

// permuted counts near pairs with hop counts dealt out anew, hopRounds times.
func (t hopTable) permuted(seed uint64) []float64 {
	r := rand.New(rand.NewPCG(seed, 0x686f7073))
	p := t
	p.hop = slices.Clone(t.hop)
	grouped := len(t.hop) - t.lone
	out := make([]float64, hopRounds)
	for i := range out {
		for j := range grouped {
			k := j + int(r.Uint64N(uint64(len(p.hop)-j)))
			p.hop[j], p.hop[k] = p.hop[k], p.hop[j]
		}
		out[i] = p.near(nil)
	}
	return out
}

func moments(x []float64) (mean, sd float64) {
	for _, v := range x {
		mean += v
	}
	mean /= float64(len(x))
	for _, v := range x {
		sd += (v - mean) * (v - mean)
	}
	return mean, math.Sqrt(sd / float64(len(x)-1))
}

func mix(x uint64) uint64 {
	x ^= x >> 30
	x *= 0xbf58476d1ce4e5b9
	x ^= x >> 27
	x *= 0x94d049bb133111eb
	return x ^ x>>31
}

// hopPrefix tests whether sources of one network come from equally far away.
func hopPrefix(in Input, c *census) model.SpoofTest {
	n := c.sources()
	ttl := ttlProfile(in)
	switch {
	case !in.TTLKnown || ttl.sources == 0:
		return without(HopPrefix, n, model.SpoofNotApplicable, "the data has no TTLs")
	case in.Anonymised:
		return without(HopPrefix, n, model.SpoofNotApplicable, notOnAnonymised)
	case ttl.random():
		return without(HopPrefix, n, model.SpoofNotApplicable,
			fmt.Sprintf("TTLs are randomised (%d values, %.1f bit), which itself is a sign of forged headers", ttl.values, ttl.entropy))
	}
	t := newHopTable(in, c)
	k := t.kappa(in.Seed)
	switch {
	case k.pairs < hopPairs || len(t.ends) < hopNetworks:
		return without(HopPrefix, len(t.hop), model.SpoofUndecided,
			fmt.Sprintf("%.0f pairs of sources in %d networks are too few; %d pairs in %d networks are needed", k.pairs, len(t.ends), hopPairs, hopNetworks))
	case k.across > hopSingle:
		return without(HopPrefix, len(t.hop), model.SpoofNotApplicable,
			"nearly all packets have come equally far, so distance cannot be compared with networks")
	}
	return k.verdict(t, c)
}

func (k kappa) verdict(t hopTable, c *census) model.SpoofTest {
	out := test(HopPrefix, len(t.hop), k.value, k.low, k.high)
	values := fmt.Sprintf("agreement of distance within networks is %.3f (%.3f to %.3f; 0 by chance, 1 in full)", k.value, k.low, k.high)
	diverse := t.groups >= hopDiverse && (c.d4 < c.d6 || c.firsts() >= hopDiverse8)
	switch {
	case k.value > hopCoherent && k.above && k.deviations > hopDeviations:
		out.Verdict = model.SpoofReal
		out.Reason = values + ": sources of one network come the same way"
	case k.high < hopIncoherent && diverse:
		out.Verdict = model.SpoofSpoofed
		out.Reason = values + ": sources of one network do not come the same way"
	case k.high < hopIncoherent:
		out.Reason = values + ", but so few networks may well be equally far away"
	default:
		out.Reason = values + ": not decisive"
	}
	return out
}
