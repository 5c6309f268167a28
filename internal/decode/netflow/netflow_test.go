package netflow

import (
	"bytes"
	"errors"
	"testing"

	"floodmark/internal/model"

	"github.com/google/go-cmp/cmp"
)

const sec = int64(1e9)

// plain is a template of 9 fields, 30 bytes, and a record for it.
func plain() []spec {
	return []spec{f(8, 4), f(12, 4), f(7, 2), f(11, 2), f(4, 1), f(6, 1), f(2, 4), f(1, 4), f(152, 8)}
}

func plainRecord(src string, packets, bytes int) []byte {
	return cat(ip4(src), ip4("198.51.100.1"), u16(1234), u16(80), u8(6), u8(model.SYN), u32(uint32(packets)),
		u32(uint32(bytes)), u64(testTime*1000-2500))
}

func plainWant(src string, packets, bytes uint64) model.Record {
	at := testTime*sec - 2500e6
	return model.Record{
		First: at, Last: at, Src: addr(src), Dst: addr("198.51.100.1"), Has: model.HasPorts | model.HasFlags,
		SrcPort: 1234, DstPort: 80, Proto: 6, TCPFlags: model.SYN, Packets: packets, Bytes: bytes,
		Exporter: 1, Domain: 7,
	}
}

func TestVersion5(t *testing.T) {
	rec := cat(ip4("192.0.2.1"), ip4("198.51.100.1"), u32(0), u16(3), u16(4), u32(7), u32(7000),
		u32(3_590_000), u32(3_599_000), u16(53), u16(4444), u8(0), u8(0x10), u8(17), u8(0), u16(64500), u16(64501), u32(0))
	c := newCollector(Config{})
	if err := c.decode(v5(1, 1<<14|500, rec)); err != nil {
		t.Fatal(err)
	}
	at := testTime*sec + sec/2
	want := []model.Record{{
		First: at - 10*sec, Last: at - 1*sec, Src: addr("192.0.2.1"), Dst: addr("198.51.100.1"),
		Has: model.HasPorts | model.HasInterface | model.HasAS, SrcPort: 53, DstPort: 4444, Proto: 17, TCPFlags: 0x10,
		InIf: 3, OutIf: 4, SrcAS: 64500, DstAS: 64501, Packets: 7, Bytes: 7000, Sampling: 500, Exporter: 1, Domain: 0x102,
	}}
	if diff := cmp.Diff(want, c.got); diff != "" {
		t.Error(diff)
	}
}

// The exporter's ms clock wraps after 49.7 days; flows across the wrap, and
// flows that end after the header was written, keep their times.
func TestVersion5ClockWraps(t *testing.T) {
	record := func(first, last uint32) []byte {
		b := make([]byte, v5Record)
		copy(b[24:], u32(first))
		copy(b[28:], u32(last))
		b[38] = 6
		return b
	}
	b := v5(1, 0, record(0xffffff00, 0x10), record(0x20, 0x150))
	copy(b[4:], u32(0x100)) // 256 ms after the wrap
	c := newCollector(Config{})
	if err := c.decode(b); err != nil {
		t.Fatal(err)
	}
	at := testTime*sec + sec/2
	for i, want := range [][2]int64{{at - 512e6, at - 240e6}, {at - 224e6, at + 80e6}} {
		if got := [2]int64{c.got[i].First, c.got[i].Last}; got != want {
			t.Errorf("record %d: %v, want %v", i, got, want)
		}
	}
}

func TestVersion5CountMismatch(t *testing.T) {
	b := v5(1, 0, make([]byte, v5Record), make([]byte, v5Record))
	c := newCollector(Config{})
	var e *Error
	if err := c.decode(b[:len(b)-10]); !errors.As(err, &e) || e.Reason != CountMismatch {
		t.Fatalf("error %v", err)
	}
	if n, bytes := c.skipped(CountMismatch); n != 1 || bytes != v5Record-10 || len(c.got) != 1 {
		t.Errorf("skipped %d records, %d octets, read %d", n, bytes, len(c.got))
	}
}

