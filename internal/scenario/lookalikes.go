package scenario

import (
	"fmt"
	"time"

	"floodmark/internal/model"
	"floodmark/internal/scenario/payload"
	"floodmark/internal/scenario/topology"
	"floodmark/internal/scenario/wire"
)

// like is a recipe for traffic that resembles a slug but is no attack.
func like(slug, title string, play func(*sim)) recipe {
	return recipe{name: "like-" + slug, title: title, looksLike: slug, length: time.Minute, snap: 512, vantage: "edge of the network", play: func(s *sim) {
		s.truth.Own = []string{"203.0.113.0/24"}
		play(s)
	}}
}

func likeRecipes() []recipe {
	return []recipe{
		like("syn-flood", "A busy interface with one request per connection; its accept queue overflows now and then, so SYNs come twice", playBusyAPI),
		like("synack-reflection", "A crawler opens thousands of connections: SYN+ACKs pour in, each asked for", playCrawler),
		like("ack-flood", "A file server fills long downloads: what comes in is almost only ACKs", playDownloads),
		like("rst-flood", "Phones end their connections with RST, as many systems do", func(s *sim) { playEndings(s, endReset, 2) }),
		like("fin-flood", "A load balancer checks a server's health: connect, close, connect, close", func(s *sim) { playEndings(s, endClient, 0) }),
		like("tcp-flags-abnormal", "Congestion notification in use: SYN+ECE+CWR, ECE, CWR, and FIN+PSH+ACK at the end", playECN),
		like("tcp-middlebox-reflection", "Our own people ask for blocked pages and get the filter's page and a reset", playBlocked),
		like("stomp-flood", "A message broker: small PSH+ACK segments both ways on connections that stay open", playBroker),
		like("udp-flood", "Tunnels and calls: UDP with noise in it between high ports, both ways", playTunnels),
		like("icmp-flood", "Monitoring by ping: every echo request has its reply", playPing),
		like("gre-flood", "A GRE tunnel between two routers with ordinary traffic inside", playTunnelGRE),
		like("vse-flood", "A game server with its players and the usual status questions", func(s *sim) { s.players(own(10), 220) }),
		like("dns-water-torture", "A block list over DNS: every name is new, most do not exist, all are answered", playBlockList),
		like("dns-query-flood", "A busy name server of a popular zone", func(s *sim) { s.zoneTraffic(own(53), resolvers(s, 1500), 1200) }),
		like("http-flood", "A busy web interface with connections that stay open for many requests", playKeepAlive),
		like("slow-http", "Web sockets and long polling: thousands of connections that hardly ever speak", playLongPoll),
		like("fragment-flood", "A file server over UDP whose datagrams of eight kilobytes come in fragments, first one included", playNFS),
		like("ip-protocol-flood", "ESP tunnels, OSPF, VRRP and IP-in-IP of an ordinary site", playSiteProtocols),
	}
}

func clientsOf(s *sim, n int) []topology.Host {
	return s.hosts(n, topology.UserReports{Shares: visitorShares, Mix: topology.People, Tail: 1})
}

func playBusyAPI(s *sim) {
	userReports, server := clientsOf(s, 400), own(20)
	s.each(steady(110), func(now int64) {
		h := &userReports[s.r.IntN(len(userReports))]
		if (now-s.start)/1e9%20 == 19 && s.r.Uint32()%3 == 0 { // the queue is full for a second
			c := s.dial(now, h, server, 443)
			c.silent, c.maxTries = true, 1
			port, seq := c.c.port, c.syn
			c.after = func(s *sim, now int64) {
				again := s.https(s.dial(now+990e6, h, server, 443), "api.example.org", 1)
				again.c.port, again.c.seq, again.syn = port, seq, seq
			}
			return
		}
		s.https(s.dial(now, h, server, 443), "api.example.org", 1)
	})
}

func playCrawler(s *sim) {
	sites := s.hosts(1800, topology.UserReports{Shares: worldShares, Mix: topology.Servers})
	crawlers := [4]*topology.Host{own(30), own(31), own(32), own(33)}
	s.each(steady(140), func(now int64) {
		site := &sites[s.r.IntN(len(sites))]
		c := s.dial(now, crawlers[s.r.IntN(4)], site, [...]uint16{443, 443, 80}[s.r.IntN(3)])
		switch {
		case s.r.Uint32()%12 == 0:
			c.silent, c.maxTries = true, 3
		case c.s.port == 80:
			s.http(c, "www.example.com", 1)
		default:
			s.https(c, "www.example.com", 1).ends(endClient)
		}
	})
}

