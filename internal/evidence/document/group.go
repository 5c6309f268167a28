package document

import (
	"cmp"
	"slices"

	"floodmark/internal/evidence/attackverdict"
	"floodmark/internal/evidence/vector"
	"floodmark/internal/model"
)

// group is one vector: all attack buckets with the same slug, over all attacked
// targets, without the sources that belong to the background.
type group struct {
	slug    string
	info    *vector.Info
	parts   []*attackverdict.Part
	buckets []*model.Facts // heaviest first
	sources []model.SourceCount
	kept    float64
	samples float64
	packets float64
	bytes   float64
	pVar    float64
	bVar    float64
	first   int64
	last    int64
	seconds []model.SecondCount
	peakPPS float64
	peakBPS float64
	verdict model.SpoofVerdict
}

// groups collects the attack buckets by vector, heaviest first.
func groups(in *Input) []*group {
	bySlug := make(map[string]*group)
	for i := range in.Assessment.Parts {
		p := &in.Assessment.Parts[i]
		if p.Verdict != model.AttackYes {
			continue
		}
		g := bySlug[p.Slug]
		if g == nil {
			g = &group{slug: p.Slug, info: vector.BySlug(p.Slug), kept: 1, first: 1<<63 - 1, last: -1 << 63}
			bySlug[p.Slug] = g
		}
		g.parts = append(g.parts, p)
		g.buckets = append(g.buckets, &in.Profile.Buckets[p.Bucket])
	}
	out := make([]*group, 0, len(bySlug))
	for _, g := range bySlug {
		g.merge(in.Profile.Buckets)
		out = append(out, g)
	}
	slices.SortFunc(out, func(a, b *group) int {
		return cmp.Or(cmp.Compare(b.packets, a.packets), cmp.Compare(a.slug, b.slug))
	})
	return out
}

// merge adds the buckets up.
func (g *group) merge(all []model.Facts) {
	order := make([]int, len(g.buckets))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(g.buckets[b].Packets, g.buckets[a].Packets) })
	buckets, parts := g.buckets, g.parts
	g.buckets, g.parts = nil, nil
	for _, i := range order {
		g.buckets = append(g.buckets, buckets[i])
		g.parts = append(g.parts, parts[i])
		g.addBucket(buckets[i], parts[i], within(all, parts[i]))
	}
	g.mergeSources()
	for _, b := range g.seconds {
		g.peakPPS = max(g.peakPPS, b.Packets)
		g.peakBPS = max(g.peakBPS, b.Bytes*8)
	}
	g.span()
	g.trim()
}

// within gives the sources that a part is restricted to, nil for no restriction.
func within(all []model.Facts, p *attackverdict.Part) map[model.Addr]struct{} {
	if p.Within == 0 {
		return nil
	}
	set := make(map[model.Addr]struct{})
	for _, s := range all[p.Within-1].Sources {
		if s.Packets >= p.AtLeast && s.Flags&p.Needs == p.Needs {
			set[s.Addr] = struct{}{}
		}
	}
	return set
}

// addBucket adds what of a bucket is not background.
func (g *group) addBucket(c *model.Facts, part *attackverdict.Part, only map[model.Addr]struct{}) {
	smallest, needs := part.AtLeast, part.Needs
	if only != nil {
		smallest, needs = 0, 0 // they were asked in the other bucket
	}
	var samples, bytes, allSamples, allBytes float64
	for i := range c.Sources {
		s := &c.Sources[i]
		allSamples += float64(s.Packets)
		allBytes += float64(s.Bytes)
		if _, ok := only[s.Addr]; s.Flags&part.Excluded == 0 && s.Packets >= smallest && s.Flags&needs == needs && (ok || only == nil) {
			samples += float64(s.Packets)
			bytes += float64(s.Bytes)
			g.sources = append(g.sources, *s)
		}
	}
	p, b := samples/max(allSamples, 1), bytes/max(allBytes, 1)
	g.kept = min(g.kept, c.Kept)
	g.samples += float64(c.Samples) * p
	g.packets += c.Packets * p
	g.bytes += c.Bytes * b
	g.pVar += c.PacketsVar * p
	g.bVar += c.BytesVar * b
	g.first = min(g.first, c.First)
	g.last = max(g.last, c.Last)
	g.seconds = addSeconds(g.seconds, c.Seconds, p, b)
}

// mergeSources makes one entry per address.
func (g *group) mergeSources() { g.sources = mergeSources(g.sources) }

