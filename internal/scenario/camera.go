package scenario

import (
	"encoding/binary"
	"time"

	"floodmark/internal/model"
	"floodmark/internal/scenario/topology"
	"floodmark/internal/scenario/wire"
)

// cameraShares leads with the countries that the press named and has the rest
// of the world behind them; UA is present and small.
var cameraShares = []topology.Share{
	{Country: "US", Weight: 17.5}, {Country: "MX", Weight: 12}, {Country: "ES", Weight: 9.5}, {Country: "IT", Weight: 8}, {Country: "BR", Weight: 7.2},
	{Country: "VN", Weight: 4.1}, {Country: "TW", Weight: 3.6}, {Country: "TR", Weight: 3.3}, {Country: "AR", Weight: 3}, {Country: "RO", Weight: 2.8},
	{Country: "CO", Weight: 2.6}, {Country: "IN", Weight: 2.5}, {Country: "GB", Weight: 2.2}, {Country: "PL", Weight: 1.9}, {Country: "CL", Weight: 1.7},
	{Country: "FR", Weight: 1.6}, {Country: "KR", Weight: 1.5}, {Country: "TH", Weight: 1.4}, {Country: "IR", Weight: 1.4}, {Country: "PE", Weight: 1.3},
	{Country: "EG", Weight: 1.2}, {Country: "DE", Weight: 1.1}, {Country: "GR", Weight: 1}, {Country: "PT", Weight: 0.9}, {Country: "ID", Weight: 0.9},
	{Country: "UA", Weight: 1.1}, {Country: "BG", Weight: 0.6}, {Country: "EC", Weight: 0.6}, {Country: "HU", Weight: 0.5}, {Country: "ZA", Weight: 0.5},
	{Country: "MA", Weight: 0.5}, {Country: "CA", Weight: 0.5}, {Country: "VE", Weight: 0.4}, {Country: "DO", Weight: 0.4}, {Country: "MY", Weight: 0.4}, {Country: "RS", Weight: 0.3},
}

// visitorShares are the ordinary visitors' countries.
var visitorShares = []topology.Share{
	{Country: "DE", Weight: 30}, {Country: "NL", Weight: 12}, {Country: "FR", Weight: 11}, {Country: "GB", Weight: 10}, {Country: "PL", Weight: 7},
	{Country: "US", Weight: 9}, {Country: "IT", Weight: 5}, {Country: "ES", Weight: 5}, {Country: "CZ", Weight: 3}, {Country: "SE", Weight: 3}, {Country: "UA", Weight: 2}, {Country: "IN", Weight: 3},
}

func cameraRecipes() []recipe {
	return []recipe{{
		name: "camera-flood", title: "A botnet of cameras and recorders floods one web service in five bursts; ordinary visitors throughout",
		attack: true, length: 7 * time.Minute, vantage: "mirror port in front of the service", snap: 160, play: playCameraFlood,
	}}
}

// playCameraFlood: scanning beforehand, five bursts of direct floods, no forged
// source. Which device belongs to the botnet shows only in its scanning.
func playCameraFlood(s *sim) {
	victim := own(10)
	s.truth.Own = []string{"203.0.113.0/24"}
	s.target("203.0.113.10")
	s.truth.Family = "mirai"
	s.visitors(s.hosts(2500, topology.UserReports{Shares: visitorShares, Mix: topology.People}), victim, steady(5))
	bots := s.hosts(5200, topology.UserReports{Shares: cameraShares, Mix: topology.Cameras, Tail: 0.9})
	scanners := bots[:len(bots)*3/10]
	s.miraiScan(scanners, 8)
	outsiders := s.hosts(400, topology.UserReports{Shares: cameraShares, Mix: topology.Servers, Tail: 1.5})
	s.radiation(outsiders, 6)

	m := time.Minute
	burst := func(from, length time.Duration, pps float64) phase { return phase{from, from + length, pps} }
	udp := miraiUDP(s, victim, 512)
	udp.userReports = bots
	udp.phases = []phase{burst(2*m, 12*time.Second, 11000), burst(4*m, 10*time.Second, 8500), burst(5*m, 9*time.Second, 7000), burst(6*m, 14*time.Second, 5500)}
	s.flood(udp)
	ack := miraiACK(s, victim, 443)
	ack.userReports = bots
	ack.phases = []phase{burst(3*m, 11*time.Second, 9500), burst(4*m, 10*time.Second, 3000), burst(6*m, 14*time.Second, 3500)}
	s.flood(ack)
	syn := miraiSYN(s, victim, 443)
	syn.userReports = bots
	syn.phases = []phase{burst(3*m, 11*time.Second, 2500), burst(5*m, 9*time.Second, 5000), burst(6*m+2*time.Second, 11*time.Second, 1500)}
	s.flood(syn)

	s.claim("country=UA majority of packets", model.Contradicted)
	s.claim("country=UA plurality of packets", model.Contradicted)
	s.claim("country=UA some of packets", model.Supported)
	s.claim("country=US plurality of packets", model.Supported)
	s.claim("country=US,MX,ES,IT,BR majority of packets", model.Supported)
	// what was measured here does not limit what went elsewhere
	s.claim("over 1 Tbps", model.CannotBeDetermined)
	s.note("shares of countries are chosen to follow press descriptions of floods by cameras; no recording of any real attack was used")
	s.note("the sources are real in the sense of the scenario: nothing is forged; the devices' family shows only in the scanning before the attack")
}

