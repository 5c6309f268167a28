// Command mktraffic writes traffic.pcap: a few seconds of made-up traffic
// between addresses of the documentation ranges (RFC 5737, RFC 3849), which
// exporters are then given to export. It is run by hand:
//
//	go run ./internal/decode/netflow/testdata/mktraffic > traffic.pcap
package main

import (
	"bufio"
	"encoding/binary"
	"log"
	"net/netip"
	"os"
)

const start = 1_700_000_000 // 2023-11-14T22:13:20Z

type writer struct {
	out *bufio.Writer
	at  int64 // µs after start
}

var be = binary.BigEndian

func cat(parts ...[]byte) []byte {
	var b []byte
	for _, p := range parts {
		b = append(b, p...)
	}
	return b
}
func u16(v int) []byte    { return be.AppendUint16(nil, uint16(v)) }
func u32(v uint32) []byte { return be.AppendUint32(nil, v) }

func sum(b []byte) []byte {
	var s uint32
	for i := 0; i < len(b); i += 2 {
		s += uint32(b[i]) << 8
		if i+1 < len(b) {
			s += uint32(b[i+1])
		}
	}
	for s>>16 != 0 {
		s = s&0xffff + s>>16
	}
	return u16(int(^s))
}

// frame writes an Ethernet frame, 10 ms after the last.
func (w *writer) frame(kind int, ip []byte) {
	b := cat([]byte{2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1}, u16(kind), ip)
	for len(b) < 60 {
		b = append(b, 0)
	}
	le := binary.LittleEndian
	h := le.AppendUint32(nil, uint32(start+w.at/1e6))
	h = le.AppendUint32(h, uint32(w.at%1e6))
	h = le.AppendUint32(h, uint32(len(b)))
	h = le.AppendUint32(h, uint32(len(b)))
	w.out.Write(h)
	w.out.Write(b)
	w.at += 10_000
}

type host struct {
	addr string
	port int
}

// ip writes an IP packet; frag is the 16 bits of flags and offset of IPv4.
func (w *writer) ip(src, dst string, proto, frag, ttl int, body []byte) {
	s, d := netip.MustParseAddr(src), netip.MustParseAddr(dst)
	if s.Is6() {
		w.frame(0x86dd, cat([]byte{0x60, 0, 0, 0}, u16(len(body)), []byte{byte(proto), byte(ttl)}, s.AsSlice(), d.AsSlice(), body))
		return
	}
	h := cat([]byte{0x45, 0}, u16(20+len(body)), u16(int(w.at/10_000)), u16(frag), []byte{byte(ttl), byte(proto), 0, 0}, s.AsSlice(), d.AsSlice())
	copy(h[10:], sum(h))
	w.frame(0x0800, cat(h, body))
}

func pseudo(src, dst string, proto, n int) []byte {
	return cat(netip.MustParseAddr(src).AsSlice(), netip.MustParseAddr(dst).AsSlice(), u32(uint32(n)), u32(uint32(proto)))
}

func (w *writer) udp(src, dst host, ttl, n int) {
	b := cat(u16(src.port), u16(dst.port), u16(8+n), u16(0), make([]byte, n))
	copy(b[6:], sum(cat(pseudo(src.addr, dst.addr, 17, len(b)), b)))
	w.ip(src.addr, dst.addr, 17, 0, ttl, b)
}

func (w *writer) tcp(src, dst host, flags byte, ttl, n int) {
	b := cat(u16(src.port), u16(dst.port), u32(1000), u32(2000), []byte{0x50, flags}, u16(8192), u16(0), u16(0), make([]byte, n))
	copy(b[16:], sum(cat(pseudo(src.addr, dst.addr, 6, len(b)), b)))
	w.ip(src.addr, dst.addr, 6, 0, ttl, b)
}

func (w *writer) icmp(src, dst string, kind, code byte, n int) {
	proto := 1
	b := cat([]byte{kind, code, 0, 0}, u16(7), u16(1), make([]byte, n))
	if kind >= 128 {
		proto = 58
		copy(b[2:], sum(cat(pseudo(src, dst, 58, len(b)), b)))
	} else {
		copy(b[2:], sum(b))
	}
	w.ip(src, dst, proto, 0, 64, b)
}

const (
	syn    = 0x02
	synAck = 0x12
	ack    = 0x10
	pshAck = 0x18
	finAck = 0x11
)

func (w *writer) connection(c, s host) {
	w.tcp(c, s, syn, 57, 0)
	w.tcp(s, c, synAck, 64, 0)
	w.tcp(c, s, ack, 57, 0)
	w.tcp(c, s, pshAck, 57, 120)
	for range 4 {
		w.tcp(s, c, ack, 64, 1200)
	}
	w.tcp(c, s, finAck, 57, 0)
	w.tcp(s, c, finAck, 64, 0)
	w.tcp(c, s, ack, 57, 0)
}

func main() {
	w := &writer{out: bufio.NewWriter(os.Stdout)}
	le := binary.LittleEndian
	h := le.AppendUint32(nil, 0xa1b2c3d4)
	h = le.AppendUint16(h, 2)
	h = le.AppendUint16(h, 4)
	for _, v := range []uint32{0, 0, 65535, 1} {
		h = le.AppendUint32(h, v)
	}
	w.out.Write(h)

	w.connection(host{"198.51.100.10", 40001}, host{"192.0.2.80", 443})
	w.connection(host{"2001:db8:1::10", 40002}, host{"2001:db8:2::80", 443})
	w.udp(host{"198.51.100.11", 5353}, host{"192.0.2.53", 53}, 60, 40)
	w.udp(host{"192.0.2.53", 53}, host{"198.51.100.11", 5353}, 64, 400)
	w.udp(host{"2001:db8:1::11", 5354}, host{"2001:db8:2::53", 53}, 60, 40)
	w.icmp("198.51.100.12", "192.0.2.80", 8, 0, 56)
	w.icmp("192.0.2.80", "198.51.100.12", 0, 0, 56)
	w.icmp("192.0.2.80", "198.51.100.13", 3, 3, 36)
	w.icmp("2001:db8:1::12", "2001:db8:2::80", 128, 0, 56)
	for i := range 8 {
		w.tcp(host{netip.AddrFrom4([4]byte{203, 0, 113, byte(20 + i)}).String(), 1024 + 7*i}, host{"192.0.2.80", 80}, syn, 200+i, 0)
	}
	for range 6 {
		w.udp(host{"203.0.113.200", 123}, host{"192.0.2.80", 33000}, 50, 440)
	}
	w.ip("203.0.113.201", "192.0.2.80", 17, 0x2000, 50, cat(u16(53), u16(33001), u16(2008), u16(0), make([]byte, 992)))
	w.ip("203.0.113.201", "192.0.2.80", 17, 125, 50, make([]byte, 1000))
	w.ip("203.0.113.202", "192.0.2.80", 47, 0, 50, cat(u16(0), u16(0x0800), make([]byte, 40)))
	if err := w.out.Flush(); err != nil {
		log.Fatal(err)
	}
}
