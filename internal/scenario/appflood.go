package scenario

import (
	"fmt"
	"time"

	"floodmark/internal/model"
	"floodmark/internal/scenario/payload"
	"floodmark/internal/scenario/topology"
	"floodmark/internal/scenario/wire"
)

func appRecipes() []recipe {
	slow := attack("slow-http", "A few hundred machines hold connections open by sending one header line every ten seconds", playSlow)
	slow.length = 3 * time.Minute
	return []recipe{
		attack("vse-flood", "Status questions of the Source engine from a real botnet", playVSE),
		attack("dns-water-torture", "Resolvers of the whole world ask for random names under the target's zone", playWaterTorture),
		attack("dns-query-flood", "A botnet asks the target's name server for a handful of names", playQueryFlood),
		attack("http-flood", "A botnet with finished connections asks for expensive pages over and over", playHTTPFlood),
		slow,
	}
}

func playVSE(s *sim) {
	victim, phases := stage(s, 1500)
	s.players(victim, 40)
	f := &flood{name: "vse-flood", userReports: bots(s, 1500), phases: phases}
	query := payload.A2SInfo(nil, nil)
	f.emit = func(s *sim, f *flood, now int64, h *topology.Host, p *wire.Packet) {
		p.Dst, p.Proto, p.DF, p.ID = victim.Addr, model.ProtoUDP, true, s.r.Uint32()&0xffff
		p.Sport, p.Dport, p.Payload = uint16(s.r.Uint32()), 27015, query
		s.sendFrom(now, f.counter, h, p)
	}
	s.flood(f)
	s.truth.Family = "mirai"
}

// players is the ordinary traffic of a game server: n players, and others who
// look at it in the list of servers.
func (s *sim) players(server *topology.Host, n int) {
	game := payload.Service{Port: 27015, Query: payload.A2SInfo, Answer: payload.A2SAnswer, Data: payload.Game}
	userReports := s.hosts(900, topology.UserReports{Shares: visitorShares, Mix: topology.People})
	for i := range s.few(n) {
		t := s.ask(s.start+int64(s.r.Float64()*3e9), &userReports[i%len(userReports)], server, &game)
		t.data, t.gap, t.down = 100_000, 16e6, 0.55
	}
	s.each(steady(12), func(now int64) { s.ask(now, &userReports[s.r.IntN(len(userReports))], server, &game) })
}

const zone = "example.org"

// nameServer lets server answer a question right away.
func (s *sim) nameServer(now int64, t *counter, server *topology.Host, q *wire.Packet, rcode int) {
	a := wire.Packet{Src: server.Addr, Dst: q.Src, Proto: model.ProtoUDP, TTL: 64, ID: server.NextID(), Sport: 53, Dport: q.Sport, Payload: payload.DNSReply(nil, q.Payload, rcode)}
	s.send(now+60_000, t, &a)
}

func resolvers(s *sim, n int) []topology.Host {
	return s.hosts(n, topology.UserReports{Shares: worldShares, Mix: topology.Servers, Tail: 1.4})
}

func playWaterTorture(s *sim) {
	victim, phases := stage(s, 1300)
	userReports := resolvers(s, 900)
	s.zoneTraffic(victim, resolvers(s, 400), 60)
	f := &flood{name: "dns-water-torture", userReports: userReports, phases: phases}
	f.emit = func(s *sim, f *flood, now int64, h *topology.Host, p *wire.Packet) {
		g := payload.Gen{Xact: s.r.Uint64()}
		label := wire.AppendTail(nil, 12, wire.TailText, s.r.Uint64())
		s.scratch = payload.DNSRandom(s.scratch[:0], &g, string(label), zone)
		p.Dst, p.Proto, p.ID = victim.Addr, model.ProtoUDP, s.r.Uint32()&0xffff
		p.Sport, p.Dport, p.Payload = uint16(1024+s.r.IntN(64000)), 53, s.scratch
		s.sendFrom(now, f.counter, h, p)
		if s.r.Uint32()%3 > 0 { // it cannot keep up
			s.nameServer(now, &s.responses, victim, p, 3)
		}
	}
	s.flood(f)
	s.note("the sources are resolvers: their addresses are real and say nothing of where the questions came from")
	s.claim("country=UA majority of packets", model.CannotBeDetermined)
}