func playDownloads(s *sim) {
	userReports, server := clientsOf(s, 90), own(40)
	for i := range userReports[:s.few(90)] {
		c := s.dial(s.start+int64(s.r.Float64()*20e9), &userReports[i], server, 443).ends(endOpen)
		c.largest = 90
		seed := s.r.Uint64()
		c.progress(words(true, tlsHello("files.example.org", seed), 0), words(false, tlsAnswer(seed, 2400), ms(1)), words(true, tlsFinish, 0), sealed(true, 300, 0), sealed(false, 2_000_000+s.r.IntN(3_000_000), ms(3)))
	}
}

func playEndings(s *sim, e ending, requests int) {
	userReports, server := clientsOf(s, 900), own(20)
	if requests == 0 {
		userReports = ownHosts(netServers, 6, 1)
	}
	s.each(steady(130), func(now int64) {
		c := s.dial(now, &userReports[s.r.IntN(len(userReports))], server, 443).ends(e)
		if requests > 0 {
			s.https(c, "m.example.org", 1+s.r.IntN(requests))
		}
	})
}

func playECN(s *sim) {
	userReports, server := clientsOf(s, 500), own(20)
	s.each(steady(30), func(now int64) {
		c := s.https(s.dial(now, &userReports[s.r.IntN(len(userReports))], server, 443), "www.example.org", 1+s.r.IntN(4))
		c.ecn = true
	})
}

func playBlocked(s *sim) {
	people := ownHosts(netPublic, 200, 0)
	sites := s.hosts(300, topology.UserReports{Shares: visitorShares, Mix: topology.Servers})
	s.each(steady(60), func(now int64) {
		c := s.dial(now, &people[s.r.IntN(len(people))], &sites[s.r.IntN(len(sites))], 80)
		page := "HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Type: text/html\r\nContent-Length: 120\r\n\r\n"
		s.http(c, "casino.example", 1).ends(endServerReset)
		c.turns[len(c.turns)-1] = turn{n: len(page) + 120, head: []byte(page), tail: wire.TailText}
	})
}

func playBroker(s *sim) {
	userReports, server := s.hosts(260, topology.UserReports{Shares: visitorShares, Mix: topology.Servers}), own(61)
	for i := range userReports {
		c := s.dial(s.start+int64(s.r.Float64()*8e9), &userReports[i], server, 61613).ends(endOpen)
		c.progress(words(true, []byte("CONNECT\naccept-version:1.2\nhost:example\n\n\x00\n"), 0), words(false, []byte("CONNECTED\nversion:1.2\n\n\x00\n"), ms(1)))
		for range 90 {
			head := []byte("SEND\ndestination:/queue/meter\ncontent-type:text/plain\n\n")
			c.progress(turn{client: s.r.Uint32()%3 > 0, n: 700 + s.r.IntN(80), head: head, tail: wire.TailText, think: ms(600 * s.r.ExpFloat64())})
		}
	}
}

func playTunnels(s *sim) {
	userReports, hub := clientsOf(s, 180)[:s.few(180)], own(70)
	wg := payload.Service{Port: 51820, Query: payload.WireGuard, Answer: payload.WireGuard, Data: payload.WireGuard}
	call := payload.Service{Port: 10000, Query: payload.STUNRequest, Answer: payload.STUNResponse, Data: payload.RTP}
	for i := range userReports {
		svc := &wg
		if i%3 == 0 {
			svc = &call
		}
		t := s.ask(s.start+int64(s.r.Float64()*15e9), &userReports[i], hub, svc)
		t.data, t.gap, t.down = 1<<20, 22e6*lognormal(s.r, 0.8), 0.3+0.5*s.r.Float64()
	}
}

