package scenario

import (
	"time"

	"floodmark/internal/model"
	"floodmark/internal/scenario/topology"
	"floodmark/internal/scenario/wire"
)

const edge = "edge of the target's network"

// stage sets the usual scene of one victim, its visitors, and returns both the
// victim and the phases of an attack in the middle of the recording.
func stage(s *sim, pps float64) (*topology.Host, []phase) {
	victim := own(10)
	s.truth.Own = []string{"203.0.113.0/24"}
	s.target("203.0.113.10")
	s.visitors(s.hosts(700, topology.UserReports{Shares: visitorShares, Mix: topology.People}), victim, steady(2.5))
	s.radiation(s.hosts(200, topology.UserReports{Shares: worldShares, Mix: topology.Servers, Tail: 1.5}), 3)
	return victim, []phase{{8 * time.Second, 43 * time.Second, pps}}
}

// bots is a crowd of compromised devices.
func bots(s *sim, n int) []topology.Host {
	return s.hosts(n, topology.UserReports{Shares: cameraShares, Mix: topology.Cameras, Tail: 0.9})
}

// attack is a recipe for the fixture of a slug.
func attack(slug, title string, play func(*sim)) recipe {
	return recipe{name: slug, title: title, attack: true, vector: slug, length: 50 * time.Second, vantage: edge, play: play}
}

func tcpRecipes() []recipe {
	syn := func(name, title string, play func(*sim)) recipe {
		r := attack("syn-flood", title, play)
		r.name = name
		return r
	}
	return []recipe{
		attack("syn-flood", "SYNs from forged addresses; what is reserved was filtered on the way", func(s *sim) { playForgedSYN(s, topology.Filtered) }),
		syn("syn-flood-raw", "SYNs from addresses forged over all 32 bits, reserved space included", func(s *sim) { playForgedSYN(s, topology.Uniform) }),
		syn("syn-flood-weak", "SYNs from addresses of a poor random generator: few distinct ones, tied octets", func(s *sim) { playForgedSYN(s, topology.WeakForger(s.r.Uint32())) }),
		syn("syn-flood-botnet", "SYNs with the options of an operating system from a real botnet", func(s *sim) {
			victim, phases := stage(s, 1500)
			f := miraiSYN(s, victim, 443)
			f.userReports, f.phases = bots(s, 1800), phases
			s.truth.Family = "mirai"
			s.flood(f)
		}),
		attack("synack-reflection", "Web, mail and routing servers answer SYNs that were forged in the target's name, and repeat their answers", playSYNACK),
		attack("ack-flood", "ACKs with 512 octets of noise from a real botnet", func(s *sim) {
			victim, phases := stage(s, 1500)
			f := miraiACK(s, victim, 443)
			f.userReports, f.phases = bots(s, 1800), phases
			s.truth.Family = "mirai"
			s.flood(f)
		}),
		attack("rst-flood", "RSTs from forged addresses with random ports and numbers", func(s *sim) { playFlags(s, true, model.RST) }),
		attack("fin-flood", "FIN+ACKs without any connection from a real botnet", func(s *sim) { playFlags(s, false, model.FIN|model.ACK) }),
		attack("tcp-flags-abnormal", "TCP packets whose flags no system sends: none, all, SYN+FIN, FIN+PSH+URG", func(s *sim) {
			playFlags(s, true, 0, model.FIN|model.PSH|model.URG, model.SYN|model.FIN, 0x3f, model.SYN|model.RST, model.FIN|model.URG)
		}),
		attack("tcp-middlebox-reflection", "Filtering middleboxes send block pages and resets for connections that never were", playMiddlebox),
		attack("stomp-flood", "A botnet finishes the handshake and then floods the open connections with PSH+ACK and noise", playStomp),
	}
}

// playForgedSYN: bare SYNs with a counting source port, as common tools send
// them; the target answers, a few owners of the forged addresses send RST.
func playForgedSYN(s *sim, forge topology.Forger) {
	victim, phases := stage(s, 1700)
	sport := uint16(s.r.Uint32())
	f := &flood{name: "syn-flood", forge: forge, phases: phases}
	f.emit = func(s *sim, f *flood, now int64, _ *topology.Host, p *wire.Packet) {
		sport++
		p.Dst, p.Proto, p.ID, p.Flags = victim.Addr, model.ProtoTCP, s.r.Uint32()&0xffff, model.SYN
		p.Sport, p.Dport, p.Seq, p.Window = sport, 443, s.r.Uint32(), 512
		s.send(now, f.counter, p)
		if s.r.Uint32()%3 == 0 {
			s.answerSYN(now, victim, nil, p)
		}
	}
	s.flood(f)
	s.claim("country=UA majority of packets", model.CannotBeDetermined)
	s.note("the source addresses are forged: countries of the sources mean nothing")
}

func playSYNACK(s *sim) {
	victim, phases := stage(s, 420)
	windows := [...]uint16{29200, 14600, 8192, 65535, 64240, 5840, 28960, 4128}
	ports := [...]uint16{443, 443, 443, 80, 80, 22, 25, 179}
	f := &flood{name: "synack-reflection", userReports: s.hosts(2400, topology.UserReports{Shares: worldShares, Mix: topology.Servers, Tail: 0.8}), phases: phases}
	f.emit = func(s *sim, f *flood, now int64, h *topology.Host, p *wire.Packet) {
		p.Dst, p.Proto, p.DF, p.Flags = victim.Addr, model.ProtoTCP, h.OS != topology.Gear, model.SYN|model.ACK
		p.Sport, p.Dport = ports[h.Seed>>8%8], uint16(1024+s.r.IntN(64000))
		p.Seq, p.Ack, p.Window = s.r.Uint32(), s.r.Uint32(), windows[h.Seed>>16%8]
		p.Options = []byte{2, 4, 5, 0xb4}
		if h.Seed>>24%3 == 0 {
			p.Options = []byte{2, 4, 5, 0xb4, 1, 1, 4, 2}
		}
		s.sendFrom(now, f.counter, h, p)
		// The target's firewall drops it in silence, so the server repeats itself.
		for k := range int(1 + h.Seed>>32%4) {
			s.at(now+int64(1e9)<<k+int64(h.Seed>>40%5)*1e6, &single{f.counter, *p, h})
		}
	}
	s.flood(f)
	s.claim("country=UA majority of packets", model.CannotBeDetermined)
}