// miraiScan lets every source knock at telnet ports of the own network: SYNs
// whose sequence number is the destination address.
func (s *sim) miraiScan(scanners []topology.Host, rate float64) {
	knocked := map[model.Addr]bool{}
	n := 0
	s.each(steady(rate), func(now int64) {
		h := &scanners[n%len(scanners)]
		n++
		knocked[h.Addr] = true
		s.truth.ScanSources = len(knocked)
		dst := own(byte(1 + s.r.IntN(254)))
		p := wire.Packet{In: true, Src: h.Addr, Dst: dst.Addr, Proto: model.ProtoTCP, TTL: h.TTL(s.r), ID: s.r.Uint32() & 0xffff,
			Sport: uint16(1024 + h.Seed%60000), Dport: 23, Seq: dst.Addr.V4(), Flags: model.SYN, Window: uint16(h.Seed >> 20)}
		if s.r.Uint32()%10 == 0 {
			p.Dport = 2323
		}
		s.send(now, &s.background, &p)
	})
}

// radiation is what every network receives unasked: scanners of the whole
// internet and answers to floods elsewhere that forge our addresses.
func (s *sim) radiation(outsiders []topology.Host, rate float64) {
	ports := [...]uint16{22, 23, 80, 443, 445, 3389, 8080, 5060, 6379, 8443, 2222, 1433, 5900, 25, 8728, 81, 5555}
	weights := make([]float64, len(outsiders))
	for i := range outsiders {
		weights[i] = outsiders[i].Weight
	}
	pick := newAlias(weights)
	s.each(steady(rate), func(now int64) {
		h := &outsiders[pick.draw(s.r)]
		p := wire.Packet{In: true, Src: h.Addr, Dst: own(byte(1 + s.r.IntN(254))).Addr, Proto: model.ProtoTCP, TTL: h.TTL(s.r),
			ID: h.NextID(), Sport: uint16(s.r.Uint32()), Dport: ports[min(s.r.IntN(len(ports)), s.r.IntN(len(ports)))], Seq: s.r.Uint32(), Flags: model.SYN, Window: 1024}
		switch s.r.Uint32() % 8 {
		case 0: // backscatter
			p.Sport, p.Dport, p.Flags, p.Window, p.Ack = 443, uint16(1024+s.r.IntN(60000)), model.SYN|model.ACK, 65535, s.r.Uint32()
			p.Options = []byte{2, 4, 5, 0xb4}
		case 1:
			p.Proto, p.ICMPType, p.ICMPRest = model.ProtoICMP, 8, s.r.Uint32()
			p.Length, p.Flags = 32, 0
		case 2, 3:
			p.ID, p.Window, p.DF = 54321, 65535, false // a stateless scanner's fixed fields
		}
		s.send(now, &s.background, &p)
	})
}

// miraiUDP is a plain UDP flood: one source port per bot, one payload per
// command, random destination ports.
func miraiUDP(s *sim, victim *topology.Host, size int) *flood {
	noise := s.r.Uint64()
	return &flood{name: "udp-flood", emit: func(s *sim, f *flood, now int64, h *topology.Host, p *wire.Packet) {
		p.Dst, p.Proto, p.DF, p.ID = victim.Addr, model.ProtoUDP, true, s.r.Uint32()&0xffff
		p.Sport, p.Dport = uint16(1024+h.Seed%60000), uint16(s.r.Uint32())
		p.Length, p.Tail, p.Noise = size, wire.TailRandom, noise^h.Seed
		s.sendFrom(now, f.counter, h, p)
	}}
}

