package scenario

import (
	"floodmark/internal/model"
	"floodmark/internal/scenario/wire"
	"floodmark/internal/scenario/world"
)

func (e *Event) shares() []world.Share {
	switch {
	case len(e.Sources) > 0:
		return e.Sources
	case e.ordinary():
		return visitorShares
	case e.Vector[:min(len(reflects), len(e.Vector))] == reflects:
		return worldShares
	}
	return cameraShares
}

func (e *Event) mix() world.Mix {
	switch {
	case e.ordinary():
		return world.People
	case e.Vector[:min(len(reflects), len(e.Vector))] == reflects:
		return world.Boxes
	}
	return world.Cameras
}

// victim is the target, or one of many.
func (e *Event) victim(s *sim) model.Addr {
	first, free := model.AddrFromNetip(e.Target.Masked().Addr()).V4(), 32-e.Target.Bits()
	return model.Addr4(first + s.r.Uint32()&(1<<free-1))
}

func (e *Event) phases(share float64) []phase { return []phase{{e.From, e.To, e.Rate * share}} }

func (s *sim) befall(e *Event, crowd []world.Host) {
	target := e.Target.String()
	if e.Target.IsSingleIP() {
		target = e.Target.Addr().String()
	}
	a := TruthAttack{Name: e.Name, Vector: e.Vector, Direction: "in", Target: []string{target}}
	part := func(vector string, share float64, build func(victim *world.Host) *flood) {
		f := e.toward(s, build)
		a.Vector, f.crowd = vector, crowd
		s.strike(a, f, e.phases(share))
	}
	udp := func(v *world.Host) *flood { return miraiUDP(s, v, 1400) }
	ack := func(v *world.Host) *flood { return miraiACK(s, v, 443) }
	syn := func(v *world.Host) *flood { return synFlood(s, v, 443, drowned) }
	switch e.Vector {
	case "cameras":
		part("udp-flood", 0.6, udp)
		part("ack-flood", 0.3, ack)
		part("syn-flood", 0.1, syn)
	case "udp-flood":
		part(e.Vector, 1, udp)
	case "ack-flood":
		part(e.Vector, 1, ack)
	case "syn-flood":
		part(e.Vector, 1, syn)
	case "syn-forged":
		a.Vector = "syn-flood"
		s.synFlood(a, e.phases(1), e.victim(s))
	case "visits", "retries":
		s.press(e, crowd)
	default:
		s.reflected(a, e.phases(1), func() model.Addr { return e.victim(s) })
	}
}

// drowned: what is flooded for long answers one SYN in so many.
const drowned = 300

// toward makes a flood whose every packet goes to a victim of the event.
func (e *Event) toward(s *sim, build func(victim *world.Host) *flood) *flood {
	v := &world.Host{OS: world.Linux}
	f := build(v)
	inner := f.emit
	f.emit = func(s *sim, f *flood, now int64, h *world.Host, p *wire.Packet) {
		v.Addr = e.victim(s)
		inner(s, f, now, h, p)
	}
	return f
}

// press is people: those who visit, and those who try again and again.
func (s *sim) press(e *Event, crowd []world.Host) {
	tries := e.Vector == "retries"
	kind := "flash crowd"
	if tries {
		kind = "connections that are tried again"
	}
	s.truth.Events = append(s.truth.Events, TruthEvent{Kind: kind, Host: e.Target.String(), Start: s.stampAt(e.From), End: s.stampAt(min(e.To, s.opt.Duration)), PeakPPS: e.Rate})
	weights := make([]float64, len(crowd))
	for i := range crowd {
		weights[i] = crowd[i].Weight
	}
	pick := newAlias(weights)
	s.each([]phase{{e.From, e.To, e.Rate / s.oneIn}}, func(now int64) {
		h := &crowd[pick.draw(s.r)]
		to := e.victim(s)
		if tries {
			s.again(now, h, to)
			return
		}
		server := world.Host{Addr: to}
		c := conv{local: &server, remote: h, localAddr: to, farAddr: h.Addr, app: appTLS, key: h.Seed, serves: true, fromServer: 0.55, opening: 9,
			localPort: 443, farPort: h.NextPort()}
		s.sendConv(now, &s.background, &c)
	})
}

// again is one packet of somebody whose connections come to nothing: a third
// are not even taken, the others are opened, asked something, and reset.
func (s *sim) again(now int64, h *world.Host, to model.Addr) {
	p := wire.Packet{In: true, Src: h.Addr, Dst: to, Proto: model.ProtoTCP, TTL: h.TTL(s.r), DF: true, ID: h.NextID(), Sport: h.NextPort(), Dport: 443,
		Seq: s.r.Uint32(), Ack: s.r.Uint32(), Flags: model.ACK, Window: synWindow(h.OS)}
	options := []byte{2, 4, 5, 0xb4, 1, 1, 4, 2}
	switch weightOf(s.r, 0.34, 0.17, 0.17, 0.17, 0.15) {
	case 0:
		p.Flags, p.Ack, p.Options = model.SYN, 0, options
	case 1: // acknowledges
	case 2:
		p.Flags |= model.PSH
		p.Length, p.Tail, p.Noise = 320+int(h.Seed%300), wire.TailRandom, s.r.Uint64()
	case 3:
		p.Flags, p.Options = model.SYN|model.ACK, options
		turnAround(&p)
	case 4:
		p.Flags = model.RST | model.ACK
		turnAround(&p)
	}
	s.send(now, &s.background, &p)
}

// turnAround makes a packet of a client one of the server.
func turnAround(p *wire.Packet) {
	p.In, p.Src, p.Dst, p.Sport, p.Dport, p.TTL, p.ID = false, p.Dst, p.Src, p.Dport, p.Sport, 63, 0
}
