package payload

import "fmt"

func ntpQuery(b []byte, g *Gen) []byte {
	b = append(b, 0x23, 0, 6, 0xec)
	b = zeros(b, 36)
	return u64(b, g.Xact|1<<63)
}

func ntpAnswer(b []byte, g *Gen) []byte {
	b = append(b, 0x24, byte(1+g.Host%3), 6, 0xec)
	b = u32(u32(b, uint32(g.Host>>40&0xfff)), uint32(g.Host>>44&0x1fff))
	b = append(b, 'P', 'P', 'S', 0)
	for range 4 {
		b = u64(b, 0xedd9_0000_0000_0000|g.Xact>>16)
	}
	return b
}

// ntpMonlist is one datagram of a MON_GETLIST_1 answer: mode 7, six items of
// 72 bytes, as ntpd up to 4.2.7 sends it.
func ntpMonlist(b []byte, g *Gen) []byte {
	flags := byte(0xd7)
	if g.I == g.Of-1 {
		flags = 0x97 // no more to come
	}
	b = append(b, flags, byte(g.I), 3, 42, 0, 6, 0, 72)
	for i := range uint64(6) {
		x := (g.Host + uint64(g.I)*6 + i) * 0x9e3779b97f4a7c15
		b = u32(u32(u32(u32(b, uint32(x&0xffff)), uint32(x>>16&0xffff)), 0), uint32(1+x>>32&0xff))
		b = u32(u32(b, uint32(x>>8)), uint32(g.Host>>32)) // remote and local address
		b = append(u32(b, 1), byte(x>>40), byte(x>>48), 7, 2)
		b = zeros(b, 40)
	}
	return b
}

func netbiosQuery(b []byte, g *Gen) []byte {
	b = dnsHead(b, g.Xact, 0, [4]int{1, 0, 0, 0})
	return append(netbiosStar(b), 0, 0x21, 0, 1)
}

func netbiosStar(b []byte) []byte { // "*" in first-level encoding (RFC 1001 section 14.1)
	b = append(b, 32, 'C', 'K')
	for range 30 {
		b = append(b, 'A')
	}
	return append(b, 0)
}

func netbiosStatus(b []byte, g *Gen) []byte {
	n := between(g.Host, 2, 8)
	b = netbiosStar(dnsHead(b, g.Xact, 0x8400, [4]int{0, 1, 0, 0}))
	b = append(b, 0, 0x21, 0, 1, 0, 0, 0, 0)
	b = u16(b, 1+18*n+46)
	b = append(b, byte(n))
	for i := range n {
		b = fmt.Appendf(b, "%-15.15s", fmt.Sprintf("DESKTOP-%X", g.Host%(1<<24)))
		b = append(b, [...]byte{0, 0x20, 0, 0x1e, 0x1d, 1, 3, 0}[i], 4, 0)
	}
	return zeros(noise(b, 6, g.Host), 40)
}

func rpcReply(b []byte, g *Gen) []byte {
	return zeros(u32(u32(b, uint32(g.Xact)), 1), 16)
}

func portmapGetport(b []byte, g *Gen) []byte {
	b = u32(b, uint32(g.Xact))
	for _, v := range [13]uint32{0, 2, 100000, 2, 3, 0, 0, 0, 0, 100003, 3, 17, 0} {
		b = u32(b, v)
	}
	return b
}

func portmapPort(b []byte, g *Gen) []byte { return u32(rpcReply(b, g), 2049) }

func portmapDump(b []byte, g *Gen) []byte {
	b = rpcReply(b, g)
	programs := [...]uint32{100000, 100024, 100003, 100005, 100021, 100227, 100011, 391002}
	for i := range between(g.Host, 6, 34) {
		b = u32(b, 1)
		p := programs[i/4%len(programs)]
		b = u32(u32(b, p), uint32(1+i%4))
		b = u32(u32(b, uint32(6+11*(i%2))), uint32(between(g.Host+uint64(i), 111, 60000)))
	}
	return u32(b, 0)
}

func ripRequest(b []byte, g *Gen) []byte {
	return append(zeros(append(b, 1, 1, 0, 0), 16), 0, 0, 0, 16)
}

func ripResponse(b []byte, g *Gen) []byte {
	b = append(b, 2, 1, 0, 0)
	n := 25
	if g.I == g.Of-1 {
		n = between(g.Host, 3, 25)
	}
	for i := range n {
		b = append(b, 0, 2, 0, 0, 10, byte(g.Host), byte(g.I*25+i), 0)
		b = u32(zeros(b, 8), uint32(1+i%5))
	}
	return b
}

