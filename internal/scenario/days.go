package scenario

import (
	"slices"
	"strings"
	"time"

	"floodmark/internal/model"
	"floodmark/internal/scenario/export"
	"floodmark/internal/scenario/payload"
	"floodmark/internal/scenario/topology"
	"floodmark/internal/scenario/wire"
)

const transit = "edge of a provider's network, packets sampled"

func liveRecipes() []recipe {
	live := func(name, title string, length time.Duration, play func(*sim)) recipe {
		return recipe{name: name, title: title, length: length, vantage: transit, sampling: sampledOne, devices: twoEdges, play: play}
	}
	mixed := live("mixed-day", "A day of a small provider, with downloads, speed tests, backups and crowds, and three attacks", 24*time.Hour, playMixedDay)
	out := live("outbound-flood", "Compromised hosts of the network itself flood somebody elsewhere", 40*time.Minute, playOutbound)
	ramp := live("slow-ramp", "UDP noise at one host that grows over half an hour, too slowly for any jump", 75*time.Minute, playRamp)
	twice := live("two-edges", "Every packet passes two exporters that do not sample: what is counted twice?", 12*time.Minute, playTwoEdges)
	twice.devices, twice.sampling, twice.vantage = onTheirWay, 0, "edge and core of one network, all packets"
	for _, r := range []*recipe{&mixed, &out, &ramp, &twice} {
		r.attack = true
	}
	all := []recipe{
		live("ordinary-day", "The same day without any attack", 24*time.Hour, func(s *sim) { s.elephants(s.townsfolk(1)) }),
		mixed, out, ramp, twice,
	}
	slices.SortFunc(all, func(a, b recipe) int { return strings.Compare(a.name, b.name) })
	return all
}

const gigabit = 1_000_000_000

// twoEdges are two routers that share the traffic by remote network: no
// packet passes both. One samples packets, the other keeps flows.
func twoEdges() []device {
	by := func(which uint64) func(model.Addr) int {
		return func(remote model.Addr) int {
			h := remote.Mask(16).Hash()
			if h>>7%2 != which {
				return -1
			}
			return int(h >> 13 % 2)
		}
	}
	return []device{{
		name: "edge-1", last: 11, protocol: export.SFlow, carries: by(0), inner: export.Interface{Index: 10, Name: "ae10", Description: "core", Speed: 100 * gigabit},
		outer: []export.Interface{{Index: 1, Name: "et-0/0/1", Description: "transit north", Speed: 10 * gigabit, External: true},
			{Index: 2, Name: "et-0/0/2", Description: "exchange point", Speed: 10 * gigabit, External: true}},
	}, {
		name: "edge-2", last: 12, protocol: export.NetFlow9, carries: by(1), inner: export.Interface{Index: 64, Name: "Bundle-Ether64", Description: "core", Speed: 100 * gigabit},
		outer: []export.Interface{{Index: 5, Name: "HundredGigE0/0/0/5", Description: "transit south", Speed: 10 * gigabit, External: true},
			{Index: 6, Name: "TenGigE0/0/0/6", Description: "private peering", Speed: 10 * gigabit, External: true}},
	}}
}

// onTheirWay are a router at the edge and one behind it: every packet passes
// both.
func onTheirWay() []device {
	first := func(model.Addr) int { return 0 }
	return []device{{
		name: "border", last: 21, protocol: export.NetFlow9, carries: first, inner: export.Interface{Index: 10, Name: "ae0", Description: "to core", Speed: 10 * gigabit},
		outer: []export.Interface{{Index: 1, Name: "xe-0/0/1", Description: "transit", Speed: 10 * gigabit, External: true}},
	}, {
		name: "core", last: 22, protocol: export.IPFIX, carries: first, inner: export.Interface{Index: 30, Name: "ae3", Description: "customers", Speed: 10 * gigabit},
		outer: []export.Interface{{Index: 20, Name: "ae2", Description: "to border", Speed: 10 * gigabit}},
	}}
}

// single1 is the exporter of recordings when they are run.
var single1 = device{
	name: "edge-1", last: 11, protocol: export.NetFlow9, carries: func(model.Addr) int { return 0 },
	inner: export.Interface{Index: 10, Name: "ae10", Description: "core", Speed: 10 * gigabit},
	outer: []export.Interface{{Index: 1, Name: "xe-0/0/1", Description: "transit", Speed: 10 * gigabit, External: true}},
}

// playMixedDay: when attacks begin is told from the start of the run.
func playMixedDay(s *sim) {
	t := s.townsfolk(1)
	s.elephants(t)
	m := time.Minute
	web := &topology.Host{Addr: model.Addr4(townNet | 4<<8 | 37)} // 198.18.20.37
	s.reflected(TruthAttack{Name: "reflection", Vector: "reflection-dns", Direction: "in", Target: []string{web.Addr.String()}},
		[]phase{{642 * m, 642*m + 5*time.Second, 60_000}, {642*m + 5*time.Second, 648 * m, 190_000}}, func() model.Addr { return web.Addr })
	s.reflected(TruthAttack{Name: "carpet", Vector: "reflection-cldap", Direction: "in", Target: []string{"198.18.19.0/24"}},
		[]phase{{925 * m, 937 * m, 230_000}}, func() model.Addr { return model.Addr4(townNet | 3<<8 | s.r.Uint32()&0xff) })
	var pulses []phase
	at := 1250 * m
	for range 10 {
		end := at + seconds(18+s.r.Float64()*24)
		pulses = append(pulses, phase{at, end, 120_000})
		at = end + seconds(45+s.r.Float64()*35)
	}
	shop := model.Addr4(townNet | 5<<8 | 80) // 198.18.21.80
	s.synFlood(TruthAttack{Name: "pulse-wave", Vector: "syn-flood", Direction: "in", Target: []string{shop.String()}}, pulses, shop)
}

