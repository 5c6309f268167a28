package payload

import "strings"

var labels = [...]string{"www", "mail", "api", "cdn", "img", "static", "ns1", "login", "app", "updates", "edge", "video", "news", "shop", "m", "ads", "telemetry", "push"}
var zones = [...]string{"example.com", "example.org", "example.net", "example.edu", "service.example", "media.example", "shop.example", "bank.example"}

// Name appends a domain name in the form of RFC 1035 section 3.1.
func Name(b []byte, name string) []byte {
	for part := range strings.SplitSeq(name, ".") {
		b = append(b, byte(len(part)))
		b = append(b, part...)
	}
	return append(b, 0)
}

func dnsHead(b []byte, id uint64, flags int, counts [4]int) []byte {
	b = u16(b, int(id&0xffff))
	b = u16(b, flags)
	for _, c := range counts {
		b = u16(b, c)
	}
	return b
}

func ordinaryName(b []byte, x uint64) []byte {
	l := labels[x>>20%uint64(len(labels))]
	b = append(b, byte(len(l)))
	b = append(b, l...)
	return Name(b, zones[x>>28%uint64(len(zones))])
}

func edns(b []byte, size int) []byte {
	b = append(b, 0, 0, 41)
	b = u16(b, size)
	return append(b, 0, 0, 0x80, 0, 0, 0)
}

// DNSQuery asks for an address, a mail server or a service, with EDNS.
func DNSQuery(b []byte, g *Gen) []byte {
	b = dnsHead(b, g.Xact, 0x0100, [4]int{1, 0, 0, 1})
	b = ordinaryName(b, g.Xact)
	b = u16(b, [...]int{1, 1, 28, 65, 15}[g.Xact>>40%5])
	return edns(u16(b, 1), 1232)
}

// DNSAnswer answers DNSQuery: mostly short, now and then with signatures.
func DNSAnswer(b []byte, g *Gen) []byte {
	kind := [...]int{1, 1, 28, 65, 15}[g.Xact>>40%5]
	n := 1 + int(g.Xact>>44%4)
	switch {
	case kind == 65 || g.Xact>>48%11 == 0:
		return dnsNegative(b, g.Xact, kind)
	case kind == 15:
		n = min(n, 2)
	}
	b = dnsHead(b, g.Xact, 0x8180, [4]int{1, n, 0, 1})
	b = ordinaryName(b, g.Xact)
	b = u16(u16(b, kind), 1)
	for i := range n {
		b = append(b, 0xc0, 12)
		b = u16(u16(b, kind), 1)
		b = u32(b, uint32(60*(1+g.Xact>>50%60)))
		switch kind {
		case 1:
			b = append(u16(b, 4), 203, 0, 113, byte(g.Xact>>30)+byte(i))
		case 28:
			b = append(u16(b, 16), 0x20, 1, 0xd, 0xb8)
			b = noise(b, 12, g.Xact+uint64(i))
		case 15:
			b = u16(u16(b, 9), 10*(i+1))
			b = append(b, 4, 'm', 'x', '1', byte('0'+i), 0xc0, 12)
		}
	}
	return edns(b, 1232)
}

func dnsNegative(b []byte, x uint64, kind int) []byte {
	flags := 0x8180
	if kind != 65 {
		flags |= 3 // NXDOMAIN
	}
	b = dnsHead(b, x, flags, [4]int{1, 0, 1, 1})
	b = ordinaryName(b, x)
	b = u16(u16(b, kind), 1)
	b = append(b, 0xc0, 12, 0, 6, 0, 1, 0, 0, 3, 0x84, 0, 0)
	at := len(b)
	b = append(b, 3, 'n', 's', '1', 0xc0, 12, 4, 'h', 'o', 's', 't', 0xc0, 12)
	for _, v := range [5]uint32{2026061500, 7200, 3600, 1209600, 900} {
		b = u32(b, v)
	}
	b[at-1] = byte(len(b) - at)
	return edns(b, 1232)
}

