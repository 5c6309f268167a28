package document

import (
	"fmt"
	"slices"

	"floodmark/internal/evidence/claim"
	"floodmark/internal/evidence/share"
	"floodmark/internal/model"
	"floodmark/internal/text"
)

// Build puts the evidence together.
func Build(in *Input) *model.Analysis {
	b := newBook(in.Inputs)
	gs := groups(in)
	for _, g := range gs {
		in.Spoofs.assess(g)
	}
	a := &model.Analysis{
		Schema: model.AnalysisSchema, Tool: in.Tool, Synthetic: in.Synthetic, Settings: in.Settings, Inputs: in.Inputs,
		Attack: in.Assessment.Verdict, Geo: in.Geo,
		AttackReasons: []model.Sentence{}, Summary: []model.Sentence{}, Countries: []model.Country{}, Networks: []model.Network{},
		NetworkKinds: []model.KindShare{}, Families: []model.Family{}, Claims: []model.Claim{}, Vectors: []model.Vector{},
	}
	if in.NoTraffic {
		a.Attack = model.AttackUndecided
	} else {
		a.First, a.Last = timestamp(in.Profile.First), timestamp(in.Profile.Last)
	}
	a.Totals.Sampling = sampling(in, b)
	a.Totals.Sources.Top = []model.Weight{}
	a.Vectors = vectors(in, b, gs)
	a.Spoofing.Verdict, a.Spoofing.Text = model.SpoofNotApplicable, []model.Sentence{}
	a.AttackReasons = attackReasons(in, b, a)
	if len(gs) > 0 {
		attack(in, b, gs, a)
	}
	a.Series = series(in, gs)
	a.Background = background(in, b, gs)
	checkClaims(in, b, gs, a)
	a.Findings = findings(in, b)
	a.NotAnswerable = unknowns(in, a)
	a.SampledRecords = specimens(gs)
	a.Summary = summary(in, b, gs, a)
	a.Evidence = b.list
	if a.Evidence == nil {
		a.Evidence = []model.Evidence{}
	}
	return a
}

// attack fills in what only a recording with an attack has.
func attack(in *Input, b *book, gs []*group, a *model.Analysis) {
	first, last := gs[0].first, gs[0].last
	for _, g := range gs {
		first, last = min(first, g.first), max(last, g.last)
	}
	a.First, a.Last = timestamp(first), timestamp(last)
	a.Target = target(in, b, gs)
	l := locate(in, gs, nil, true)
	kept := keptOf(gs)
	a.Totals.Seconds = max(float64(last-first)/1e9, 0)
	totals(in, b, gs, a)
	if in.Locate != nil {
		a.Countries = l.countryList(kept)
		a.Networks = l.networkList(kept)
		a.NetworkKinds = l.kindList()
	}
	a.Spoofing = spoofSummary(gs, a.Vectors)
	a.Families = families(in, b, gs, a)
}

func keptOf(gs []*group) float64 {
	k := 1.0
	for _, g := range gs {
		k = min(k, g.kept)
	}
	return k
}

// totals are of all vectors together.
func totals(in *Input, b *book, gs []*group, a *model.Analysis) {
	kept := keptOf(gs)
	var p, o share.Sum
	var buckets []model.SecondCount
	var samples, spread float64
	for _, g := range gs {
		spread += g.bVar
		rate := max(1, g.packets/max(g.samples, 1))
		p.Add(g.samples, g.samples, rate)
		o.Add(g.samples, g.bytes/rate, rate)
		samples += g.samples
		buckets = addSeconds(buckets, g.seconds, 1, 1)
	}
	t := &a.Totals
	for _, s := range buckets {
		t.PeakPPS = max(t.PeakPPS, s.Packets)
		t.PeakBPS = max(t.PeakBPS, s.Bytes*8)
	}
	o.Spread = max(o.Spread, spread) // lengths differ within a vector
	t.Intervals = intervals(p, o, peaks{t.PeakPPS, t.PeakBPS})
	t.Packets, t.Bytes = t.Intervals.Packets, t.Intervals.Bytes
	all := mergeSources(allSources(gs))
	var loud share.Loudness
	for i := range all {
		loud.Add(all[i].Packets)
	}
	t.Sources = model.Sources{Observed: uint64(loud.Count(kept).Value + 0.5), Bound: "complete",
		Top: topSources(all, samples, t.Packets.Value, t.Bytes.Value)}
	if in.Profile.Sampled || kept < 1 {
		t.Sources.Bound = "lower-bound"
	}
	if e, ok := loud.Effective(samples, kept); ok {
		t.Sources.Effective = &e
	}
	if c, ok := loud.Coverage(); ok {
		t.Sources.Coverage = &c
	}
	b.add(model.Evidence{Statement: fmt.Sprintf("The attack is %s packets and %s octets in %s.", big(t.Packets.Value), big(t.Bytes.Value), text.Duration(t.Seconds)),
		Method: "share/totals", Value: ptr(t.Packets.Value), Unit: "packets", N: int64(samples), M: int64(t.Sources.Observed), Low: t.Packets.Low, High: t.Packets.High})
	b.add(model.Evidence{Statement: fmt.Sprintf("Its fullest second carried %s packets and %s bits.", big(t.PeakPPS), big(t.PeakBPS)),
		Method: "share/totals", Value: ptr(t.PeakPPS), Unit: "packets/s", N: int64(samples)})
}

