package goflow2

import "encoding/binary"

// The datagrams of the benchmarks: what a busy router fills a packet of about
// 1500 octets with.
const (
	records5 = 30 // the most that NetFlow v5 allows
	records9 = 28
	recordsX = 28
	samples  = 7
	now      = 1_700_000_000
)

var be = binary.BigEndian

func cat(parts ...[]byte) []byte {
	var b []byte
	for _, p := range parts {
		b = append(b, p...)
	}
	return b
}

func u16(v ...int) []byte {
	var b []byte
	for _, w := range v {
		b = be.AppendUint16(b, uint16(w))
	}
	return b
}

func u32(v ...int) []byte {
	var b []byte
	for _, w := range v {
		b = be.AppendUint32(b, uint32(w))
	}
	return b
}

func set(id int, body ...[]byte) []byte {
	b := cat(body...)
	b = append(b, make([]byte, -len(b)&3)...)
	return cat(u16(id, len(b)+4), b)
}

// The fields of an ordinary router's flow record, with their lengths: addresses
// and routing, interfaces, counts, times, ports, flags, masks, sampler,
// direction. start and end differ between NetFlow v9 and IPFIX.
func fields(start, end, width int) [][2]int {
	return [][2]int{{8, 4}, {12, 4}, {15, 4}, {10, 4}, {14, 4}, {2, 4}, {1, 4}, {start, width}, {end, width}, {7, 2},
		{11, 2}, {6, 1}, {4, 1}, {5, 1}, {16, 4}, {17, 4}, {9, 1}, {13, 1}, {61, 1}, {192, 1}}
}

func template(id int, fields [][2]int) []byte {
	b := u16(id, len(fields))
	for _, f := range fields {
		b = append(b, u16(f[0], f[1])...)
	}
	return b
}

func record(i int, start, end []byte) []byte {
	return cat(u32(0xc0000200|i, 0xc6336401, 0xc00002fe, 10, 20, 7, 9800), start, end, u16(1024+i, 443), []byte{0x1b, 6, 0},
		u32(64500, 64501), []byte{24, 24, 0, 57})
}

func many(n int, f func(int) []byte) []byte {
	var b []byte
	for i := range n {
		b = append(b, f(i)...)
	}
	return b
}

func v9(sets ...[]byte) []byte {
	return cat(u16(9, len(sets)), u32(3_600_000, now, 1, 7), cat(sets...))
}

func v9Setup() []byte {
	return v9(set(0, template(260, fields(22, 21, 4))), set(1, u16(261, 4, 4, 1, 4, 34, 4)), set(261, u32(0, 1000)))
}

func v9Data() []byte {
	return v9(set(260, many(records9, func(i int) []byte { return record(i, u32(3_590_000), u32(3_599_000)) })))
}

func ipfix(sets ...[]byte) []byte {
	b := cat(sets...)
	return cat(u16(10, len(b)+16), u32(now, 1, 7), b)
}

func ipfixSetup() []byte {
	return ipfix(set(2, template(260, fields(152, 153, 8))), set(3, u16(261, 2, 1, 149, 4, 34, 4)), set(261, u32(7, 1000)))
}

func milli(ms int) []byte { return be.AppendUint64(nil, uint64(now*1000-ms)) }

func ipfixData() []byte {
	return ipfix(set(260, many(recordsX, func(i int) []byte { return record(i, milli(10_000), milli(1000)) })))
}

func v5Data() []byte {
	return cat(u16(5, records5), u32(3_600_000, now, 0, 1), []byte{1, 2}, u16(1<<14|1000), many(records5, func(i int) []byte {
		return cat(u32(0xc0000200|i, 0xc6336401, 0xc00002fe), u16(10, 20), u32(7, 9800, 3_590_000, 3_599_000),
			u16(1024+i, 443), []byte{0, 0x1b, 6, 0}, u16(64500, 64501), []byte{24, 24, 0, 0})
	}))
}

func sflowData() []byte {
	packet := cat(make([]byte, 12), u16(0x0800), []byte{0x45, 0}, u16(1400, 9, 0), []byte{57, 6, 0, 0},
		u32(0xc0000201, 0xc6336401), u16(1024, 443), u32(1, 2), []byte{0x50, 0x10}, u16(8192, 0, 0), make([]byte, 74))
	raw := cat(u32(1, 16+len(packet), 1, 1418, 4, len(packet)), packet)
	ext := u32(1001, 16, 1, 0, 1, 0)
	return cat(u32(5, 1, 0xc00002fe, 3, 1, 1000, samples), many(samples, func(i int) []byte {
		body := cat(u32(i, 5, 1000, 1000*i, 0, 5, 6, 2), raw, ext)
		return cat(u32(1, len(body)), body)
	}))
}
