package netflow

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"floodmark/internal/model"
)

func TestBadInputIsCountedByReason(t *testing.T) {
	define := ipfix(0, set(2, tmpl(256, plain()...)))
	cut := func(b []byte, n int) []byte { return b[:len(b)-n] }
	for _, c := range []struct {
		name    string
		b       []byte
		why     Reason
		records uint64
		bytes   uint64
	}{
		{"empty", nil, ShortHeader, 0, 0},
		{"one octet", []byte{0}, ShortHeader, 0, 1},
		{"version 7", make([]byte, 60), UnknownVersion, 0, 60},
		{"short v5", v5(0, 0)[:20], ShortHeader, 0, 20},
		{"short v9", v9(0)[:19], ShortHeader, 0, 19},
		{"short IPFIX", ipfix(0)[:15], ShortHeader, 0, 15},
		{"set of length 0", cat(ipfix(0), u16(256), u16(0), u8(1)), TrailingBytes, 0, 5},
		{"set of length 3 in v9", cat(v9(0), u16(256), u16(3), make([]byte, 8)), BadSetLength, 0, 12},
		{"reserved set", ipfix(0, set(17, make([]byte, 10))), ReservedSet, 0, 10},
		{"template set in v9's numbers", ipfix(0, set(0, tmpl(256, plain()...))), ReservedSet, 0, 40},
		{"template of no octets", ipfix(0, set(2, tmpl(260, f(8, 0), f(12, 0)))), BadTemplate, 1, 8},
		{"template without fields in v9", v9(0, set(0, tmpl(260))), BadTemplate, 1, 0},
		{"template id 255", ipfix(0, set(2, tmpl(255, f(8, 4)))), BadTemplate, 1, 4},
		{"template cut short", ipfix(0, set(2, u16(260), u16(9), u32(0))), BadTemplate, 1, 8},
		{"template cut in the enterprise", ipfix(0, set(2, u16(260), u16(1), u16(0x8001), u16(4))), BadTemplate, 1, 8},
		{"options template cut short", ipfix(0, set(3, u16(260), u16(3), u16(1), u32(0))), BadTemplate, 1, 10},
		{"odd options template of v9", v9(0, set(1, u16(260), u16(3), u16(4), u32(0))), BadTemplate, 1, 10},
		{"data cut by the capture", cut(ipfix(0, set(256, plainRecord("192.0.2.1", 1, 40), plainRecord("192.0.2.1", 1, 40))), 7), TrailingBytes, 0, 23},
		{"records without addresses", ipfix(0, set(2, tmpl(261, f(1, 4), f(2, 4))), set(261, make([]byte, 80))), NoAddresses, 10, 80},
		{"variable field past the end", ipfix(0, set(2, tmpl(261, f(8, 4), vf(1))), set(261, ip4("192.0.2.1"), u8(9), u8(1))), BadRecord, 1, 6},
		{"octets after the message", cat(ipfix(0), u8(1), u8(2)), TrailingBytes, 0, 2},
		{"packet section of nonsense", ipfix(0, set(2, tmpl(261, f(313, 40))), set(261, make([]byte, 40))), UnreadSection, 1, 40},
		{"wireless frame", ipfix(0, set(2, tmpl(261, f(408, 2), f(315, 40))), set(261, u16(2), make([]byte, 40))), UnreadSection, 1, 40},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newCollector(Config{})
			_ = d.decode(define)
			err := d.decode(c.b)
			var e *Error
			if !errors.As(err, &e) {
				t.Fatal("no error")
			}
			if !strings.HasPrefix(err.Error(), "decode ") || strings.Contains(err.Error(), "%!") {
				t.Errorf("error text %q", err)
			}
			if n, bytes := d.skipped(c.why); n != c.records || bytes != c.bytes {
				t.Errorf("%v: skipped %d records, %d octets, want %d, %d (%v; %+v)", c.why, n, bytes, c.records, c.bytes, err, d.Stats().Skipped)
			}
		})
	}
}

// A capture cut short loses the end of a datagram, not its beginning.
func TestTruncatedDatagramKeepsWholeRecords(t *testing.T) {
	d := newCollector(Config{})
	b := v9(0, set(0, tmpl(256, plain()...)), set(256, plainRecord("192.0.2.1", 1, 40), plainRecord("192.0.2.2", 1, 40)))
	var e *Error
	if err := d.decode(b[:len(b)-1]); !errors.As(err, &e) || e.Reason != TruncatedSet || len(d.got) != 1 {
		t.Errorf("error %v, %d records", err, len(d.got))
	}
}