func allSources(gs []*group) []model.SourceCount {
	var all []model.SourceCount
	for _, g := range gs {
		all = append(all, g.sources...)
	}
	return all
}

// sampling states which factor was used and where it came from.
func sampling(in *Input, b *book) model.Sampling {
	s := model.Sampling{Rates: []uint32{}, From: "none", Evidence: []string{}}
	for r := range in.Audit.Rates {
		s.Rates = append(s.Rates, r)
	}
	slices.Sort(s.Rates)
	best := uint64(0)
	for _, from := range []string{"record", "options", "header", "sflow"} {
		if n := in.Recording.RatesFrom[from]; n > best {
			best, s.From = n, from
		}
	}
	if in.Settings.Sampling > 0 {
		s.From = "override"
	}
	if in.Audit.Multiplied > 1 {
		s.Divided = in.Audit.Multiplied
		s.Evidence = append(s.Evidence, b.add(model.Evidence{
			Statement: fmt.Sprintf("All packet and octet counts of an exporter share the divisor %d: it had multiplied them already, and they were divided back.", in.Audit.Multiplied),
			Kind:      "inferred", Method: "sampling/multiplied", Value: ptr(float64(in.Audit.Multiplied)), N: int64(in.Audit.FlowRecords),
			Alternatives: []string{"flows of an application that always sends that many packets"}}))
	}
	return s
}

// target names what was attacked.
func target(in *Input, b *book, gs []*group) *model.Target {
	t := &model.Target{Prefixes: []string{}, Given: in.Settings.Target != "", Evidence: []string{}, TopHosts: []model.Weight{}, Trait: "host"}
	carpet := false
	out, into := uint64(0), uint64(0)
	for _, i := range in.Assessment.Targets {
		f := &in.Profile.Targets[i]
		t.Prefixes = append(t.Prefixes, f.Prefix.String())
		t.Hosts += f.HostsIn
		carpet = carpet || !f.Prefix.IsSingleIP() && spread(f)
		out += f.Out
		into += f.In
		for _, h := range f.TopHosts {
			t.TopHosts = append(t.TopHosts, model.Weight{Value: h.Text, Packets: h.Count, Share: float64(h.Count) / max(float64(f.In), 1)})
		}
	}
	t.TopHosts = t.TopHosts[:min(len(t.TopHosts), 10)]
	switch {
	case carpet:
		t.Trait = "carpet-bombing"
	case t.Hosts > 1:
		t.Trait = "hosts"
	}
	t.Reachable = "inbound-only"
	if out >= 10 {
		t.Reachable = "both"
	}
	text := fmt.Sprintf("The target %s got %s packets of this recording and sent %s.", single(t.Prefixes[0]), big(float64(into)), big(float64(out)))
	t.Evidence = append(t.Evidence, b.add(model.Evidence{Statement: text, Method: "target", Value: ptr(float64(into)), Unit: "packets", N: int64(into)}))
	return t
}

// spread reports carpet bombing: at least sixteen hosts, none with more than a
// quarter of the packets.
func spread(f *model.TargetFacts) bool {
	return f.HostsIn >= 16 && len(f.TopHosts) > 0 && float64(f.TopHosts[0].Count) <= 0.25*float64(f.In)
}

// spoofSummary is the verdict over all vectors: one verdict where they agree,
// by weight, otherwise undecided.
func spoofSummary(gs []*group, vs []model.Vector) model.SpoofSummary {
	weight := make(map[model.Spoofing]float64)
	var all float64
	for _, g := range gs {
		weight[g.verdict.Verdict] += g.packets
		all += g.packets
	}
	s := model.SpoofSummary{Verdict: model.SpoofUndecided, Text: []model.Sentence{}}
	for _, v := range []model.Spoofing{model.SpoofReal, model.SpoofSpoofed, model.SpoofNotApplicable} {
		if weight[v] >= 0.9*all {
			s.Verdict = v
		}
	}
	s.Text = realness(gs, vs)
	return s
}

// checkClaims answers the claims.
func checkClaims(in *Input, b *book, gs []*group, a *model.Analysis) {
	if len(in.Claims) == 0 {
		return
	}
	d := claimData(in, gs, a)
	for _, c := range in.Claims {
		for _, r := range claim.Check(c, d, in.Names) {
			for _, e := range r.Evidence {
				r.Claim.Evidence = append(r.Claim.Evidence, b.add(e))
			}
			a.Claims = append(a.Claims, r.Claim)
		}
	}
}
