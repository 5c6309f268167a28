package vector

import (
	"testing"

	"floodmark/internal/model"
)

// FuzzClassify gives any payload, ports, flags and lengths: no panic, a class
// of the table, and the same class again.
func FuzzClassify(f *testing.F) {
	for _, s := range serviceFixtures {
		for _, a := range s.answer {
			f.Add(a, s.port, uint16(50000), uint8(17), uint8(0), uint32(len(a)), uint64(3), uint64(900), uint8(1))
		}
	}
	f.Add([]byte("GET / HTTP/1.1\r\n"), uint16(40000), uint16(80), uint8(6), uint8(0x18), uint32(16), uint64(1), uint64(56), uint8(1))
	f.Fuzz(func(t *testing.T, p []byte, sp, dp uint16, proto, flags uint8, wire uint32, packets, octets uint64, how uint8) {
		r := model.Record{Proto: proto, SrcPort: sp, DstPort: dp, TCPFlags: flags, Payload: p, PayloadLen: wire,
			Packets: packets, Bytes: octets, IsPacket: how&1 != 0, MoreFragments: how&2 != 0, Truncated: how&4 != 0}
		if how&8 != 0 {
			r.Has = model.Fields(how)
		} else {
			r.Has = ^model.Fields(0)
		}
		c := Classify(&r)
		if Lookup(c) == nil {
			t.Fatalf("class %d is not in the table", c)
		}
		if again := Classify(&r); again != c {
			t.Fatalf("class %d, then %d", c, again)
		}
	})
}

func FuzzDNSQuestion(f *testing.F) {
	f.Add(dnsMsg(0x0100, "k3j9x2q8.www.example.net", 28, 0, 0))
	f.Add(cat(hexa("1a2b01000001000000000000c00c"), uint16(1), uint16(1)))
	f.Fuzz(func(t *testing.T, p []byte) {
		q, ok := DNSQuestion(p)
		if !ok {
			return
		}
		n := 0
		for l, rest := nextLabel(q.Name); l != nil; l, rest = nextLabel(rest) {
			n++
		}
		if n != q.Labels || len(q.Name) > 254 || n > 127 {
			t.Fatalf("%d labels walked, %d told, %d octets", n, q.Labels, len(q.Name))
		}
	})
}

func FuzzHTTPRequest(f *testing.F) {
	f.Add([]byte("GET /?a=1 HTTP/1.1\r\nHost: a\r\nUser-Agent: b\r\n\r\n"))
	f.Fuzz(func(t *testing.T, p []byte) {
		q, ok := HTTPRequest(p)
		if ok != (len(q.Target) > 0) {
			t.Fatalf("ok %v with target %q", ok, q.Target)
		}
		if len(q.Path()) > len(q.Target) {
			t.Fatal("path longer than target")
		}
		tlsClientHello(p)
	})
}
