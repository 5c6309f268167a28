package aggregate

import (
	"net/netip"
	"testing"

	"floodmark/internal/evidence/vector"
	"floodmark/internal/model"

	"github.com/google/go-cmp/cmp"
)

// bucketOf gives the facts of a class towards a target.
func bucketOf(t *testing.T, p *model.Profile, class model.Class) *model.Facts {
	t.Helper()
	for i := range p.Buckets {
		if p.Buckets[i].Class == class {
			return &p.Buckets[i]
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
	client, dead, scanner, spoofed := address("192.0.2.1"), address("192.0.2.2"), address("192.0.2.3"), address("192.0.2.4")
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
	rst := segment(spoofed, victim, model.RST, 3e9)
	rst.TTL = 111
	asked := out(datagram(resolver, victim, nil, 1e9))
	asked.DstPort = 53
	reply := datagram(resolver, victim, dnsMessage(0x8180, "\x07example\x03com\x00"), 11e8)
	reply.SrcPort = 53
	records := []model.Record{
		syn(client, 100, 1e6), answer(client, 900, 101, 2e6), ack, page,
		syn(dead, 7, 1e9), syn(dead, 7, 2e9), syn(dead, 7, 4e9),
		syn(scanner, victim.V4(), 5e9),
		syn(spoofed, 55, 1e9), answer(spoofed, 77, 56, 2e9), rst,
		asked, reply,
	}
	_, p := read(records, aTarget)
	syns := bucketOf(t, p, vector.TCPSyn)
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
		client:  {1, model.Handshake | model.GotReplies | model.SolicitedPort, 0},
		dead:    {3, model.Retried, 0},
		scanner: {1, model.ScanMark, 0},
		spoofed: {1, model.SentRST, 111},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("sources of SYNs (-want +got):\n%s", d)
	}
	if syns.SYNRetries != 2 || syns.RetryingSources != 1 || syns.EstablishedSources != 1 || syns.EstablishedSamples != 1 {
		t.Errorf("%+v", syns)
	}
	dns := bucketOf(t, p, vector.DNS)
	if s := dns.Sources[0]; s.Flags != model.GotReplies|model.SolicitedPort || dns.SolicitedSources != 1 || dns.SolicitedSamples != 1 {
		t.Errorf("the resolver: %+v", s)
	}
	if dns.DNS == nil || dns.DNS.Questions != 1 || dns.DNS.Names.Top[0].Text != "\x07example\x03com" || dns.DNS.Zones.Top[0].Text != "\x03com" ||
		dns.DNS.FirstLabelLen.Top[0].Key != 7 {
		t.Errorf("names: %+v", dns.DNS)
	}
	tf := p.Targets[0]
	if tf.In != 9 || tf.Out != 4 || tf.SYNACKOut != 2 || tf.SYNOut != 0 || tf.UDPTo[53] != 1 || tf.UDPFrom[9000] != 1 || tf.TCPTo[40000] != 3 ||
		tf.TCPFrom[443] != 3 || tf.ProtoOut[model.ProtoTCP] != 3 || tf.ProtoOut[model.ProtoUDP] != 1 || tf.Peers != 3 || tf.EstablishedPeers != 1 || tf.HostsIn != 1 {
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
	h := bucketOf(t, p, vector.TCPHTTPRequest).HTTP
	if h == nil || h.Requests != 20 || h.Incomplete != 10 || h.Paths.Top[0].Text != "/page?x=1" || h.Pages.Top[0].Text != "/page" ||
		h.Hosts.Top[0].Text != "example.com" || h.Agents.Top[0].Text != "test" || h.Methods.Top[0].Text != "GET" {
		t.Fatalf("%+v", h)
	}
	data := bucketOf(t, p, vector.TCPData)
	if data.SlowSegments != 60 || data.Samples != 60 {
		t.Errorf("%d slow of %d", data.SlowSegments, data.Samples)
	}
	for _, s := range data.Sources {
		if s.Flags&model.SlowSender == 0 {
			t.Errorf("%v does not trickle", s.Addr)
		}
	}
	if f := bucketOf(t, p, vector.TCPSyn); f.DNS != nil || f.HTTP != nil {
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
		if got := p.Buckets[0].SolicitedSources; got != c.asked {
			t.Errorf("%s (%s): %d asked", c.name, vector.Lookup(p.Buckets[0].Class).Name, got)
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
	if f := bucketOf(t, p, vector.DNS); f.Samples != 20 || f.Fragments != 10 {
		t.Errorf("%d draws, %d fragments", f.Samples, f.Fragments)
	}
	if f := bucketOf(t, p, vector.Fragment); f.Samples != 1 {
		t.Errorf("%d fragments alone", f.Samples)
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
	if f.Buckets[0].Sources[0].Flags&model.QuotesTarget == 0 {
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
		if _, p := read(records, aTarget); p.Buckets[0].ConstantID != c.want {
			t.Errorf("%s: %v", name, !c.want)
		}
	}
}

// TestRefusals: a target that resets what it gets talks with nobody.
func TestRefusals(t *testing.T) {
	known, unknown := address("192.0.2.1"), address("192.0.2.2")
	refuse := func(a model.Addr) model.Record { return out(segment(a, victim, model.RST|model.ACK, 1e6)) }
	_, p := read([]model.Record{segment(known, victim, model.SYN, 0), refuse(known), refuse(unknown), refuse(unknown)}, aTarget)
	if f := p.Targets[0]; f.RSTOut != 3 || f.Peers != 1 || f.Out != 3 {
		t.Errorf("%+v", f)
	}
	if s := bucketOf(t, p, vector.TCPSyn).Sources[0]; s.Flags != 0 {
		t.Errorf("flags %b", s.Flags)
	}
}

// TestHistograms: fields are counted where a record has them, and only there.
func TestHistograms(t *testing.T) {
	var records []model.Record
	for i := range 50 {
		gre := packet(model.Addr4(0x0a000000+uint32(i)), victim, model.ProtoGRE, int64(i)*1e6)
		gre.Has, gre.IPID, gre.Tunnel, gre.TunnelType = model.HasTTL|model.HasIPID, uint32(i)+1, model.GRE, 0x0800
		icmp := packet(model.Addr4(0x0b000000+uint32(i)), victim, model.ProtoICMP, int64(i)*1e6)
		icmp.Has, icmp.IPID, icmp.ICMPType = model.HasICMP|model.HasIPID, uint32(i)+1, 8
		syn := segment(model.Addr4(0x0c000000+uint32(i)), victim, model.SYN, int64(i)*1e6)
		syn.Options, syn.Seq, syn.IPID = make([]byte, 20), uint32(i), uint32(i)+1
		records = append(records, gre, icmp, syn, flow(model.Addr4(0x0d000000+uint32(i)), victim, 0, 0, 3, 300))
	}
	_, p := read(records, aTarget)
	totals := func(c model.Class) [8]uint64 {
		f := bucketOf(t, p, c)
		return [8]uint64{f.SrcPorts.Total, f.Flags.Total, f.TTLs.Total, f.Windows.Total, f.OptionLens.Total, f.ICMPTypes.Total, f.Inner.Total, f.Protocols.Total}
	}
	for class, want := range map[model.Class][8]uint64{
		vector.GREIP:    {0, 0, 50, 0, 0, 0, 50, 50},
		vector.ICMPEcho: {0, 0, 0, 0, 0, 50, 0, 50},
		vector.TCPSyn:   {50, 50, 50, 50, 50, 0, 0, 0},
		vector.UDP:      {150, 0, 0, 0, 0, 0, 0, 0},
	} {
		if got := totals(class); got != want {
			t.Errorf("%s: %v, want %v", vector.Lookup(class).Name, got, want)
		}
	}
	if f := bucketOf(t, p, vector.UDP); f.Lengths.Top[0].Key != 100 || f.FieldSamples != 150 || f.FieldRecords != 50 {
		t.Errorf("flows: %+v", f.Lengths)
	}
}
