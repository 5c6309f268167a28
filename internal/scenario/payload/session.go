package payload

// STUNRequest is a binding request (RFC 8489 section 5).
func STUNRequest(b []byte, g *Gen) []byte {
	b = append(b, 0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42)
	return noise(b, 12, g.Xact)
}

// STUNResponse is a binding success with the attributes that public servers add.
func STUNResponse(b []byte, g *Gen) []byte {
	at := len(b)
	b = append(b, 1, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42)
	b = noise(b, 12, g.Xact)
	b = append(b, 0, 0x20, 0, 8, 0, 1, byte(g.Xact>>8), byte(g.Xact), 0xea, 0x12, 0xd5, 0x48)
	if g.Host%4 != 0 {
		b = append(b, 0, 1, 0, 8, 0, 1, byte(g.Xact>>8)^0x21, byte(g.Xact)^0x12, 203, 0, 113, 10)
		b = append(b, 0x80, 0x2b, 0, 8, 0, 1, 0x0d, 0x96, 192, 0, 2, byte(g.Host))
		b = append(b, 0x80, 0x2c, 0, 8, 0, 1, 0x0d, 0x97, 192, 0, 2, byte(g.Host)+1)
	}
	b = append(b, 0x80, 0x22, 0, 12)
	b = append(b, "Coturn-4.5.2"...)
	b[at+3] = byte(len(b) - at - 20)
	return b
}

// rtp is media: RTP over SRTP with audio or video sizes (RFC 3550).
func rtp(b []byte, g *Gen) []byte {
	kind, n := byte(111), 60+g.R.IntN(60)
	if g.Host%3 != 0 {
		kind, n = 96, 700+g.R.IntN(500)
	}
	b = u16(append(b, 0x90, kind), g.I)
	b = u32(u32(b, uint32(g.I)*960), uint32(g.Host))
	b = append(b, 0xbe, 0xde, 0, 1, 0x10, byte(g.I), 0, 0)
	return noise(b, n, g.R.Uint64())
}

func dtlsRecord(b []byte, kind byte, seq int, body []byte) []byte {
	b = append(b, kind, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, byte(seq>>8), byte(seq))
	return append(u16(b, len(body)), body...)
}

func dtlsHandshake(kind byte, n, from, part int) []byte {
	return []byte{kind, byte(n >> 16), byte(n >> 8), byte(n), 0, 0, byte(from >> 16), byte(from >> 8), byte(from), byte(part >> 16), byte(part >> 8), byte(part)}
}

func dtlsHello(b []byte, g *Gen) []byte {
	body := noise([]byte{0xfe, 0xfd}, 32, g.Xact)
	body = append(body, 0, 0, 0, 4, 0xc0, 0x2b, 0xc0, 0x2f, 1, 0, 0, 8, 0, 10, 0, 4, 0, 2, 0, 29)
	return dtlsRecord(b, 22, 0, append(dtlsHandshake(1, len(body), 0, len(body)), body...))
}

func dtlsVerify(b []byte, g *Gen) []byte {
	body := noise([]byte{0xfe, 0xff, 20}, 20, g.Xact)
	return dtlsRecord(b, 22, 0, append(dtlsHandshake(3, len(body), 0, len(body)), body...))
}

// dtlsFlight is one datagram of a ServerHello and certificate flight sent
// without a cookie, as some load balancers did.
func dtlsFlight(b []byte, g *Gen) []byte {
	if g.I == 0 {
		body := noise([]byte{0xfe, 0xfd}, 32, g.Xact)
		body = append(body, 0, 0xc0, 0x2f, 0)
		return dtlsRecord(b, 22, 0, append(dtlsHandshake(2, len(body), 0, len(body)), body...))
	}
	const part = 1200
	total := (g.Of - 1) * part
	c := certificate(total-6, g.Host)
	n := len(c) + 3
	msg := append([]byte{byte(n >> 16), byte(n >> 8), byte(n), byte(len(c) >> 16), byte(len(c) >> 8), byte(len(c))}, c...)
	from := (g.I - 1) * part
	msg = msg[:max(len(msg), from)]
	piece := msg[from:min(from+part, len(msg))]
	h := dtlsHandshake(11, len(msg), from, len(piece))
	h[5] = 1
	return dtlsRecord(b, 22, g.I, append(h, piece...))
}

