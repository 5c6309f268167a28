package aggregate

import (
	"math"
	"net/netip"

	"floodmark/internal/evidence/vector"
	"floodmark/internal/model"
)

// Profiler is the second reading of a recording: it counts the suspected
// targets in detail. See NewProfiler.
type Profiler struct {
	targets   []*target
	hosts     map[model.Addr]uint16
	maybe     [64]uint64 // bits of hashes of hosts: most addresses are none of them
	prefixes  []prefixTarget
	measures  []*measure
	sources   sources
	arrivals  arrivals // updates of sources that wait
	peers     peers
	exchanges exchanges // packets of peers that wait
	keep      keeper
	limit     int // of sources and of peers
	pool      pool
	origin    int64  // second that times of sources count from
	lost      uint64 // samples that no measure holds

	survey       *Survey
	doubled      bool // packets were recorded twice
	flowsDoubled bool
	twins        *twins
	flowTwins    *twins
	multiplied   bool

	samples, duplicates, records uint64
	packets, bytes               float64
	first, last                  int64
	sampled, packetLevel         bool
	fragments                    fragments

	lastDst, lastSrc model.Addr // the last looked up, and what they are
	dstAt, srcAt     uint16
}

type prefixTarget struct {
	base model.Addr
	bits int
	at   uint16
}

const noTarget = 1<<16 - 1

// maxMeasures bounds the pairs of target and class that are counted.
const maxMeasures = 2048

// NewProfiler prepares the second reading for the given targets. survey is
// what the first reading of the same recording learnt.
func NewProfiler(targets []netip.Prefix, survey *Survey) *Profiler {
	p := &Profiler{
		hosts: make(map[model.Addr]uint16), survey: survey, limit: maxSources, pool: pool{left: poolPages},
		sources: sources{index: newIndex(10)}, peers: peers{index: newIndex(10)},
		twins: newTwins(16), flowTwins: newTwins(16),
		first: 1<<63 - 1, last: -1 << 63, dstAt: noTarget, srcAt: noTarget,
	}
	p.sources.key, p.peers.key = survey.buckets.key, survey.buckets.key
	audit := survey.Audit()
	p.doubled, p.flowsDoubled = survey.twins.duplicated(true), survey.flowTwins.duplicated(false)
	p.multiplied = audit.Multiplied > 1
	p.origin = floorSecond(audit.First)
	for i, t := range targets {
		a := model.AddrFromNetip(t.Addr())
		if t.IsSingleIP() {
			p.hosts[a] = uint16(i)
			h := a.Hash()
			p.maybe[h>>58] |= 1 << (h >> 52 & 63)
		} else {
			p.prefixes = append(p.prefixes, prefixTarget{a, t.Bits(), uint16(i)})
		}
		p.targets = append(p.targets, newTarget(t))
	}
	return p
}

// target gives the index of the target that holds the address. Hosts go before
// the networks that hold them.
func (p *Profiler) target(a model.Addr) uint16 {
	if h := a.Hash(); p.maybe[h>>58]>>(h>>52&63)&1 != 0 {
		if at, ok := p.hosts[a]; ok {
			return at
		}
	}
	for i := range p.prefixes {
		t := &p.prefixes[i]
		if a.Is4() == t.base.Is4() && a.Mask(t.bits) == t.base {
			return t.at
		}
	}
	return noTarget
}

// Add counts one classified record of the second reading.
func (p *Profiler) Add(r *model.Record) {
	p.records++
	if p.multiplied && !r.IsPacket {
		if f := p.survey.multiplied.factor(r); f > 1 {
			r.Packets /= uint64(f)
			r.Bytes /= uint64(f)
			r.Sampling = f
		}
	}
	if r.IsPacket && p.doubled && p.twins.repeat(r) || !r.IsPacket && p.flowsDoubled && p.flowTwins.repeat(r) {
		p.duplicates++
		return
	}
	n := float64(r.Sample())
	p.samples += r.Packets
	p.packets += float64(r.Packets) * n
	p.bytes += float64(r.Bytes) * n
	p.first = min(p.first, r.First)
	p.last = max(p.last, r.Last)
	p.sampled = p.sampled || r.Sampling > 1
	p.packetLevel = p.packetLevel || r.IsPacket
	if r.Dst != p.lastDst {
		p.lastDst, p.dstAt = r.Dst, p.target(r.Dst)
	}
	if p.dstAt != noTarget {
		p.inbound(r, p.dstAt)
	}
	if r.Src != p.lastSrc {
		p.lastSrc, p.srcAt = r.Src, p.target(r.Src)
	}
	if p.srcAt != noTarget {
		p.outbound(r, p.srcAt)
	}
}

