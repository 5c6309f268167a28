package scenario

import (
	"fmt"
	"time"

	"floodmark/internal/model"
	"floodmark/internal/scenario/payload"
	"floodmark/internal/scenario/topology"
	"floodmark/internal/scenario/wire"
)

// ordinary is a recipe without any attack.
func ordinary(r recipe) recipe {
	play := r.play
	r.play = func(s *sim) {
		s.truth.Own = []string{"203.0.113.0/24", "198.18.0.0/16"}
		play(s)
	}
	return r
}

func ordinaryRecipes() []recipe {
	m := time.Minute
	front := "mirror port in front of the service"
	night := ordinary(recipe{name: "backup", title: "One long transfer to a backup site at night", vantage: "edge of the network", length: 3 * m, play: playBackup})
	night.snap = 128 // headers are enough where the rest is bulk
	cdn := ordinary(recipe{name: "cdn-fill", title: "A cache fills itself from a few origins at full speed", vantage: "edge of the network", length: m, play: playFill})
	cdn.snap = 128
	all := []recipe{
		ordinary(recipe{name: "quiet-day", title: "Ten minutes of an ordinary day: web, names, time, mail, both ways", vantage: "edge of the network", length: 10 * m, play: playQuietDay}),
		ordinary(recipe{name: "dying-server", title: "A server dies under its own load; clients repeat their SYNs and their users press reload", vantage: front, length: 5 * m, play: playDyingServer}),
		ordinary(recipe{name: "reconnect-storm", title: "After an outage thousands of clients come back within seconds", vantage: front, length: 2 * m, play: playReconnect}),
		ordinary(recipe{name: "udp-reconnect-storm", title: "After an outage thousands of telephones register again over UDP", vantage: front, length: 2 * m, play: playRegister}),
		night, cdn,
		ordinary(recipe{name: "speed-test", title: "Somebody measures the line: eight streams over TCP each way, then UDP", vantage: "edge of the network", length: m, play: playSpeedTest}),
		ordinary(recipe{name: "flash-crowd", title: "A page is on the news: visits grow twentyfold within a minute", vantage: front, length: 4 * m, play: playFlashUserReports}),
		ordinary(recipe{name: "load-test", title: "Three machines of the own staff load the service as hard as they can", vantage: front, length: m, play: playLoadTest}),
		ordinary(recipe{name: "software-release-day", title: "Subscribers fetch a large update from two dozen cache servers", vantage: "edge of an access network", length: m, play: playRelease}),
		ordinary(recipe{name: "dns-server-busy", title: "A resolver and a name server at a busy hour", vantage: "edge of the network", length: 2 * m, play: playBusyDNS}),
		ordinary(recipe{name: "vpn-hub", title: "Everybody starts work: IKE, then IPsec behind NAT, and WireGuard", vantage: "edge of the network", length: 2 * m, play: playVPNHub}),
		ordinary(recipe{name: "mail-server", title: "A mail server receives and sends", vantage: "edge of the network", length: 4 * m, play: playMail}),
		ordinary(recipe{name: "video-calls", title: "Conferences through one media server with STUN on ports 3478 to 3481", vantage: "edge of the network", length: m, play: playCalls}),
		ordinary(recipe{name: "background-radiation", title: "An unused network: scanners, worms, and the answers to a flood elsewhere that forges our addresses", vantage: "edge of an unused network", length: 10 * m, play: playRadiation}),
		ordinary(recipe{name: "multicast-iptv", title: "Television over multicast on a local network", vantage: "inside an access network", length: m, play: playIPTV}),
	}
	for i := range all {
		switch all[i].name {
		case "quiet-day", "flash-crowd", "software-release-day", "vpn-hub", "video-calls", "speed-test":
			all[i].snap = 256
		}
	}
	return all
}

func playQuietDay(s *sim) {
	s.visitors(clientsOf(s, 1500), own(10), steady(3))
	s.customers(netOffice, 250, 4)
	s.zoneTraffic(own(53), resolvers(s, 300), 8)
	s.mail(1)
	s.radiation(s.hosts(300, topology.UserReports{Shares: worldShares, Mix: topology.Servers, Tail: 1.5}), 3)
	clients, ntp := ownHosts(netOffice, 120, 0), s.hosts(12, topology.UserReports{Shares: visitorShares, Mix: topology.Servers})
	s.each(steady(2), func(now int64) { s.ask(now, &clients[s.r.IntN(120)], &ntp[s.r.IntN(len(ntp))], service("ntp")) })
}

