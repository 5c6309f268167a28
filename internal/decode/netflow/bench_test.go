package netflow

import (
	"net/netip"
	"testing"

	"floodmark/internal/model"
)

func addr(s string) model.Addr { return model.AddrFromNetip(netip.MustParseAddr(s)) }

// routerFields is the template of an ordinary router's NetFlow v9 export: 20
// fields, 61 bytes.
func routerFields() []spec {
	return []spec{
		f(8, 4), f(12, 4), f(15, 4), f(10, 4), f(14, 4), f(2, 4), f(1, 4), f(22, 4), f(21, 4), f(7, 2),
		f(11, 2), f(6, 1), f(4, 1), f(5, 1), f(16, 4), f(17, 4), f(9, 1), f(13, 1), f(48, 1), f(61, 1), f(89, 1), f(192, 1),
	}
}

func routerRecord(i int) []byte {
	return cat(u32(0xc0000200|uint32(i)), u32(0xc6336401), u32(0), u32(10), u32(20), u32(7), u32(7*1400),
		u32(3_590_000), u32(3_599_000), u16(1024+i), u16(443), u8(0x1b), u8(6), u8(0), u32(64500), u32(64501),
		u8(24), u8(24), u8(1), u8(0), u8(64), u8(57))
}

func many(n int, f func(int) []byte) []byte {
	var b []byte
	for i := range n {
		b = append(b, f(i)...)
	}
	return b
}

func benchmark(b *testing.B, perDatagram int, setup [][]byte, data []byte) {
	var sum uint64
	d := New(Config{Emit: func(r *model.Record) { sum += r.Packets }})
	for _, s := range setup {
		if err := d.Decode(s, testExporter, testTime*1e9); err != nil {
			b.Fatal(err)
		}
	}
	if err := d.Decode(data, testExporter, testTime*1e9); err != nil || sum == 0 {
		b.Fatal("nothing decoded", err)
	}
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		_ = d.Decode(data, testExporter, testTime*1e9)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(perDatagram), "ns/record")
	b.ReportMetric(float64(b.N)*float64(perDatagram)/b.Elapsed().Seconds()/1e6, "Mrecords/s")
}

func BenchmarkV9(b *testing.B) {
	setup := v9(1, set(0, tmpl(260, routerFields()...)), set(1, optTmpl9(261, 1, f(1, 4), f(48, 1), f(34, 4))),
		set(261, u32(0), u8(1), u32(1000)))
	benchmark(b, 28, [][]byte{setup}, v9(2, set(260, many(28, routerRecord))))
}

func BenchmarkV5(b *testing.B) {
	rec := cat(ip4("192.0.2.1"), ip4("198.51.100.1"), u32(0), u16(3), u16(4), u32(7), u32(7000),
		u32(3_590_000), u32(3_599_000), u16(53), u16(4444), u8(0), u8(0x10), u8(6), u8(0), u16(64500), u16(64501), u32(0))
	records := make([][]byte, 30)
	for i := range records {
		records[i] = rec
	}
	benchmark(b, 30, nil, v5(1, 1000, records...))
}

func BenchmarkIPFIX(b *testing.B) {
	benchmark(b, 28, [][]byte{ipfix(0, set(2, tmpl(256, plain()...)))},
		ipfix(0, set(256, many(28, func(int) []byte { return plainRecord("192.0.2.1", 1, 40) }))))
}

func BenchmarkIPFIXVariableLength(b *testing.B) {
	benchmark(b, 28, [][]byte{ipfix(0, set(2, tmpl(256, append(plain(), vf(82))...)))},
		ipfix(0, set(256, many(28, func(int) []byte { return cat(plainRecord("192.0.2.1", 1, 40), []byte("\x04eth0")) }))))
}

func BenchmarkPacketSection(b *testing.B) {
	benchmark(b, 15, [][]byte{ipfix(0, set(2, tmpl(257, f(324, 8), f(315, 64))))},
		ipfix(0, set(257, many(15, func(int) []byte { return cat(u64(1<<63), testFrame()) }))))
}
