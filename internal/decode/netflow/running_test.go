package netflow

import (
	"testing"

	"floodmark/internal/model"
)

// totalsIPFIX builds one record of a flow with running totals.
func totalsIPFIX(seq uint32, start, end uint64, packets, bytes uint32) []byte {
	return ipfix(seq, set(256, ip4("192.0.2.1"), ip4("198.51.100.1"), u16(443), u16(50000), u8(6), u64(start), u64(end), u32(packets), u32(bytes)))
}

func sumOf(rs []model.Record) (packets, bytes uint64) {
	for _, r := range rs {
		packets, bytes = packets+r.Packets, bytes+r.Bytes
	}
	return packets, bytes
}

// Of a flow with running totals only the growth counts, in each pair of
// elements that are called totals, and each record spans what it adds.
func TestRunningTotalsCountGrowth(t *testing.T) {
	const t0 = testTime * 1000
	for _, c := range []struct {
		name           string
		packets, bytes int
	}{
		{"octetTotalCount, packetTotalCount", 86, 85},
		{"postOctetTotalCount, postPacketTotalCount", 172, 171},
		{"layer2OctetTotalCount", 86, 353},
	} {
		d := newCollector(Config{})
		_ = d.decode(ipfix(0, set(2, tmpl(256, f(8, 4), f(12, 4), f(7, 2), f(11, 2), f(4, 1), f(152, 8), f(153, 8), f(c.packets, 4), f(c.bytes, 4)))))
		for i := uint64(1); i <= 6; i++ {
			_ = d.decode(totalsIPFIX(uint32(i-1), t0, t0+i*60_000, uint32(i*1000), uint32(i*1_500_000)))
		}
		if p, b := sumOf(d.got); p != 6000 || b != 9_000_000 || len(d.got) != 6 {
			t.Errorf("%s: %d packets, %d bytes in %d records", c.name, p, b, len(d.got))
			continue
		}
		if r := d.got[3]; r.Packets != 1000 || r.First != (t0+180_000)*1e6 || r.Last != (t0+240_000)*1e6 {
			t.Errorf("%s: the fourth record adds %d packets from %d to %d", c.name, r.Packets, r.First, r.Last)
		}
		// The same again is nothing new; a fall and another start are new flows.
		_ = d.decode(totalsIPFIX(6, t0, t0+360_000, 6000, 9_000_000))
		_ = d.decode(totalsIPFIX(7, t0, t0+420_000, 10, 1000))
		_ = d.decode(totalsIPFIX(8, t0+430_000, t0+431_000, 7, 700))
		if p, b := sumOf(d.got); p != 6017 || b != 9_001_700 || len(d.got) != 8 {
			t.Errorf("%s: then %d packets, %d bytes in %d records", c.name, p, b, len(d.got))
		}
		if n := d.Stats().Streams[0].Unchanged; n != 1 {
			t.Errorf("%s: %d records without change", c.name, n)
		}
	}
}

// Running totals of both directions (RFC 5103) grow each by itself.
func TestRunningTotalsOfBothDirections(t *testing.T) {
	d := newCollector(Config{})
	_ = d.decode(ipfix(0, set(2, tmpl(256, f(8, 4), f(12, 4), f(152, 8), f(86, 4), f(85, 4), rf(86, 4), rf(85, 4)))))
	rec := func(p, b, rp, rb uint32) []byte {
		return ipfix(0, set(256, ip4("192.0.2.1"), ip4("198.51.100.1"), u64(testTime*1000), u32(p), u32(b), u32(rp), u32(rb)))
	}
	_ = d.decode(rec(10, 1000, 5, 500))
	_ = d.decode(rec(10, 1000, 9, 900))
	_ = d.decode(rec(30, 3000, 9, 900))
	there, back := 0, 0
	for _, r := range d.got {
		if r.Src == addr("192.0.2.1") {
			there += int(r.Packets)
		} else {
			back += int(r.Packets)
		}
	}
	if there != 30 || back != 9 {
		t.Errorf("%d packets there, %d back", there, back)
	}
}

// Totals of flows that were forgotten, since more were met than are kept, are
// not counted a second time.
func TestForgottenTotalsAreNotCountedAgain(t *testing.T) {
	d := newCollector(Config{Limits: Limits{Flows: 10}})
	_ = d.decode(ipfix(0, set(2, tmpl(256, f(8, 4), f(12, 4), f(152, 8), f(86, 4), f(85, 4)))))
	rec := func(i int, packets uint32) []byte {
		return ipfix(0, set(256, u32(uint32(0x0a000000+i)), ip4("198.51.100.1"), u64(testTime*1000-5000), u32(packets), u32(packets*100)))
	}
	for i := range 100 {
		_ = d.decode(rec(i, 10))
	}
	before, _ := sumOf(d.got)
	_ = d.decode(rec(0, 15))
	_ = d.decode(rec(0, 25))
	after, _ := sumOf(d.got)
	if unknown := d.Stats().Streams[0].TotalsUnknown; after-before != 10 || unknown == 0 {
		t.Errorf("%d packets more, %d totals unknown", after-before, unknown)
	}
}