// playDyingServer: from one third of the time on the server answers hardly any SYN.
func playDyingServer(s *sim) {
	userReports, server := clientsOf(s, 2600), own(10)
	death := s.start + (s.end-s.start)/3
	var visit func(now int64, h *topology.Host, patience int)
	visit = func(now int64, h *topology.Host, patience int) {
		if now < death-3e9 || s.r.Uint32()%30 == 0 {
			c := s.https(s.dial(now, h, server, 443), "www.example.org", 1+s.r.IntN(3))
			c.dies = death
			return
		}
		for i := range 2 { // browsers open a second connection after a quarter of a second
			s.dial(now+int64(i)*250e6, h, server, 443).silent = true
		}
		if patience > 0 {
			s.call(now+int64((2+9*s.r.ExpFloat64())*1e9), func(s *sim, now int64) { visit(now, h, patience-1) })
		}
	}
	rise := []phase{{0, 40 * time.Second, 9}, {40 * time.Second, 80 * time.Second, 15}, {80 * time.Second, 1 << 62, 19}}
	s.each(rise, func(now int64) { visit(now, &userReports[s.r.IntN(len(userReports))], s.r.IntN(5)) })
}

func playReconnect(s *sim) {
	userReports, server := s.hosts(4200, topology.UserReports{Shares: visitorShares, Mix: topology.Mix{0.5, 0.1, 0.1, 0.3, 0}}), own(10)
	s.visitors(userReports[:len(userReports)/8], server, []phase{{0, 20 * time.Second, 6}, {50 * time.Second, 1 << 62, 6}})
	back := s.start + 50e9 // the line was dead for half a minute
	for i := range userReports {
		h := &userReports[i]
		c := s.dial(back+int64(s.r.ExpFloat64()*2.2e9), h, server, 8883).ends(endOpen)
		if s.r.Uint32()%9 == 0 { // refused at first, tries again
			c.silent, c.maxTries = true, 1+s.r.IntN(3)
			c.after = func(s *sim, now int64) { s.device(s.dial(now+1e9, h, server, 8883)) }
			continue
		}
		s.device(c)
	}
}

// device scripts a machine that keeps a connection for messages.
func (s *sim) device(c *conn) {
	seed := s.r.Uint64()
	c.ends(endOpen).progress(words(true, tlsHello("mq.example.org", seed), 0), words(false, tlsAnswer(seed, 2900), ms(30*s.r.ExpFloat64())), words(true, tlsFinish, 0),
		sealed(true, 150, 0), sealed(false, 60, ms(10)))
	for range 3 {
		c.progress(sealed(true, 90, ms(20_000*s.r.ExpFloat64())), sealed(false, 60, ms(3)))
	}
}

func sip(method string) payload.Maker {
	return func(b []byte, g *payload.Gen) []byte {
		start := "SIP/2.0 200 OK"
		if method != "" {
			start = method + " sip:example.org SIP/2.0"
		}
		return fmt.Appendf(b, "%s\r\nVia: SIP/2.0/UDP 192.168.1.%d:5060;branch=z9hG4bK%08x;rport\r\nMax-Forwards: 70\r\nFrom: <sip:%d@example.org>;tag=%x\r\nTo: <sip:%d@example.org>\r\nCall-ID: %016x@192.168.1.20\r\nCSeq: %d REGISTER\r\nContact: <sip:%d@192.168.1.20:5060>;expires=300\r\nUser-Agent: phone/4.2\r\nContent-Length: 0\r\n\r\n",
			start, 2+g.Xact%250, uint32(g.Xact), 4900+g.Xact>>8%90000, g.Xact>>32&0xffff, 4900+g.Xact>>8%90000, g.Xact, 1+g.I, 4900+g.Xact>>8%90000)
	}
}

