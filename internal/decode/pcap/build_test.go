package pcap

import (
	"encoding/binary"
	"math"
)

// The functions here build recordings for tests, byte by byte.

type order interface {
	binary.ByteOrder
	binary.AppendByteOrder
}

func u16s(o order, v ...uint16) []byte {
	var b []byte
	for _, x := range v {
		b = o.AppendUint16(b, x)
	}
	return b
}

func u32s(o order, v ...uint32) []byte {
	var b []byte
	for _, x := range v {
		b = o.AppendUint32(b, x)
	}
	return b
}

func u64s(o order, v ...uint64) []byte {
	var b []byte
	for _, x := range v {
		b = o.AppendUint64(b, x)
	}
	return b
}

func pad(b []byte) []byte {
	for len(b)%4 != 0 {
		b = append(b, 0)
	}
	return b
}

// block puts head and tail around the parts of a pcapng block.
func block(o order, typ uint32, parts ...[]byte) []byte {
	var body []byte
	for _, p := range parts {
		body = append(body, p...)
	}
	body = pad(body)
	n := uint32(len(body) + 12)
	b := append(u32s(o, typ, n), body...)
	return o.AppendUint32(b, n)
}

func option(o order, code uint16, v []byte) []byte {
	return append(u16s(o, code, uint16(len(v))), pad(append([]byte(nil), v...))...)
}

func section(o order, options ...[]byte) []byte {
	parts := [][]byte{u32s(o, byteOrderMagic), u16s(o, 1, 0), u64s(o, math.MaxUint64)}
	return block(o, blockSection, append(parts, options...)...)
}

func idb(o order, link uint16, snap uint32, options ...[]byte) []byte {
	return block(o, blockInterface, append([][]byte{u16s(o, link, 0), u32s(o, snap)}, options...)...)
}

func epb(o order, id uint32, ts uint64, data []byte, wire uint32, options ...[]byte) []byte {
	parts := [][]byte{u32s(o, id, uint32(ts>>32), uint32(ts), uint32(len(data)), wire), pad(append([]byte(nil), data...))}
	return block(o, blockEnhanced, append(parts, options...)...)
}

func fileHeader(o order, magic uint32, link uint32) []byte {
	b := append(u32s(o, magic), u16s(o, 2, 4)...)
	return append(b, u32s(o, 0, 0, 262144, link)...)
}

func record(o order, sec, frac uint32, data []byte, wire uint32) []byte {
	return append(u32s(o, sec, frac, uint32(len(data)), wire), data...)
}