// A firewall's updates and its last record, which repeats their sum.
func TestFirewallEvents(t *testing.T) {
	d := newCollector(Config{})
	_ = d.decode(v9(0, set(0, tmpl(256, f(148, 4), f(8, 4), f(12, 4), f(7, 2), f(11, 2), f(4, 1), f(233, 1), f(231, 4), f(232, 4), f(298, 4), f(299, 4)))))
	event := func(id uint32, what int, out, back, outPackets, backPackets uint32) {
		_ = d.decode(v9(0, set(256, u32(id), ip4("192.0.2.1"), ip4("198.51.100.1"), u16(40000), u16(443), u8(6), u8(what),
			u32(out), u32(back), u32(outPackets), u32(backPackets))))
	}
	check := func(name string, packets, bytes uint64) {
		t.Helper()
		if p, b := sumOf(d.got); p != packets || b != bytes {
			t.Errorf("%s: %d packets, %d bytes", name, p, b)
		}
		d.got = nil
	}
	event(1, eventCreated, 0, 0, 0, 0)
	event(1, eventUpdate, 1320, 3378, 12, 12)
	event(1, eventUpdate, 1557, 789, 9, 9)
	event(1, eventDeleted, 2877, 4167, 21, 21)
	check("the sum repeats the updates", 42, 7044)
	event(2, eventUpdate, 100, 0, 1, 0)
	event(2, eventDeleted, 300, 50, 3, 1)
	check("an update was lost", 4, 350)
	event(3, eventDeleted, 300, 50, 3, 1)
	check("no update came", 4, 350)
	event(3, eventDeleted, 300, 50, 3, 1)
	check("the same number used again", 4, 350)
	for range 60 {
		event(0, eventDenied, 0, 0, 0, 0)
	}
	check("denied", 0, 0)
	if n := d.Stats().Streams[0].Events; n != 61 {
		t.Errorf("%d events", n)
	}
}

// Records of translations and events without counters are no traffic.
func TestEventsWithoutCounters(t *testing.T) {
	for ie, name := range map[int]string{230: "natEvent", 233: "firewallEvent"} {
		d := newCollector(Config{})
		_ = d.decode(ipfix(0, set(2, tmpl(256, f(8, 4), f(12, 4), f(ie, 1)))))
		_ = d.decode(ipfix(0, set(256, ip4("192.0.2.1"), ip4("198.51.100.1"), u8(4))))
		if n := d.Stats().Streams[0].Events; len(d.got) != 0 || n != 1 {
			t.Errorf("%s: %d records, %d events", name, len(d.got), n)
		}
	}
}

// A fact that a template has several fields for is taken from the best one that
// is not 0.
func TestFieldsOfZeroGiveWay(t *testing.T) {
	const ms = testTime * 1000
	for _, c := range []struct {
		name   string
		fields []spec
		values []byte
		want   func(r *model.Record) bool
	}{
		{"IN 0 beside OUT", []spec{f(2, 4), f(1, 4), f(24, 4), f(23, 4)}, cat(u32(0), u32(0), u32(10), u32(14600)),
			func(r *model.Record) bool { return r.Packets == 10 && r.Bytes == 14600 }},
		{"OUT before IN, OUT 0", []spec{f(24, 4), f(23, 4), f(2, 4), f(1, 4)}, cat(u32(0), u32(0), u32(10), u32(14600)),
			func(r *model.Record) bool { return r.Packets == 10 && r.Bytes == 14600 }},
		{"both alike count once", []spec{f(2, 4), f(1, 4), f(24, 4), f(23, 4)}, cat(u32(10), u32(14600), u32(10), u32(14600)),
			func(r *model.Record) bool { return r.Packets == 10 && r.Bytes == 14600 }},
		{"delta 0 beside a total", []spec{f(2, 4), f(86, 8)}, cat(u32(0), u64(10)),
			func(r *model.Record) bool { return r.Packets == 10 }},
		{"port 0 beside udpSourcePort", []spec{f(7, 2), f(180, 2)}, cat(u16(0), u16(123)),
			func(r *model.Record) bool { return r.SrcPort == 123 }},
		{"absolute time 0 beside uptime", []spec{f(152, 8), f(153, 8), f(22, 4), f(21, 4)}, cat(u64(0), u64(0), u32(3_590_000), u32(3_595_000)),
			func(r *model.Record) bool { return r.First == (ms-10_000)*1e6 && r.Last == (ms-5_000)*1e6 }},
		{"uptime 0 beside an absolute time", []spec{f(22, 4), f(21, 4), f(152, 8), f(153, 8)}, cat(u32(0), u32(0), u64(ms-10_000), u64(ms-5_000)),
			func(r *model.Record) bool { return r.First == (ms-10_000)*1e6 && r.Last == (ms-5_000)*1e6 }},
		{"samplingInterval 0 beside samplerRandomInterval", []spec{f(34, 4), f(50, 4)}, cat(u32(0), u32(100)),
			func(r *model.Record) bool { return r.Sampling == 100 }},
		{"minimumTTL 0 beside maximumTTL", []spec{f(52, 1), f(53, 1)}, cat(u8(0), u8(57)),
			func(r *model.Record) bool { return r.TTL == 57 }},
	} {
		d := newCollector(Config{})
		fields := append([]spec{f(8, 4), f(12, 4), f(4, 1)}, c.fields...)
		_ = d.decode(v9(0, set(0, tmpl(256, fields...))))
		_ = d.decode(v9(0, set(256, ip4("192.0.2.1"), ip4("198.51.100.1"), u8(17), c.values)))
		if len(d.got) != 1 || !c.want(&d.got[0]) {
			t.Errorf("%s: %+v", c.name, d.got)
		}
	}
	// In options records too.
	d := newCollector(Config{})
	_ = d.decode(v9(0, set(1, optTmpl9(300, 1, f(1, 4), f(50, 4), f(34, 4))), set(300, u32(0), u32(100), u32(0)),
		set(0, tmpl(256, f(8, 4), f(12, 4), f(2, 4))), set(256, ip4("192.0.2.1"), ip4("198.51.100.1"), u32(1))))
	if len(d.got) != 1 || d.got[0].Sampling != 100 {
		t.Errorf("options: %+v", d.got)
	}
}