func playRegister(s *sim) {
	svc := payload.Service{Port: 5060, SamePrt: true, Query: sip("REGISTER"), Answer: sip("")}
	userReports, server := s.hosts(5200, topology.UserReports{Shares: visitorShares[:4], Mix: topology.Mix{0.2, 0, 0, 0.8, 0}}), own(50)
	s.each([]phase{{0, 20 * time.Second, 18}, {70 * time.Second, 1 << 62, 18}}, func(now int64) {
		s.ask(now, &userReports[s.r.IntN(len(userReports))], server, &svc)
	})
	for i := range userReports {
		at := s.start + 50e9 + int64(s.r.ExpFloat64()*2.5e9)
		for try := range 1 + s.r.IntN(4) { // unanswered ones are repeated after half a second, a second, ... (RFC 3261)
			t := s.ask(at, &userReports[i], server, &svc)
			t.mute = try == 0 && s.r.Uint32()%3 > 0
			t.cPort = 5060
			if !t.mute {
				break
			}
			at += int64(500e6) << try
		}
	}
}

func playBackup(s *sim) {
	far := s.hosts(1, topology.UserReports{Shares: visitorShares[:1], Mix: topology.Servers})
	c := s.dial(s.start+5e9, own(90), &far[0], 22).ends(endClient)
	c.largest = 64
	c.progress(words(false, []byte("SSH-2.0-OpenSSH_9.7\r\n"), ms(3)), words(true, []byte("SSH-2.0-OpenSSH_9.7\r\n"), 0))
	c.progress(turn{client: true, n: int(280e6 * s.opt.Scale), tail: wire.TailRandom})
	s.visitors(clientsOf(s, 200), own(10), steady(0.4))
}

func playFill(s *sim) {
	origins := s.hosts(4, topology.UserReports{Shares: visitorShares[:5], Mix: topology.Servers})
	for i := range 14 {
		c := s.dial(s.start+int64(i)*400e6, own(byte(100+i%3)), &origins[i%4], 443).ends(endOpen)
		c.largest = 160
		seed := s.r.Uint64()
		c.progress(words(true, tlsHello("origin.example.com", seed), 0), words(false, tlsAnswer(seed, 3100), ms(2)), words(true, tlsFinish, 0))
		for range 6 {
			c.progress(sealed(true, 400, ms(30)), sealed(false, int(4e6*s.opt.Scale)+2000, ms(4)))
		}
	}
}

func playSpeedTest(s *sim) {
	far := s.hosts(1, topology.UserReports{Shares: visitorShares[:1], Mix: topology.Servers})
	client, server := own(77), &far[0]
	for i := range 16 {
		c := s.dial(s.start+int64(2+18*(i/8))*1e9+int64(i)*3e6, client, server, 5201).ends(endClient)
		c.largest = 220
		c.progress(words(true, []byte("stream-cookie-0123456789abcdef0123456\x00"), 0), turn{client: i/8 == 1, n: int(14e6 * s.opt.Scale), tail: wire.TailRandom})
	}
	n := uint32(0)
	s.each([]phase{{40 * time.Second, 50 * time.Second, 4300}}, func(now int64) {
		n++
		since := now - s.start - 40e9
		head := []byte{byte(since >> 54), 0, 0, byte(since / 1e9), 0, byte(since / 1000 % 1e6 >> 16), byte(since / 1000 % 1e6 >> 8), byte(since / 1000), byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}
		p := wire.Packet{In: true, Src: server.Addr, Dst: client.Addr, Proto: model.ProtoUDP, TTL: server.TTL(s.r), DF: true, ID: server.NextID(), Sport: 5201, Dport: 41234, Payload: head, Length: 1448, Tail: wire.TailText, Noise: 7}
		s.send(now, &s.background, &p)
	})
	s.visitors(clientsOf(s, 300), own(10), steady(2))
}

func playFlashUserReports(s *sim) {
	sec := time.Second
	s.visitors(clientsOf(s, 6000), own(10), []phase{{0, 60 * sec, 2}, {60 * sec, 80 * sec, 9}, {80 * sec, 100 * sec, 22}, {100 * sec, 180 * sec, 38}, {180 * sec, 1 << 62, 24}})
}