func tftpRead(b []byte, g *Gen) []byte { return append(b, "\x00\x01pxelinux.0\x00octet\x00"...) }

func tftpData(b []byte, g *Gen) []byte {
	return noise(append(b, 0, 3, 0, 1), 512, g.Host)
}

// A2SInfo asks a game server for its state.
func A2SInfo(b []byte, g *Gen) []byte {
	return append(b, "\xff\xff\xff\xffTSource Engine Query\x00"...)
}

// A2SAnswer is a game server's state.
func A2SAnswer(b []byte, g *Gen) []byte {
	return fmt.Appendf(b, "\xff\xff\xff\xffI\x11[%d] fast | ranked | 24/7\x00de_%s\x00csgo\x00Counter-Strike\x00\xda\x02%c%c\x00dl\x00\x011.38.7.9\x00",
		g.Host%99, [...]string{"dust2", "mirage", "inferno", "nuke"}[g.Host>>7%4], 10+byte(g.Xact%20), 32)
}

func a2sRules(b []byte, g *Gen) []byte {
	at := len(b)
	b = append(b, 0xfe, 0xff, 0xff, 0xff, byte(g.Host), byte(g.Host>>8), 0, 0, byte(g.Of), byte(g.I), 0xe0, 4)
	if g.I == 0 {
		b = append(b, 0xff, 0xff, 0xff, 0xff, 'E', 120, 0)
	}
	for i := 0; len(b)-at < 1220; i++ {
		b = fmt.Appendf(b, "sv_rule_%d\x00%d\x00", g.I*60+i, g.Host>>8%1000)
	}
	return b[:at+1260-40*(g.I%2)]
}

func armsQuery(b []byte, g *Gen) []byte { return append(b, 0, 0x14, 0, 1, 3) }

func armsAnswer(b []byte, g *Gen) []byte {
	if g.I == 0 {
		return zeros(append(b, 0, 1, 0, 28, 0, 1, 0, 0), 24)
	}
	at := len(b)
	b = append(b, 0, 1, 4, 6, 0, 2, 0, 0)
	b = fmt.Appendf(b, "\x00\x00Mac-mini-%d.local\x00admin\x00", g.Host%999)
	b = noise(b, 6, g.Host)
	return zeros(b, 1034-(len(b)-at))
}

func rdpSYN(b []byte, g *Gen) []byte {
	b = append(b, 0xff, 0xff, 0xff, 0xff, 0, 64, 0, 1)
	return zeros(append(u32(b, uint32(g.Xact)), 4, 0xd0, 4, 0xd0), 1216)
}

// rdpSYNACK is an RDPEUDP SYN+ACK datagram (MS-RDPEUDP section 2.2), padded
// with zeros to the size of the path.
func rdpSYNACK(b []byte, g *Gen) []byte {
	b = append(u32(b, uint32(g.Xact)), 0, 64, 0, 5)
	return zeros(append(u32(b, uint32(g.Host)), 4, 0xd0, 4, 0xd0), 1216)
}

func rdpData(b []byte, g *Gen) []byte {
	b = append(u32(b, uint32(g.I)), 0, 64, 0, 12, 0, 0, 0, 0)
	return noise(u32(u32(b, uint32(g.I)), uint32(g.I)), g.R.IntN(1100)+40, g.R.Uint64())
}

func coapGet(b []byte, g *Gen) []byte {
	return append(append(b, 0x41, 1, byte(g.Xact), byte(g.Xact>>8), byte(g.Xact>>16)), "\xb4temp"...)
}

func coapReading(b []byte, g *Gen) []byte {
	return fmt.Appendf(append(b, 0x61, 0x45, byte(g.Xact), byte(g.Xact>>8), byte(g.Xact>>16), 0xc0, 0xff), "%d.%d", 18+g.Xact%9, g.Xact>>8%10)
}

func coapCore(b []byte, g *Gen) []byte {
	b = append(b, 0x60, 0x45, byte(g.Xact), byte(g.Xact>>8), 0xc1, 40, 0xff)
	for i := range between(g.Host, 8, 26) {
		b = fmt.Appendf(b, `</%s/%d>;rt="%s";if="sensor";ct=0,`, [...]string{"sensors", "actuators", "config", "qlink"}[i%4], i, [...]string{"temperature-c", "light-lux", "humidity-p"}[i%3])
	}
	return b[:len(b)-1]
}

func tp240Query(b []byte, g *Gen) []byte { return append(b, "call.status 1\x00"...) }
func tp240Answer(b []byte, g *Gen) []byte {
	return fmt.Appendf(b, "call.status 1 idle %d\x00", g.Xact%64)
}

