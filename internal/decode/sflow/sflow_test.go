package sflow

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"floodmark/internal/decode/packet"
	"floodmark/internal/model"

	"github.com/google/go-cmp/cmp"
)

// payloads reads the UDP payloads of a pcap file (µs, little-endian, Ethernet).
func payloads(t testing.TB, file string) [][]byte {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var list [][]byte
	var d packet.Decoder
	for b = b[24:]; len(b) >= 16; {
		n := int(binary.LittleEndian.Uint32(b[8:]))
		var r model.Record
		if why := d.Decode(b[16:16+n], packet.Ethernet, n, &r); why != packet.OK {
			t.Fatalf("%s: %v", file, why)
		}
		list = append(list, r.Payload)
		b = b[16+n:]
	}
	return list
}

// TestReadsWhatTsharkReads compares every sample of a recording made with
// pmacct's sfprobe with tshark's reading of it.
func TestReadsWhatTsharkReads(t *testing.T) {
	f, err := os.Open("testdata/sfprobe.want")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var want []string
	for s := bufio.NewScanner(f); s.Scan(); {
		want = append(want, s.Text())
	}
	c := newCollector(Limits{})
	for _, p := range payloads(t, "testdata/sfprobe.pcap") {
		if !IsExport(p) {
			t.Error("a datagram of sfprobe is not recognised")
		}
		if err := c.decode(p); err != nil {
			t.Error(err)
		}
	}
	var got []string
	for _, r := range c.got {
		v4, v6, src, dst := fmt.Sprint(r.Bytes), "-", "-", "-"
		if !r.Src.Is4() {
			v4, v6 = "-", fmt.Sprint(r.Bytes-40)
		}
		if r.Has&model.HasPorts != 0 {
			src, dst = fmt.Sprint(r.SrcPort), fmt.Sprint(r.DstPort)
		}
		got = append(got, strings.Join([]string{r.Src.String(), r.Dst.String(), v4, v6, fmt.Sprint(r.Proto), src, dst}, "\t"))
		if r.Sampling != 2 || !r.IsPacket || r.Packets != 1 || r.First != testTime || r.Domain != 3 || r.Has&model.HasTTL == 0 {
			t.Errorf("%+v", r)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	st := c.Stats()
	if len(st.Skipped) != 0 || len(st.Agents) != 1 || st.Agents[0].Lost != 0 || len(st.Agents[0].Sources) != 1 {
		t.Fatalf("%+v", st)
	}
	s := st.Agents[0].Sources[0]
	if s.Samples != uint64(len(want)) || s.Lost != 0 || s.Rate != 2 || s.Pool != 2*s.PoolSamples {
		t.Errorf("%+v; 1 in 2 of the pool should be samples", s)
	}
}

// udpWant is the record of udp4(1400) in flow().
func udpWant() model.Record {
	return model.Record{
		First: testTime, Last: testTime, Src: addr("192.0.2.1"), Dst: addr("198.51.100.1"),
		Has:     model.HasPorts | model.HasTTL | model.HasIPID | model.HasFragment | model.HasInterface | model.HasPayload | model.HasChecksum,
		SrcPort: 123, DstPort: 4444, Proto: 17, TTL: 57, IsPacket: true, IPID: 9, IPLen: 1400, Packets: 1, Bytes: 1400,
		Sampling: 1000, Payload: make([]byte, 12), PayloadLen: 1372, Exporter: 1, Domain: 3, InIf: 5, OutIf: 6,
	}
}

func TestRawHeaders(t *testing.T) {
	p := udp4(1400)
	for _, c := range []struct {
		name string
		rec  []byte
	}{
		{"Ethernet with its checksum stripped", raw(headerEthernet, 1418, 4, ether(0x0800, p))},
		{"VLAN", raw(headerEthernet, 1422, 4, ether(0x8100, cat([]byte{0, 5, 8, 0}, p)))},
		{"IPv4", raw(headerIPv4, 1400, 0, p)},
		{"MPLS", raw(headerMPLS, 1408, 0, cat([]byte{0, 1, 0, 64, 0, 2, 1, 64}, p))},
		{"PPP", raw(headerPPP, 1404, 0, cat([]byte{0xff, 3, 0, 0x21}, p))},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newCollector(Limits{})
			if err := d.decode(datagram(1, flow(1, 1000, 0, c.rec))); err != nil {
				t.Fatal(err)
			}
			for i := range d.got {
				d.got[i].Truncated = false // is the business of package packet
				d.got[i].Has |= model.HasChecksum | model.HasPayload
			}
			if diff := cmp.Diff([]model.Record{udpWant()}, d.got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestParsedPackets(t *testing.T) {
	v4 := block(ipv4Packet, words(60, 6), ip("192.0.2.1"), ip("198.51.100.1"), words(1234, 80, model.SYN, 0))
	v6 := block(ipv6Packet, words(1280, 17), ip("2001:db8::1"), ip("2001:db8::2"), words(53, 4444, 0, 0))
	gre := block(ipv4Packet, words(600, 47), ip("192.0.2.1"), ip("198.51.100.1"), words(0, 0, 0, 0))
	c := newCollector(Limits{})
	rawFirst := raw(headerEthernet, 1418, 4, ether(0x0800, udp4(1400)))
	if err := c.decode(datagram(1, flow(1, 0, 0, v4), flow(2, 0, 0, v6), flow(3, 0, 0, gre), flow(4, 0, 0, rawFirst, v4), flow(5, 0, 0, v4, rawFirst))); err != nil {
		t.Fatal(err)
	}
	type brief struct {
		Src, Dst string
		Proto    uint8
		Ports    [2]uint16
		Flags    uint8
		Bytes    uint64
		Has      model.Fields
	}
	var got []brief
	for _, r := range c.got {
		got = append(got, brief{r.Src.String(), r.Dst.String(), r.Proto, [2]uint16{r.SrcPort, r.DstPort}, r.TCPFlags, r.Bytes,
			r.Has & (model.HasPorts | model.HasFlags | model.HasTTL)})
	}
	ports, ttl := model.HasPorts, model.HasTTL
	want := []brief{
		{"192.0.2.1", "198.51.100.1", 6, [2]uint16{1234, 80}, model.SYN, 60, ports | model.HasFlags},
		{"2001:db8::1", "2001:db8::2", 17, [2]uint16{53, 4444}, 0, 1280, ports},
		{"192.0.2.1", "198.51.100.1", 47, [2]uint16{}, 0, 600, 0},
		{"192.0.2.1", "198.51.100.1", 17, [2]uint16{123, 4444}, 0, 1400, ports | ttl},
		{"192.0.2.1", "198.51.100.1", 17, [2]uint16{123, 4444}, 0, 1400, ports | ttl},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestExpandedSampleAndExtendedData(t *testing.T) {
	gateway := block(extendedGateway, words(1), ip("192.0.2.250"), words(64496, 64500, 64501, 2, 2, 2, 1, 64502, 2, 2, 64503, 64511, 1, 7, 100))
	router := block(1002, words(1), ip("192.0.2.250"), words(24, 24))
	vendor := block(4413<<12|1, words(1, 2, 3))
	sample := block(expandedFlowSample, words(9, 0, 70000, 512, 5000, 3, 0, 70000, 2, 4, 4), gateway, vendor, router,
		raw(headerIPv4, 1400, 0, udp4(1400)))
	b := cat(words(5, 2), ip("2001:db8::fe"), words(8, 1, 1000, 1), sample)
	c := newCollector(Limits{})
	if err := c.decode(b); err != nil || len(c.got) != 1 {
		t.Fatal(err, len(c.got))
	}
	r := c.got[0]
	if r.Sampling != 512 || r.InIf != 70000 || r.OutIf != 0 || r.SrcAS != 64500 || r.DstAS != 64511 || r.Domain != 8 ||
		r.Has&model.HasAS == 0 {
		t.Errorf("%+v", r)
	}
	a := c.Stats().Agents[0]
	if a.Agent != addr("2001:db8::fe") || a.From != testFrom || a.Sources[0].Source != (SourceID{0, 70000}) {
		t.Errorf("%+v", a)
	}
}

func TestInterfacesThatAreNone(t *testing.T) {
	for _, c := range []struct{ in, out, wantIn, wantOut uint32 }{
		{5, 6, 5, 6}, {5, 1<<30 | 2, 5, 0}, {5, 2<<30 | 3, 5, 0}, {internalIf, internalIf, 0, 0},
	} {
		d := newCollector(Limits{})
		b := block(flowSample, words(1, 5, 1000, 0, 0, c.in, c.out, 1), raw(headerIPv4, 1400, 0, udp4(1400)))
		if err := d.decode(datagram(1, b)); err != nil {
			t.Fatal(err)
		}
		r := d.got[0]
		if r.InIf != c.wantIn || r.OutIf != c.wantOut || (r.Has&model.HasInterface != 0) != (c.wantIn|c.wantOut != 0) {
			t.Errorf("%x, %x: %d, %d", c.in, c.out, r.InIf, r.OutIf)
		}
	}
}

func TestCounters(t *testing.T) {
	generic := func(bytes uint32) []byte {
		return block(genericCounters, words(5, 6, 0, 1e9, 1, 3, 1, bytes, 11, 12, 13, 14, 15, 16, 2, bytes, 21, 22, 23, 24, 25, 0))
	}
	other := block(2, make([]byte, 52))
	c := newCollector(Limits{})
	if err := c.decode(datagram(1, block(counterSample, words(1, 5, 2), generic(100), other))); err != nil {
		t.Fatal(err)
	}
	if err := c.decode(datagram(2, block(expandedCounters, words(4, 0, 5, 1), generic(300)))); err != nil {
		t.Fatal(err)
	}
	want := Counters{
		At: testTime, Agent: addr("192.0.2.254"), SubAgent: 3, Source: SourceID{0, 5}, IfIndex: 5, IfType: 6, Speed: 1e9,
		Direction: 1, Status: 3, InBytes: 1<<32 + 100, InUcast: 11, InMulti: 12, InBroad: 13, InDiscards: 14, InErrors: 15,
		InUnknownProtos: 16, OutBytes: 2<<32 + 100, OutUcast: 21, OutMulti: 22, OutBroad: 23, OutDiscards: 24, OutErrors: 25,
	}
	last := want
	last.InBytes, last.OutBytes = 1<<32+300, 2<<32+300
	if diff := cmp.Diff([]Counters{want, last}, c.counters); diff != "" {
		t.Error(diff)
	}
	a := c.Stats().Agents[0]
	if a.CounterSamples != 2 || a.OtherCounters != 1 || len(a.Sources) != 1 || a.Sources[0].CountersLost != 2 ||
		a.Sources[0].First != want || a.Sources[0].Last != last {
		t.Errorf("%+v", a)
	}
}

func TestLossPoolAndDrops(t *testing.T) {
	p := raw(headerIPv4, 1400, 0, udp4(1400))
	c := newCollector(Limits{})
	for _, b := range [][]byte{
		datagram(10, flow(1, 0xfffffc18, 7, p)), datagram(11, flow(2, 0, 7, p)), // the pool wraps
		datagram(14, flow(6, 4000, 9, p)),  // 2 datagrams, 3 samples lost
		datagram(12, flow(3, 1000, 7, p)),  // one of them comes late
		datagram(15, flow(7, 5000, 10, p)), // and on
		// the agent begins anew
		datagram(0, flow(1, 1000, 0, p)), datagram(1, flow(2, 2000, 0, p)), datagram(2, flow(3, 3000, 0, p)),
		datagram(3, flow(4, 4000, 1, p)), datagram(4, flow(5, 5000, 2, p)),
	} {
		if err := c.decode(b); err != nil {
			t.Fatal(err)
		}
	}
	a := c.Stats().Agents[0]
	s := a.Sources[0]
	if a.Lost != 1 || a.Late != 1 {
		t.Errorf("datagrams: lost %d, late %d", a.Lost, a.Late)
	}
	if s.Lost != 2 || s.Late != 1 || s.Pool != 7000 || s.Drops != 4 || s.Samples != 10 {
		t.Errorf("%+v", s)
	}
}

func TestBadInputIsCountedByReason(t *testing.T) {
	good := flow(1, 0, 0, raw(headerIPv4, 1400, 0, udp4(1400)))
	whole := datagram(1, good, good)
	for _, c := range []struct {
		name    string
		b       []byte
		why     Reason
		records uint64
		read    int
	}{
		{"empty", nil, ShortHeader, 0, 0},
		{"short", whole[:27], ShortHeader, 0, 0},
		{"version 4", words(4, 1, 2, 3, 4, 5, 6, 7), UnknownVersion, 0, 0},
		{"address type 3", words(5, 3, 2, 3, 4, 5, 6, 7), BadAddress, 0, 0},
		{"cut in a sample", whole[:len(whole)-4], TruncatedSample, 1, 1},
		{"cut between samples", whole[:len(whole)-len(good)], MissingSamples, 1, 1},
		{"more than it tells", cat(datagram(1, good), good), TrailingBytes, 0, 1},
		{"4 billion samples", words(5, 1, 2, 3, 4, 5, 0xffffffff), MissingSamples, 1 << 16, 0},
		{"vendor's sample", datagram(1, block(7<<12|9, words(1, 2)), good), UnknownSample, 1, 1},
		{"short flow sample", datagram(1, block(flowSample, words(1, 2)), good), BadSample, 1, 1},
		{"short counter sample", datagram(1, block(counterSample, words(1, 2)), good), BadSample, 1, 1},
		{"4 billion counter records", datagram(1, block(counterSample, words(1, 2, 0xffffffff)), good), BadSample, 0, 1},
		{"flow record past its sample", datagram(1, block(flowSample, words(1, 5, 9, 0, 0, 0, 0, 1, rawHeader, 4000)), good), NoPacket, 1, 1},
		{"4 billion flow records", datagram(1, block(flowSample, words(1, 5, 9, 0, 0, 0, 0, 0xffffffff))), NoPacket, 1, 0},
		{"header past its record", datagram(1, flow(1, 0, 0, block(rawHeader, words(1, 64, 0, 4000), make([]byte, 20)))), BadSample, 1, 0},
		{"short IPv4 record", datagram(1, flow(1, 0, 0, block(ipv4Packet, words(60, 6, 1)))), BadSample, 1, 0},
		{"ARP", datagram(1, flow(1, 0, 0, raw(headerEthernet, 64, 4, ether(0x0806, make([]byte, 46))))), UnreadPacket, 1, 0},
		{"wireless", datagram(1, flow(1, 0, 0, raw(6, 64, 4, make([]byte, 46)))), UnknownHeader, 1, 0},
		{"Ethernet record only", datagram(1, flow(1, 0, 0, block(ethernetFrame, make([]byte, 24)))), NoPacket, 1, 0},
		{"endless gateway", datagram(1, flow(1, 0, 0, block(extendedGateway, words(1, 1, 2, 3, 4, 0xffffffff, 1, 0xffffffff)))), NoPacket, 1, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newCollector(Limits{})
			err := d.decode(c.b)
			var e *Error
			if !errors.As(err, &e) || !strings.HasPrefix(err.Error(), "decode sflow5 ") || strings.Contains(err.Error(), "%!") {
				t.Fatalf("error %v", err)
			}
			n, found := uint64(0), false
			for _, s := range d.Stats().Skipped {
				if s.Reason == c.why {
					n, found = s.Records, true
				}
			}
			if !found || n != c.records || len(d.got) != c.read {
				t.Errorf("%v: found %v, %d skipped, %d read; want %d, %d (%v)", c.why, found, n, len(d.got), c.records, c.read, err)
			}
		})
	}
}

func TestLimits(t *testing.T) {
	c := newCollector(Limits{Agents: 2, Sources: 2})
	p := raw(headerIPv4, 1400, 0, udp4(1400))
	for i := range uint32(5) {
		_ = c.decode(cat(words(5, 1), ip("192.0.2.254"), words(i, 1, 1, 1), flow(1, 0, 0, p)))
		_ = c.decode(datagram(1, block(flowSample, words(1, i, 1000, 0, 0, 5, 6, 1), p)))
	}
	st := c.Stats()
	if len(st.Agents) != 2 {
		t.Errorf("%d agents, limit 2", len(st.Agents))
	}
	for _, a := range st.Agents {
		if len(a.Sources) > 2 {
			t.Errorf("%d sources, limit 2", len(a.Sources))
		}
	}
}

func TestAgentWithoutAddress(t *testing.T) {
	c := newCollector(Limits{})
	_ = c.decode(cat(words(5, 1, 0, 0, 1, 1, 1), flow(1, 0, 0, raw(headerIPv4, 1400, 0, udp4(1400)))))
	if a := c.Stats().Agents; len(a) != 1 || a[0].Agent != testFrom.Addr {
		t.Errorf("%+v", a)
	}
}

func TestDecodeAllocatesNothing(t *testing.T) {
	b := busy()
	bad := b[:len(b)-6]
	n := 0
	d := New(Config{Emit: func(*model.Record) { n++ }, Counters: func(*Counters) { n++ }})
	_, _ = d.Decode(b, testFrom, 1), d.Decode(bad, testFrom, 1)
	if got := testing.AllocsPerRun(100, func() {
		_ = d.Decode(b, testFrom, 1)
		_ = d.Decode(bad, testFrom, 1)
	}); got != 0 || n == 0 {
		t.Errorf("%v allocations per datagram", got)
	}
}

// busy is a datagram of seven samples, about as much as one carries.
func busy() []byte {
	header := cat(ether(0x0800, udp4(1400)), make([]byte, 74)) // 128 bytes, as switches send
	var samples [][]byte
	for i := range uint32(7) {
		samples = append(samples, flow(i, 1000*i, 0, raw(headerEthernet, 1418, 4, header), block(1001, words(1, 0, 1, 0))))
	}
	return datagram(1, samples...)
}

func TestIsExport(t *testing.T) {
	b := busy()
	if !IsExport(b) {
		t.Error("a whole datagram does not pass")
	}
	for cut := range len(b) {
		if IsExport(b[:cut]) {
			t.Errorf("cut to %d of %d octets it passes", cut, len(b))
		}
	}
	rng := rand.New(rand.NewPCG(3, 4))
	p := make([]byte, 600)
	for i := range 200_000 {
		for j := 0; j < len(p); j += 8 {
			binary.BigEndian.PutUint64(p[j:], rng.Uint64())
		}
		if i%2 == 1 {
			copy(p, words(5, 1))
			copy(p[24:], words(1))
		}
		if n := 36 + 4*rng.IntN(140); IsExport(p[:n]) {
			t.Fatalf("a random payload passes: %x", p[:n])
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, p := range payloads(f, "testdata/sfprobe.pcap") {
		f.Add(p)
	}
	f.Add(busy())
	f.Add(datagram(1, block(expandedCounters, words(4, 0, 5, 1), block(genericCounters, make([]byte, genericBytes)))))
	f.Fuzz(func(t *testing.T, b []byte) {
		n := 0
		d := New(Config{Emit: func(*model.Record) { n++ }, Counters: func(*Counters) { n++ }})
		err := d.Decode(b, testFrom, 1)
		if err != nil {
			_ = err.Error()
		}
		if n > len(b)/8 {
			t.Errorf("%d records of %d octets", n, len(b))
		}
		if IsExport(b) && err != nil {
			if why := err.(*Error).Reason; why <= TruncatedSample || why == MissingSamples || why == TrailingBytes {
				t.Errorf("recognised, but %v", err)
			}
		}
		for _, s := range d.Stats().Skipped {
			if s.Bytes > uint64(len(b)) {
				t.Errorf("%v: %d of %d octets skipped", s.Reason, s.Bytes, len(b))
			}
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	data := busy()
	var sum uint64
	d := New(Config{Emit: func(r *model.Record) { sum += r.Bytes }})
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		_ = d.Decode(data, testFrom, 1)
	}
	if sum == 0 {
		b.Fatal("nothing decoded")
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/7, "ns/sample")
	b.ReportMetric(float64(b.N)*7/b.Elapsed().Seconds()/1e6, "Msamples/s")
}
