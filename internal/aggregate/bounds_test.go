package aggregate

import (
	"math"
	"net/netip"
	"slices"
	"testing"

	"floodmark/internal/evidence/vector"
	"floodmark/internal/model"

	"pgregory.net/rapid"
)

// TestThinningKeepsSourcesWhole feeds the same packets in two orders to small
// tables: the same sources must be kept, each with all of its packets.
func TestThinningKeepsSourcesWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rng := random(rapid.Uint64().Draw(t, "seed"))
		limit := rapid.IntRange(64, 400).Draw(t, "limit")
		sources := rapid.IntRange(1, 1500).Draw(t, "sources")
		truth := make(map[model.Addr]uint64)
		var records []model.Record
		for i := range sources {
			a := model.Addr4(uint32(rng.next()))
			for range 1 + rng.next()%4 {
				r := segment(a, victim, model.SYN, int64(i))
				r.Seq, r.Class = uint32(rng.next()), vector.TCPSyn
				records = append(records, r)
				truth[a]++
			}
		}
		run := func() *model.Facts {
			p := NewProfiler([]netip.Prefix{aTarget}, NewSurvey())
			p.limit = limit
			for i := range records {
				p.Add(&records[i])
			}
			return &p.Profile().Buckets[0]
		}
		one := run()
		for i := len(records) - 1; i > 0; i-- {
			j := int(rng.next() % uint64(i+1))
			records[i], records[j] = records[j], records[i]
		}
		two := run()
		if one.Samples != uint64(len(records)) || one.Kept != two.Kept || len(one.Sources) >= limit {
			t.Fatalf("%d draws of %d, kept %g and %g, %d sources", one.Samples, len(records), one.Kept, two.Kept, len(one.Sources))
		}
		if !slices.EqualFunc(one.Sources, two.Sources, func(a, b model.SourceCount) bool { return a.Addr == b.Addr && a.Packets == b.Packets }) {
			t.Fatal("the order matters")
		}
		for _, s := range one.Sources {
			if s.Packets != truth[s.Addr] {
				t.Fatalf("%v has %d of %d packets", s.Addr, s.Packets, truth[s.Addr])
			}
		}
		if one.Kept == 1 && len(one.Sources) != len(truth) {
			t.Fatalf("%d sources of %d", len(one.Sources), len(truth))
		}
	})
}

// TestThinnedFiguresAreEstimates checks what is scaled up by the kept fraction.
func TestThinnedFiguresAreEstimates(t *testing.T) {
	const n = 20_000
	p := NewProfiler([]netip.Prefix{aTarget}, NewSurvey())
	p.limit = 2000
	for i := range n {
		a := model.Addr4(uint32(i) * 2654435761)
		for range 2 { // every SYN is repeated
			r := segment(a, victim, model.SYN, int64(i)*1000)
			r.Seq, r.Class = uint32(i), vector.TCPSyn
			p.Add(&r)
		}
		if i%4 == 0 { // and one in four is answered and finished
			r := out(segment(a, victim, synack, int64(i)*1000))
			r.Seq, r.Ack = 7, uint32(i)+1
			p.Add(&r)
			r = segment(a, victim, model.ACK, int64(i)*1000)
			r.Seq, r.Ack, r.Class = uint32(i)+1, 8, vector.TCPAck
			p.Add(&r)
		}
	}
	f := p.Profile()
	c := bucketOf(t, f, vector.TCPSyn)
	near := func(what string, got, want float64) {
		if math.Abs(got/want-1) > 0.15 {
			t.Errorf("%s: %g, want about %g", what, got, want)
		}
	}
	if c.Kept > 0.1 {
		t.Errorf("%g kept", c.Kept)
	}
	near("sources", float64(c.SourcesSeen), n)
	near("repeated SYNs", float64(c.SYNRetries), n)
	near("draws of proven sources", float64(c.EstablishedSamples), 2*n/4)
	near("proven peers", float64(f.Targets[0].EstablishedPeers), n/4)
	near("peers", float64(f.Targets[0].Peers), n/4)
}

// TestPeersAreBoundedInBothDirections: a target that scans the world, and one
// that errors are sent to.
func TestPeersAreBoundedInBothDirections(t *testing.T) {
	p := NewProfiler([]netip.Prefix{aTarget}, NewSurvey())
	p.limit = 1000
	for i := range uint32(20_000) {
		r := segment(victim, model.Addr4(i*2654435761), model.SYN, int64(i))
		p.Add(&r)
	}
	if p.peers.n > p.limit {
		t.Errorf("%d peers after scanning", p.peers.n)
	}
	quoted := segment(victim, address("192.0.2.1"), model.SYN, 0)
	for i := range uint32(20_000) {
		r := packet(model.Addr4(i*2246822519), victim, model.ProtoICMP, int64(i))
		p.Quote(&r, &quoted)
	}
	if p.peers.n > p.limit {
		t.Errorf("%d peers after errors", p.peers.n)
	}
}

