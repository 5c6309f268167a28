package scenario

import (
	"time"

	"floodmark/internal/model"
	"floodmark/internal/scenario/payload"
	"floodmark/internal/scenario/topology"
	"floodmark/internal/scenario/wire"
)

// worldShares spread machines over the whole plan, roughly as open services
// are spread.
var worldShares = []topology.Share{
	{Country: "US", Weight: 14}, {Country: "CN", Weight: 13}, {Country: "BR", Weight: 8}, {Country: "RU", Weight: 7}, {Country: "KR", Weight: 5}, {Country: "TW", Weight: 4}, {Country: "IN", Weight: 5},
	{Country: "DE", Weight: 4}, {Country: "FR", Weight: 3}, {Country: "IT", Weight: 3}, {Country: "GB", Weight: 3}, {Country: "VN", Weight: 3}, {Country: "ID", Weight: 3}, {Country: "TH", Weight: 2},
	{Country: "TR", Weight: 2}, {Country: "PL", Weight: 2}, {Country: "UA", Weight: 2}, {Country: "MX", Weight: 2}, {Country: "AR", Weight: 2}, {Country: "ZA", Weight: 1.5}, {Country: "JP", Weight: 2},
	{Country: "CA", Weight: 2}, {Country: "ES", Weight: 2}, {Country: "RO", Weight: 1.5}, {Country: "BG", Weight: 1}, {Country: "IR", Weight: 1.5}, {Country: "EG", Weight: 1}, {Country: "CO", Weight: 1}, {Country: "NL", Weight: 2},
}

// reflectorCount is how many machines an attacker finds open; what is not
// named here is common.
func reflectorCount(service string) int {
	switch service {
	case "memcached":
		return 70
	case "tp240":
		return 14
	case "dtls", "jenkins", "bacnet":
		return 240
	case "arms", "plex", "qotd", "chargen", "coap", "quic", "ipmi", "ike", "rip":
		return 700
	}
	return 1900
}

func reflectionRecipes() []recipe {
	var out []recipe
	for i, svc := range payload.Services() {
		slug := "reflection-" + svc.Name
		out = append(out, recipe{
			name: slug, title: "Machines with open " + svc.Name + " answer questions that were forged in the target's name",
			attack: true, vector: slug, length: 50 * time.Second, vantage: "edge of the target's network",
			play: func(s *sim) { playReflection(s, svc, i) },
		}, recipe{
			name: "like-" + slug, title: "Ordinary " + svc.Name + ": every answer was asked for, both directions in view",
			looksLike: slug, length: time.Minute, vantage: "edge of the network",
			play: func(s *sim) { playExchange(s, svc) },
		})
	}
	return out
}

func playReflection(s *sim, svc payload.Service, i int) {
	victim := own(10)
	s.truth.Own = []string{"203.0.113.0/24"}
	s.target("203.0.113.10")
	s.visitors(s.hosts(600, topology.UserReports{Shares: visitorShares, Mix: topology.People}), victim, steady(2))
	f := s.reflect(svc, victim, []phase{{8 * time.Second, 43 * time.Second, 1500}})
	ports := [...]uint16{0, 80, 443, 0, 27015}
	if svc.Name != "dtls" { // a repeated conversation would look like a broken one
		f.fixedPort = ports[i%len(ports)]
	}
	s.note("the sources are the reflectors: their addresses are real and say nothing of where the forged questions came from")
	s.claim("country=UA majority of packets", model.CannotBeDetermined)
}

// reflection is a flood whose events are forged questions at a reflector.
type reflection struct {
	flood
	svc       payload.Service
	victim    *topology.Host
	fixedPort uint16 // source port of the forged questions; 0: another one each time
}

// reflect adds an attack through svc; the rates of the phases are of packets.
func (s *sim) reflect(svc payload.Service, victim *topology.Host, phases []phase) *reflection {
	if svc.Abuse == nil {
		svc.Abuse = svc.Answer
	}
	mean := float64(svc.Bursts[0]+svc.Bursts[1]) / 2
	if svc.Name == "dns" || svc.Name == "cldap" {
		mean = 2.4 // fragments
	}
	f := &reflection{svc: svc, victim: victim}
	f.name = "reflection-" + svc.Name
	f.userReports = s.hosts(reflectorCount(svc.Name), topology.UserReports{Shares: worldShares, Mix: topology.Boxes, Tail: 1.1})
	for _, p := range phases {
		// However small the scale, a phase holds a few forged questions.
		smallest := 12 / ((p.to - p.from).Seconds() * s.opt.Scale)
		f.phases = append(f.phases, phase{p.from, p.to, max(p.rate/mean, smallest)})
	}
	f.emit = func(s *sim, _ *flood, now int64, h *topology.Host, p *wire.Packet) { f.asked(s, now, h) }
	s.flood(&f.flood)
	return f
}

// asked lets reflector h answer one forged question.
func (f *reflection) asked(s *sim, now int64, h *topology.Host) {
	port := f.fixedPort
	if port == 0 {
		port = uint16(1024 + s.r.IntN(64000))
	}
	from := f.svc.Port
	if f.svc.Egress > 0 && float64(h.Seed>>40&0xff)/256 < f.svc.Egress {
		from = uint16(1024 + (h.Seed>>8+uint64(h.ID))%60000) // answers leave through a NAT or from a new socket
	}
	low, high := f.svc.Bursts[0], f.svc.Bursts[1]
	n := low + int(h.Seed>>16)%(high-low+1)
	g := payload.Gen{R: s.r, Host: h.Seed, Xact: s.r.Uint64(), Of: n}
	b := &burst{left: n, gap: f.svc.Gap, h: h}
	b.emit = func(now int64, h *topology.Host, i int) { f.answer(s, now, h, &g, [3]uint16{uint16(i), from, port}) }
	s.at(now, b)
}

// answer sends datagram k[0] of an answer from port k[1] to port k[2].
func (f *reflection) answer(s *sim, now int64, h *topology.Host, g *payload.Gen, k [3]uint16) {
	g.I = int(k[0])
	s.scratch = f.svc.Abuse(s.scratch[:0], g)
	p := wire.Packet{In: true, Src: h.Addr, Dst: f.victim.Addr, Proto: model.ProtoUDP, TTL: h.TTL(s.r), ID: h.NextID(),
		Sport: k[1], Dport: k[2], Payload: s.scratch, DF: h.Seed%3 == 0 && len(s.scratch) < 1400}
	mtu := 1500
	if h.Seed%11 == 0 {
		mtu = 1492 // behind PPPoE
	}
	s.sendAll(now, f.counter, h, s.fragments(&p, mtu))
}