// tp240Blast is one of the status messages of a system test gone wild: pairs
// of a long and a short one with a counter.
func tp240Blast(b []byte, g *Gen) []byte {
	if g.I%2 == 1 {
		return fmt.Appendf(b, "call.startblast %010d ok\x00\x00", g.I)
	}
	at := len(b)
	b = fmt.Appendf(b, "call.startblast %010d channel %d state dial\x00", g.I, g.Host%60)
	return zeros(b, 1156-(len(b)-at))
}

func slpHead(b []byte, function byte, g *Gen, body []byte) []byte {
	n := 16 + len(body)
	b = append(b, 2, function, byte(n>>16), byte(n>>8), byte(n), 0, 0, 0, 0, 0, byte(g.Xact>>8), byte(g.Xact), 0, 2, 'e', 'n')
	return append(b, body...)
}

func slpRequest(b []byte, g *Gen) []byte {
	return slpHead(b, 9, g, append([]byte{0, 0, 0xff, 0xff, 0, 7}, "DEFAULT"...))
}

func slpReply(b []byte, g *Gen) []byte {
	list := ""
	for i := range between(g.Host, 2, 60) {
		list += fmt.Sprintf("service:VMwareInfrastructure-%d,", i)
	}
	body := u16([]byte{0, 0}, len(list)-1)
	return slpHead(b, 10, g, append(body, list[:len(list)-1]...))
}

func ipmiQuery(b []byte, g *Gen) []byte {
	return append(b, 6, 0, 0xff, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9, 0x20, 0x18, 0xc8, 0x81, 0, 0x38, 0x8e, 4, 0xb5)
}

func ipmiAnswer(b []byte, g *Gen) []byte {
	b = append(b, 6, 0, 0xff, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 16)
	m := []byte{0x81, 0x1c, 0, 0x20, 0, 0x38, 0, 1, 0x86, 0x1e, 3, byte(g.Host & 3), 0, 0, 0, 0}
	m[2] = -(m[0] + m[1])
	for _, v := range m[3:15] {
		m[15] -= v
	}
	return append(b, m...)
}

func bacnetRead(b []byte, g *Gen) []byte {
	return append(b, 0x81, 10, 0, 17, 1, 4, 0, 5, byte(g.Xact), 12, 12, 2, 0x3f, 0xff, 0xff, 0x19, 77)
}

func bacnetValue(b []byte, g *Gen) []byte {
	return append(b, 0x81, 10, 0, 23, 1, 0, 0x30, byte(g.Xact), 12, 12, 0, 0, 0, byte(g.Host), 0x19, 85, 0x3e, 0x44, 0x41, 0xa8, byte(g.Xact>>8), 0, 0x3f)
}

// bacnetMany is the answer to a request for the object name list of a device.
func bacnetMany(b []byte, g *Gen) []byte {
	at := len(b)
	b = append(b, 0x81, 10, 0, 0, 1, 0, 0x30, byte(g.Xact), 12, 12, 2, 0, byte(g.Host>>8), byte(g.Host), 0x19, 76, 0x3e)
	for i := range between(g.Host, 20, 90) {
		b = append(b, 0xc4, 0, byte(i%3)<<6, 0, byte(i))
	}
	b = append(b, 0x3f)
	b[at+2], b[at+3] = byte((len(b)-at)>>8), byte(len(b)-at)
	return b
}

func ubntQuery(b []byte, g *Gen) []byte { return append(b, 1, 0, 0, 0) }

func ubntAnswer(b []byte, g *Gen) []byte {
	at := len(b)
	b = append(b, 1, 0, 0, 0, 2, 0, 10, 0, 0x15, 0x6d, byte(g.Host), byte(g.Host>>8), byte(g.Host>>16), 192, 168, 1, 20)
	b = append(b, 1, 0, 6, 0, 0x15, 0x6d, byte(g.Host), byte(g.Host>>8), byte(g.Host>>16), 10, 0, 4)
	b = u32(b, uint32(g.Host>>40))
	for i, text := range [...]string{"", fmt.Sprintf("ap-%d", g.Host%999), "N2N", "ubnt", "XM.ar7240.v5.6.15.30572.170328.1107"} {
		tag := [...]byte{13, 11, 12, 13, 3}[i]
		b = append(u16(append(b, tag), len(text)), text...)
	}
	b[at+2], b[at+3] = byte((len(b)-at-4)>>8), byte(len(b)-at-4)
	return b
}
