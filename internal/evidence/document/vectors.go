package document

import (
	"cmp"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"floodmark/internal/evidence/share"
	"floodmark/internal/evidence/vector"
	"floodmark/internal/model"
)

const timeForm = "2006-01-02T15:04:05.000000Z"

func timestamp(ns int64) string { return time.Unix(0, ns).UTC().Format(timeForm) }

// vectors describes each group.
func vectors(in *Input, b *book, gs []*group) []model.Vector {
	var packets, bytes float64
	for _, g := range gs {
		packets += g.packets
		bytes += g.bytes
	}
	out := make([]model.Vector, 0, len(gs))
	for _, g := range gs {
		v := model.Vector{
			Name: g.slug, Packets: uint64(g.packets + 0.5), Bytes: uint64(g.bytes + 0.5),
			First: timestamp(g.first), Last: timestamp(g.last), PeakPPS: g.peakPPS, PeakBPS: g.peakBPS,
			Traits: g.traits(in.Profile), Fields: g.fieldTops(), Unsolicited: g.parts[0].Unsolicited, Evidence: []string{}, Advice: []string{},
		}
		if g.info != nil {
			v.Attack, v.Advice = g.info.Technique, append(v.Advice, g.info.Advice...)
		}
		g.shares(gs, &v)
		v.Evidence = append(v.Evidence, verdictEvidence(b, g)...)
		v.Sources.Sources = sourcesOf(in, g)
		v.Sources.Spoofing = spoofEvidence(b, g)
		out = append(out, v)
	}
	rank(out)
	return out
}

// shares fills in the vector's part of the attack, of packets and of bytes,
// and its volumes with their error.
func (g *group) shares(gs []*group, v *model.Vector) {
	var p, wp, b, wb share.Sum
	for _, o := range gs {
		rate := max(1, o.packets/max(o.samples, 1))
		seen := o.bytes / rate
		wp.Add(o.samples, o.samples, rate)
		wb.Add(o.samples, seen, rate)
		if o == g {
			p.Add(o.samples, o.samples, rate)
			b.Add(o.samples, seen, rate)
		}
	}
	b.Spread = max(b.Spread, g.bVar) // lengths differ within the one call above
	v.SharePackets, v.ShareBytes = share.Window(p, wp, share.Alpha), share.Window(b, wb, share.Alpha)
	v.Intervals = intervals(p, b, peaks{g.peakPPS, g.peakBPS})
}

// rank orders by packets and notes the place by bytes.
func rank(vs []model.Vector) {
	slices.SortStableFunc(vs, func(a, b model.Vector) int { return cmp.Compare(b.Bytes, a.Bytes) })
	for i := range vs {
		vs[i].RankBytes = i + 1
	}
	slices.SortStableFunc(vs, func(a, b model.Vector) int {
		return cmp.Or(cmp.Compare(b.Packets, a.Packets), cmp.Compare(a.Name, b.Name))
	})
	for i := range vs {
		vs[i].RankPackets = i + 1
	}
}

// traits names what stands out and is not a vector of its own.
func (g *group) traits(profile *model.Profile) []string {
	c := g.buckets[0]
	t := []string{}
	add := func(ok bool, s string) {
		if ok {
			t = append(t, s)
		}
	}
	many := c.FieldRecords >= 100
	carpet := false
	for _, c := range g.buckets {
		t := &profile.Targets[c.Target]
		carpet = carpet || !t.Prefix.IsSingleIP() && spread(t)
	}
	add(carpet, "carpet-bombing")
	add(g.bursts() > 1, fmt.Sprintf("pulses:%d", g.bursts()))
	add(many && c.DstPorts.Distinct >= 100 && c.DstPorts.Share(0) < 0.2, "random-destination-ports")
	add(many && c.DstPorts.Share(0) >= 0.95, "one-destination-port")
	add(many && c.SrcPorts.Distinct >= 100 && c.SrcPorts.Share(0) < 0.2, "random-source-ports")
	add(many && c.Lengths.Share(0) >= 0.95, "one-length")
	add(many && c.OptionLens.Total > 0 && c.OptionLens.Top[0].Key == 0 && c.OptionLens.Share(0) >= 0.95 && g.slug == "syn-flood", "no-tcp-options")
	add(many && c.Windows.Share(0) >= 0.95 && g.slug == "syn-flood", "one-tcp-window")
	add(many && c.ConstantID, "constant-ip-id")
	var fragments float64
	for _, c := range g.buckets {
		fragments += float64(c.Fragments)
	}
	add(fragments > 0.02*g.samples, "fragmented")
	return t
}