// miraiACK is a flood of ACKs with 512 bytes of noise and random ports,
// sequence and acknowledgement numbers.
func miraiACK(s *sim, victim *topology.Host, port uint16) *flood {
	return &flood{name: "ack-flood", emit: func(s *sim, f *flood, now int64, h *topology.Host, p *wire.Packet) {
		p.Dst, p.Proto, p.ID, p.Flags = victim.Addr, model.ProtoTCP, s.r.Uint32()&0xffff, model.ACK
		p.Sport, p.Dport, p.Seq, p.Ack, p.Window = uint16(s.r.Uint32()), port, s.r.Uint32(), s.r.Uint32(), uint16(h.Seed>>32)
		p.Length, p.Tail, p.Noise = 512, wire.TailRandom, h.Seed
		s.sendFrom(now, f.counter, h, p)
	}}
}

// miraiSYN is a flood of SYNs with the options of an operating system; the
// target answers one in six, while its half-open table has room.
func miraiSYN(s *sim, victim *topology.Host, port uint16) *flood {
	return synFlood(s, victim, port, 6)
}

// synFlood is miraiSYN with one SYN in so many that is answered.
func synFlood(s *sim, victim *topology.Host, port uint16, answered uint32) *flood {
	var opts [20]byte
	return &flood{name: "syn-flood", emit: func(s *sim, f *flood, now int64, h *topology.Host, p *wire.Packet) {
		o := append(opts[:0], 2, 4, 5, byte(0x78+s.r.Uint32()&0xf), 4, 2, 8, 10)
		o = binary.BigEndian.AppendUint32(o, s.r.Uint32())
		o = append(o, 0, 0, 0, 0, 1, 3, 3, 6)
		p.Dst, p.Proto, p.DF, p.ID, p.Flags = victim.Addr, model.ProtoTCP, true, s.r.Uint32()&0xffff, model.SYN
		p.Sport, p.Dport, p.Seq, p.Window, p.Options = uint16(s.r.Uint32()), port, s.r.Uint32(), uint16(h.Seed>>16), o
		s.sendFrom(now, f.counter, h, p)
		if s.r.Uint32()%answered == 0 {
			s.answerSYN(now, victim, h, p)
		}
	}}
}

// answerSYN is the target's SYN+ACK, and the RST of the real machine that
// holds the source address and never asked.
func (s *sim) answerSYN(now int64, victim, h *topology.Host, syn *wire.Packet) {
	a := wire.Packet{Src: victim.Addr, Dst: syn.Src, Proto: model.ProtoTCP, TTL: 64, DF: true, Sport: syn.Dport, Dport: syn.Sport,
		Seq: s.r.Uint32(), Ack: syn.Seq + 1, Flags: model.SYN | model.ACK, Window: 64240, Options: []byte{2, 4, 5, 0xb4}}
	s.send(now+30_000, &s.responses, &a)
	r := wire.Packet{In: true, Src: a.Dst, Dst: a.Src, Proto: model.ProtoTCP, DF: true, Sport: a.Dport, Dport: a.Sport, Seq: a.Ack, Flags: model.RST}
	if h != nil {
		r.TTL = h.TTL(s.r)
		s.later(now+int64(h.RTT), &s.responses, r)
		return
	}
	// A forged address belongs to somebody in one case of twenty, who has a
	// distance of its own and answers with the habits of its own system.
	x := syn.Src.Hash()
	if x%20 == 0 && !topology.Reserved(syn.Src) {
		r.TTL = [...]uint8{64, 64, 128, 255}[x>>8%4] - uint8(7+syn.Src.Mask(16).Hash()%9) - uint8(x>>16%2)
		s.later(now+20e6+int64(x>>20%250)*1e6, &s.responses, r)
	}
}

// later sends one packet at a later time.
func (s *sim) later(at int64, t *counter, p wire.Packet) { s.at(at, &single{t, p, nil}) }

type single struct {
	t *counter
	p wire.Packet
	h *topology.Host
}

func (o *single) step(s *sim, now int64) int64 {
	s.sendFrom(now, o.t, o.h, &o.p)
	return -1
}
