package scenario

import (
	"encoding/binary"
	"time"

	"floodmark/internal/model"
	"floodmark/internal/scenario/payload"
	"floodmark/internal/scenario/topology"
	"floodmark/internal/scenario/wire"
)

const sampledOne = 1000 // one packet in so many is in the recording

func sampledRecipes() []recipe {
	hour := ordinary(recipe{name: "subscriber-hour", title: "An hour of what comes in for some thousand subscribers, one packet in 1,000", vantage: "edge of an access network, inbound only, packets sampled 1 in 1000", length: time.Hour, play: func(s *sim) {
		s.subscribers(60)
	}})
	hour.sampling = sampledOne
	attacked := recipe{name: "subscriber-attack", title: "The same, and for eight minutes answers of CLDAP and DNS at one subscriber, one packet in 1,000", attack: true,
		length: 30 * time.Minute, vantage: hour.vantage, sampling: sampledOne, play: playSubscriberAttack}
	return []recipe{hour, attacked}
}

func playSubscriberAttack(s *sim) {
	s.truth.Own = []string{"198.18.0.0/16"}
	s.target("198.18.17.77")
	s.subscribers(60)
	victim := &topology.Host{Addr: model.Addr4(198<<24 | 18<<16 | 17<<8 | 77)}
	m := time.Minute
	for i, name := range []string{"cldap", "dns"} {
		s.reflectSampled(*service(name), victim, []phase{{time.Duration(10+2*i) * m, 18 * m, 75}})
	}
	s.note("counts are of packets in the file; multiply by the sampling rate for the traffic")
}

// reflectSampled is reflect after sampling: of each answer at most one
// fragment is in the recording.
func (s *sim) reflectSampled(svc payload.Service, victim *topology.Host, phases []phase) {
	f := &flood{name: "reflection-" + svc.Name, phases: phases,
		userReports: s.hosts(reflectorCount(svc.Name), topology.UserReports{Shares: worldShares, Mix: topology.Boxes, Tail: 1.1})}
	f.emit = func(s *sim, f *flood, now int64, h *topology.Host, p *wire.Packet) {
		g := payload.Gen{R: s.r, Host: h.Seed, Xact: s.r.Uint64(), Of: 1}
		s.scratch = svc.Abuse(s.scratch[:0], &g)
		p.Dst, p.Proto, p.ID = victim.Addr, model.ProtoUDP, s.r.Uint32()&0xffff
		p.Sport, p.Dport, p.Payload = svc.Port, uint16(1024+s.r.IntN(64000)), s.scratch
		pieces := 1 + (len(s.scratch)+8-1)/1480
		if len(s.scratch)+28 <= 1500 {
			pieces = 1
		}
		want, i := s.r.IntN(pieces), 0
		s.pieces = wire.Fragments(p, 1500, s.pieces, func(q *wire.Packet) {
			if i == want {
				s.sendFrom(now, f.counter, h, q)
			}
			i++
		})
	}
	s.flood(f)
}

// inflow is one flow towards a subscriber.
type inflow struct {
	src        *topology.Host
	dst        model.Addr
	app        uint8
	port, mine uint16
	key        uint64
}

// subscribers adds pps sampled packets a second towards 2,000 subscribers and
// eight addresses that many share behind a NAT.
func (s *sim) subscribers(pps float64) {
	servers := s.hosts(2600, topology.UserReports{Shares: worldShares, Mix: topology.Servers, Tail: 1.6})
	peers := s.hosts(1500, topology.UserReports{Shares: visitorShares, Mix: topology.People, Tail: 1})
	flows := make([]inflow, s.scaled(5000))
	weights := make([]float64, len(flows))
	fresh := func(i int) {
		flows[i] = s.newInflow(servers, peers)
		weights[i] = lognormal(s.r, 1.7)
	}
	for i := range flows {
		fresh(i)
	}
	pick, turned := newAlias(weights), s.start
	s.each(steady(pps), func(now int64) {
		if now-turned > 20e9 { // flows come and go
			for range len(flows) / 5 {
				fresh(s.r.IntN(len(flows)))
			}
			pick, turned = newAlias(weights), now
		}
		f := flows[pick.draw(s.r)]
		if s.r.Uint32()%4 == 0 { // a shared address: hardly any flow is met twice
			f = s.newInflow(servers, peers)
			f.dst = model.Addr4(198<<24 | 19<<16 | 200<<8 | uint32(8+s.r.IntN(8)))
		}
		s.sendInflow(now, &f)
	})
	outsiders := s.hosts(400, topology.UserReports{Shares: worldShares, Mix: topology.Servers, Tail: 1.5})
	s.radiation(outsiders, pps/200)
}

