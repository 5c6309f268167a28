package packet

import (
	"encoding/binary"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"floodmark/internal/model"
)

const (
	macs  = "020000000002020000000001"
	src4  = "c6336401" // 198.51.100.1
	dst4  = "c0000201" // 192.0.2.1
	src6  = "20010db8000000000000000000000001"
	dst6  = "20010db8000000000000000000000002"
	udp16 = "00a104d200100000" + "0102030405060708" // 161 > 1234, 8 bytes
	tcp20 = "04d200500000000a0000000b5002040012340000"
)

// ip4 is an IPv4 packet around a payload.
func ip4(t testing.TB, proto byte, frag uint16, payload string) string {
	b := unhex(t, payload)
	h := unhex(t, "45000000000700004000 0000"[:20]+"0000"+src4+dst4)
	binary.BigEndian.PutUint16(h[2:], uint16(20+len(b)))
	binary.BigEndian.PutUint16(h[6:], frag)
	h[9] = proto
	return string(append(h, b...))
}

func ip6(t testing.TB, next byte, payload string) string {
	b := unhex(t, payload)
	h := unhex(t, "600000000000"+"0040"+src6+dst6)
	binary.BigEndian.PutUint16(h[4:], uint16(len(b)))
	h[6] = next
	return string(append(h, b...))
}

func ether(t testing.TB, kind string, rest string) string {
	return string(unhex(t, macs+kind)) + rest
}

func TestWhatIsNotDelivered(t *testing.T) {
	udp := ip4(t, 17, 0, udp16)
	edit := func(s string, at int, v byte) string { b := []byte(s); b[at] = v; return string(b) }
	vlans := func(n int) string { return strings.Repeat("\x81\x00\x00\x05", n) + "\x08\x00" + udp }
	labels := func(n int) string { return strings.Repeat("\x00\x01\x00\x40", n-1) + "\x00\x01\x01\x40" + udp }
	cases := []struct {
		name   string
		link   LinkType
		packet string
		want   Reason
	}{
		{"ordinary", Ethernet, ether(t, "0800", udp), OK},
		{"nothing", Ethernet, "", Short},
		{"nothing of raw IP", Raw, "", Short},
		{"nothing of loopback", BSDLoopback, "\x02", Short},
		{"nothing of cooked", LinuxCooked, "\x00", Short},
		{"nothing of cooked 2", LinuxCooked2, "\x00", Short},
		{"nothing of HDLC", CiscoHDLC, "\x0f", Short},
		{"nothing of PPP", PPP, "", Short},
		{"PPP without a protocol", PPP, "\xff\x03", Short},
		{"19 octets of IPv4", Raw, udp[:19], Short},
		{"39 octets of IPv6", Raw, ip6(t, 17, udp16)[:39], Short},
		{"ARP", Ethernet, ether(t, "0806", strings.Repeat("x", 28)), NotIP},
		{"spanning tree", Ethernet, ether(t, "0026", "\x42\x42\x03"+strings.Repeat("\x00", 35)), NotIP},
		{"SNAP of Cisco", Ethernet, ether(t, "0026", "\xaa\xaa\x03\x00\x00\x0c\x20\x00"+udp), NotIP},
		{"IPv4 in a frame for IPv6", Ethernet, ether(t, "86dd", udp+strings.Repeat("x", 30)), BadVersion},
		{"IPv6 in a frame for IPv4", Ethernet, ether(t, "0800", ip6(t, 17, udp16)), BadVersion},
		{"version 5", Raw, edit(udp, 0, 0x55), BadVersion},
		{"header length 16", Raw, edit(udp, 0, 0x44), BadHeaderLength},
		{"total length 19", Raw, edit(udp, 3, 19), BadLength},
		{"wireless LAN", LinkType(105), udp, UnsupportedLink},
		{"six VLAN tags", Ethernet, ether(t, "", vlans(6)), OK},
		{"many VLAN tags", Ethernet, ether(t, "", vlans(9)), TooDeep},
		{"cut in a VLAN tag", Ethernet, ether(t, "8100", "\x00"), Short},
		{"sixteen labels", Ethernet, ether(t, "8847", labels(16)), OK},
		{"many labels", Ethernet, ether(t, "8847", labels(17)), TooDeep},
		{"cut in a label", Ethernet, ether(t, "8847", "\x00\x01"), Short},
		{"label on something else", Ethernet, ether(t, "8847", "\x00\x01\x01\x40\x10"+udp), NotIP},
		{"pseudowire of ARP", Ethernet, ether(t, "8847", "\x00\x01\x01\x40\x00\x00\x00\x00"+ether(t, "0806", udp)), NotIP},
		{"PPPoE discovery", Ethernet, ether(t, "8863", "\x11\x09\x00\x00\x00\x00"), NotIP},
		{"PPPoE of a strange version", Ethernet, ether(t, "8864", "\x21\x00\x00\x07\x00\x02\x00\x21"+udp), NotIP},
		{"PPPoE with link control", Ethernet, ether(t, "8864", "\x11\x00\x00\x07\x00\x02\xc0\x21"+udp), NotIP},
		{"PPPoE with a short protocol number", Ethernet, ether(t, "8864", "\x11\x00\x00\x07\x00\x02\x21"+udp), OK},
		{"PPPoE as link type", PPPEthernet, "\x11\x00\x00\x07\x00\x02\x00\x57" + ip6(t, 17, udp16), OK},
		{"PPP that looks like our own marks", CiscoHDLC, "\x0f\x00\x00\x01" + udp, NotIP},
		{"IPv4 link with IPv6", RawIPv4, ip6(t, 17, udp16), BadVersion},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var d Decoder
			var r model.Record
			if got := d.Decode([]byte(c.packet), c.link, len(c.packet), &r); got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
			if c.want == OK && (r.SrcPort != 161 || r.DstPort != 1234) {
				t.Errorf("ports %d > %d", r.SrcPort, r.DstPort)
			}
		})
	}
}