func (p *Profiler) inbound(r *model.Record, at uint16) {
	t := p.targets[at]
	t.in += r.Packets
	t.inBytes += float64(r.Bytes) * float64(r.Sample())
	t.dst.add(r.Dst, r.Packets)
	class := r.Class
	if r.Fragment() {
		if c, ok := p.fragments.class(r); ok {
			class = c
		}
	} else if r.MoreFragments {
		p.fragments.begin(r)
	}
	bucket := t.byClass[class]
	if bucket == 0 {
		if bucket = p.newMeasure(int(at), class); bucket == 0 {
			p.lost += r.Packets
			return
		}
		t.byClass[class] = bucket
	}
	m := p.measures[bucket-1]
	m.count(r)
	if p.pool.short {
		p.makeTime()
	}
	if r.Fragment() {
		m.fragments += r.Packets
	}
	m.look(r)
	if p.keep.halvings > 0 && !p.keep.keeps(r.Src.Hash()) {
		return
	}
	h := p.sources.hash(r.Src)
	p.addSource(r, h, bucket-1)
	switch {
	case r.Proto == model.ProtoTCP && !r.Fragment():
		if m.http != nil {
			m.http.add(r)
		}
		if p.exchanges.push(r, h, at, m) {
			p.flush()
		}
	case m.dns != nil:
		m.dns.add(r)
	}
	p.thin()
}

// thin halves the sources and peers that are kept when one of the tables is full.
func (p *Profiler) thin() {
	if p.sources.n < p.limit && p.peers.n < p.limit {
		return
	}
	p.flush()
	p.keep.halvings++
	p.sources.thin(p.keep)
	p.peers.thin(p.keep)
}

// makeTime takes the seconds away from the bucket that has the fewest packets for
// each page of them, so that the buckets that matter keep theirs.
func (p *Profiler) makeTime() {
	p.pool.short = false
	var least *measure
	density := math.Inf(1)
	for _, m := range p.measures {
		n := len(m.clock.pages)
		if n < poolPages/maxMeasures { // new buckets get a chance; not all pages can be theirs
			continue
		}
		if d := m.packets / float64(n); d < density {
			least, density = m, d
		}
	}
	if least != nil {
		least.clock.close(least.packets)
	}
}

// tinySegment is the most bytes of a segment that counts as a trickle: one
// header line of a request that never ends.
const tinySegment = 32

func (p *Profiler) addSource(r *model.Record, h uint64, bucket uint16) {
	first := p.since(r.First)
	last := first
	if r.Last != r.First {
		last = max(first, p.since(r.Last))
	}
	if p.arrivals.push(r, h, bucket, first, last) {
		p.arrivals.flush(&p.sources)
	}
}

// since gives the whole seconds from the beginning of the recording.
func (p *Profiler) since(ns int64) uint32 {
	return uint32(min(max(0, floorSecond(ns)-p.origin), math.MaxUint32))
}

func (p *Profiler) newMeasure(at int, class model.Class) uint16 {
	if len(p.measures) >= maxMeasures {
		return 0
	}
	m := &measure{target: at, class: class, first: 1<<63 - 1, last: -1 << 63, clock: clock{pool: &p.pool}}
	if info := vector.Lookup(class); info != nil {
		switch {
		case info.Kind == vector.KindDNSQuery || info.Service == "dns":
			m.dns = new(dnsCount)
		case info.Kind == vector.KindHTTPRequest:
			m.http = new(httpCount)
		}
	}
	p.measures = append(p.measures, m)
	return uint16(len(p.measures))
}

func (p *Profiler) outbound(r *model.Record, at uint16) {
	t := p.targets[at]
	t.out += r.Packets
	t.sent(r)
	if !p.keep.keeps(r.Dst.Hash()) {
		return
	}
	if p.exchanges.push(r, p.peers.hash(r.Dst), at, nil) {
		p.flush()
	}
	p.thin()
}

// flush brings what waits into the tables.
func (p *Profiler) flush() {
	p.arrivals.flush(&p.sources)
	p.exchanges.flush(&p.peers, 1<<p.keep.halvings)
}

// Quote counts an ICMP error towards a target and the datagram it quotes.
func (p *Profiler) Quote(r, quoted *model.Record) {
	at := p.target(r.Dst)
	if at == noTarget || p.target(quoted.Src) != at {
		return
	}
	t := p.targets[at]
	key := model.QuoteKey{Proto: quoted.Proto, DstPort: quoted.DstPort}
	if _, ok := t.quotes[key]; ok || len(t.quotes) < 4096 {
		t.quotes[key]++
	}
	if p.keep.keeps(r.Src.Hash()) {
		p.peers.get(p.peers.hash(r.Src), r.Src, at).flags |= peerQuoted
		p.thin()
	}
}