// Applications of a subscriber, by their part of the inbound packets.
const (
	appQUIC = iota
	appTLS
	appHTTP
	appCall
	appNATT
	appGame
	appDNS
	appNTP
	appACK
	appPeer
	appWireGuard
)

func (s *sim) newInflow(servers, peers []topology.Host) inflow {
	f := inflow{key: s.r.Uint64(), mine: uint16(1024 + s.r.IntN(64000)), port: 443}
	f.app = uint8(weightOf(s.r, 34, 33, 4, 6, 4, 5, 2, 0.6, 6, 4, 1.4))
	f.src = &servers[min(s.r.IntN(len(servers)), s.r.IntN(len(servers)))]
	f.dst = model.Addr4(198<<24 | 18<<16 | 16<<8 | uint32(s.r.IntN(2048)))
	switch f.app {
	case appHTTP:
		f.port = 80
	case appCall:
		f.port, f.mine = uint16(3478+s.r.IntN(4)), uint16(50000+s.r.IntN(60))
	case appNATT:
		f.port, f.mine = 4500, 4500
		f.src = &peers[s.r.IntN(len(peers))]
	case appGame:
		f.port = [...]uint16{3074, 27015, 5056, 7777, 9000}[s.r.IntN(5)]
	case appDNS:
		f.port = 53
	case appNTP:
		f.port, f.mine = 123, 123
	case appPeer:
		f.src, f.port = &peers[s.r.IntN(len(peers))], uint16(1024+s.r.IntN(64000))
	case appWireGuard:
		f.port = 51820
	}
	return f
}

func (s *sim) sendInflow(now int64, f *inflow) {
	p := wire.Packet{In: true, Src: f.src.Addr, Dst: f.dst, Proto: model.ProtoUDP, TTL: f.src.TTL(s.r), ID: s.r.Uint32() & 0xffff, DF: true, Sport: f.port, Dport: f.mine}
	g := payload.Gen{R: s.r, Host: f.key, Xact: f.key, I: int(s.r.Uint32() & 0xffff)}
	switch f.app {
	case appTLS, appHTTP, appACK:
		since := uint64(now-s.start) / 1e6
		p.Proto, p.Flags, p.Window = model.ProtoTCP, model.ACK, 501
		p.Seq, p.Ack = uint32(f.key>>3+since*(20+f.key%400)), uint32(f.key>>31+since*(f.key>>9%5)/16)
		p.Options = binary.BigEndian.AppendUint32([]byte{1, 1, 8, 10}, uint32(f.key>>17+since))
		p.Options = binary.BigEndian.AppendUint32(p.Options, uint32(f.key>>23+since-20))
		if f.app != appACK {
			p.Length, p.Tail, p.Noise = mss, wire.TailRandom, s.r.Uint64()
		}
		switch s.r.Uint32() % 60 {
		case 0:
			p.Flags, p.Length, p.Window = model.SYN|model.ACK, 0, 65160
			p.Options = []byte{2, 4, 5, 0xb4, 1, 1, 4, 2}
		case 1:
			p.Flags, p.Length = model.FIN|model.ACK, 0
		case 2:
			p.Flags, p.Length, p.Window, p.Options = model.RST, 0, 0, nil
			p.Ack = 0
		case 3, 4, 5:
			p.Flags |= model.PSH
			p.Length = s.r.IntN(1200)
		}
	case appQUIC, appPeer:
		s.scratch = payload.QUICData(s.scratch[:0], &g)
	case appCall:
		s.scratch = payload.RTP(s.scratch[:0], &g)
	case appNATT:
		s.scratch = payload.ESPinUDP(s.scratch[:0], &g)
	case appWireGuard:
		s.scratch = payload.WireGuard(s.scratch[:0], &g)
	case appGame:
		s.scratch = payload.Game(s.scratch[:0], &g)
	case appDNS:
		g.Xact = s.r.Uint64()
		s.scratch = payload.DNSAnswer(s.scratch[:0], &g)
	case appNTP:
		s.scratch = service("ntp").Answer(s.scratch[:0], &g)
	}
	if p.Proto == model.ProtoUDP {
		p.Payload = s.scratch
	}
	s.send(now, &s.background, &p)
}