func playLoadTest(s *sim) {
	staff := s.hosts(3, topology.UserReports{Shares: visitorShares[:1], Mix: topology.Mix{1, 0, 0, 0, 0}})
	server := own(10)
	s.each([]phase{{10 * time.Second, 45 * time.Second, 90}}, func(now int64) {
		c := s.dial(now, &staff[s.r.IntN(len(staff))], server, 80).ends(endClient)
		for range 12 {
			c.progress(words(true, []byte("GET /api/v1/timeline HTTP/1.1\r\nHost: www.example.org\r\nUser-Agent: k6/0.54.0 (https://k6.io/)\r\nContent-Length: 0\r\n\r\n"), ms(2)),
				turn{n: 1200, head: []byte("HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Type: application/json\r\nContent-Length: 1108\r\n\r\n"), tail: wire.TailText, think: ms(6 + 20*s.r.ExpFloat64())})
		}
	})
	s.visitors(clientsOf(s, 300), server, steady(2))
}

func playRelease(s *sim) {
	people, caches := ownHosts(netOffice, s.scaled(900), 0), s.hosts(24, topology.UserReports{Shares: visitorShares[:5], Mix: topology.Servers})
	quic := service("quic")
	s.each(steady(6), func(now int64) {
		h, cache := &people[s.r.IntN(len(people))], &caches[s.r.IntN(len(caches))]
		if s.r.Uint32()%2 == 0 {
			t := s.ask(now, h, cache, quic)
			t.data, t.gap, t.down = int(900*lognormal(s.r, 1)), 1.4e6, 0.88
			return
		}
		c := s.https(s.dial(now, h, cache, 443), "updates.example.com", 0)
		c.largest = 120
		c.progress(sealed(true, 300, 0), sealed(false, int(900e3*lognormal(s.r, 0.8)), ms(2)))
	})
	s.customers(netOffice, 300, 4)
}

func playBusyDNS(s *sim) {
	s.zoneTraffic(own(53), resolvers(s, 1500), 500)
	resolver, servers := own(54), resolvers(s, 900)
	dns := service("dns")
	s.each(steady(450), func(now int64) {
		s.ask(now, resolver, &servers[s.r.IntN(len(servers))], dns).mute = s.r.Uint32()%60 == 0
	})
}

func playVPNHub(s *sim) {
	userReports, hub := clientsOf(s, 700)[:s.few(700)], own(45)
	ike := service("ike")
	natt := payload.Service{Port: 4500, SamePrt: true, Query: payload.ESPinUDP, Answer: payload.ESPinUDP, Data: payload.ESPinUDP}
	wg := payload.Service{Port: 51820, Query: payload.WireGuard, Answer: payload.WireGuard, Data: payload.WireGuard}
	for i := range userReports {
		at := s.start + int64(s.r.Float64()*70e9)
		svc := &natt
		if i%4 == 0 {
			svc = &wg
		} else {
			s.ask(at, &userReports[i], hub, ike)
		}
		t := s.ask(at+800e6, &userReports[i], hub, svc)
		t.data, t.gap, t.down = 1<<20, 90e6*lognormal(s.r, 1.1), 0.4+0.4*s.r.Float64()
	}
}

func playMail(s *sim) { s.mail(14) }

// mail is rate messages a second, three in four of them received.
func (s *sim) mail(rate float64) {
	others, us := s.hosts(500, topology.UserReports{Shares: worldShares, Mix: topology.Servers, Tail: 1.5}), own(25)
	progress := func(client bool, text string, think float64) turn { return words(client, []byte(text), ms(think)) }
	s.each(steady(rate), func(now int64) {
		a, b := &others[s.r.IntN(len(others))], us
		if s.r.Uint32()%4 == 0 {
			a, b = b, a
		}
		c := s.dial(now, a, b, 25).ends(endClient)
		c.progress(progress(false, "220 mx.example.org ESMTP\r\n", 20), progress(true, "EHLO mail.example.com\r\n", 1), progress(false, "250-mx.example.org\r\n250-SIZE 52428800\r\n250 8BITMIME\r\n", 1))
		if s.r.Uint32()%5 == 0 {
			c.progress(progress(true, "MAIL FROM:<a@example.com>\r\n", 1), progress(false, "550 5.7.1 refused\r\n", 5), progress(true, "QUIT\r\n", 1), progress(false, "221 bye\r\n", 1))
			return
		}
		c.progress(progress(true, "MAIL FROM:<a@example.com>\r\n", 1), progress(false, "250 ok\r\n", 5), progress(true, "RCPT TO:<b@example.org>\r\n", 1), progress(false, "250 ok\r\n", 8), progress(true, "DATA\r\n", 1), progress(false, "354 go ahead\r\n", 2),
			turn{client: true, n: s.size(14000), head: []byte("From: <a@example.com>\r\nTo: <b@example.org>\r\nSubject: hello\r\n\r\n"), tail: wire.TailText}, progress(true, "\r\n.\r\n", 0), progress(false, "250 queued\r\n", 60), progress(true, "QUIT\r\n", 1), progress(false, "221 bye\r\n", 1))
	})
}