// playPing: monitors of ours ping the world, others ping us.
func playPing(s *sim) {
	others := s.hosts(240, topology.UserReports{Shares: worldShares, Mix: topology.Servers})
	monitor := own(80)
	s.each(steady(420), func(now int64) {
		h := &others[s.r.IntN(len(others))]
		q := wire.Packet{Src: monitor.Addr, Dst: h.Addr, Proto: model.ProtoICMP, TTL: 64, DF: true, ID: s.r.Uint32() & 0xffff, ICMPType: 8, ICMPRest: uint32(h.Seed>>48)<<16 | uint32((now-s.start)/1e9), Length: 56}
		if h.Seed%3 == 0 { // this one watches us
			q.Src, q.Dst, q.In, q.TTL = h.Addr, monitor.Addr, true, h.TTL(s.r)
		}
		s.send(now, &s.background, &q)
		if s.r.Uint32()%90 == 0 {
			return // lost
		}
		a := q
		a.Src, a.Dst, a.In, a.ICMPType, a.TTL = q.Dst, q.Src, !q.In, 0, 64
		wait := int64(40_000)
		if a.In {
			a.TTL, wait = h.TTL(s.r), int64(h.RTT)
		}
		s.later(now+wait, &s.background, a)
	})
}

// playTunnelGRE wraps a site's ordinary traffic in GRE between two routers.
func playTunnelGRE(s *sim) {
	a, b := own(1), s.hosts(1, topology.UserReports{Shares: visitorShares[:1], Mix: topology.Mix{0, 0, 0, 0, 1}})
	far := &b[0]
	far.OS = topology.Gear
	inside, remote := ownHosts(netOffice, 60, 0), ownHosts(netServers, 30, 0)
	s.each(steady(900), func(now int64) {
		x, y := &inside[s.r.IntN(60)], &remote[s.r.IntN(30)]
		q := wire.Packet{Src: x.Addr, Dst: y.Addr, Proto: model.ProtoTCP, TTL: 63, DF: true, ID: x.NextID(), Sport: 32768 + uint16(x.Seed%28000), Dport: [...]uint16{443, 445, 1433}[y.Seed%3],
			Seq: uint32(now / 1e5), Ack: uint32(now / 2e5), Flags: model.ACK, Window: 501}
		in := s.r.Uint32()%5 < 3
		if in {
			q.Src, q.Dst, q.Sport, q.Dport = q.Dst, q.Src, q.Dport, q.Sport
			q.Length, q.Tail, q.Noise = 200+s.r.IntN(1180), wire.TailRandom, s.r.Uint64()
		}
		p := wire.Packet{In: in, Src: a.Addr, Dst: far.Addr, Proto: model.ProtoGRE, TTL: 255, ID: a.NextID(), Raw: true, Payload: wire.AppendInner([]byte{0, 0, 8, 0}, &q)}
		if in {
			p.Src, p.Dst, p.TTL, p.ID = far.Addr, a.Addr, far.TTL(s.r), far.NextID()
		}
		s.send(now, &s.background, &p)
	})
}

func playBlockList(s *sim) {
	userReports, server := resolvers(s, 500), own(53)
	s.each(steady(900), func(now int64) {
		h := &userReports[min(s.r.IntN(len(userReports)), s.r.IntN(len(userReports)))]
		v := topology.Filtered(s.r).V4()
		name := fmt.Sprintf("%d.%d.%d.%d.bl.%s", byte(v), byte(v>>8), byte(v>>16), v>>24, zone)
		p := wire.Packet{In: true, Src: h.Addr, Dst: server.Addr, Proto: model.ProtoUDP, TTL: h.TTL(s.r), ID: s.r.Uint32() & 0xffff,
			Sport: uint16(1024 + s.r.IntN(64000)), Dport: 53, Payload: payload.DNSAsk(nil, s.r.Uint64(), payload.DNSQuestion{Name: name, Type: [...]int{1, 1, 16}[s.r.IntN(3)]})}
		s.send(now, &s.background, &p)
		rcode := 3
		if v%6 == 0 {
			rcode = 0
		}
		s.nameServer(now, &s.background, server, &p, rcode)
	})
}

func playKeepAlive(s *sim) {
	userReports, server := clientsOf(s, 700), own(20)
	s.each(steady(9), func(now int64) {
		h := &userReports[s.r.IntN(len(userReports))]
		c := s.dial(now, h, server, 80)
		for range 20 + s.r.IntN(40) {
			q := fmt.Sprintf("GET /api/v1/timeline?since=%d HTTP/1.1\r\nHost: www.example.org\r\nUser-Agent: %s\r\nConnection: keep-alive\r\nAccept: application/json\r\n\r\n", s.r.Uint32(), agents[h.Seed%5])
			n := s.size(1400)
			a := fmt.Sprintf("HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Type: application/json\r\nContent-Length: %d\r\nConnection: keep-alive\r\n\r\n", n)
			c.progress(words(true, []byte(q), ms(500*s.r.ExpFloat64())), turn{n: n + len(a), head: []byte(a), tail: wire.TailText, think: ms(4 + 20*s.r.ExpFloat64())})
		}
	})
}