// TestNothingIsLostInSilence: more buckets than the table holds, and more
// seconds.
func TestNothingIsLostInSilence(t *testing.T) {
	var targets []netip.Prefix
	for i := range uint32(40) {
		targets = append(targets, netip.PrefixFrom(model.Addr4(0x0a000000+i).Netip(), 32))
	}
	p := NewProfiler(targets, NewSurvey())
	var n uint64
	for i := range uint32(40) {
		for class := range model.Class(60) {
			r := segment(address("192.0.2.1"), model.Addr4(0x0a000000+i), model.ACK, 0)
			r.Class = class
			p.Add(&r)
			n++
		}
	}
	f := p.Profile()
	counted := f.Uncounted
	for i := range f.Buckets {
		counted += f.Buckets[i].Samples
	}
	if len(f.Buckets) != maxMeasures || counted != n || f.Uncounted == 0 {
		t.Errorf("%d cells, %d counted of %d, %d not", len(f.Buckets), counted, n, f.Uncounted)
	}
}

// TestSecondsGoToTheHeaviest: when pages run out, the bucket with the fewest
// packets for each loses its seconds, and says so.
func TestSecondsGoToTheHeaviest(t *testing.T) {
	p := NewProfiler(prefixes("10.0.0.1/32", "10.0.0.2/32"), NewSurvey())
	p.pool.left = 30
	for i := range int64(40) {
		heavy := segment(address("192.0.2.1"), address("10.0.0.1"), model.ACK, i*pageSeconds*1e9)
		light := segment(address("192.0.2.1"), address("10.0.0.2"), model.ACK, i*pageSeconds*1e9)
		heavy.Packets, heavy.Class, light.Class = 100, vector.TCPAck, vector.TCPAck
		if i < 20 {
			p.Add(&heavy)
		}
		p.Add(&light)
	}
	f := p.Profile()
	for i, c := range f.Buckets {
		var placed float64
		for _, b := range c.Seconds {
			placed += b.Packets
		}
		if math.Abs(placed+c.Unplaced-c.Packets) > 1e-6 {
			t.Errorf("cell %d: %g placed, %g not, of %g", i, placed, c.Unplaced, c.Packets)
		}
	}
	if f.Buckets[0].Unplaced > 100 || f.Buckets[1].Unplaced != 40 || f.Buckets[0].PeakPPS != 100 {
		t.Errorf("heavy lost %g, light lost %g", f.Buckets[0].Unplaced, f.Buckets[1].Unplaced)
	}
}

func TestDestinationsAreBounded(t *testing.T) {
	var d destinations
	for i := range uint32(maxDestinations + 50) {
		d.add(model.Addr4(i), 1)
	}
	d.add(model.Addr4(3), 9)
	d.add(model.Addr4(3), 1)
	if top := d.top(); len(d.count) != maxDestinations || len(top) != 10 || top[0].Text != "0.0.0.3" || top[0].Count != 11 || top[1].Text != "0.0.0.0" {
		t.Errorf("%d, %+v", len(d.count), d.top())
	}
}

// TestTotals checks the estimates of sampled records and their variance
// (Horvitz-Thompson), peaks and times.
func TestTotals(t *testing.T) {
	var records []model.Record
	for i := range 100 {
		r := datagram(model.Addr4(0x0a000000+uint32(i%10)), victim, noise[:72], int64(i)*1e8)
		r.Sampling, r.IPID, r.TTL = 1000, uint32(i)+1, uint8(50+i%3)
		records = append(records, r)
	}
	_, p := read(records, aTarget)
	c := &p.Buckets[0]
	if c.Samples != 100 || c.Packets != 100_000 || c.Bytes != 10_000_000 || c.PacketsVar != 100*1000*999 || c.BytesVar != 100*1000*999*100*100 ||
		c.ActiveSeconds != 10 || c.PeakPPS != 10_000 || c.PeakBPS != 8_000_000 || c.First != begin || c.Last != begin+99e8 || !p.Sampled || !p.PacketLevel {
		t.Errorf("%+v", c)
	}
	if s := c.Sources[3]; len(c.Sources) != 10 || s.Packets != 10 || s.Bytes != 1000 || s.MinTTL != 50 || s.MaxTTL != 52 || s.First != begin || s.Last != begin+9e9 {
		t.Errorf("%+v", c.Sources[3])
	}
	if len(c.Specimens) == 0 || len(c.Specimens) > specimens || len(c.Specimens[0].Payload) != 2*specimenCopy {
		t.Errorf("%d specimens", len(c.Specimens))
	}
	if c.Conversations < 9 || c.Conversations > 11 {
		t.Errorf("%d conversations", c.Conversations)
	}
}

// TestTimesOfFlowSources: the last sight of a source is the end of its last
// flow, the first one the earliest start, in whatever order they are reported.
func TestTimesOfFlowSources(t *testing.T) {
	a := address("192.0.2.1")
	_, p := read([]model.Record{flow(a, victim, 50e9, 70e9, 2, 100), flow(a, victim, 0, 90e9, 2, 100), flow(a, victim, 20e9, 30e9, 3, 100)}, aTarget)
	if s := p.Buckets[0].Sources[0]; s.First != begin || s.Last != begin+90e9 {
		t.Errorf("from %d to %d s", (s.First-begin)/1e9, (s.Last-begin)/1e9)
	}
}