// certificate is an X.509 certificate in form only, of about n bytes: its key
// and signature are noise.
func certificate(n int, seed uint64) []byte {
	oid := func(v ...byte) []byte { return tlv(nil, 6, v) }
	rsa := tlv(nil, 0x30, seq(oid(0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 1, 11), tlv(nil, 5, nil)))
	name := tlv(nil, 0x30, tlv(nil, 0x31, tlv(nil, 0x30, seq(oid(0x55, 4, 3), tlv(nil, 12, []byte("gateway.example"))))))
	times := tlv(nil, 0x30, seq(tlv(nil, 0x17, []byte("250101000000Z")), tlv(nil, 0x17, []byte("270101000000Z"))))
	bits := func(n int, seed uint64) []byte { return tlv(nil, 3, noise([]byte{0}, n, seed)) }
	key := tlv(nil, 0x30, seq(tlv(nil, 0x30, seq(oid(0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 1, 11), tlv(nil, 5, nil))),
		tlv(nil, 3, append([]byte{0}, tlv(nil, 0x30, seq(tlv(nil, 2, noise([]byte{1}, 256, seed)), integer(65537)))...))))
	tbs := seq(tlv(nil, 0xa0, integer(2)), integer(seed&0xffffff), rsa, name, times, name, key)
	fill := max(n-len(tbs)-80, 256)
	return tlv(nil, 0x30, seq(tlv(nil, 0x30, tbs), rsa, bits(fill, seed+1)))
}

func dtlsData(b []byte, g *Gen) []byte {
	n := 80 + g.R.IntN(1200)
	b = append(b, 23, 0xfe, 0xfd, 0, 1, 0, 0, 0, byte(g.I>>16), byte(g.I>>8), byte(g.I))
	return noise(u16(b, n), n, g.R.Uint64())
}

// quicInitial is a client's first datagram (RFC 9000 section 17.2.2), padded
// to 1,200 bytes; its protected part is noise, not a real ClientHello.
func quicInitial(b []byte, g *Gen) []byte {
	at := len(b)
	b = append(b, 0xc0|byte(g.Xact&3), 0, 0, 0, 1, 8)
	b = u64(b, g.Xact)
	b = append(b, 0, 0) // no source connection id, no token
	b = u16(b, 0x4000|(1200-(len(b)-at)-2))
	return noise(b, 1200-(len(b)-at), g.Xact+1)
}

// quicServer is one datagram of a server's first flight: Initial, then Handshake.
func quicServer(b []byte, g *Gen) []byte {
	at := len(b)
	first := byte(0xe0) // Handshake
	if g.I == 0 {
		first = 0xc0
	}
	b = append(b, first|byte(g.Host&3), 0, 0, 0, 1, 0, 8)
	b = u64(b, g.Host)
	if g.I == 0 {
		b = append(b, 0)
	}
	total := 1200
	if g.I > 0 && g.I == g.Of-1 {
		total = 420
	}
	b = u16(b, 0x4000|(total-(len(b)-at)-2))
	return noise(b, total-(len(b)-at), g.Host+uint64(g.I))
}

// QUICData is a datagram with a short header (RFC 9000 section 17.3).
func QUICData(b []byte, g *Gen) []byte {
	b = u64(append(b, 0x40|byte(g.R.Uint32()&0x3f)), g.Xact)
	n := 1229
	if g.R.Uint32()%5 == 0 {
		n = 30 + g.R.IntN(900)
	}
	return noise(b, n, g.R.Uint64())
}

func openvpnReset(b []byte, g *Gen) []byte {
	return append(u64(append(b, 0x38), g.Xact), 0, 0, 0, 0, 0)
}

func openvpnServer(b []byte, g *Gen) []byte {
	b = append(u64(append(b, 0x40), g.Host), 1, 0, 0, 0, 0)
	return append(u64(b, g.Xact), 0, 0, 0, 0)
}

