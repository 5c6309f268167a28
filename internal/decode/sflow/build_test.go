package sflow

import (
	"encoding/binary"
	"net/netip"

	"floodmark/internal/model"
)

// The builders below write sFlow datagrams by hand, for the cases that pmacct's
// sfprobe does not produce. What it produces is in testdata.

func addr(s string) model.Addr { return model.AddrFromNetip(netip.MustParseAddr(s)) }

func words(v ...uint32) []byte {
	var b []byte
	for _, w := range v {
		b = binary.BigEndian.AppendUint32(b, w)
	}
	return b
}

func cat(parts ...[]byte) []byte {
	var out []byte
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}

func ip(s string) []byte { return netip.MustParseAddr(s).AsSlice() }

// block is a sample or record: format, length, body.
func block(format uint32, body ...[]byte) []byte {
	b := cat(body...)
	return cat(words(format, uint32(len(b))), b)
}

// datagram builds one of the agent 192.0.2.254, sub-agent 3.
func datagram(seq uint32, samples ...[]byte) []byte {
	return cat(words(5, 1), ip("192.0.2.254"), words(3, seq, 1000, uint32(len(samples))), cat(samples...))
}

// flow builds a flow sample of source 0:5, from interface 5 to 6, 1 in 1000.
func flow(seq, pool, drops uint32, records ...[]byte) []byte {
	return block(flowSample, words(seq, 5, 1000, pool, drops, 5, 6, uint32(len(records))), cat(records...))
}

// raw builds a raw packet header record.
func raw(proto, frame, stripped uint32, header []byte) []byte {
	pad := make([]byte, -len(header)&3)
	return block(rawHeader, words(proto, frame, stripped, uint32(len(header))), header, pad)
}

// udp4 builds an IPv4 packet of n bytes whose headers and first 12 bytes of
// payload are there.
func udp4(n int) []byte {
	return cat([]byte{0x45, 0, byte(n >> 8), byte(n), 0, 9, 0, 0, 57, 17, 0, 0}, ip("192.0.2.1"), ip("198.51.100.1"),
		[]byte{0, 123, 0x11, 0x5c, byte((n - 20) >> 8), byte(n - 20), 0, 0}, make([]byte, 12))
}

func ether(kind uint16, packet []byte) []byte {
	return cat(make([]byte, 12), []byte{byte(kind >> 8), byte(kind)}, packet)
}

type collector struct {
	*Decoder
	got      []model.Record
	counters []Counters
}

var testFrom = model.Exporter{Addr: addr("203.0.113.9"), Port: 50000}

const testTime = int64(1_700_000_000_000_000_000)

func newCollector(limits Limits) *collector {
	c := &collector{}
	c.Decoder = New(Config{
		Emit:     func(r *model.Record) { c.got = append(c.got, *r) },
		Counters: func(n *Counters) { c.counters = append(c.counters, *n) },
		Limits:   limits,
	})
	return c
}

func (c *collector) decode(b []byte) error { return c.Decode(b, testFrom, testTime) }