func mergeSources(list []model.SourceCount) []model.SourceCount {
	slices.SortFunc(list, func(a, b model.SourceCount) int { return a.Addr.Compare(b.Addr) })
	out := list[:0]
	for _, s := range list {
		if n := len(out); n > 0 && out[n-1].Addr == s.Addr {
			m := &out[n-1]
			m.Packets += s.Packets
			m.Bytes += s.Bytes
			m.Flags |= s.Flags
			m.First, m.Last = min(m.First, s.First), max(m.Last, s.Last)
			if s.MinTTL > 0 {
				m.MinTTL = min(m.MinTTL, s.MinTTL)
				m.MaxTTL = max(m.MaxTTL, s.MaxTTL)
			}
			continue
		}
		out = append(out, s)
	}
	return out
}

// addSeconds adds two lists of seconds, the second one scaled.
func addSeconds(a, b []model.SecondCount, p, bytes float64) []model.SecondCount {
	out := make([]model.SecondCount, 0, max(len(a), len(b)))
	i, k := 0, 0
	for i < len(a) || k < len(b) {
		switch {
		case k == len(b) || i < len(a) && a[i].Second < b[k].Second:
			out = append(out, a[i])
			i++
		case i == len(a) || b[k].Second < a[i].Second:
			out = append(out, model.SecondCount{Second: b[k].Second, Packets: float64(b[k].Packets * p), Bytes: float64(b[k].Bytes * bytes)})
			k++
		default:
			out = append(out, model.SecondCount{Second: a[i].Second, Packets: a[i].Packets + float64(b[k].Packets*p), Bytes: a[i].Bytes + float64(b[k].Bytes*bytes)})
			i++
			k++
		}
	}
	return out
}

// spanTail is the weight of packets at either end of a vector's time that may
// belong to stray sources rather than to the attack.
const spanTail = 0.002

// span moves the ends to where the sources of the vector are active, but for a
// five-hundredth of its packets: a trickle of the same class hours before is
// not the attack. Sources know their times to the second.
func (g *group) span() {
	firsts, lasts := make(map[int64]float64), make(map[int64]float64)
	var all float64
	for i := range g.sources {
		s := &g.sources[i]
		firsts[floor(s.First)] += float64(s.Packets)
		lasts[floor(s.Last)] += float64(s.Packets)
		all += float64(s.Packets)
	}
	if all == 0 {
		return
	}
	g.first = max(g.first, tail(firsts, all, 1)*1e9)
	g.last = min(g.last, (tail(lasts, all, -1)+1)*1e9)
}

// quietTail is the weight of packets at either end of a vector's time that may
// fall into quiet seconds: ordinary use of the same service before the attack
// and after it.
const quietTail = 0.02

// shared are kinds of packets that ordinary users of the target send too.
var shared = []vector.Kind{vector.KindDNSQuery, vector.KindVSE, vector.KindICMPEcho, vector.KindSyn, vector.KindData}

// trim moves the ends of a vector that ordinary users share over quiet
// seconds, those with less than a tenth of the fullest one's packets, for as
// long as they hold next to nothing of it.
func (g *group) trim() {
	info := vector.Lookup(g.buckets[0].Class)
	if info == nil || !slices.Contains(shared, info.Kind) {
		return
	}
	var all float64
	for _, b := range g.seconds {
		all += b.Packets
	}
	i, k := 0, len(g.seconds)-1
	for left := quietTail * all; i < k && g.seconds[i].Packets < min(g.peakPPS/10, left); i++ {
		left -= g.seconds[i].Packets
	}
	for left := quietTail * all; k > i && g.seconds[k].Packets < min(g.peakPPS/10, left); k-- {
		left -= g.seconds[k].Packets
	}
	if i < len(g.seconds) && g.seconds[k].Second >= g.seconds[i].Second {
		g.first = max(g.first, g.seconds[i].Second*1e9)
		g.last = max(g.first, min(g.last, (g.seconds[k].Second+1)*1e9))
	}
}

// tail gives the second before which (after which, where way is -1) there is
// less than the tail's weight.
func tail(weight map[int64]float64, all float64, way int64) int64 {
	secs := make([]int64, 0, len(weight))
	for s := range weight {
		secs = append(secs, s)
	}
	slices.SortFunc(secs, func(a, b int64) int { return cmp.Compare(a*way, b*way) })
	sum := 0.0
	for _, s := range secs {
		if sum += weight[s]; sum > spanTail*all {
			return s
		}
	}
	return secs[len(secs)-1]
}

// duration is how long the vector lasts in seconds, at least a millisecond.
func (g *group) duration() float64 { return max(float64(g.last-g.first)/1e9, 1e-3) }

// bursts counts stretches of activity that are at least ten quiet seconds apart.
func (g *group) bursts() int {
	n, last := 0, int64(-1<<62)
	for _, b := range g.seconds {
		if b.Packets < g.peakPPS/20 {
			continue
		}
		if b.Second-last > 10 {
			n++
		}
		last = b.Second
	}
	return n
}
