package scenario

import (
	"floodmark/internal/model"
	"floodmark/internal/scenario/topology"
	"floodmark/internal/scenario/wire"
)

func (e *Event) shares() []topology.Share {
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

func (e *Event) mix() topology.Mix {
	switch {
	case e.ordinary():
		return topology.People
	case e.Vector[:min(len(reflects), len(e.Vector))] == reflects:
		return topology.Boxes
	}
	return topology.Cameras
}

// victim is the target, or one of many.
func (e *Event) victim(s *sim) model.Addr {
	first, free := model.AddrFromNetip(e.Target.Masked().Addr()).V4(), 32-e.Target.Bits()
	return model.Addr4(first + s.r.Uint32()&(1<<free-1))
}

func (e *Event) phases(share float64) []phase { return []phase{{e.From, e.To, e.Rate * share}} }

func (s *sim) happen(e *Event, userReports []topology.Host) {
	target := e.Target.String()
	if e.Target.IsSingleIP() {
		target = e.Target.Addr().String()
	}
	a := TruthAttack{Name: e.Name, Vector: e.Vector, Direction: "in", Target: []string{target}}
	part := func(vector string, share float64, build func(victim *topology.Host) *flood) {
		f := e.toward(s, build)
		a.Vector, f.userReports = vector, userReports
		s.strike(a, f, e.phases(share))
	}
	udp := func(v *topology.Host) *flood { return miraiUDP(s, v, 1400) }
	ack := func(v *topology.Host) *flood { return miraiACK(s, v, 443) }
	syn := func(v *topology.Host) *flood { return synFlood(s, v, 443, drowned) }
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
		s.press(e, userReports)
	default:
		s.reflected(a, e.phases(1), func() model.Addr { return e.victim(s) })
	}
}

// drowned: what is flooded for long answers one SYN in so many.
const drowned = 300

// toward makes a flood whose every packet goes to a victim of the event.
func (e *Event) toward(s *sim, build func(victim *topology.Host) *flood) *flood {
	v := &topology.Host{OS: topology.Linux}
	f := build(v)
	inner := f.emit
	f.emit = func(s *sim, f *flood, now int64, h *topology.Host, p *wire.Packet) {
		v.Addr = e.victim(s)
		inner(s, f, now, h, p)
	}
	return f
}

// press is people: those who visit, and those who try again and again.
func (s *sim) press(e *Event, userReports []topology.Host) {
	tries := e.Vector == "retries"
	kind := "flash crowd"
	if tries {
		kind = "connections that are tried again"
	}
	s.truth.Events = append(s.truth.Events, TruthEvent{Kind: kind, Host: e.Target.String(), Start: s.stampAt(e.From), End: s.stampAt(min(e.To, s.opt.Duration)), PeakPPS: e.Rate})
	if tries {
		s.knocks(e, userReports)
		return
	}
	weights := make([]float64, len(userReports))
	for i := range userReports {
		weights[i] = userReports[i].Weight
	}
	pick := newAlias(weights)
	s.each([]phase{{e.From, e.To, e.Rate / s.oneIn}}, func(now int64) {
		h := &userReports[pick.draw(s.r)]
		to := e.victim(s)
		server := topology.Host{Addr: to}
		c := conv{local: &server, remote: h, localAddr: to, farAddr: h.Addr, app: appTLS, key: h.Seed, serves: true, fromServer: 0.55, opening: 9,
			localPort: 443, farPort: h.NextPort()}
		s.sendConv(now, &s.background, &c)
	})
}

// knock is somebody whose connections are not answered: each request is
// repeated with the same ports and number at doubled distances, as systems do
// (RFC 6298), then another connection is tried.
type knock struct {
	h       *topology.Host
	e       *Event
	to      model.Addr
	port    uint16
	seq     uint32
	tries   int
	sampled float64 // part of its packets that is drawn
}

// Of a connection that is not answered: requests, and seconds until another.
const (
	maxTries  = 6
	knockTime = 64
	maxKnocks = 150_000 // connections at once; with more each stands for several
)

func (s *sim) knocks(e *Event, userReports []topology.Host) {
	want := e.Rate * s.opt.Scale * knockTime / maxTries
	n := min(int(want)+1, maxKnocks)
	for i := range n {
		k := &knock{h: &userReports[i%len(userReports)], e: e, sampled: min(want/float64(n)/s.oneIn, 1)}
		s.at(s.start+int64(e.From)+s.r.Int64N(knockTime*1e9), k)
	}
}

func (k *knock) step(s *sim, now int64) int64 {
	if now >= s.start+int64(k.e.To) {
		return -1
	}
	if k.tries == 0 {
		k.port, k.seq, k.to = k.h.NextPort(), s.r.Uint32(), k.e.victim(s)
	}
	if s.r.Float64() < k.sampled {
		p := wire.Packet{In: true, Src: k.h.Addr, Dst: k.to, Proto: model.ProtoTCP, TTL: k.h.TTL(s.r), DF: true, ID: k.h.NextID(), Sport: k.port, Dport: 443,
			Seq: k.seq, Flags: model.SYN, Window: synWindow(k.h.OS), Options: []byte{2, 4, 5, 0xb4, 1, 1, 4, 2}}
		s.send(now, &s.background, &p)
	}
	k.tries++
	if k.tries < maxTries {
		return now + int64(1e9)<<(k.tries-1) + s.r.Int64N(5e6)
	}
	k.tries = 0
	return now + int64((knockTime-31)*1e9) + s.r.Int64N(4e9) - 2e9
}