func playLongPoll(s *sim) {
	userReports, server := clientsOf(s, 1500), own(20)
	for i := range userReports {
		h := &userReports[i]
		c := s.dial(s.start+int64(s.r.Float64()*40e9), h, server, 80).ends(endOpen)
		c.progress(words(true, []byte("GET /socket HTTP/1.1\r\nHost: www.example.org\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"), 0),
			words(false, []byte("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"), ms(2)))
		for range 4 {
			c.progress(words(false, []byte{0x89, 0}, ms(12_000+500*s.r.NormFloat64())), words(true, []byte{0x8a, 0x80, 1, 2, 3, 4}, 0))
		}
	}
}

// playNFS: reads and writes of eight kilobytes over UDP between two of our networks.
func playNFS(s *sim) {
	s.truth.Own = []string{"198.18.0.0/16"}
	clients, servers := ownHosts(netOffice, 12, 0), ownHosts(netServers, 2, 1)
	write := func(b []byte, g *payload.Gen) []byte {
		b = append(b, byte(g.Xact>>24), byte(g.Xact>>16), byte(g.Xact>>8), byte(g.Xact), 0, 0, 0, 0, 0, 0, 0, 2, 0, 1, 0x86, 0xa3, 0, 0, 0, 3, 0, 0, 0, 0)
		b = wire.AppendTail(b, 16, wire.TailZero, 0)
		return b
	}
	reply := func(b []byte, g *payload.Gen) []byte {
		b = append(b, byte(g.Xact>>24), byte(g.Xact>>16), byte(g.Xact>>8), byte(g.Xact), 0, 0, 0, 1)
		return wire.AppendTail(b, 16, wire.TailZero, 0)
	}
	bulk := func(b []byte, g *payload.Gen) []byte {
		return wire.AppendTail(reply(b, g), 8192, wire.TailRandom, g.Xact)
	}
	svc := payload.Service{Port: 2049, Query: write, Answer: bulk}
	nop := payload.Service{Port: 2049, Query: write, Answer: reply}
	s.each(steady(180), func(now int64) {
		kind := &svc
		if s.r.Uint32()%5 == 0 {
			kind = &nop
		}
		s.ask(now, &clients[s.r.IntN(12)], &servers[s.r.IntN(2)], kind).cPort = uint16(700 + s.r.IntN(300))
	})
}

func playSiteProtocols(s *sim) {
	peers := s.hosts(12, topology.UserReports{Shares: visitorShares[:4], Mix: topology.Mix{0.5, 0, 0, 0, 0.5}})
	us := own(1)
	counts := make([]uint32, len(peers))
	s.each(steady(900), func(now int64) {
		i := s.r.IntN(len(peers))
		h := &peers[i]
		counts[i]++
		n := 40 + 8*s.r.IntN(170)
		p := wire.Packet{In: s.r.Uint32()%2 == 0, Src: us.Addr, Dst: h.Addr, Proto: model.ProtoESP, TTL: 64, ID: us.NextID(), Raw: true,
			Payload: []byte{byte(h.Seed), byte(h.Seed >> 8), byte(i), 1, byte(counts[i] >> 24), byte(counts[i] >> 16), byte(counts[i] >> 8), byte(counts[i])}, Length: n, Tail: wire.TailRandom, Noise: s.r.Uint64()}
		if p.In {
			p.Src, p.Dst, p.TTL, p.ID = h.Addr, us.Addr, h.TTL(s.r), h.NextID()
			p.Payload[2] |= 0x80
		}
		s.send(now, &s.background, &p)
	})
	s.each(steady(4), func(now int64) { // VRRP advertisements, RFC 5798
		p := wire.Packet{In: true, Src: own(2).Addr, Dst: model.Addr4(224<<24 | 18), Proto: 112, TTL: 255, Raw: true, Payload: []byte{0x31, 7, 100, 1, 0, 100, 0x14, 0x61, 203, 0, 113, 1}}
		s.send(now, &s.background, &p)
	})
}
