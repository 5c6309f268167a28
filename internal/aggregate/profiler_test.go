package aggregate

import (
	"math"
	"net/netip"
	"slices"
	"testing"

	"floodmark/internal/evidence/vector"
	"floodmark/internal/model"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// cellOf gives the facts of a class towards a target.
func cellOf(t *testing.T, p *model.Profile, class model.Class) *model.Facts {
	t.Helper()
	for i := range p.Cells {
		if p.Cells[i].Class == class {
			return &p.Cells[i]
		}
	}
	t.Fatalf("no cell of class %s", vector.Lookup(class).Name)
	return nil
}

func out(r model.Record) model.Record {
	r.Src, r.Dst = r.Dst, r.Src
	r.SrcPort, r.DstPort = r.DstPort, r.SrcPort
	return r
}

// TestProfileOfConversations plays one of each thing a host may do and looks
// at the flags of its source.
func TestProfileOfConversations(t *testing.T) {
	client, dead, scanner, forged := address("192.0.2.1"), address("192.0.2.2"), address("192.0.2.3"), address("192.0.2.4")
	resolver := address("192.0.2.53")
	syn := func(a model.Addr, seq uint32, at int64) model.Record {
		r := segment(a, victim, model.SYN, at)
		r.Seq = seq
		return r
	}
	answer := func(a model.Addr, seq, ack uint32, at int64) model.Record {
		r := out(segment(a, victim, synack, at))
		r.Seq, r.Ack = seq, ack
		return r
	}
	ack := segment(client, victim, model.ACK, 3e6)
	ack.Seq, ack.Ack = 101, 901
	page := out(segment(client, victim, model.ACK|model.PSH, 4e6))
	rst := segment(forged, victim, model.RST, 3e9)
	rst.TTL = 111
	asked := out(datagram(resolver, victim, nil, 1e9))
	asked.DstPort = 53
	reply := datagram(resolver, victim, dnsMessage(0x8180, "\x07example\x03com\x00"), 11e8)
	reply.SrcPort = 53
	records := []model.Record{
		syn(client, 100, 1e6), answer(client, 900, 101, 2e6), ack, page,
		syn(dead, 7, 1e9), syn(dead, 7, 2e9), syn(dead, 7, 4e9),
		syn(scanner, victim.V4(), 5e9),
		syn(forged, 55, 1e9), answer(forged, 77, 56, 2e9), rst,
		asked, reply,
	}
	_, p := read(records, aTarget)
	syns := cellOf(t, p, vector.TCPSyn)
	type seen struct {
		Packets uint64
		Flags   model.SourceFlags
		RSTTTL  uint8
	}
	got := make(map[model.Addr]seen)
	for _, s := range syns.Sources {
		got[s.Addr] = seen{s.Packets, s.Flags, s.RSTTTL}
	}
	want := map[model.Addr]seen{
		client:  {1, model.Handshake | model.GotReplies | model.AskedFor, 0},
		dead:    {3, model.Retried, 0},
		scanner: {1, model.ScanMark, 0},
		forged:  {1, model.SentRST, 111},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("sources of SYNs (-want +got):\n%s", d)
	}
	if syns.SYNRetries != 2 || syns.SourcesRetried != 1 || syns.SourcesProven != 1 || syns.WithinProven != 1 {
		t.Errorf("%+v", syns)
	}
	dns := cellOf(t, p, vector.DNS)
	if s := dns.Sources[0]; s.Flags != model.GotReplies|model.AskedFor || dns.SourcesAsked != 1 || dns.WithinAsked != 1 {
		t.Errorf("the resolver: %+v", s)
	}
	if dns.DNS == nil || dns.DNS.Questions != 1 || dns.DNS.Names.Top[0].Text != "\x07example\x03com" || dns.DNS.Zones.Top[0].Text != "\x03com" ||
		dns.DNS.FirstLabelLen.Top[0].Key != 7 {
		t.Errorf("names: %+v", dns.DNS)
	}
	tf := p.Targets[0]
	if tf.In != 9 || tf.Out != 4 || tf.SYNACKOut != 2 || tf.SYNOut != 0 || tf.UDPTo[53] != 1 || tf.UDPFrom[9000] != 1 || tf.TCPTo[40000] != 3 ||
		tf.TCPFrom[443] != 3 || tf.ProtoOut[model.ProtoTCP] != 3 || tf.ProtoOut[model.ProtoUDP] != 1 || tf.Peers != 3 || tf.PeersProven != 1 || tf.HostsIn != 1 {
		t.Errorf("target: %+v", tf)
	}
}

// dnsMessage is a DNS message with one question of type ANY (RFC 1035 section 4).
func dnsMessage(flags uint16, name string) []byte {
	b := []byte{0x12, 0x34, byte(flags >> 8), byte(flags), 0, 1, 0, 0, 0, 0, 0, 0}
	return append(append(b, name...), 0, 255, 0, 1)
}

func TestProfileOfRequests(t *testing.T) {
	var records []model.Record
	for i := range 20 {
		a := model.Addr4(0x0a000000 + uint32(i))
		records = append(records, segment(a, victim, model.SYN, int64(i)*1e6))
		get := segment(a, victim, model.ACK|model.PSH, int64(i)*1e6+1000)
		get.Payload = []byte("GET /page?x=1 HTTP/1.1\r\nHost: example.com\r\nUser-Agent: test\r\n")
		if i%2 == 0 {
			get.Payload = append(get.Payload, "\r\n"...)
		}
		get.PayloadLen = uint32(len(get.Payload))
		get.DstPort = 80
		records = append(records, get)
		for k := range 3 {
			more := segment(a, victim, model.ACK|model.PSH, int64(i)*1e6+int64(k+2)*1e9)
			more.Payload, more.PayloadLen, more.DstPort = []byte("X-a: b\r\n"), 8, 80
			records = append(records, more)
		}
	}
	_, p := read(records, aTarget)
	h := cellOf(t, p, vector.TCPHTTPRequest).HTTP
	if h == nil || h.Requests != 20 || h.Incomplete != 10 || h.Paths.Top[0].Text != "/page?x=1" || h.Pages.Top[0].Text != "/page" ||
		h.Hosts.Top[0].Text != "example.com" || h.Agents.Top[0].Text != "test" || h.Methods.Top[0].Text != "GET" {
		t.Fatalf("%+v", h)
	}
	data := cellOf(t, p, vector.TCPData)
	if data.SlowSegments != 60 || data.Draws != 60 {
		t.Errorf("%d slow of %d", data.SlowSegments, data.Draws)
	}
	for _, s := range data.Sources {
		if s.Flags&model.Trickles == 0 {
			t.Errorf("%v does not trickle", s.Addr)
		}
	}
	if f := cellOf(t, p, vector.TCPSyn); f.DNS != nil || f.HTTP != nil {
		t.Error("SYNs have no names")
	}
}

func TestAskedByClass(t *testing.T) {
	server := address("192.0.2.9")
	open := out(segment(server, victim, model.SYN, 0))
	answered := segment(server, victim, synack, 1e6)
	answered.SrcPort = 443
	udp := datagram(server, victim, noise[:100], 1e6)
	sent := out(datagram(server, victim, nil, 0))
	ntp := datagram(server, victim, noise[:440], 1e6)
	ntp.SrcPort, ntp.Has = 123, ntp.Has&^model.HasPayload
	ntp.Payload = nil
	asked := func(to uint16) model.Record {
		r := out(datagram(server, victim, nil, 0))
		r.DstPort = to
		return r
	}
	cases := []struct {
		name    string
		records []model.Record
		asked   int
	}{
		{"a SYN-ACK to our SYN", []model.Record{open, answered}, 1},
		{"a SYN-ACK", []model.Record{answered}, 0},
		{"a datagram after ours", []model.Record{sent, udp}, 1},
		{"a datagram", []model.Record{udp}, 0},
		{"an answer to our request", []model.Record{asked(123), ntp}, 1},
		{"an answer, and we asked another port", []model.Record{asked(53), ntp}, 0},
	}
	for _, c := range cases {
		_, p := read(c.records, aTarget)
		if got := p.Cells[0].SourcesAsked; got != c.asked {
			t.Errorf("%s (%s): %d asked", c.name, vector.Lookup(p.Cells[0].Class).Name, got)
		}
	}
}

func TestFragmentsJoinTheirDatagram(t *testing.T) {
	var records []model.Record
	for i := range 10 {
		r := datagram(model.Addr4(0x0a000000+uint32(i)), victim, dnsMessage(0x8180, "\x04name\x00"), int64(i)*1e6)
		r.SrcPort, r.IPID, r.MoreFragments = 53, 100+uint32(i), true
		rest := r
		rest.Has &^= model.HasPorts | model.HasPayload
		rest.SrcPort, rest.DstPort, rest.Payload, rest.MoreFragments, rest.FragOffset = 0, 0, nil, false, 1480
		records = append(records, r, rest)
		if i == 0 {
			rest.IPID = 9999 // of a datagram that is not here
			records = append(records, rest)
		}
	}
	_, p := read(records, aTarget)
	if f := cellOf(t, p, vector.DNS); f.Draws != 20 || f.Fragments != 10 {
		t.Errorf("%d draws, %d fragments", f.Draws, f.Fragments)
	}
	if f := cellOf(t, p, vector.Fragment); f.Draws != 1 {
		t.Errorf("%d fragments alone", f.Draws)
	}
	var m fragments
	for i := range uint32(maxDatagrams + 500) {
		m.begin(&model.Record{Src: victim, IPID: i})
	}
	if len(m.slots) != maxDatagrams {
		t.Errorf("%d datagrams are remembered", len(m.slots))
	}
	if _, ok := m.class(&model.Record{Src: victim, IPID: 499}); ok {
		t.Error("the oldest is remembered")
	}
	if _, ok := m.class(&model.Record{Src: victim, IPID: 500}); !ok {
		t.Error("a newer one is forgotten")
	}
}

func TestQuotes(t *testing.T) {
	s := NewSurvey()
	p := NewProfiler([]netip.Prefix{aTarget}, s)
	icmp := packet(address("192.0.2.1"), victim, model.ProtoICMP, 0)
	quoted := out(datagram(address("192.0.2.9"), victim, nil, 0))
	quoted.DstPort = 123
	icmp.Class = vector.ICMPError
	for range 3 {
		p.Quote(&icmp, &quoted)
		p.Add(&icmp)
	}
	other := quoted
	other.Src = address("203.0.113.1")
	p.Quote(&icmp, &other) // about somebody else's datagram
	elsewhere := icmp
	elsewhere.Dst = address("203.0.113.1")
	p.Quote(&elsewhere, &quoted)
	f := p.Profile()
	want := map[model.QuoteKey]uint64{{Proto: model.ProtoUDP, DstPort: 123}: 3}
	if d := cmp.Diff(want, f.Targets[0].Quotes); d != "" || f.Targets[0].QuoteSenders != 1 {
		t.Errorf("%s, %d senders", d, f.Targets[0].QuoteSenders)
	}
	if f.Cells[0].Sources[0].Flags&model.QuotesUs == 0 {
		t.Error("the sender is not marked")
	}
}

func TestTargets(t *testing.T) {
	p := NewProfiler(prefixes("198.51.100.7/32", "198.51.100.0/24", "2001:db8::/48", "2001:db8::9/128"), NewSurvey())
	for a, want := range map[string]uint16{"198.51.100.7": 0, "198.51.100.8": 1, "198.51.101.8": noTarget, "2001:db8::1": 2,
		"2001:db8::9": 3, "2001:db8:1::": noTarget, "::1": noTarget} {
		if got := p.target(address(a)); got != want {
			t.Errorf("%s is target %d, want %d", a, got, want)
		}
	}
}

// TestConstantID: flow records tell no identification, so it is not constant.
func TestConstantID(t *testing.T) {
	cases := map[string]struct {
		make func(i int) model.Record
		want bool
	}{
		"flows": {func(i int) model.Record { return flow(address("192.0.2.1"), victim, int64(i), int64(i), 2, 100) }, false},
		"constant": {func(i int) model.Record {
			r := segment(address("192.0.2.1"), victim, model.SYN, int64(i))
			r.IPID = 54321
			return r
		}, true},
		"counting": {func(i int) model.Record {
			r := segment(address("192.0.2.1"), victim, model.SYN, int64(i))
			r.IPID = uint32(i)
			return r
		}, false},
	}
	for name, c := range cases {
		var records []model.Record
		for i := range 30 {
			r := c.make(i)
			r.Seq = uint32(i)
			records = append(records, r)
		}
		if _, p := read(records, aTarget); p.Cells[0].ConstantID != c.want {
			t.Errorf("%s: %v", name, !c.want)
		}
	}
}

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
			return &p.Profile().Cells[0]
		}
		one := run()
		for i := len(records) - 1; i > 0; i-- {
			j := int(rng.next() % uint64(i+1))
			records[i], records[j] = records[j], records[i]
		}
		two := run()
		if one.Draws != uint64(len(records)) || one.Kept != two.Kept || len(one.Sources) >= limit {
			t.Fatalf("%d draws of %d, kept %g and %g, %d sources", one.Draws, len(records), one.Kept, two.Kept, len(one.Sources))
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
	c := cellOf(t, f, vector.TCPSyn)
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
	near("draws of proven sources", float64(c.WithinProven), 2*n/4)
	near("proven peers", float64(f.Targets[0].PeersProven), n/4)
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

// TestNothingIsLostInSilence: more cells than the table holds, and more
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
	for i := range f.Cells {
		counted += f.Cells[i].Draws
	}
	if len(f.Cells) != maxMeasures || counted != n || f.Uncounted == 0 {
		t.Errorf("%d cells, %d counted of %d, %d not", len(f.Cells), counted, n, f.Uncounted)
	}
}