// seen is what a case expects of a packet that is delivered.
type seen struct {
	Proto      uint8
	Src, Dst   uint16 // ports
	Bytes      uint64
	Payload    string
	PayloadLen uint32
	Has        model.Fields
	Truncated  bool
	Notes      Notes
	Tunnel     model.Tunnel
	TunnelType uint16
}

func TestWhatIsDelivered(t *testing.T) {
	const (
		ip   = model.HasTTL | model.HasFragment
		v4   = ip | model.HasIPID
		udpH = model.HasPorts | model.HasChecksum | model.HasPayload
		tcpH = model.HasPorts | model.HasFlags | model.HasTCP | model.HasChecksum
		data = "\x01\x02\x03\x04\x05\x06\x07\x08"
	)
	udp, tcp := ip4(t, 17, 0, udp16), ip4(t, 6, 0, tcp20)
	edit := func(s string, at int, v ...byte) string { b := []byte(s); copy(b[at:], v); return string(b) }
	chain := func(n int) string { return strings.Repeat("3c00000000000000", n-1) + "1100000000000000" + udp16 }
	ah := "1104000000000000000000000000000000000000" + "00000000" // 24 bytes, then UDP
	cases := []struct {
		name, packet string
		wireLen      int
		want         seen
	}{
		{"UDP", udp, 36, seen{17, 161, 1234, 36, data, 8, v4 | udpH, false, 0, 0, 0}},
		{"padding of the frame is not payload", udp + "padding...", 46, seen{17, 161, 1234, 36, data, 8, v4 | udpH, false, 0, 0, 0}},
		{"recorded in part", udp[:30], 36, seen{17, 161, 1234, 36, data[:2], 8, v4 | udpH, false, 0, 0, 0}},
		{"ports only", udp[:24], 36, seen{17, 161, 1234, 36, "", 0, v4 | model.HasPorts, true, 0, 0, 0}},
		{"no ports", udp[:23], 36, seen{17, 0, 0, 36, "", 0, v4, true, 0, 0, 0}},
		{"cut in the IPv4 options", edit(edit(udp, 0, 0x4f), 2, 0, 80), 80, seen{17, 0, 0, 80, "", 0, v4, true, 0, 0, 0}},
		{"wire length below what was recorded", udp, 0, seen{17, 161, 1234, 36, data, 8, v4 | udpH, false, 0, 0, 0}},
		{"total length 0", edit(udp, 2, 0, 0), 3000, seen{17, 161, 1234, 3000, data, 8, v4 | udpH, false, LengthFromWire, 0, 0}},
		{"total length 0, absurd frame", edit(tcp, 2, 0, 0), 1 << 30, seen{6, 1234, 80, 1 << 20, "", 1<<20 - 40, v4 | tcpH | model.HasPayload, false, LengthFromWire, 0, 0}},
		{"total length beyond the frame", edit(tcp, 2, 0xff, 0xff), 40, seen{6, 1234, 80, 65535, "", 65495, v4 | tcpH | model.HasPayload, false, LengthBeyondWire, 0, 0}},
		{"UDP shorter than IP", edit(udp, 24, 0, 12), 36, seen{17, 161, 1234, 36, data[:4], 4, v4 | udpH, false, 0, 0, 0}},
		{"UDP longer than IP", edit(udp, 24, 1, 0), 36, seen{17, 161, 1234, 36, data, 8, v4 | udpH, false, BadTransport, 0, 0}},
		{"UDP of length 3", edit(udp, 24, 0, 3), 36, seen{17, 161, 1234, 36, data, 8, v4 | udpH, false, BadTransport, 0, 0}},
		{"first fragment of a longer UDP datagram", ip4(t, 17, 0x2000, "00a104d2080000000102030405060708"), 36, seen{17, 161, 1234, 36, data, 8, v4 | udpH, false, 0, 0, 0}},
		{"later fragment", ip4(t, 17, 3, udp16), 36, seen{17, 0, 0, 36, "\x00\xa1\x04\xd2\x00\x10\x00\x00" + data, 16, v4 | model.HasPayload, false, 0, 0, 0}},
		{"UDP of 4 octets", ip4(t, 17, 0, "00a104d2"), 24, seen{17, 161, 1234, 24, "", 0, v4 | model.HasPorts, false, BadTransport, 0, 0}},
		{"UDP-Lite", ip4(t, 136, 0, udp16), 36, seen{136, 161, 1234, 36, data, 8, v4 | udpH, false, 0, 0, 0}},
		{"TCP", tcp, 40, seen{6, 1234, 80, 40, "", 0, v4 | tcpH | model.HasPayload, false, 0, 0, 0}},
		{"TCP header length 16", edit(tcp, 32, 0x40), 40, seen{6, 1234, 80, 40, "", 0, v4 | tcpH, false, BadTransport, 0, 0}},
		{"TCP header beyond the packet", edit(tcp, 32, 0xf0), 40, seen{6, 1234, 80, 40, "", 0, v4 | tcpH, false, BadTransport, 0, 0}},
		{"TCP recorded to the flags", tcp[:34], 40, seen{6, 1234, 80, 40, "", 0, v4 | model.HasPorts | model.HasFlags, true, 0, 0, 0}},
		{"TCP recorded to the ports", tcp[:33], 40, seen{6, 1234, 80, 40, "", 0, v4 | model.HasPorts, true, 0, 0, 0}},
		{"ICMP", ip4(t, 1, 0, "0800123400010002aabb"), 30, seen{1, 0, 0, 30, "\xaa\xbb", 2, v4 | model.HasICMP | model.HasChecksum | model.HasPayload, false, 0, 0, 0}},
		{"ICMP of 3 octets", ip4(t, 1, 0, "080012"), 23, seen{1, 0, 0, 23, "", 0, v4 | model.HasICMP, false, BadTransport, 0, 0}},
		{"SCTP", ip4(t, 132, 0, "04d200500000000700000000"+"01"), 33, seen{132, 1234, 80, 33, "\x01", 1, v4 | model.HasPorts | model.HasPayload, false, 0, 0, 0}},
		{"another protocol", ip4(t, 50, 0, "aabb"), 22, seen{50, 0, 0, 22, "\xaa\xbb", 2, v4 | model.HasPayload, false, 0, 0, 0}},
		{"authentication header", ip4(t, 51, 0, ah+udp16), 60, seen{17, 161, 1234, 60, data, 8, v4 | udpH, false, 0, 0, 0}},
		{"authentication header beyond the packet", ip4(t, 51, 0, "11ff000000000000"), 28, seen{51, 0, 0, 28, "", 0, v4, false, BadTransport, 0, 0}},
		{"IPv6 headers are none in IPv4", ip4(t, 60, 0, "1100000000000000"+udp16), 44, seen{60, 0, 0, 44, "\x11\x00\x00\x00\x00\x00\x00\x00\x00\xa1\x04\xd2\x00\x10\x00\x00" + data, 24, v4 | model.HasPayload, false, 0, 0, 0}},
		{"IPv6", ip6(t, 17, udp16), 56, seen{17, 161, 1234, 56, data, 8, ip | udpH, false, 0, 0, 0}},
		{"extension headers", ip6(t, 60, chain(11)), 144, seen{17, 161, 1234, 144, data, 8, ip | udpH, false, 0, 0, 0}},
		{"too many extension headers", ip6(t, 60, chain(12)), 152, seen{17, 0, 0, 152, "\x00\xa1\x04\xd2\x00\x10\x00\x00" + data, 16, ip | model.HasPayload, false, DeepHeaders, 0, 0}},
		{"IPv6 without more, in a padded frame", ip6(t, 59, "") + "------", 46, seen{59, 0, 0, 40, "", 0, ip | model.HasPayload, false, 0, 0, 0}},
		{"IPv6 length 0", edit(ip6(t, 17, udp16), 4, 0, 0), 3000, seen{17, 161, 1234, 3000, data, 8, ip | udpH, false, LengthFromWire, 0, 0}},
		{"extension header beyond the packet", ip6(t, 60, "11ff000000000000"), 48, seen{60, 0, 0, 48, "", 0, ip, false, BadTransport, 0, 0}},
		{"recorded to the extension header", ip6(t, 60, chain(1))[:44], 64, seen{60, 0, 0, 64, "", 0, ip, true, 0, 0, 0}},
		{"recorded into a long extension header", ip6(t, 60, "1101000000000000"+"0000000000000000"+udp16)[:50], 72, seen{17, 0, 0, 72, "", 0, ip, true, 0, 0, 0}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var d Decoder
			r := model.Record{Class: 9, Sampling: 7, Tunnel: model.GRE, Options: []byte{1}, Truncated: true}
			if reason := d.DecodeIP([]byte(c.packet), c.wireLen, &r); reason != OK {
				t.Fatal(reason)
			}
			got := seen{r.Proto, r.SrcPort, r.DstPort, r.Bytes, string(r.Payload), r.PayloadLen, r.Has, r.Truncated, d.Notes, r.Tunnel, r.TunnelType}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
			if r.Class != 0 || r.Sampling != 0 || r.Packets != 1 || !r.IsPacket {
				t.Errorf("left over from before: %+v", r)
			}
		})
	}
}