// fieldTops lists the frequent values of the header fields of the heaviest bucket.
func (g *group) fieldTops() []model.FieldTop {
	c := g.buckets[0]
	out := []model.FieldTop{}
	add := func(name string, f *model.FieldCount, show func(model.FieldValue) string) {
		if f.Total == 0 || len(f.Top) == 0 {
			return
		}
		t := model.FieldTop{Field: name, Distinct: f.Distinct, Values: []model.Weight{}}
		for i, v := range f.Top[:min(8, len(f.Top))] {
			// values are scaled from the samples that entered the histograms
			p := f.Share(i) * c.Packets
			text := show(v)
			if text == "" {
				continue // a value whose text was not kept
			}
			t.Values = append(t.Values, model.Weight{Value: text, Packets: uint64(p + 0.5), Bytes: uint64(f.Share(i)*c.Bytes + 0.5), Share: f.Share(i)})
		}
		if len(t.Values) > 0 {
			out = append(out, t)
		}
	}
	number := func(v model.FieldValue) string { return fmt.Sprint(v.Key) }
	add("src_port", &c.SrcPorts, number)
	add("dst_port", &c.DstPorts, number)
	add("tcp_flags", &c.Flags, func(v model.FieldValue) string { return flagText(uint8(v.Key)) })
	add("length", &c.Lengths, number)
	add("ttl", &c.TTLs, number)
	add("tcp_window", &c.Windows, number)
	add("payload", &c.Payloads, func(v model.FieldValue) string { return hex.EncodeToString([]byte(v.Text)) })
	add("icmp_type", &c.ICMPTypes, func(v model.FieldValue) string { return fmt.Sprintf("%d/%d", v.Key>>8, v.Key&255) })
	add("protocol", &c.Protocols, number)
	c = g.with(func(c *model.Facts) bool { return c.DNS != nil })
	if c.DNS != nil {
		add("dns_query_name", &c.DNS.Names, func(v model.FieldValue) string { return dnsText(v.Text) })
		add("dns_query_type", &c.DNS.Types, number)
	}
	c = g.with(func(c *model.Facts) bool { return c.HTTP != nil && c.HTTP.Requests > 0 })
	if c.HTTP != nil {
		add("http_uri", &c.HTTP.Paths, func(v model.FieldValue) string { return printable(v.Text) })
		add("http_method", &c.HTTP.Methods, func(v model.FieldValue) string { return printable(v.Text) })
		add("http_host", &c.HTTP.Hosts, func(v model.FieldValue) string { return printable(v.Text) })
		add("http_user_agent", &c.HTTP.Agents, func(v model.FieldValue) string { return printable(v.Text) })
	}
	return out
}

// with gives the heaviest bucket that has something, or else the heaviest.
func (g *group) with(has func(*model.Facts) bool) *model.Facts {
	for _, c := range g.buckets {
		if has(c) {
			return c
		}
	}
	return g.buckets[0]
}

// flagText prints TCP flags as letters, in the order of RFC 9293 from CWR down.
func flagText(f uint8) string {
	const letters = "CEUAPRSF"
	var s strings.Builder
	for i := range 8 {
		if f&(0x80>>i) != 0 {
			s.WriteByte(letters[i])
		} else {
			s.WriteByte('.')
		}
	}
	return s.String()
}

// dnsText prints a name in wire form with dots; odd bytes as \DDD (RFC 4343
// section 2.1).
func dnsText(wire string) string {
	var s strings.Builder
	for i := 0; i < len(wire); {
		n := int(wire[i])
		if s.Len() > 0 {
			s.WriteByte('.')
		}
		for _, c := range []byte(wire[i+1 : min(i+1+n, len(wire))]) {
			if c > ' ' && c < 0x7f && c != '.' {
				s.WriteByte(c)
			} else {
				fmt.Fprintf(&s, "\\%03d", c)
			}
		}
		i += 1 + n
	}
	return s.String()
}