func playCalls(s *sim) {
	userReports, media := clientsOf(s, 240)[:s.few(240)], own(34)
	for i := range userReports {
		svc := payload.Service{Port: uint16(3478 + i%4), Query: payload.STUNRequest, Answer: payload.STUNResponse, Data: payload.RTP}
		t := s.ask(s.start+int64(s.r.Float64()*25e9), &userReports[i], media, &svc)
		t.data, t.gap, t.down = 1<<20, 18e6*lognormal(s.r, 0.5), 0.66
	}
}

func playRadiation(s *sim) {
	s.radiation(s.hosts(1500, topology.UserReports{Shares: worldShares, Mix: topology.Servers, Tail: 1.8}), 60)
	s.miraiScan(bots(s, 300), 12)
	victim := s.hosts(1, topology.UserReports{Shares: visitorShares[:3], Mix: topology.Servers})
	s.each([]phase{{3 * time.Minute, 5 * time.Minute, 45}}, func(now int64) { // a flood elsewhere forges our addresses
		h := &victim[0]
		p := wire.Packet{In: true, Src: h.Addr, Dst: own(byte(1 + s.r.IntN(254))).Addr, Proto: model.ProtoTCP, TTL: h.TTL(s.r), DF: true, Sport: 443, Dport: uint16(1024 + s.r.IntN(64000)),
			Seq: s.r.Uint32(), Ack: s.r.Uint32(), Flags: model.SYN | model.ACK, Window: 65160, Options: []byte{2, 4, 5, 0xb4}}
		s.send(now, &s.background, &p)
	})
}

func playIPTV(s *sim) {
	s.truth.Own = []string{"198.18.0.0/16"}
	head := ownHosts(netServers, 1, 1)
	count := [3]uint16{}
	s.each(steady(1100), func(now int64) {
		i := s.r.IntN(3)
		count[i]++
		rtp := []byte{0x80, 33, byte(count[i] >> 8), byte(count[i]), byte(now >> 40), byte(now >> 32), byte(now >> 24), byte(now >> 16), 0, 0, 0, byte(i)}
		for range 7 { // transport stream packets of 188 bytes, null packets' header and noise
			rtp = append(rtp, 0x47, 0x1f, 0xff, 0x10)
			rtp = wire.AppendTail(rtp, 184, wire.TailRandom, s.r.Uint64())
		}
		p := wire.Packet{In: true, Src: head[0].Addr, Dst: model.Addr4(239<<24 | 1<<16 | uint32(1+i)), Proto: model.ProtoUDP, TTL: 7, DF: true, ID: head[0].NextID(), Sport: 5000, Dport: 5000, Payload: rtp}
		s.send(now, &s.background, &p)
	})
	boxes := ownHosts(netOffice, 80, 0)
	s.each(steady(3), func(now int64) { // IGMPv2 reports
		g := byte(1 + s.r.IntN(3))
		c := ^(uint16(0x0502) + uint16(g)) // over 1600 0000 ef01 00gg, folded
		p := wire.Packet{Src: boxes[s.r.IntN(80)].Addr, Dst: model.Addr4(239<<24 | 1<<16 | uint32(g)), Proto: 2, TTL: 1, Raw: true, Payload: []byte{0x16, 0, byte(c >> 8), byte(c), 239, 1, 0, g}}
		s.send(now, &s.background, &p)
	})
}

// call runs f at a later time.
func (s *sim) call(at int64, f func(*sim, int64)) { s.at(at, deferred(f)) }

type deferred func(*sim, int64)

func (d deferred) step(s *sim, now int64) int64 {
	d(s, now)
	return -1
}