func TestTemplateThenData(t *testing.T) {
	for name, build := range map[string]func(uint32, ...[]byte) []byte{"v9": v9, "ipfix": ipfix} {
		t.Run(name, func(t *testing.T) {
			id := 2
			if name == "v9" {
				id = 0
			}
			c := newCollector(Config{})
			err := c.decode(build(0, set(id, tmpl(256, plain()...)),
				set(256, plainRecord("192.0.2.1", 1, 40), plainRecord("192.0.2.2", 2, 80), []byte{0, 0})))
			if err != nil {
				t.Fatal(err)
			}
			want := []model.Record{plainWant("192.0.2.1", 1, 40), plainWant("192.0.2.2", 2, 80)}
			if diff := cmp.Diff(want, c.got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDataBeforeTemplateIsCounted(t *testing.T) {
	c := newCollector(Config{})
	var e *Error
	if err := c.decode(ipfix(0, set(256, plainRecord("192.0.2.1", 1, 40)))); !errors.As(err, &e) || e.Reason != UnknownTemplate {
		t.Fatalf("error %v", err)
	}
	if _, bytes := c.skipped(UnknownTemplate); bytes != 30 || len(c.got) != 0 {
		t.Errorf("skipped %d octets, read %d records", bytes, len(c.got))
	}
}

// A first pass finds templates and rates, so that a second pass reads what
// precedes them; but not where the template was redefined meanwhile.
func TestLearn(t *testing.T) {
	data := ipfix(0, set(256, plainRecord("192.0.2.1", 1, 40)))
	later := ipfix(1, set(2, tmpl(256, plain()...)), set(3, optTmpl(300, 1, f(149, 4), f(34, 4))), set(300, u32(7), u32(100)))
	other := ipfix(1, set(2, tmpl(256, f(8, 4), f(12, 4), f(2, 4), f(1, 4), f(152, 8), f(136, 8))))
	run := func(datagrams ...[]byte) *collector {
		c := newCollector(Config{})
		for _, b := range datagrams {
			_ = c.Learn(b, testExporter)
		}
		if len(c.got) != 0 || len(c.Stats().Skipped) != 0 || c.Stats().Datagrams != 0 {
			t.Fatal("learning emits or counts")
		}
		for _, b := range datagrams {
			_ = c.decode(b)
		}
		return c
	}
	c := run(data, later, later)
	want := plainWant("192.0.2.1", 1, 40)
	want.Sampling = 100
	if diff := cmp.Diff([]model.Record{want}, c.got); diff != "" {
		t.Error(diff)
	}
	if s := c.Stats().Streams[0]; s.ByLaterTemplate != 1 {
		t.Errorf("%d records by a later template", s.ByLaterTemplate)
	}
	if c = run(data, later, other); len(c.got) != 0 {
		t.Error("a redefined template was applied to earlier records")
	}
}

func TestWithdrawal(t *testing.T) {
	define := ipfix(0, set(2, tmpl(256, plain()...), tmpl(257, plain()...)), set(3, optTmpl(300, 1, f(149, 4), f(34, 4))))
	data := func(id int) []byte { return ipfix(0, set(id, plainRecord("192.0.2.1", 1, 40))) }
	for _, c := range []struct {
		name     string
		withdraw []byte
		gone     []int
		kept     []int
	}{
		{"one", set(2, u16(256), u16(0)), []int{256}, []int{257}},
		{"all templates", set(2, u16(2), u16(0)), []int{256, 257}, nil},
		{"all options templates", set(3, u16(3), u16(0)), nil, []int{256, 257}},
		{"one that is not there", set(2, u16(999), u16(0)), nil, []int{256, 257}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newCollector(Config{})
			_ = d.Learn(define, testExporter) // a first pass must not bring it back
			for _, b := range [][]byte{define, ipfix(0, c.withdraw)} {
				if err := d.decode(b); err != nil {
					t.Fatal(err)
				}
			}
			for _, id := range c.gone {
				if d.decode(data(id)) == nil {
					t.Errorf("template %d is still there", id)
				}
			}
			for _, id := range c.kept {
				if err := d.decode(data(id)); err != nil {
					t.Errorf("template %d is gone: %v", id, err)
				}
			}
			if err := d.decode(define); err != nil || d.decode(data(256)) != nil {
				t.Error("a withdrawn template cannot be defined again")
			}
		})
	}
}

func TestVariableLengthAndEnterpriseFields(t *testing.T) {
	c := newCollector(Config{})
	fields := []spec{vf(82), f(8, 4), {12345, 6, 9999}, vf(1), f(12, 4), vf(27), {9, variableLength, 4242}, f(2, 1)}
	record := func(name []byte, bytes []byte, packets int) []byte {
		return cat(name, ip4("192.0.2.1"), make([]byte, 6), bytes, ip4("198.51.100.1"), u8(0), u8(0), u8(packets))
	}
	err := c.decode(ipfix(0, set(2, tmpl(256, fields...)), set(256,
		record([]byte("\x03abc"), cat(u8(2), u16(700)), 3),
		record(cat(u8(255), u16(300), make([]byte, 300)), cat(u8(8), u64(1<<40)), 4),
		record([]byte{0}, []byte{0}, 5), []byte{0, 0, 0})))
	if err != nil {
		t.Fatal(err)
	}
	var got [][2]uint64
	for _, r := range c.got {
		if r.Src != addr("192.0.2.1") || r.Dst != addr("198.51.100.1") {
			t.Errorf("addresses %v, %v", r.Src, r.Dst)
		}
		got = append(got, [2]uint64{r.Packets, r.Bytes})
	}
	if diff := cmp.Diff([][2]uint64{{3, 700}, {4, 1 << 40}, {5, 0}}, got); diff != "" {
		t.Error(diff)
	}
}

func TestBiflow(t *testing.T) {
	fields := append(plain(), rf(1, 4), rf(2, 4), rf(6, 1), rf(152, 8), rf(192, 1))
	reverse := func(packets, bytes int) []byte {
		return cat(u32(uint32(bytes)), u32(uint32(packets)), u8(model.SYN|model.ACK), u64(testTime*1000-2000), u8(61))
	}
	c := newCollector(Config{})
	err := c.decode(ipfix(0, set(2, tmpl(256, fields...)), set(256,
		plainRecord("192.0.2.1", 1, 40), reverse(2, 88), // both ways
		plainRecord("192.0.2.2", 1, 40), reverse(0, 0), // one way
		plainRecord("192.0.2.3", 0, 0), reverse(1, 44)))) // the other way only
	if err != nil {
		t.Fatal(err)
	}
	back := func(dst string, packets, bytes uint64) model.Record {
		return model.Record{
			First: testTime*sec - 2e9, Last: testTime*sec - 2e9, Src: addr("198.51.100.1"), Dst: addr(dst),
			Has: model.HasPorts | model.HasFlags | model.HasTTL, SrcPort: 80, DstPort: 1234, Proto: 6,
			TCPFlags: model.SYN | model.ACK, TTL: 61, Packets: packets, Bytes: bytes, Exporter: 1, Domain: 7,
		}
	}
	want := []model.Record{
		plainWant("192.0.2.1", 1, 40), back("192.0.2.1", 2, 88), plainWant("192.0.2.2", 1, 40), back("192.0.2.3", 1, 44),
	}
	if diff := cmp.Diff(want, c.got); diff != "" {
		t.Error(diff)
	}
}

// TestOneField sets one field beside the addresses and looks at what it does.
func TestOneField(t *testing.T) {
	at := testTime * sec
	for _, c := range []struct {
		name   string
		fields []spec
		value  []byte
		want   func(*model.Record)
	}{
		{"octetDeltaCount in 3 octets", []spec{f(1, 3)}, []byte{1, 0, 0}, func(r *model.Record) { r.Bytes = 65536 }},
		{"totals", []spec{f(85, 8), f(86, 8)}, cat(u64(900), u64(9)), func(r *model.Record) { r.Bytes, r.Packets = 900, 9 }},
		{"delta before total", []spec{f(85, 8), f(1, 4)}, cat(u64(900), u32(9)), func(r *model.Record) { r.Bytes = 9 }},
		{"out where in is absent", []spec{f(23, 4), f(24, 4)}, cat(u32(500), u32(5)), func(r *model.Record) { r.Bytes, r.Packets = 500, 5 }},
		{"in before out", []spec{f(24, 4), f(2, 4)}, cat(u32(500), u32(5)), func(r *model.Record) { r.Packets = 5 }},
		{"flags of 2 octets", []spec{f(4, 1), f(6, 2)}, []byte{6, 1, 0x12}, func(r *model.Record) {
			r.Proto, r.TCPFlags, r.Has = 6, 0x12, model.HasFlags
		}},
		{"no flags", []spec{f(4, 1)}, []byte{6}, func(r *model.Record) { r.Proto = 6 }},
		{"TCP ports", []spec{f(4, 1), f(182, 2), f(183, 2)}, cat(u8(6), u16(5), u16(6)), func(r *model.Record) {
			r.Proto, r.SrcPort, r.DstPort, r.Has = 6, 5, 6, model.HasPorts
		}},
		{"ports of GRE", []spec{f(4, 1), f(7, 2), f(11, 2)}, cat(u8(47), u16(5), u16(6)), func(r *model.Record) { r.Proto = 47 }},
		{"least TTL", []spec{f(53, 1), f(192, 1), f(52, 1)}, []byte{64, 60, 50}, func(r *model.Record) { r.TTL, r.Has = 50, model.HasTTL }},
		{"fragment", []spec{f(88, 2), f(197, 1), f(54, 4)}, cat(u16(185), u8(0x20), u32(7)), func(r *model.Record) {
			r.FragOffset, r.MoreFragments, r.IPID, r.Has = 1480, true, 7, model.HasFragment|model.HasIPID
		}},
		{"ICMP in one", []spec{f(4, 1), f(32, 2)}, cat(u8(1), u16(0x0301)), func(r *model.Record) {
			r.Proto, r.ICMPType, r.ICMPCode, r.Has = 1, 3, 1, model.HasICMP
		}},
		{"ICMP in two", []spec{f(4, 1), f(178, 1), f(179, 1)}, []byte{58, 128, 0}, func(r *model.Record) {
			r.Proto, r.ICMPType, r.Has = 58, 128, model.HasICMP
		}},
		{"ICMP in the port", []spec{f(4, 1), f(7, 2), f(11, 2)}, cat(u8(1), u16(0), u16(0x0800)), func(r *model.Record) {
			r.Proto, r.ICMPType, r.Has = 1, 8, model.HasICMP
		}},
		{"ICMP not told", []spec{f(4, 1), f(7, 2), f(11, 2)}, cat(u8(1), u16(0), u16(0)), func(r *model.Record) { r.Proto = 1 }},
		{"interfaces", []spec{f(252, 4), f(253, 4)}, cat(u32(70000), u32(2)), func(r *model.Record) {
			r.InIf, r.OutIf, r.Has = 70000, 2, model.HasInterface
		}},
		{"AS of 2 octets", []spec{f(16, 2), f(17, 2)}, cat(u16(64500), u16(1)), func(r *model.Record) {
			r.SrcAS, r.DstAS, r.Has = 64500, 1, model.HasAS
		}},
		{"seconds", []spec{f(150, 4), f(151, 4)}, cat(u32(testTime-9), u32(testTime-2)), func(r *model.Record) { r.First, r.Last = at-9*sec, at-2*sec }},
		{"NTP µs", []spec{f(154, 8), f(155, 8)}, cat(u32(testTime-9+2208988800), u32(1<<31), u32(testTime+2208988800), u32(0)),
			func(r *model.Record) { r.First, r.Last = at-9*sec+sec/2, at }},
		{"NTP era 1", []spec{f(157, 8)}, cat(u32(100), u32(0)), func(r *model.Record) {
			r.Last = (1<<32 - 2208988800 + 100) * sec
			r.First = r.Last
		}},
		{"µs before export", []spec{f(158, 4), f(159, 4)}, cat(u32(5000), u32(1000)), func(r *model.Record) { r.First, r.Last = at-5e6, at-1e6 }},
		{"observation time", []spec{f(323, 8)}, u64(testTime*1000 - 1), func(r *model.Record) { r.First, r.Last = at-1e6, at-1e6 }},
		{"flow time before observation time", []spec{f(323, 8), f(152, 8), f(153, 8)}, cat(u64(5), u64(testTime*1000-9), u64(testTime*1000-8)),
			func(r *model.Record) { r.First, r.Last = at-9e6, at-8e6 }},
		{"start and duration", []spec{f(152, 8), f(161, 4)}, cat(u64(testTime*1000-9000), u32(4000)), func(r *model.Record) { r.First, r.Last = at-9*sec, at-5*sec }},
		{"end and duration", []spec{f(153, 8), f(162, 4)}, cat(u64(testTime*1000), u32(4000)), func(r *model.Record) { r.First, r.Last = at-4e6, at }},
		{"boot in the record", []spec{f(22, 4), f(21, 4), f(160, 8)}, cat(u32(1000), u32(3000), u64(testTime*1000-60_000)),
			func(r *model.Record) { r.First, r.Last = at-59*sec, at-57*sec }},
		{"boot not told", []spec{f(22, 4), f(21, 4)}, cat(u32(1000), u32(3000)), func(*model.Record) {}},
		{"no time is the export time", nil, nil, func(*model.Record) {}},
		{"time zero is not told", []spec{f(152, 8), f(153, 8)}, cat(u64(0), u64(0)), func(*model.Record) {}},
		{"absurd time", []spec{f(153, 8)}, u64(1 << 63), func(*model.Record) {}},
		{"ends before it begins", []spec{f(152, 8), f(153, 8), f(4, 1)}, cat(u64(testTime*1000), u64(testTime*1000-1), u8(6)),
			func(r *model.Record) { r.First, r.Last, r.Proto = at-1e6, at-1e6, 6 }},
		{"rate in the record", []spec{f(34, 4)}, u32(50), func(r *model.Record) { r.Sampling = 50 }},
		{"interval and space", []spec{f(305, 4), f(306, 4)}, cat(u32(2), u32(1998)), func(r *model.Record) { r.Sampling = 1000 }},
		{"size and population", []spec{f(309, 4), f(310, 4)}, cat(u32(3), u32(300)), func(r *model.Record) { r.Sampling = 100 }},
		{"probability", []spec{f(311, 8)}, f64(0.001), func(r *model.Record) { r.Sampling = 1000 }},
		{"no probability", []spec{f(311, 8)}, f64(-1), func(*model.Record) {}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newCollector(Config{})
			fields := append([]spec{f(8, 4), f(12, 4)}, c.fields...)
			value := cat(ip4("192.0.2.1"), ip4("198.51.100.1"), c.value)
			if err := d.decode(ipfix(0, set(2, tmpl(256, fields...)), set(256, value))); err != nil {
				t.Fatal(err)
			}
			want := model.Record{First: at, Last: at, Src: addr("192.0.2.1"), Dst: addr("198.51.100.1"), Exporter: 1, Domain: 7}
			c.want(&want)
			if diff := cmp.Diff([]model.Record{want}, d.got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A template with addresses of both families fills the one that is not used
// with zeros.
func TestBothFamiliesInOneTemplate(t *testing.T) {
	fields := []spec{f(27, 16), f(28, 16), f(8, 4), f(12, 4)}
	c := newCollector(Config{})
	err := c.decode(ipfix(0, set(2, tmpl(256, fields...)), set(256,
		cat(make([]byte, 32), ip4("192.0.2.1"), ip4("198.51.100.1")),
		cat(ip6("2001:db8::1"), ip6("2001:db8::2"), make([]byte, 8)))))
	if err != nil {
		t.Fatal(err)
	}
	got := [][2]string{}
	for _, r := range c.got {
		got = append(got, [2]string{r.Src.String(), r.Dst.String()})
	}
	if diff := cmp.Diff([][2]string{{"192.0.2.1", "198.51.100.1"}, {"2001:db8::1", "2001:db8::2"}}, got); diff != "" {
		t.Error(diff)
	}
}

// Firewalls count both directions in elements of their own, without RFC 5103.
func TestInitiatorAndResponder(t *testing.T) {
	c := newCollector(Config{Index: func(e model.Exporter) uint32 { return uint32(e.Port) }})
	fields := []spec{f(8, 4), f(12, 4), f(7, 2), f(11, 2), f(4, 1), f(231, 4), f(232, 4), f(298, 4), f(299, 4)}
	err := c.decode(v9(0, set(0, tmpl(256, fields...)), set(256,
		ip4("192.0.2.1"), ip4("198.51.100.1"), u16(1234), u16(443), u8(6), u32(700), u32(90000), u32(7), u32(60))))
	if err != nil {
		t.Fatal(err)
	}
	type brief struct {
		src, dst       string
		port           uint16
		packets, bytes uint64
	}
	var got []brief
	for _, r := range c.got {
		got = append(got, brief{r.Src.String(), r.Dst.String(), r.DstPort, r.Packets, r.Bytes})
		if r.Exporter != uint32(testExporter.Port) {
			t.Errorf("exporter %d", r.Exporter)
		}
	}
	want := []brief{{"192.0.2.1", "198.51.100.1", 443, 7, 700}, {"198.51.100.1", "192.0.2.1", 1234, 60, 90000}}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(brief{})); diff != "" {
		t.Error(diff)
	}
}

// TestPaddingIsNoLoss: sets may end with up to three bytes that align them,
// which need not be zero.
func TestPaddingIsNoLoss(t *testing.T) {
	for _, value := range []int{0, 0xff} {
		for n := 1; n <= 3; n++ {
			pad := bytes.Repeat(u8(value), n)
			d := newCollector(Config{})
			for i, b := range [][]byte{
				ipfix(0, set(2, tmpl(256, plain()...), pad), set(256, plainRecord("192.0.2.1", 1, 40), pad)),
				ipfix(1, set(2, tmpl(257, f(8, 4), f(12, 4), f(1, 4), f(2, 4), vf(82)), pad),
					set(257, ip4("192.0.2.1"), ip4("192.0.2.2"), u32(40), u32(1), u8(2), u16(0x4142), pad)),
				ipfix(2, set(3, optTmpl(258, 1, f(149, 4), f(34, 4)), pad), set(258, u32(7), u32(100), pad)),
			} {
				if err := d.decode(b); err != nil {
					t.Errorf("%d bytes of %#x, datagram %d: %v", n, value, i, err)
				}
			}
			if len(d.got) != 2 || len(d.Stats().Skipped) != 0 {
				t.Errorf("%d bytes of %#x: %d records, skipped %+v", n, value, len(d.got), d.Stats().Skipped)
			}
		}
	}
}
