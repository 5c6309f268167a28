package scenario

import (
	"fmt"

	"floodmark/internal/model"
	"floodmark/internal/scenario/payload"
	"floodmark/internal/scenario/topology"
	"floodmark/internal/scenario/wire"
)

// talk is a conversation over UDP: a question, its answer, and then perhaps
// data both ways. Clients with Hops zero are on the watched side.
type talk struct {
	c, s         *topology.Host
	cPort, sPort uint16
	svc          *payload.Service
	g            payload.Gen
	data         int     // datagrams still to flow
	gap          float64 // mean ns between them
	down         float64 // part of them that the server sends
	stage        uint8
	mute         bool // no answer
	label        *counter
}

func (t *talk) step(s *sim, now int64) int64 {
	switch t.stage {
	case 0:
		t.stage = 1
		t.send(s, now, true, t.svc.Query)
		if t.mute {
			return -1
		}
		return now + t.wait(s)
	case 1:
		t.stage = 2
		if t.svc.Egress == 1 {
			t.sPort = t.s.NextPort() // a new socket for each transfer (RFC 1350 section 4)
		}
		t.send(s, now, false, t.svc.Answer)
	default:
		t.g.I++
		t.data--
		t.send(s, now, s.r.Float64() > t.down, t.svc.Data)
	}
	if t.data <= 0 {
		return -1
	}
	return now + int64(t.gap*(0.3+0.7*s.r.ExpFloat64()))
}

// wait is the time until the answer passes the recording point.
func (t *talk) wait(s *sim) int64 {
	if t.s.Hops == 0 {
		return 80_000 + int64(s.r.ExpFloat64()*200_000)
	}
	return int64(float64(t.s.RTT)*(0.98+0.06*s.r.ExpFloat64())) + int64(s.r.ExpFloat64()*150_000)
}

func (t *talk) send(s *sim, now int64, client bool, make payload.Maker) {
	from, to, fp, tp := t.c, t.s, t.cPort, t.sPort
	if !client {
		from, to, fp, tp = to, from, tp, fp
	}
	g := t.g
	g.Host = from.Seed
	s.scratch = make(s.scratch[:0], &g)
	p := wire.Packet{In: from.Hops > 0, Src: from.Addr, Dst: to.Addr, Proto: model.ProtoUDP, TTL: from.OS.TTL(), ID: from.NextID(),
		Sport: fp, Dport: tp, Payload: s.scratch, DF: from.OS != topology.Windows && len(s.scratch) < 1400}
	if from.Hops > 0 {
		p.TTL = from.TTL(s.r)
	}
	label := t.label
	if label == nil {
		label = &s.background
	}
	s.sendAll(now, label, from, s.fragments(&p, 1500))
}

// ask starts a conversation and returns it for more settings.
func (s *sim) ask(now int64, client, server *topology.Host, svc *payload.Service) *talk {
	t := &talk{c: client, s: server, svc: svc, sPort: svc.Port, cPort: client.NextPort()}
	t.g = payload.Gen{R: s.r, Xact: s.r.Uint64(), Of: 1}
	if svc.SamePrt {
		t.cPort = svc.Port
	}
	s.at(now, t)
	return t
}

// search asks a whole local network at once; each listed machine answers the
// asker by itself, after a while of its own.
func (s *sim) search(now int64, client *topology.Host, servers []topology.Host, svc *payload.Service) {
	t := s.ask(now, client, &topology.Host{Addr: model.Addr4(svc.Group), Hops: 1}, svc)
	t.mute = true
	for i := range servers {
		h := &servers[i]
		for k := range 1 + int(h.Seed>>50)%min(svc.Bursts[1], 3) {
			a := &talk{c: client, s: h, svc: svc, sPort: svc.Port, cPort: t.cPort, g: t.g, stage: 1}
			a.g.I, a.g.Of = k, 3
			s.at(now+int64(s.r.Float64()*900e6)+int64(k)*30e6, a)
		}
	}
}

// ownHosts are n machines of one of our networks, the first bytes of which
// are given as 24 bits; hops of 0 are on the near side of the recording point.
func ownHosts(net uint32, n, hops int) []topology.Host {
	out := make([]topology.Host, n)
	for i := range out {
		out[i] = topology.Host{Addr: model.Addr4(net<<8 + uint32(i/250)<<8 | uint32(2+i%250)), OS: topology.OS(i % 3), Hops: uint8(hops), RTT: 350_000,
			Seed: (uint64(net)<<16 + uint64(i)) * 0x9e3779b97f4a7c15, ID: uint16(i * 977), Port: uint16(i * 331)}
	}
	return out
}

const (
	netOffice  = 198<<16 | 18<<8 | 16 // 198.18.16.0/22: clients
	netServers = 198<<16 | 18<<8 | 64 // 198.18.64.0/24: servers on the far side of an internal router
	netPublic  = 203<<16 | 0<<8 | 113
)

// playExchange is ordinary use of a service: across the internet from our own
// clients, or between two of our own networks.
func playExchange(s *sim, svc payload.Service) {
	s.truth.Own = []string{"198.18.0.0/16"}
	clients := ownHosts(netOffice, s.scaled(600), 0)
	var servers []topology.Host
	if svc.Inside {
		servers = ownHosts(netServers, 40, 1)
	} else {
		servers = s.hosts(160, topology.UserReports{Shares: visitorShares, Mix: topology.Servers, Tail: 1.3})
	}
	weights := make([]float64, len(servers))
	for i := range servers {
		weights[i] = max(servers[i].Weight, 0.2)
	}
	pick := newAlias(weights)
	rate := 450.0
	if svc.Data != nil {
		rate = 6
	}
	if svc.Group != 0 {
		rate = 60
		s.each(steady(5), func(now int64) {
			from := s.r.IntN(len(servers) - 12)
			s.search(now, &clients[s.r.IntN(len(clients))], servers[from:from+3+s.r.IntN(9)], &svc)
		})
	}
	s.each(steady(rate), func(now int64) {
		t := s.ask(now, &clients[s.r.IntN(len(clients))], &servers[pick.draw(s.r)], &svc)
		t.mute = s.r.Uint32()%120 == 0
		if svc.Data != nil {
			t.data = int(120 * lognormal(s.r, 1))
			t.gap = 12e6 * lognormal(s.r, 0.7)
			t.down = 0.3 + 0.6*s.r.Float64()
		}
	})
	// The same people also read the web.
	web := s.hosts(80, topology.UserReports{Shares: visitorShares, Mix: topology.Servers})
	s.each(steady(4), func(now int64) {
		h := &web[s.r.IntN(len(web))]
		s.https(s.dial(now, &clients[s.r.IntN(len(clients))], h, 443), "www.example.com", 1+s.r.IntN(3))
	})
	s.note(fmt.Sprintf("every %s answer follows its question within the recording; questions to a whole network are answered by several machines", svc.Name))
}