// playFlags floods with packets of the given flags, from forged addresses or
// from a botnet.
func playFlags(s *sim, forged bool, flags ...uint8) {
	victim, phases := stage(s, 1500)
	f := &flood{name: s.truth.Vector, phases: phases}
	if forged {
		f.forge = topology.Filtered
	} else {
		f.userReports = bots(s, 1500)
	}
	f.emit = func(s *sim, f *flood, now int64, h *topology.Host, p *wire.Packet) {
		p.Dst, p.Proto, p.ID, p.Flags = victim.Addr, model.ProtoTCP, s.r.Uint32()&0xffff, flags[s.r.IntN(len(flags))]
		p.Sport, p.Dport, p.Seq, p.Window = uint16(s.r.Uint32()), 443, s.r.Uint32(), uint16(s.r.Uint32())
		if p.Flags&model.ACK != 0 {
			p.Ack = s.r.Uint32()
		}
		if p.Flags&model.URG != 0 {
			p.Urg = uint16(s.r.Uint32())
		}
		s.sendFrom(now, f.counter, h, p)
	}
	s.flood(f)
}

// playMiddlebox: the addresses are of web sites behind filters; a filter
// answers a forged SYN or request with a page and resets.
func playMiddlebox(s *sim) {
	victim, phases := stage(s, 420)
	pages := [...]string{
		"HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Type: text/html\r\n\r\n<html><head><title>403 Forbidden</title></head><body><h1>Access to this page is denied by policy</h1><iframe src=\"http://block.example/?type=Invalid Site\" style=\"width:100%;height:100%\"></iframe></body></html>\r\n",
		"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: http://warning.example/blocked?url=aHR0cDovL2V4YW1wbGUub3JnLw\r\nConnection: close\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<html><body><h2>This web site has been blocked by order of the authority</h2><p>Category: adult</p></body></html>",
	}
	filters := []topology.Share{{Country: "CN", Weight: 30}, {Country: "IR", Weight: 25}, {Country: "RU", Weight: 12}, {Country: "SA", Weight: 6}, {Country: "KR", Weight: 6}, {Country: "IN", Weight: 6}, {Country: "US", Weight: 6}, {Country: "ID", Weight: 5}, {Country: "EG", Weight: 4}}
	f := &flood{name: "tcp-middlebox-reflection", phases: phases,
		userReports: s.hosts(900, topology.UserReports{Shares: filters, Mix: topology.Mix{0.7, 0, 0, 0, 0.3}, Tail: 1.3})}
	f.emit = func(s *sim, f *flood, now int64, h *topology.Host, p *wire.Packet) {
		seq, ack, dport := s.r.Uint32(), s.r.Uint32(), uint16(1024+s.r.IntN(64000))
		page := pages[h.Addr.Mask(16).Hash()%3]
		for i := range 1 + int(h.Seed%4) {
			q := wire.Packet{In: true, Src: h.Addr, Dst: victim.Addr, Proto: model.ProtoTCP, TTL: p.TTL, ID: uint32(h.Seed>>8) & 0xffff,
				Sport: 80, Dport: dport, Seq: seq, Ack: ack, Flags: model.PSH | model.ACK, Window: 4096, Payload: []byte(page)}
			if h.Seed>>20%3 == 0 {
				q.Flags |= model.FIN
			}
			if i > 0 {
				q.Seq, q.Payload, q.Flags, q.Window = seq+uint32(len(page)), nil, model.RST|model.ACK, 0
			}
			s.sendFrom(now+int64(i)*40_000, f.counter, h, &q)
		}
	}
	s.flood(f)
	s.claim("country=IR majority of packets", model.CannotBeDetermined)
}

// playStomp: sequence numbers stay within 16 bits after the handshake, as in
// the best-known implementation, which swaps them wrongly.
func playStomp(s *sim) {
	victim, phases := stage(s, 1500)
	open := map[*topology.Host]*side{}
	f := &flood{name: "stomp-flood", userReports: bots(s, 700), phases: phases}
	f.emit = func(s *sim, f *flood, now int64, h *topology.Host, p *wire.Packet) {
		o := open[h]
		if o == nil {
			o = new(side)
			open[h] = o
			c := s.dial(now, h, victim, 80).ends(endOpen)
			c.label = f.counter
			c.after = func(*sim, int64) { *o = side{port: c.c.port, seq: c.c.seq & 0xffff, window: 1} }
			return
		}
		if o.port == 0 {
			return // the handshake is under way
		}
		o.seq = (o.seq + 1) & 0xffff
		p.Dst, p.Proto, p.ID, p.DF, p.Flags = victim.Addr, model.ProtoTCP, s.r.Uint32()&0xffff, true, model.PSH|model.ACK
		p.Sport, p.Dport, p.Seq, p.Ack, p.Window = o.port, 80, o.seq<<16|o.seq>>8, uint32(h.Seed), uint16(h.Seed>>8)
		p.Length, p.Tail, p.Noise = 768, wire.TailRandom, h.Seed
		s.sendFrom(now, f.counter, h, p)
	}
	s.flood(f)
	s.truth.Family = "mirai"
}