func openvpnData(b []byte, g *Gen) []byte {
	b = u32(append(b, 0x48, 0, 0, byte(g.Host)), uint32(g.I))
	return noise(b, 60+g.R.IntN(1300), g.R.Uint64())
}

func l2tp(b []byte, kind byte, g *Gen, tunnel int) []byte {
	at := len(b)
	b = u16(append(b, 0xc8, 2, 0, 0), tunnel)
	b = append(b, 0, 0, 0, 0, 0, kind-1)
	b = append(b, 0x80, 8, 0, 0, 0, 0, 0, kind, 0x80, 8, 0, 0, 0, 2, 1, 0, 0x80, 10, 0, 0, 0, 3, 0, 0, 0, 3)
	b = append(b, 0x80, 13, 0, 0, 0, 7)
	b = append(b, "gateway"...)
	b = append(u16(append(b, 0x80, 8, 0, 0, 0, 9), int(g.Host&0xffff)), 0x80, 8, 0, 0, 0, 10, 0, 4)
	b[at+2], b[at+3] = 0, byte(len(b)-at)
	return b
}

func l2tpSCCRQ(b []byte, g *Gen) []byte { return l2tp(b, 1, g, 0) }
func l2tpSCCRP(b []byte, g *Gen) []byte { return l2tp(b, 2, g, int(g.Xact&0xffff)) }

func l2tpData(b []byte, g *Gen) []byte {
	n := 60 + g.R.IntN(1300)
	b = append(b, 0x40, 2)
	b = u16(u16(u16(b, n+12), int(g.Host&0xffff)), 1)
	return noise(append(b, 0xff, 3, 0, 0xfd), n, g.R.Uint64()) // PPP, compressed datagram
}

// ikeMessage is a Main Mode message with one SA payload (RFC 2409, RFC 2408).
func ikeMessage(b []byte, spiI, spiR uint64, vendors int) []byte {
	at := len(b)
	b = u64(u64(b, spiI), spiR)
	b = append(b, 1, 0x10, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0)
	next := byte(0)
	if vendors > 0 {
		next = 13
	}
	b = append(b, next, 0, 0, 56, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 44, 1, 1, 0, 1, 0, 0, 0, 36, 1, 1, 0, 0,
		0x80, 1, 0, 7, 0x80, 14, 1, 0, 0x80, 2, 0, 2, 0x80, 4, 0, 14, 0x80, 3, 0, 1, 0x80, 11, 0, 1, 0x80, 12, 0x70, 0x80)
	for i := range vendors {
		next := byte(13)
		if i == vendors-1 {
			next = 0
		}
		b = noise(append(b, next, 0, 0, 20), 16, uint64(i)+77)
	}
	n := len(b) - at
	b[at+26], b[at+27] = byte(n>>8), byte(n)
	return b
}

func ikeInit(b []byte, g *Gen) []byte   { return ikeMessage(b, g.Xact|1, 0, 5) }
func ikeAnswer(b []byte, g *Gen) []byte { return ikeMessage(b, g.Xact|1, g.Host|1, 1+int(g.Host%4)) }

// ESPinUDP is an encrypted packet behind a NAT (RFC 3948): spi and a counter.
func ESPinUDP(b []byte, g *Gen) []byte {
	b = u32(u32(b, uint32(g.Host)|1), uint32(g.I))
	return noise(b, 40+8*g.R.IntN(165), g.R.Uint64())
}

// WireGuard is a transport message (type 4).
func WireGuard(b []byte, g *Gen) []byte {
	b = append(b, 4, 0, 0, 0, byte(g.Host), byte(g.Host>>8), byte(g.Host>>16), byte(g.Host>>24), byte(g.I), byte(g.I>>8), byte(g.I>>16), 0, 0, 0, 0, 0)
	return noise(b, 16*(1+g.R.IntN(88)), g.R.Uint64())
}

// Game is one of the many small datagrams of a game.
func Game(b []byte, g *Gen) []byte {
	b = append(b, byte(g.I), byte(g.I>>8), byte(g.I>>16), 0)
	return noise(b, 24+g.R.IntN(180), g.R.Uint64())
}

// RTP is exported media for calls; see rtp.
func RTP(b []byte, g *Gen) []byte { return rtp(b, g) }