func TestTunnels(t *testing.T) {
	inner := ip4(t, 17, 0, udp16)
	vx := func(flags string) string { return "b5b512b500000000" + flags }
	hex := func(s string) string { return string(unhex(t, s)) }
	cases := []struct {
		name    string
		proto   byte
		payload string
		tunnel  model.Tunnel
		kind    uint16
		want    Reason
	}{
		{"GRE", 47, hex("00000800") + inner, model.GRE, 0x0800, OK},
		{"GRE with everything", 47, hex("b0000800"+"aaaa0000"+"00000007"+"00000001") + inner, model.GRE, 0x0800, OK},
		{"GRE, reserved bits to be ignored", 47, hex("00f80800") + inner, model.GRE, 0x0800, OK},
		{"GRE with Ethernet and a VLAN tag", 47, hex("00006558") + ether(t, "8100", hex("00050800")+inner), model.GRE, 0x6558, OK},
		{"GRE with source routing", 47, hex("40000800") + hex("0000000000000000") + inner, 0, 0, NotTunnel},
		{"GRE version 1", 47, hex("2001880b") + hex("0000000000000000") + inner, 0, 0, NotTunnel},
		{"GRE with ERSPAN", 47, hex("000088be") + ether(t, "0800", inner), model.ERSPAN, 0x6558, OK},
		{"GRE with a number that is no EtherType", 47, hex("00000001") + inner, model.GRE, 1, NotIP},
		{"GRE with IPv4 for IPv6", 47, hex("000086dd") + inner + strings.Repeat("x", 40), model.GRE, 0x86dd, BadVersion},
		{"GRE with nothing", 47, hex("00000800"), model.GRE, 0x0800, Short},
		{"half a GRE header", 47, hex("0000"), 0, 0, NotTunnel},
		{"GRE without its key", 47, hex("20000800"), 0, 0, NotTunnel},
		{"IP in IP", 4, inner, model.IPinIP, 0x0800, OK},
		{"IPv6 in IP", 41, ip6(t, 17, udp16), model.IPinIP, 0x86dd, OK},
		{"random data in protocol 4", 4, "\x99" + inner, 0, 0, NotTunnel},
		{"IPv4 in protocol 41", 41, inner, 0, 0, NotTunnel},
		{"nothing in protocol 41", 41, "", 0, 0, NotTunnel},
		{"VXLAN", 17, hex(vx("0800000000004d00")) + ether(t, "0800", inner), model.VXLAN, 0x6558, OK},
		{"VXLAN port, other flags", 17, hex(vx("0900000000004d00")) + ether(t, "0800", inner), 0, 0, NotTunnel},
		{"VXLAN port, reserved octet set", 17, hex(vx("0800000000004d01")) + ether(t, "0800", inner), 0, 0, NotTunnel},
		{"VXLAN with ARP", 17, hex(vx("0800000000004d00")) + ether(t, "0806", inner), model.VXLAN, 0x6558, NotIP},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var d Decoder
			var r, in model.Record
			p := []byte(ip4(t, c.proto, 0, "") + c.payload)
			binary.BigEndian.PutUint16(p[2:], uint16(len(p)))
			if reason := d.DecodeIP(p, len(p), &r); reason != OK {
				t.Fatal(reason)
			}
			if r.Tunnel != c.tunnel || r.TunnelType != c.kind || r.Proto != c.proto || string(r.Payload) == "" && c.payload != "" {
				t.Errorf("tunnel %d with %#x in %+v", r.Tunnel, r.TunnelType, r)
			}
			r.First, r.Last, r.Sampling, r.InIf, r.Input = 5, 6, 100, 3, 2
			r.Has |= model.HasInterface
			if got := d.DecodeInner(&r, &in); got != c.want {
				t.Fatalf("inside: %v, want %v", got, c.want)
			}
			if c.want != OK {
				return
			}
			if in.SrcPort != 161 || string(in.Payload) != "\x01\x02\x03\x04\x05\x06\x07\x08" || in.Packets != 1 || in.Tunnel != 0 {
				t.Errorf("inside: %+v", in)
			}
			if in.First != 5 || in.Last != 6 || in.Sampling != 100 || in.InIf != 3 || in.Input != 2 || in.Has&model.HasInterface == 0 {
				t.Errorf("observation of the inside: %+v", in)
			}
			if d.DecodeInner(&r, &r); r.SrcPort != 161 || r.Sampling != 100 {
				t.Errorf("inside, in place: %+v", r)
			}
		})
	}
}

