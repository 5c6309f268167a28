package scenario

import (
	"time"

	"floodmark/internal/model"
	"floodmark/internal/scenario/topology"
	"floodmark/internal/scenario/wire"
)

// vantageRecipes are recordings that are special by where and how they were
// made, and floods over IPv6.
func vantageRecipes() []recipe {
	const oneWay = "edge of the network, inbound only"
	in := recipe{name: "reflection-dns-inbound", title: "DNS reflection recorded in one direction only: whether the target had asked cannot be seen", attack: true,
		length: 50 * time.Second, vantage: oneWay, inbound: true, play: func(s *sim) { playReflection(s, *service("dns"), 1) }}
	answers := recipe{name: "answers-inbound", title: "Ordinary DNS answers recorded in one direction only: the questions are not in view",
		length: time.Minute, vantage: oneWay, inbound: true, play: func(s *sim) { playExchange(s, *service("dns")) }}
	twice := recipe{name: "udp-flood-twice", title: "A UDP flood whose every packet was recorded twice by a mirror of two ports", attack: true,
		length: 50 * time.Second, vantage: "mirror of two ports", doubled: true, play: func(s *sim) {
			victim, phases := stage(s, 1200)
			f := miraiUDP(s, victim, 512)
			f.userReports, f.phases = bots(s, 1500), phases
			s.flood(f)
		}}
	six := recipe{name: "udp-flood-v6", title: "UDP noise over IPv6 from a real botnet, beside visitors over IPv6", attack: true,
		length: 50 * time.Second, vantage: edge, play: playUDP6}
	return []recipe{in, answers, twice, six}
}

// sixth moves a crowd into the documentation prefix of IPv6: a /64 per line,
// neighbours in one /40, random interface identifiers. Nobody can locate it.
func sixth(userReports []topology.Host) []topology.Host {
	for i := range userReports {
		h := &userReports[i]
		v := uint64(h.Addr.V4())
		h.Addr = model.Addr{Hi: 0x2001_0db8<<32 | v>>24<<24 | (v*0x9e37)&0xffffff, Lo: h.Seed | 1}
		h.Country = ""
	}
	return userReports
}

func playUDP6(s *sim) {
	s.truth.Own = []string{"2001:db8:ffff::/48"}
	s.target("2001:db8:ffff::10")
	victim := &topology.Host{Addr: model.Addr{Hi: 0x2001_0db8_ffff_0000, Lo: 0x10}, OS: topology.Linux}
	s.visitors(sixth(clientsOf(s, 500)), victim, steady(3))
	f := &flood{name: "udp-flood", userReports: sixth(bots(s, 1200)), phases: []phase{{8 * time.Second, 43 * time.Second, 1500}}}
	f.emit = func(s *sim, f *flood, now int64, h *topology.Host, p *wire.Packet) {
		p.Dst, p.Proto, p.Flow = victim.Addr, model.ProtoUDP, uint32(h.Seed>>12)
		p.Sport, p.Dport = uint16(1024+h.Seed%60000), uint16(s.r.Uint32())
		p.Length, p.Tail, p.Noise = 1024, wire.TailRandom, h.Seed
		s.sendFrom(now, f.counter, h, p)
	}
	s.flood(f)
	s.note("sources lie in the documentation prefix of IPv6, which has no country")
}
