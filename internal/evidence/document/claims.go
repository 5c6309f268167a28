package document

import (
	"cmp"
	"net/netip"
	"slices"
	"time"

	"floodmark/internal/evidence/claim"
	"floodmark/internal/model"
)

// claimData is what the claim checker needs to know.
func claimData(in *Input, gs []*group, a *model.Analysis) *claim.Data {
	var prefixes []netip.Prefix
	for _, c := range in.Claims {
		prefixes = append(prefixes, c.Prefixes()...)
	}
	d := &claim.Data{NoTraffic: in.NoTraffic,
		Attack: a.Attack, Sampled: in.Profile.Sampled || keptOf(gs) < 1, Lossy: in.Recording.Dropped > 0,
		GeoDone: in.Locate != nil, GeoDate: in.Geo.Date, GeoAgeDays: geoAge(in), Seconds: a.Totals.Seconds, Resolution: 1,
		SourcesObserved: a.Totals.Sources.Observed, SourcesComplete: a.Totals.Sources.Bound == "complete",
	}
	if in.Profile.PacketLevel {
		d.Resolution = 1e-6
	}
	for _, in := range in.Inputs {
		if in.Analysed {
			d.Inputs = append(d.Inputs, in.SHA256)
		}
	}
	if len(gs) == 0 {
		return d
	}
	d.CutStart = a.Totals.Seconds > 0 && gs[0].first-in.Profile.First < int64(a.Totals.Seconds*1e7)
	d.CutEnd = a.Totals.Seconds > 0 && in.Profile.Last-gs[0].last < int64(a.Totals.Seconds*1e7)
	d.Volume = volume(&a.Totals.Intervals, a.Totals.Seconds)
	var trusted []model.SourceCount
	for i, g := range gs {
		d.Vectors = append(d.Vectors, claimVector(in, g, prefixes, &a.Vectors[vectorAt(a.Vectors, g.slug)]))
		if g.verdict.Verdict == model.SpoofReal && !d.Vectors[i].Reflection {
			trusted = append(trusted, g.sources...)
		}
	}
	d.SourcesTrusted = uint64(float64(len(mergeSources(trusted)))/keptOf(gs) + 0.5)
	if len(gs) > 1 {
		d.Union = union(in, gs, prefixes)
	}
	return d
}

func vectorAt(vs []model.Vector, slug string) int {
	return max(0, slices.IndexFunc(vs, func(v model.Vector) bool { return v.Name == slug }))
}

func claimVector(in *Input, g *group, prefixes []netip.Prefix, v *model.Vector) claim.Vector {
	l := locate(in, []*group{g}, prefixes, false)
	c := l.claimVector(in, g.kept)
	c.Name, c.Spoof = g.slug, g.verdict.Verdict
	c.Reflection = g.info != nil && g.info.Reflection
	c.Seconds = g.duration()
	c.Volume = volume(&v.Intervals, c.Seconds)
	return c
}

// union counts each source once over the vectors.
func union(in *Input, gs []*group, prefixes []netip.Prefix) *claim.Vector {
	all := locate(in, gs, nil, true).claimVector(in, keptOf(gs))
	var real []*group
	for _, g := range gs {
		if g.verdict.Verdict == model.SpoofReal && (g.info == nil || !g.info.Reflection) {
			real = append(real, g)
		}
	}
	l := locate(in, real, prefixes, true)
	u := l.claimVector(in, keptOf(gs))
	u.Total, u.EffPackets, u.EffBytes = all.Total, all.EffPackets, all.EffBytes
	return &u
}

func (l *located) claimVector(in *Input, kept float64) claim.Vector {
	v := claim.Vector{Total: l.all.counts(kept), NoLocation: l.noLocation.counts(kept), Disagree: l.disputed.counts(kept),
		Unlocatable: l.unlocatable.counts(kept), EffPackets: l.units.Size(), EffBytes: l.units.Size(),
		Prefixes: make(map[netip.Prefix]claim.Count)}
	for p, c := range l.prefixes {
		v.Prefixes[p] = c.counts(kept)
	}
	if in.Locate == nil {
		return v
	}
	sure := l.sure
	for code, p := range sure.countries {
		v.Countries = append(v.Countries, claim.Located{Label: code, Count: p.counts(kept)})
	}
	for asn, p := range sure.networks {
		if asn != 0 {
			v.Networks = append(v.Networks, claim.Located{Label: asLabel(asn), Count: p.counts(kept)})
		}
	}
	sortLocated(v.Countries)
	sortLocated(v.Networks)
	return v
}

func sortLocated(list []claim.Located) {
	slices.SortFunc(list, func(a, b claim.Located) int {
		return cmp.Or(cmp.Compare(b.Packets, a.Packets), cmp.Compare(a.Label, b.Label))
	})
}

// counts gives a place's values as the claim checker wants them.
func (p *place) counts(kept float64) claim.Count {
	return claim.Count{Packets: p.packets.Total / kept, Bytes: p.bytes.Total / kept, Samples: uint64(p.packets.Samples/kept + 0.5),
		Sources: uint64(float64(p.count)/kept + 0.5), SqBytes: p.sqBytes / kept}
}

// volume turns intervals into rates for the claim checker.
func volume(v *model.Intervals, seconds float64) claim.Volume {
	mean := func(e model.Estimate, unit float64) model.Estimate {
		f := unit / max(seconds, 1)
		out := model.Estimate{Value: e.Value * f, Basis: e.Basis}
		if e.Low != nil {
			out.Low = ptr(*e.Low * f)
		}
		if e.High != nil {
			out.High = ptr(*e.High * f)
		}
		return out
	}
	return claim.Volume{PeakPPS: v.PeakPPS, PeakBPS: v.PeakBPS, MeanPPS: mean(v.Packets, 1), MeanBPS: mean(v.Bytes, 8)}
}

// geoAge is the number of days between the address data and the recording.
func geoAge(in *Input) int {
	t, err := time.Parse("2006-01-02", in.Geo.Date)
	if err != nil {
		return 0
	}
	d := time.Unix(0, in.Profile.First).Sub(t)
	return int(max(d, -d).Hours() / 24)
}