func TestTenThousandTemplates(t *testing.T) {
	d := newCollector(Config{})
	for i := range 10_000 {
		if err := d.decode(ipfix(0, set(2, tmpl(256+i, plain()...)))); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.decode(ipfix(0, set(10_255, plainRecord("192.0.2.1", 1, 40)))); err != nil || len(d.got) != 1 {
		t.Errorf("the last template: %v, %d records", err, len(d.got))
	}
	if n := d.Stats().Streams[0].Templates; n != 10_000 {
		t.Errorf("%d templates", n)
	}
}

func TestLimits(t *testing.T) {
	d := newCollector(Config{Limits: Limits{Templates: 3, Fields: 10, AllFields: 25, Exporters: 2, Domains: 2, Rates: 2}})
	count := func(why Reason) uint64 { n, _ := d.skipped(why); return n }
	wide := make([]spec, 11)
	for i := range wide {
		wide[i] = f(8, 4)
	}
	_ = d.decode(ipfix(0, set(2, tmpl(256, wide...))))
	if count(TemplateLimit) != 1 {
		t.Error("a template of too many fields was taken")
	}
	_ = d.decode(ipfix(0, set(2, tmpl(256, wide[:10]...), tmpl(257, wide[:10]...), tmpl(258, wide[:6]...))))
	if count(TemplateLimit) != 2 || d.fields != 20 {
		t.Errorf("%d refused, %d fields held, limit 25", count(TemplateLimit), d.fields)
	}
	_ = d.decode(ipfix(0, set(2, tmpl(256, wide[:2]...), tmpl(258, wide[:2]...), tmpl(259, wide[:2]...))))
	if count(TemplateLimit) != 3 || d.fields != 14 {
		t.Errorf("%d refused, %d fields held; 3 templates allowed", count(TemplateLimit), d.fields)
	}
	_ = d.decode(ipfix(0, set(3, u16(256), u16(2), u16(1), specifiers([]spec{f(302, 1), f(34, 4)})),
		set(256, u8(1), u32(5), u8(2), u32(5), u8(3), u32(5))))
	if a := d.Stats().Streams[0].Announced; len(a) != 2 || count(TemplateLimit) != 4 {
		t.Errorf("%d rates held, limit 2", len(a))
	}
	for domain := range 4 {
		b := ipfix(0, set(2, tmpl(256, plain()...)))
		copy(b[12:], u32(uint32(domain)))
		_ = d.decode(b)
	}
	if n := len(d.Stats().Streams); n != 2 {
		t.Errorf("%d domains, limit 2", n)
	}
	for i := range 4 {
		_ = d.Decode(v5(0, 0, make([]byte, v5Record)), model.Exporter{Addr: model.Addr4(uint32(i + 1))}, 0)
	}
	if _, bytes := d.skipped(ExporterLimit); len(d.exporters) != 2 || bytes == 0 {
		t.Errorf("%d exporters, limit 2; %d octets skipped", len(d.exporters), bytes)
	}
}

func TestSequenceNumbers(t *testing.T) {
	one := make([]byte, v5Record)
	for _, c := range []struct {
		name  string
		seqs  []uint32
		wantL loss
	}{
		{"in order", []uint32{5, 7, 9}, loss{}},
		{"across the wrap", []uint32{0xfffffffe, 0, 2}, loss{}},
		{"a gap", []uint32{5, 7, 19}, loss{lost: 10, gaps: 1}},
		{"late", []uint32{5, 9, 7, 11}, loss{gaps: 1, late: 1}},
		{"restart at a small number", []uint32{100, 102, 0, 2, 4, 6, 8, 10, 12}, loss{restarts: 1}},
		{"restart after loss", []uint32{100, 110, 0, 2, 4, 6, 8}, loss{lost: 8, gaps: 1, restarts: 1}},
		{"restart", []uint32{5_000_000, 5_000_002, 0, 2}, loss{restarts: 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newCollector(Config{})
			for _, q := range c.seqs {
				_ = d.decode(v5(q, 0, one, one))
			}
			s := d.Stats().Streams[0]
			if got := (loss{s.Lost, s.Gaps, s.Late, s.Restarts}); got != c.wantL {
				t.Errorf("%+v, want %+v", got, c.wantL)
			}
		})
	}
}

func TestDecodeAllocatesNothing(t *testing.T) {
	setup := v9(1, set(0, tmpl(260, routerFields()...), tmpl(262, append(plain(), spec{82, 4, 0})...)),
		set(1, optTmpl9(261, 1, f(1, 4), f(48, 1), f(34, 4))), set(261, u32(0), u8(1), u32(1000)))
	flex := ipfix(0, set(2, tmpl(256, append(plain(), vf(82), rf(1, 4))...)), set(256, plainRecord("192.0.2.1", 1, 40), u8(0), u32(9)))
	frame := ipfix(0, set(2, tmpl(257, f(315, 64))), set(257, testFrame()))
	for name, b := range map[string][]byte{
		"v5":               v5(1, 0, make([]byte, v5Record)),
		"v9":               v9(2, set(260, many(28, routerRecord))),
		"v9 options":       setup,
		"IPFIX":            flex,
		"packet section":   frame,
		"unknown template": ipfix(0, set(999, make([]byte, 40))),
		"nonsense":         make([]byte, 100),
	} {
		n := 0
		d := New(Config{Emit: func(*model.Record) { n++ }})
		_ = d.Decode(setup, testExporter, 0)
		_ = d.Decode(b, testExporter, 0)
		if got := testing.AllocsPerRun(100, func() { _ = d.Decode(b, testExporter, 0) }); got != 0 {
			t.Errorf("%s: %v allocations per datagram", name, got)
		}
		if n == 0 && name != "unknown template" && name != "nonsense" && name != "v9 options" {
			t.Errorf("%s: nothing decoded", name)
		}
	}
}

// testFrame is 64 bytes of an Ethernet frame with IPv4 and UDP in it.
func testFrame() []byte {
	ip := cat([]byte{0x45, 0}, u16(46), u16(9), u16(0), []byte{57, 17}, u16(0), ip4("192.0.2.1"), ip4("198.51.100.1"),
		u16(123), u16(4444), u16(26), u16(0), make([]byte, 18))
	return cat(make([]byte, 12), u16(0x0800), ip, make([]byte, 4))
}

func TestFrameInCiscoField(t *testing.T) {
	d := newCollector(Config{})
	err := d.decode(v9(0, set(0, tmpl(256, f(10, 4), f(34, 4), f(103, 2), f(104, 80))),
		set(256, u32(5), u32(100), u16(64), testFrame(), make([]byte, 16))))
	if err != nil || len(d.got) != 1 {
		t.Fatal(err, d.got)
	}
	r := d.got[0]
	if r.Src != addr("192.0.2.1") || r.SrcPort != 123 || r.Bytes != 46 || r.Packets != 1 || !r.IsPacket ||
		r.TTL != 57 || r.InIf != 5 || r.Sampling != 100 || r.Has&model.HasInterface == 0 || len(r.Payload) != 18 {
		t.Errorf("%+v", r)
	}
}

func TestIsExport(t *testing.T) {
	define := set(2, tmpl(256, plain()...))
	data := set(256, plainRecord("192.0.2.1", 1, 40))
	rec := make([]byte, v5Record)
	rec[19], rec[23] = 1, 40
	good := map[string][]byte{
		"netflow5": v5(1, 0, rec, rec), "netflow9": v9(1, set(0, tmpl(256, plain()...)), data), "ipfix": ipfix(1, define, data),
	}
	for want, b := range good {
		if got, ok := IsExport(b, 9999); got != want || !ok {
			t.Errorf("%s is taken for %q, %v", want, got, ok)
		}
		for cut := range len(b) {
			if want == "netflow9" && cut == v9Header+4+4+4*len(plain()) {
				continue // between the sets
			}
			if _, ok := IsExport(b[:cut], 2055); ok {
				t.Errorf("%s cut to %d of %d octets passes", want, cut, len(b))
			}
		}
		if _, ok := IsExport(append(b, 1), 2055); ok {
			t.Errorf("%s with an octet more passes", want)
		}
	}
	if _, ok := IsExport(v9(1, data), 2055); !ok {
		t.Error("v9 data on a usual port does not pass")
	}
	if _, ok := IsExport(v9(1, data), 31337); ok {
		t.Error("v9 data on an unusual port passes")
	}
}

func TestIsExportOfRecordings(t *testing.T) {
	for name, want := range map[string]string{"softflowd-v5": "netflow5", "softflowd-v9": "netflow9", "softflowd-ipfix-biflow": "ipfix",
		"softflowd-psamp": "ipfix", "nfprobe-v9-sampled": "netflow9", "nfprobe-ipfix": "ipfix"} {
		for i, c := range readCapture(t, "testdata/"+name+".pcap") {
			if got, ok := IsExport(c.payload, c.port); got != want || !ok {
				t.Errorf("%s, datagram %d is taken for %q, %v", name, i, got, ok)
			}
		}
	}
}

// Random payloads, and random payloads that begin like export, do not pass.
func TestIsExportOfRandomPayloads(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	b := make([]byte, 1472)
	for i := range 200_000 {
		p := b[:20+rng.IntN(600)]
		for j := 0; j+8 <= len(p); j += 8 {
			copy(p[j:], u64(rng.Uint64()))
		}
		port := uint16(2055)
		switch i % 4 {
		case 1:
			copy(p, []byte{0, 5})
		case 2:
			copy(p, []byte{0, 9, 0, 9})
			port = 4444
		case 3:
			copy(p, []byte{0, 10})
		}
		if proto, ok := IsExport(p, port); ok {
			t.Fatalf("payload %d passes for %s: %x", i, proto, p)
		}
	}
}

// Everything in a datagram that is not read is handed to Skipped in its own
// unit, not only the first of it.
func TestSkippedCountsEach(t *testing.T) {
	records, bytes := map[Reason]int{}, map[Reason]int{}
	d := newCollector(Config{Skipped: func(e *Error, r, b int) { records[e.Reason] += r; bytes[e.Reason] += b }})
	noAddress := set(0, tmpl(257, f(1, 4), f(2, 4)))
	for range 3 {
		_ = d.decode(v9(0, noAddress, set(0, tmpl(256, f(8, 4), f(12, 4), f(2, 4))), set(999, make([]byte, 40)),
			set(257, make([]byte, 64)), set(256, ip4("192.0.2.1"), ip4("198.51.100.1"), u32(1))))
	}
	if records[NoAddresses] != 24 || bytes[NoAddresses] != 192 || bytes[UnknownTemplate] != 120 || len(d.got) != 3 {
		t.Errorf("records %v, bytes %v, %d read", records, bytes, len(d.got))
	}
}
