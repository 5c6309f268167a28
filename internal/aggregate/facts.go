package aggregate

import (
	"slices"

	"floodmark/internal/evidence/vector"
	"floodmark/internal/model"
)

// Profile gives all that was counted. The Profiler is not used afterwards.
func (p *Profiler) Profile() *model.Profile {
	p.flush()
	p.thin()
	out := &model.Profile{
		First: p.first, Last: p.last, Packets: p.packets, Bytes: p.bytes, Samples: p.samples,
		Duplicates: p.duplicates, Uncounted: p.lost, Sampled: p.sampled, PacketLevel: p.packetLevel,
	}
	for _, t := range p.targets {
		out.Targets = append(out.Targets, t.facts())
	}
	p.countPeers(out)
	lists := p.sourceLists()
	p.sources = sources{}
	for i, m := range p.measures {
		f := m.facts(p.keep.fraction())
		f.Sources = lists[i]
		p.describe(&f)
		out.Buckets = append(out.Buckets, f)
	}
	return out
}

// countPeers fills in how many hosts a target talked with.
func (p *Profiler) countPeers(out *model.Profile) {
	for i := range p.peers.n {
		e := p.peers.at(i)
		t := &out.Targets[e.target]
		if e.out > 0 {
			t.Peers++
		}
		if e.flags&peerProven != 0 {
			t.EstablishedPeers++
		}
		if e.flags&peerQuoted != 0 {
			t.QuoteSenders++
		}
	}
	for i := range out.Targets {
		t := &out.Targets[i]
		for _, n := range []*int{&t.Peers, &t.EstablishedPeers, &t.QuoteSenders} {
			*n = int(float64(*n)/p.keep.fraction() + 0.5)
		}
	}
}

// sourceLists splits the table by measure, each in order of address.
func (p *Profiler) sourceLists() [][]model.SourceCount {
	sizes := make([]int, len(p.measures))
	for i := range p.sources.n {
		sizes[p.sources.at(i).bucket]++
	}
	lists := make([][]model.SourceCount, len(p.measures))
	for i, n := range sizes {
		lists[i] = make([]model.SourceCount, 0, n)
	}
	for i := range p.sources.n {
		s := p.sources.at(i)
		lists[s.bucket] = append(lists[s.bucket], model.SourceCount{
			Addr: s.addr, Packets: s.samples, Bytes: s.bytes, TTL: s.ttl, MinTTL: s.least, MaxTTL: s.most,
			First: (p.origin + int64(s.first)) * 1e9, Last: (p.origin + int64(s.last)) * 1e9,
		})
	}
	for _, list := range lists {
		slices.SortFunc(list, func(a, b model.SourceCount) int { return a.Addr.Compare(b.Addr) })
	}
	return lists
}

// describe adds what is known of the sources of a measure.
func (p *Profiler) describe(f *model.Facts) {
	info := vector.Lookup(f.Class)
	for i := range f.Sources {
		p.flag(&f.Sources[i], f, info)
	}
	f.SourcesSeen = uint64(float64(len(f.Sources))/f.Kept + 0.5)
	// samples are of all sources, so these are estimated for all
	f.SolicitedSamples = uint64(float64(f.SolicitedSamples)/f.Kept + 0.5)
	f.EstablishedSamples = uint64(float64(f.EstablishedSamples)/f.Kept + 0.5)
}

// flag joins a source with what its host did besides.
func (p *Profiler) flag(s *model.SourceCount, f *model.Facts, info *vector.Info) {
	if _, ok := p.survey.Scanned(s.Addr); ok {
		s.Flags |= model.ScanMark
	}
	e := p.peers.find(p.peers.hash(s.Addr), s.Addr, uint16(f.Target))
	if e == nil {
		return
	}
	if e.talks(protocolOf(info)) {
		s.Flags |= model.GotReplies
	}
	if e.flags&peerProven != 0 {
		s.Flags |= model.Handshake
		f.EstablishedSources++
		f.EstablishedSamples += s.Packets
	}
	if e.flags&peerRST != 0 {
		s.Flags |= model.SentRST
		s.RSTTTL = e.rstTTL
	}
	if e.flags&peerRetried != 0 {
		s.Flags |= model.Retried
		f.RetryingSources++
	}
	if e.flags&peerQuoted != 0 {
		s.Flags |= model.QuotesTarget
	}
	if e.data >= 3 && 10*int(e.tiny) >= 6*int(e.data) {
		s.Flags |= model.SlowSender
	}
	if info != nil && p.askedFor(e, info, f) {
		f.SolicitedSources++
		f.SolicitedSamples += s.Packets
		s.Flags |= model.SolicitedPort
	}
}

// askedFor reports whether the target had sent to the port that this class of
// records comes from.
func (p *Profiler) askedFor(e *peer, info *vector.Info, f *model.Facts) bool {
	switch {
	case info.Reflection && len(info.Ports) > 0 && info.Kind == vector.KindReflection:
		for _, port := range info.Ports {
			if e.asked(model.ProtoUDP, port) {
				return true
			}
		}
		return false
	case info.Kind == vector.KindSynAck:
		return e.flags&peerAskTCP != 0
	case info.Kind == vector.KindUDP || info.Kind == vector.KindUDPService || info.Kind == vector.KindReflection:
		return e.askedAt[0] != 0
	}
	return e.flags&(peerAskTCP|peerProven) != 0
}

// facts gives the totals and histograms of a measure.
func (m *measure) facts(kept float64) model.Facts {
	f := model.Facts{
		Target: m.target, Class: m.class, Samples: m.samples, Records: m.records, Packets: m.packets, Bytes: m.bytes,
		PacketsVar: m.packetsVar, BytesVar: m.bytesVar, First: m.first, Last: m.last, Seconds: m.clock.buckets(), Kept: kept,
		SYNRetries: m.synRetries, Fragments: m.fragments, DNS: m.dns.facts(), HTTP: m.http.facts(), Specimens: m.specimens,
		SlowSegments: m.slow, Unplaced: m.clock.lost,
	}
	f.ActiveSeconds = len(f.Seconds)
	for _, b := range f.Seconds {
		f.PeakPPS = max(f.PeakPPS, b.Packets)
		f.PeakBPS = max(f.PeakBPS, b.Bytes*8)
	}
	if h := m.fields; h != nil {
		f.FieldSamples, f.FieldRecords = h.samples, h.records
		f.Conversations = hllCount(h.conversations[:])
		f.SrcPorts, f.DstPorts, f.Lengths = h.srcPorts.top(12), h.dstPorts.top(12), h.lengths.top(12)
		f.Flags, f.TTLs, f.Windows = h.flags.top(8), h.ttls.top(64), h.windows.top(8)
		f.OptionLens, f.PayloadLens, f.Protocols = h.optionLens.top(8), h.payloadLens.top(12), h.protocols.top(64)
		f.ICMPTypes, f.Inner, f.Payloads = h.icmp.top(8), h.inner.top(4), h.payloads.top(8)
		f.ConstantID = !m.otherID && m.ids > 1
	}
	return f
}

// protocolOf is the transport of a class, 0 for neither TCP nor UDP.
func protocolOf(info *vector.Info) uint8 {
	if info == nil {
		return 0
	}
	switch info.Kind {
	case vector.KindUDP, vector.KindUDPService, vector.KindReflection, vector.KindVSE, vector.KindDNSQuery, vector.KindFragment:
		return model.ProtoUDP
	}
	if len(info.Kind) > 4 && info.Kind[:4] == "tcp-" {
		return model.ProtoTCP
	}
	return 0
}