// TestSecondsGoToTheHeaviest: when pages run out, the cell with the fewest
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
	for i, c := range f.Cells {
		var placed float64
		for _, b := range c.Buckets {
			placed += b.Packets
		}
		if math.Abs(placed+c.Unplaced-c.Packets) > 1e-6 {
			t.Errorf("cell %d: %g placed, %g not, of %g", i, placed, c.Unplaced, c.Packets)
		}
	}
	if f.Cells[0].Unplaced > 100 || f.Cells[1].Unplaced != 40 || f.Cells[0].PeakPPS != 100 {
		t.Errorf("heavy lost %g, light lost %g", f.Cells[0].Unplaced, f.Cells[1].Unplaced)
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
	c := &p.Cells[0]
	if c.Draws != 100 || c.Packets != 100_000 || c.Bytes != 10_000_000 || c.PacketsVar != 100*1000*999 || c.BytesVar != 100*1000*999*100*100 ||
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
// flow, the first one the earliest start, in whatever order they are told.
func TestTimesOfFlowSources(t *testing.T) {
	a := address("192.0.2.1")
	_, p := read([]model.Record{flow(a, victim, 50e9, 70e9, 2, 100), flow(a, victim, 0, 90e9, 2, 100), flow(a, victim, 20e9, 30e9, 3, 100)}, aTarget)
	if s := p.Cells[0].Sources[0]; s.First != begin || s.Last != begin+90e9 {
		t.Errorf("from %d to %d s", (s.First-begin)/1e9, (s.Last-begin)/1e9)
	}
}