// reflected is a reflection flood after sampling: of each answer at most one
// fragment is drawn.
func (s *sim) reflected(a TruthAttack, phases []phase, victim func() model.Addr) {
	svc := *service(a.Vector[len("reflection-"):])
	f := &flood{userReports: s.hosts(reflectorCount(svc.Name), topology.UserReports{Shares: worldShares, Mix: topology.Boxes, Tail: 1.1})}
	f.emit = func(s *sim, f *flood, now int64, h *topology.Host, p *wire.Packet) {
		g := payload.Gen{R: s.r, Host: h.Seed, Xact: s.r.Uint64(), Of: 1}
		s.scratch = svc.Abuse(s.scratch[:0], &g)
		p.Dst, p.Proto, p.ID = victim(), model.ProtoUDP, s.r.Uint32()&0xffff
		p.Sport, p.Dport, p.Payload = svc.Port, uint16(1024+s.r.IntN(64000)), s.scratch
		pieces := 1
		if len(s.scratch)+28 > 1500 {
			pieces = (len(s.scratch) + 8 + 1479) / 1480
		}
		want, i := s.r.IntN(pieces), 0
		s.pieces = wire.Fragments(p, 1500, s.pieces, func(q *wire.Packet) {
			if i == want {
				s.sendFrom(now, f.counter, h, q)
			}
			i++
		})
	}
	s.strike(a, f, phases)
}

// synFlood forges its sources; the target answers a third.
func (s *sim) synFlood(a TruthAttack, phases []phase, victim model.Addr) {
	sport := uint16(s.r.Uint32())
	f := direct(func(s *sim, _ *topology.Host, p *wire.Packet) {
		sport += 997
		p.Dst, p.Proto, p.ID, p.Flags = victim, model.ProtoTCP, s.r.Uint32()&0xffff, model.SYN
		p.Sport, p.Dport, p.Seq, p.Window = sport, 443, s.r.Uint32(), 512
	})
	f.forge = topology.Filtered
	s.strike(a, f, phases)
	var answers []phase
	for _, p := range phases {
		answers = append(answers, phase{p.from, p.to, p.rate / 3 / s.oneIn})
	}
	s.each(answers, func(now int64) {
		p := wire.Packet{Src: victim, Dst: topology.Filtered(s.r), Proto: model.ProtoTCP, TTL: 63, DF: true, Sport: 443, Dport: uint16(s.r.Uint32()),
			Seq: s.r.Uint32(), Ack: s.r.Uint32(), Flags: model.SYN | model.ACK, Window: 64240, Options: []byte{2, 4, 5, 0xb4}}
		s.send(now, &s.responses, &p)
	})
}

// playOutbound: forty devices at subscribers flood one address elsewhere.
func playOutbound(s *sim) {
	t := s.townsfolk(1)
	far := anyOf(s, t.quarters["access"].remotes)
	mine := make([]topology.Host, 40)
	a := TruthAttack{Name: "outbound", Vector: "udp-flood", Direction: "out"}
	for i := range mine {
		mine[i] = t.quarters["access"].people[11+23*i]
		mine[i].OS, mine[i].Weight = topology.Embedded, lognormal(s.r, 0.5)
		a.Target = append(a.Target, mine[i].Addr.String())
	}
	f := direct(func(s *sim, h *topology.Host, p *wire.Packet) {
		p.In, p.Dst, p.Proto, p.DF, p.ID, p.TTL = false, far.Addr, model.ProtoUDP, true, s.r.Uint32()&0xffff, 63
		p.Sport, p.Dport = uint16(s.r.Uint32()), 80
		p.Length, p.Tail, p.Noise = 512, wire.TailRandom, s.r.Uint64()
	})
	f.userReports = mine
	s.strike(a, f, []phase{{15 * time.Minute, 27 * time.Minute, 110_000}})
	s.note("the flood goes out, to " + far.Addr.String())
}

// playRamp: from nothing to the peak within half an hour, then a quarter of an
// hour at the peak.
func playRamp(s *sim) {
	s.townsfolk(1)
	victim := model.Addr4(townNet | 4<<8 | 61) // 198.18.20.61
	from, climb := 15*time.Minute, 30*time.Minute
	f := &flood{userReports: bots(s, 1500)}
	f.emit = func(s *sim, f *flood, now int64, h *topology.Host, p *wire.Packet) {
		if s.r.Float64()*float64(climb) > float64(now-s.start)-float64(from) {
			return
		}
		p.Dst, p.Proto, p.DF, p.ID = victim, model.ProtoUDP, true, s.r.Uint32()&0xffff
		p.Sport, p.Dport = uint16(1024+h.Seed%60000), uint16(s.r.Uint32())
		p.Length, p.Tail, p.Noise = 900, wire.TailRandom, s.r.Uint64()
		s.sendFrom(now, f.counter, h, p)
	}
	s.strike(TruthAttack{Name: "ramp", Vector: "udp-flood", Direction: "in", Target: []string{victim.String()}}, f,
		[]phase{{from, from + climb + 15*time.Minute, 90_000}})
}

// playTwoEdges: little traffic, for all of it is reported, twice.
func playTwoEdges(s *sim) {
	s.townsfolk(0.03)
	victim := model.Addr4(townNet | 4<<8 | 37)
	s.synFlood(TruthAttack{Name: "syn-flood", Vector: "syn-flood", Direction: "in", Target: []string{victim.String()}},
		[]phase{{5 * time.Minute, 8 * time.Minute, 2_500}}, victim)
	s.note("every packet passes both exporters: their records, taken together, count it twice")
}
