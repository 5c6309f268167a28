package scenario

import (
	"floodmark/internal/model"
	"floodmark/internal/scenario/payload"
	"floodmark/internal/scenario/topology"
	"floodmark/internal/scenario/wire"
)

func packetRecipes() []recipe {
	return []recipe{
		attack("udp-flood", "UDP noise to random ports from a real botnet", func(s *sim) {
			victim, phases := stage(s, 1600)
			f := miraiUDP(s, victim, 512)
			f.userReports, f.phases = bots(s, 1800), phases
			unreachable(s, f, victim)
			s.flood(f)
			s.truth.Family = "mirai"
		}),
		attack("icmp-flood", "Large echo requests from a real botnet", playICMP),
		attack("gre-flood", "GRE packets with UDP noise for random addresses inside, from a real botnet", playGRE),
		attack("fragment-flood", "Later fragments of datagrams that never began, from a real botnet", func(s *sim) {
			playRaw(s, func(s *sim, h *topology.Host, p *wire.Packet) {
				p.Proto, p.Offset, p.MF = model.ProtoUDP, uint16(185*8*(1+s.r.IntN(40))), s.r.Uint32()%5 > 0
				p.Length = 1480
				if !p.MF {
					p.Length = 100 + s.r.IntN(1300)
				}
			})
		}),
		attack("ip-protocol-flood", "Packets of protocols that hardly anybody uses, from a real botnet", func(s *sim) {
			protocols := [...]uint8{255, 0xfd, 99, 61, 114, 253}
			playRaw(s, func(s *sim, h *topology.Host, p *wire.Packet) {
				p.Proto, p.Length = protocols[s.r.IntN(len(protocols))], 480
			})
		}),
	}
}

// unreachable lets the target say, no more than a few times a second, that
// nothing listens at a port.
func unreachable(s *sim, f *flood, victim *topology.Host) {
	inner, next := f.emit, int64(0)
	f.emit = func(s *sim, f *flood, now int64, h *topology.Host, p *wire.Packet) {
		inner(s, f, now, h, p)
		if now < next {
			return
		}
		next = now + 180e6
		q := *p
		quote := wire.AppendInner(nil, &q)[:28]
		e := wire.Packet{Src: victim.Addr, Dst: p.Src, Proto: model.ProtoICMP, TTL: 64, TOS: 0xc0, ID: victim.NextID(), ICMPType: 3, ICMPCode: 3, Payload: quote}
		s.send(now+20_000, &s.responses, &e)
	}
}

func playICMP(s *sim) {
	victim, phases := stage(s, 1500)
	f := &flood{name: "icmp-flood", userReports: bots(s, 1500), phases: phases}
	f.emit = func(s *sim, f *flood, now int64, h *topology.Host, p *wire.Packet) {
		h.Port++
		p.Dst, p.Proto, p.ID, p.ICMPType = victim.Addr, model.ProtoICMP, h.NextID(), 8
		p.ICMPRest, p.Length, p.Tail = uint32(h.Seed>>48)<<16|uint32(h.Port), 1024, wire.TailZero
		s.sendFrom(now, f.counter, h, p)
		if s.r.Uint32()%8 == 0 { // answers are limited in rate
			r := *p
			r.In, r.Src, r.Dst, r.TTL, r.ICMPType = false, victim.Addr, h.Addr, 64, 0
			s.send(now+15_000, &s.responses, &r)
		}
	}
	s.flood(f)
}

func playGRE(s *sim) {
	victim, phases := stage(s, 1500)
	f := &flood{name: "gre-flood", userReports: bots(s, 1500), phases: phases}
	var inner []byte
	f.emit = func(s *sim, f *flood, now int64, h *topology.Host, p *wire.Packet) {
		q := wire.Packet{Src: topology.Uniform(s.r), Dst: victim.Addr, Proto: model.ProtoUDP, TTL: 64, DF: true, ID: ^p.ID & 0xffff,
			Sport: uint16(s.r.Uint32()), Dport: uint16(s.r.Uint32()), Length: 512, Tail: wire.TailRandom, Noise: s.r.Uint64()}
		inner = wire.AppendInner(append(inner[:0], 0, 0, 8, 0), &q)
		p.Dst, p.Proto, p.DF, p.ID = victim.Addr, model.ProtoGRE, true, s.r.Uint32()&0xffff
		p.Raw, p.Payload = true, inner
		s.sendFrom(now, f.counter, h, p)
	}
	s.flood(f)
	s.truth.Family = "mirai"
}

// playRaw floods with IP payload that has no transport header.
func playRaw(s *sim, shape func(*sim, *topology.Host, *wire.Packet)) {
	victim, phases := stage(s, 1500)
	f := &flood{name: s.truth.Vector, userReports: bots(s, 1500), phases: phases}
	f.emit = func(s *sim, f *flood, now int64, h *topology.Host, p *wire.Packet) {
		p.Dst, p.ID, p.Raw, p.Tail, p.Noise = victim.Addr, s.r.Uint32()&0xffff, true, wire.TailRandom, s.r.Uint64()
		shape(s, h, p)
		s.sendFrom(now, f.counter, h, p)
	}
	s.flood(f)
}

// service finds a service of package body by name.
func service(name string) *payload.Service {
	all := payload.Services()
	for i := range all {
		if all[i].Name == name {
			return &all[i]
		}
	}
	return nil
}
