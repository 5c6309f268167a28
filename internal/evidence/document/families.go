package document

import (
	"cmp"
	"slices"

	"floodmark/internal/evidence/family"
	"floodmark/internal/model"
)

// families asks what the attack is compatible with.
func families(in *Input, b *book, gs []*group, a *model.Analysis) []model.Family {
	f := family.Input{Kinds: a.NetworkKinds, Inputs: b.hashes}
	var real []model.SourceCount
	for _, g := range gs {
		c := g.buckets[0]
		v := family.Vector{
			Name: g.slug, Spoof: g.verdict.Verdict, Packets: g.packets, Reflection: g.info != nil && g.info.Reflection,
			PayloadLen: family.ModeOf(&c.PayloadLens), Payload: family.ModeOf(&c.Payloads), SrcPort: family.ModeOf(&c.SrcPorts),
			DstPort: family.ModeOf(&c.DstPorts), Window: family.ModeOf(&c.Windows), OptionLen: family.ModeOf(&c.OptionLens),
		}
		if c.DNS != nil {
			v.FirstLabel, v.QuestionNames = family.ModeOf(&c.DNS.FirstLabelLen), family.ModeOf(&c.DNS.Names)
		}
		f.Vectors = append(f.Vectors, v)
		if g.verdict.Verdict == model.SpoofReal && !v.Reflection {
			real = append(real, g.sources...)
		}
	}
	real = mergeSources(real)
	f.Scan = family.JoinScan(real, in.Scan.Tested)
	f.Scan.Ports = scanPorts(in, real)
	out := []model.Family{}
	for _, r := range family.Grade(f) {
		for _, e := range r.Evidence {
			r.Family.Evidence = append(r.Family.Evidence, b.add(e))
		}
		out = append(out, r.Family)
	}
	return out
}

func scanPorts(in *Input, sources []model.SourceCount) []family.ScanPort {
	count := make(map[uint16]uint64)
	for i := range sources {
		if port, ok := in.Scan.Of(sources[i].Addr); ok {
			count[port]++
		}
	}
	out := make([]family.ScanPort, 0, len(count))
	for port, n := range count {
		out = append(out, family.ScanPort{Port: port, Sources: n})
	}
	slices.SortFunc(out, func(a, b family.ScanPort) int {
		return cmp.Or(cmp.Compare(b.Sources, a.Sources), cmp.Compare(a.Port, b.Port))
	})
	return out[:min(len(out), 16)]
}