// printable replaces what a terminal or a page should not get.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == '\uFFFD' {
			return '.'
		}
		return r
	}, strings.ToValidUTF8(s, "."))
}

// sourcesOf counts the sources of a vector.
func sourcesOf(in *Input, g *group) model.Sources {
	var loud share.Loudness
	for i := range g.sources {
		loud.Add(g.sources[i].Packets)
	}
	s := model.Sources{Observed: uint64(loud.Count(g.kept).Value + 0.5), Bound: "complete", Top: topSources(g.sources, g.samples, g.packets, g.bytes)}
	if in.Profile.Sampled || g.kept < 1 {
		s.Bound = "lower-bound"
	}
	if e, ok := loud.Effective(g.samples, g.kept); ok {
		s.Effective = &e
	}
	if c, ok := loud.Coverage(); ok {
		s.Coverage = &c
		if c < 0.3 {
			s.Note = "most packets come from addresses seen once: the number of sources cannot be estimated from this recording"
		}
	}
	if g.verdict.Verdict == model.SpoofSpoofed {
		s.Note = "the addresses are forged; their number says nothing about the number of devices"
	}
	return s
}

// topSources lists the loudest sources.
func topSources(list []model.SourceCount, samples, packets, bytes float64) []model.Weight {
	idx := make([]int, 0, 16)
	for i := range list {
		if len(idx) == 10 && list[i].Packets <= list[idx[9]].Packets {
			continue
		}
		at, _ := slices.BinarySearchFunc(idx, i, func(a, b int) int {
			return cmp.Or(cmp.Compare(list[b].Packets, list[a].Packets), cmp.Compare(a, b))
		})
		idx = slices.Insert(idx, at, i)
		idx = idx[:min(len(idx), 10)]
	}
	scale := packets / max(samples, 1)
	out := []model.Weight{}
	for _, i := range idx {
		s := &list[i]
		out = append(out, model.Weight{Value: s.Addr.String(), Packets: uint64(float64(s.Packets)*scale + 0.5),
			Bytes: uint64(float64(s.Bytes)*scale + 0.5), Share: float64(s.Packets) / max(samples, 1)})
	}
	return out
}

// verdictEvidence turns the reasons of the judgement into evidence.
func verdictEvidence(b *book, g *group) []string {
	ids := []string{}
	for i, p := range g.parts {
		for _, r := range p.Reasons {
			if !r.For {
				continue
			}
			name := "cell"
			if info := vector.Lookup(g.buckets[i].Class); info != nil {
				name = info.Name
			}
			ids = append(ids, b.add(model.Evidence{
				Statement: strings.ToUpper(r.Text[:1]) + r.Text[1:] + ".", Method: "presence/" + name, Value: ptr(r.Value), Unit: r.Unit,
				N: int64(r.N), M: int64(r.M), Subject: g.slug, Alternatives: alternatives(g.slug),
				WouldChange: "the other direction of this traffic, if it showed that the target asked for it",
			}))
		}
	}
	return ids
}

// alternatives names what else produces the same picture.
func alternatives(slug string) []string {
	switch {
	case strings.HasPrefix(slug, "reflection-"):
		return []string{"a host behind the target's address that uses very many servers of this service"}
	case slug == "syn-flood":
		return []string{"a load test", "scanning of one host from many places"}
	case slug == "http-flood":
		return []string{"an application that polls", "a load test"}
	}
	return []string{"a load test that nobody told the reader of"}
}

// spoofEvidence numbers the tests.
func spoofEvidence(b *book, g *group) model.SpoofVerdict {
	v := g.verdict
	v.Tests = slices.Clone(v.Tests)
	for i := range v.Tests {
		t := &v.Tests[i]
		if t.Verdict == model.SpoofNotApplicable {
			continue
		}
		t.Evidence = b.add(model.Evidence{
			Statement: t.Reason, Kind: "measured", Method: "spoof/" + t.Name, Value: t.Statistic, Low: t.Low, High: t.High,
			N: t.N, M: int64(len(g.sources)), Subject: g.slug,
			Alternatives: []string{"addresses forged within the sender's own network pass this test"},
		})
	}
	return v
}