func TestTunnelsAreNotSeenInLaterFragments(t *testing.T) {
	var d Decoder
	var r model.Record
	p := []byte(ip4(t, 47, 1, "00000800") + ip4(t, 17, 0, udp16))
	if d.DecodeIP(p, len(p), &r); r.Tunnel != model.NoTunnel {
		t.Errorf("tunnel in %+v", r)
	}
}

func TestQuotes(t *testing.T) {
	four, six := ip4(t, 6, 0, tcp20)[:28], ip6(t, 17, udp16)
	cases := []struct {
		name, packet string
		want         bool
	}{
		{"unreachable", ip4(t, 1, 0, "0301000000000000") + four, true},
		{"source quench", ip4(t, 1, 0, "0400000000000000") + four, true},
		{"redirect", ip4(t, 1, 0, "0501000000000000") + four, true},
		{"time exceeded", ip4(t, 1, 0, "0b00000000000000") + four, true},
		{"parameter problem", ip4(t, 1, 0, "0c00000000000000") + four, true},
		{"echo", ip4(t, 1, 0, "0800000000000000") + four, false},
		{"quote of another version", ip4(t, 1, 0, "0301000000000000") + six, false},
		{"quote cut in its addresses", ip4(t, 1, 0, "0301000000000000") + four[:19], false},
		{"nothing quoted", ip4(t, 1, 0, "0301000000000000"), false},
		{"UDP", ip4(t, 17, 0, udp16), false},
		{"unreachable of IPv6", ip6(t, 58, "0104000000000000") + six, true},
		{"packet too big", ip6(t, 58, "0200000000000500") + six, true},
		{"time exceeded of IPv6", ip6(t, 58, "0300000000000000") + six, true},
		{"parameter problem of IPv6", ip6(t, 58, "0400000000000000") + six, true},
		{"echo of IPv6", ip6(t, 58, "8000000000000000") + six, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var d Decoder
			var r, q model.Record
			p := []byte(c.packet)
			if p[0]>>4 == 4 {
				binary.BigEndian.PutUint16(p[2:], uint16(len(p)))
			} else {
				binary.BigEndian.PutUint16(p[4:], uint16(len(p)-40))
			}
			if reason := d.DecodeIP(p, len(p), &r); reason != OK {
				t.Fatal(reason)
			}
			r.First, r.Sampling = 5, 10
			if got := Quote(&r, &q); got != c.want {
				t.Fatalf("got %v, want %v", got, c.want)
			}
			if c.want && (q.Has&model.HasPorts == 0 || q.Packets != 0 || q.Bytes != 0 || q.IPLen == 0 || q.First != 5 || q.Sampling != 10) {
				t.Errorf("quoted: %+v", q)
			}
		})
	}
}

func TestReasonsHaveNames(t *testing.T) {
	names := map[string]bool{}
	for r := OK; r <= Reasons; r++ {
		if s := r.String(); s == "" || names[s] {
			t.Errorf("reason %d is called %q", r, s)
		} else {
			names[s] = true
		}
	}
}

func TestDecodingAllocatesNothing(t *testing.T) {
	packets := [][]byte{
		unhex(t, benchSYN), unhex(t, benchSYN6),
		[]byte(ether(t, "8100", "\x00\x05\x08\x00"+ip4(t, 4, 0, "")+ip4(t, 17, 0, udp16))),
		[]byte(ether(t, "0800", ip4(t, 1, 0, "0301000000000000")+ip4(t, 17, 0, udp16))),
	}
	var d Decoder
	var r, in model.Record
	n := testing.AllocsPerRun(100, func() {
		for _, p := range packets {
			d.Decode(p, Ethernet, len(p), &r)
			d.DecodeInner(&r, &in)
			Quote(&r, &in)
			d.DecodeIP(p[14:], len(p)-14, &r)
		}
	})
	if n != 0 {
		t.Errorf("%v allocations", n)
	}
}