// zoneTraffic is ordinary questions for a zone: few names often, many seldom.
func (s *sim) zoneTraffic(server *topology.Host, userReports []topology.Host, rate float64) {
	kinds := [...]int{1, 1, 1, 28, 28, 65, 15, 16, 6}
	s.each(steady(rate), func(now int64) {
		h := &userReports[min(s.r.IntN(len(userReports)), s.r.IntN(len(userReports)))]
		n := int(s.r.ExpFloat64() * 9)
		name, rcode := fmt.Sprintf("host%d.%s", n, zone), 0
		switch {
		case n < 4:
			name = [...]string{"www.", "", "mail.", "api."}[n] + zone
		case n > 40:
			rcode = 3
		}
		p := wire.Packet{In: true, Src: h.Addr, Dst: server.Addr, Proto: model.ProtoUDP, TTL: h.TTL(s.r), ID: s.r.Uint32() & 0xffff,
			Sport: uint16(1024 + s.r.IntN(64000)), Dport: 53, Payload: payload.DNSAsk(nil, s.r.Uint64(), payload.DNSQuestion{Name: name, Type: kinds[s.r.IntN(len(kinds))]})}
		s.send(now, &s.background, &p)
		s.nameServer(now, &s.background, server, &p, rcode)
	})
}

func playQueryFlood(s *sim) {
	victim, phases := stage(s, 1500)
	s.zoneTraffic(victim, resolvers(s, 400), 60)
	f := &flood{name: "dns-query-flood", userReports: bots(s, 1500), phases: phases}
	f.emit = func(s *sim, f *flood, now int64, h *topology.Host, p *wire.Packet) {
		s.scratch = payload.DNSAsk(s.scratch[:0], s.r.Uint64(), payload.DNSQuestion{Name: zone, Type: 255, Flags: 0x0100})
		p.Dst, p.Proto, p.ID = victim.Addr, model.ProtoUDP, s.r.Uint32()&0xffff
		p.Sport, p.Dport, p.Payload = uint16(1024+s.r.IntN(64000)), 53, s.scratch
		s.sendFrom(now, f.counter, h, p)
		if s.r.Uint32()%2 == 0 {
			s.nameServer(now, &s.responses, victim, p, 5)
		}
	}
	s.flood(f)
}

func playHTTPFlood(s *sim) {
	victim, phases := stage(s, 0)
	userReports := bots(s, 900)
	f := &flood{name: "http-flood", userReports: userReports, phases: phases}
	f.phases[0].rate = 55
	f.emit = func(s *sim, f *flood, now int64, h *topology.Host, _ *wire.Packet) {
		c := s.dial(now, h, victim, 80).ends(endReset)
		c.label = f.counter
		for range 4 + s.r.IntN(8) {
			q := fmt.Sprintf("GET /search?q=%08x HTTP/1.1\r\nHost: www.example.org\r\nUser-Agent: %s\r\nConnection: keep-alive\r\nAccept: */*\r\nCache-Control: no-cache\r\n\r\n",
				s.r.Uint32(), agents[h.Seed%2])
			a := "HTTP/1.1 503 Service Unavailable\r\nServer: nginx\r\nContent-Type: text/html\r\nContent-Length: 190\r\nConnection: keep-alive\r\n\r\n"
			c.progress(words(true, []byte(q), ms(20+60*s.r.ExpFloat64())), turn{n: len(a) + 190, head: []byte(a), tail: wire.TailText, think: ms(120 + 300*s.r.ExpFloat64())})
		}
	}
	s.flood(f)
	s.note("the answers of the target are counted as responses, not as attack")
}

func playSlow(s *sim) {
	victim, phases := stage(s, 0)
	userReports := s.hosts(320, topology.UserReports{Shares: worldShares, Mix: topology.Servers})
	f := &flood{name: "slow-http", userReports: userReports, phases: phases}
	f.phases[0] = phase{10 * time.Second, 60 * time.Second, 40}
	f.emit = func(s *sim, f *flood, now int64, h *topology.Host, _ *wire.Packet) {
		c := s.dial(now, h, victim, 80).ends(endServerReset)
		c.label = f.counter
		c.progress(words(true, []byte("GET /?"+fmt.Sprint(s.r.IntN(2000))+" HTTP/1.1\r\nHost: www.example.org\r\nUser-Agent: "+agents[h.Seed%2]+"\r\nAccept-language: en-US,en,q=0.5\r\n"), 0))
		for range 14 {
			c.progress(words(true, fmt.Appendf(nil, "X-a: %d\r\n", 1+s.r.IntN(5000)), ms(10_000+300*s.r.NormFloat64())))
		}
	}
	s.flood(f)
}