// dnsLarge is the answer to an ANY or RRSIG question for a zone that somebody
// filled: two to four kilobytes. One server in six answers with truncation.
func dnsLarge(b []byte, g *Gen) []byte {
	zone := zones[4]
	kind := 255
	if g.Host>>8%3 == 0 {
		kind = 46
	}
	if g.Host%6 == 0 {
		b = dnsHead(b, g.Xact, 0x8380, [4]int{1, 0, 0, 1})
		b = Name(b, zone)
		return edns(u16(u16(b, kind), 1), 512)
	}
	n := between(g.Host, 6, 13)
	b = dnsHead(b, g.Xact, 0x8180, [4]int{1, n, 0, 1})
	b = Name(b, zone)
	b = u16(u16(b, kind), 1)
	for i := range n {
		b = append(b, 0xc0, 12)
		if kind == 255 && i%3 == 1 {
			b = append(u16(u16(b, 16), 1), 0, 0, 14, 16, 0, 201, 200)
			b = append(b, strings.Repeat("v=spf1 include:spf.example ", 8)[:200]...)
			continue
		}
		b = append(u16(u16(b, 46), 1), 0, 0, 14, 16)
		b = u16(b, 18+17+256)
		b = append(u16(b, [...]int{1, 2, 6, 15, 16, 28, 48}[i%7]), 8, 2)
		b = u32(u32(u32(b, 3600), 0x6a50c000), 0x6a2e0000)
		b = Name(u16(b, 31337+i), zone)
		b = noise(b, 256, uint64(i)*977+7)
	}
	return edns(b, 4096)
}

// DNSRandom asks for a name that nobody ever asked for: label under zone.
func DNSRandom(b []byte, g *Gen, label, zone string) []byte {
	b = dnsHead(b, g.Xact, 0, [4]int{1, 0, 0, 1})
	b = append(b, byte(len(label)))
	b = append(b, label...)
	b = Name(b, zone)
	return edns(append(b, 0, 1, 0, 1), 1232)
}

// DNSQuestion is what a query asks for.
type DNSQuestion struct {
	Name        string
	Type, Flags int
}

// DNSAsk writes a query.
func DNSAsk(b []byte, id uint64, q DNSQuestion) []byte {
	b = dnsHead(b, id, q.Flags, [4]int{1, 0, 0, 1})
	b = Name(b, q.Name)
	return edns(u16(u16(b, q.Type), 1), 1232)
}

// DNSReply turns a question into its answer: rcode, and one A record if it is 0.
func DNSReply(b, question []byte, rcode int) []byte {
	at := len(b)
	b = append(b, question...)
	b[at+2] |= 0x84
	b[at+3] = byte(rcode)
	if rcode != 0 {
		return b
	}
	b = b[:len(b)-11] // the OPT record moves behind the answer
	b[at+7] = 1
	b = append(b, 0xc0, 12, 0, 1, 0, 1, 0, 0, 1, 44, 0, 4, 203, 0, 113, 10)
	return edns(b, 1232)
}

func mdnsQuery(b []byte, g *Gen) []byte {
	b = dnsHead(b, 0, 0, [4]int{1, 0, 0, 0})
	return append(Name(b, "_services._dns-sd._udp.local"), 0, 12, 0, 1)
}

func mdnsAnswer(b []byte, g *Gen) []byte {
	kinds := [...]string{"_airplay", "_ipp", "_printer", "_raop", "_smb", "_http", "_workstation", "_googlecast", "_hap", "_ssh", "_homekit", "_device-info"}
	n := between(g.Host, 2, len(kinds))
	b = dnsHead(b, 0, 0x8400, [4]int{0, n, 0, 0})
	for i := range n {
		if i == 0 {
			b = Name(b, "_services._dns-sd._udp.local")
		} else {
			b = append(b, 0xc0, 12)
		}
		b = append(b, 0, 12, 0, 1, 0, 0, 17, 148)
		k := kinds[(i+int(g.Host%7))%len(kinds)]
		b = u16(b, len(k)+1+5+7)
		b = append(b, byte(len(k)))
		b = Name(append(b, k...), "_tcp.local")
	}
	return b
}
