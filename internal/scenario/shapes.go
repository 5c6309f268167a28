package scenario

import (
	"math/rand/v2"
	"time"

	"floodmark/internal/model"
	"floodmark/internal/scenario/topology"
	"floodmark/internal/scenario/wire"
)

// shapeRecipes are attacks that are special by their shape rather than by
// their vector.
func shapeRecipes() []recipe {
	mix := func(name, title, vantage string, length time.Duration, play func(*sim)) recipe {
		return recipe{name: name, title: title, attack: true, length: length, vantage: vantage, play: play}
	}
	carpet := mix("carpet-bombing", "UDP noise and DNS answers spread thinly over a whole /22 of customers", "edge of an access network", 70*time.Second, playCarpet)
	carpet.vlan = 220
	return []recipe{
		carpet,
		mix("pulse-wave", "Short pulses of UDP noise, every half minute, at two hosts in turn", edge, 4*time.Minute, playPulses),
		mix("multi-vector", "SYNs, ACKs, UDP noise, and answers of DNS, CLDAP and NTP at the same host, overlapping in time", edge, 2*time.Minute, playMultiVector),
		mix("spoofed-50m", "A SYN flood from fifty million forged addresses, each used once (a gigabyte a minute: use --out -)", edge, 50*time.Second, playFiftyMillion),
	}
}

func playCarpet(s *sim) {
	s.truth.Own = []string{"198.18.0.0/16"}
	s.target("198.18.8.0/22")
	anywhere := func() *topology.Host {
		return &topology.Host{Addr: model.Addr4(198<<24 | 18<<16 | 8<<8 | s.r.Uint32()&0x3ff), OS: topology.Linux}
	}
	s.customers(198<<16|18<<8|8, 300, 5)
	noise := s.r.Uint64()
	udp := &flood{name: "udp-flood", userReports: bots(s, 1500), phases: []phase{{10 * time.Second, 55 * time.Second, 1100}}}
	udp.emit = func(s *sim, f *flood, now int64, h *topology.Host, p *wire.Packet) {
		p.Dst, p.Proto, p.DF, p.ID = anywhere().Addr, model.ProtoUDP, true, s.r.Uint32()&0xffff
		p.Sport, p.Dport = uint16(s.r.Uint32()), uint16(s.r.Uint32())
		p.Length, p.Tail, p.Noise = 1024, wire.TailRandom, noise^h.Seed
		s.sendFrom(now, f.counter, h, p)
	}
	s.flood(udp)
	dns := s.reflect(*service("dns"), anywhere(), []phase{{12 * time.Second, 58 * time.Second, 900}})
	dns.emit = func(s *sim, _ *flood, now int64, h *topology.Host, p *wire.Packet) {
		dns.victim = anywhere()
		dns.asked(s, now, h)
	}
	s.truth.Family = "mirai"
}

// customers are n subscribers of an access network who read the web, ask for
// names and now and then make a call; net is the first 24 bits.
func (s *sim) customers(net uint32, n int, rate float64) {
	people := ownHosts(net, s.scaled(n), 0)
	web := s.hosts(200, topology.UserReports{Shares: visitorShares, Mix: topology.Servers})
	dns := service("dns")
	quic := service("quic")
	s.each(steady(rate), func(now int64) {
		h := &people[s.r.IntN(len(people))]
		s.ask(now, h, &web[s.r.IntN(9)], dns)
		server := &web[s.r.IntN(len(web))]
		if s.r.Uint32()%3 == 0 {
			t := s.ask(now+40e6, h, server, quic)
			t.data, t.gap, t.down = int(150*lognormal(s.r, 1)), 3e6, 0.85
			return
		}
		s.https(s.dial(now+40e6, h, server, 443), "www.example.net", 1+s.r.IntN(4))
	})
}

func playPulses(s *sim) {
	victim, _ := stage(s, 0)
	s.target("203.0.113.11")
	targets := [2]*topology.Host{victim, own(11)}
	f := &flood{name: "udp-flood", userReports: bots(s, 1200)}
	for i := range 8 {
		from := time.Duration(6+29*i) * time.Second
		f.phases = append(f.phases, phase{from, from + 5*time.Second, 4200})
	}
	noise := s.r.Uint64()
	f.emit = func(s *sim, f *flood, now int64, h *topology.Host, p *wire.Packet) {
		turn := (now - s.start) / 29e9 % 2
		p.Dst, p.Proto, p.ID = targets[turn].Addr, model.ProtoUDP, h.NextID()
		p.Sport, p.Dport, p.Length, p.Tail, p.Noise = uint16(1024+h.Seed%60000), 443, 1300, wire.TailRandom, noise
		s.sendFrom(now, f.counter, h, p)
	}
	s.flood(f)
}

func playMultiVector(s *sim) {
	victim, _ := stage(s, 0)
	sec := func(from, to int, rate float64) []phase {
		return []phase{{time.Duration(from) * time.Second, time.Duration(to) * time.Second, rate}}
	}
	userReports := bots(s, 1500)
	add := func(f *flood, phases []phase) {
		f.userReports, f.phases = userReports, phases
		s.flood(f)
	}
	add(miraiUDP(s, victim, 1400), sec(10, 60, 700))
	add(miraiACK(s, victim, 80), sec(30, 80, 600))
	add(miraiSYN(s, victim, 443), sec(50, 110, 900))
	for i, name := range []string{"dns", "cldap", "ntp"} {
		s.reflect(*service(name), victim, sec(20+25*i, 70+20*i, 500))
	}
}

// playFiftyMillion sends each forged address once, a million a second.
func playFiftyMillion(s *sim) {
	victim := own(10)
	s.truth.Own = []string{"203.0.113.0/24"}
	s.target("203.0.113.10")
	t := s.vector("syn-flood", true)
	t.fresh = true
	f := &fiftyMillion{left: int64(50e6 * s.opt.Scale), victim: victim, counter: t, ttl: fewSenders(s.r), key: s.r.Uint64()}
	s.at(s.start, f)
	s.visitors(s.hosts(300, topology.UserReports{Shares: visitorShares, Mix: topology.People}), victim, steady(2/max(s.opt.Scale, 0.2)))
	s.note("every attack packet has a source address of its own")
}

type fiftyMillion struct {
	left    int64
	index   uint32
	key     uint64
	victim  *topology.Host
	counter *counter
	ttl     func(*rand.Rand) uint8
}

func (f *fiftyMillion) step(s *sim, now int64) int64 {
	a := topology.Permuted(f.key, f.index)
	for f.index++; topology.Reserved(a); f.index++ {
		a = topology.Permuted(f.key, f.index)
	}
	x := s.r.Uint64()
	p := wire.Packet{In: true, Src: a, Dst: f.victim.Addr, Proto: model.ProtoTCP, TTL: f.ttl(s.r), ID: uint32(x & 0xffff),
		Sport: uint16(x >> 16), Dport: 443, Seq: uint32(x >> 32), Flags: model.SYN, Window: 65535}
	s.send(now, f.counter, &p)
	if f.left--; f.left <= 0 {
		return -1
	}
	return now + 200 + int64(s.r.Uint32()%1590)
}
