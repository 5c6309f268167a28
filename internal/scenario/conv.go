package scenario

import (
	"encoding/binary"

	"floodmark/internal/model"
	"floodmark/internal/scenario/payload"
	"floodmark/internal/scenario/topology"
	"floodmark/internal/scenario/wire"
)

// conv is a conversation between a host of the town and one elsewhere, of
// which single packets are drawn.
type conv struct {
	local, remote      *topology.Host
	localAddr, farAddr model.Addr
	until              int64 // when it ends, Unix ns
	app                uint8
	localPort, farPort uint16
	key                uint64
	serves             bool    // the local host is the server
	fromServer         float64 // part of the packets that the server sends
	opening            uint32  // one packet in so many belongs to a handshake
}

func (s *sim) newConv(p *place, number uint64) conv {
	local := &p.people[p.pick.draw(s.r)]
	far := &p.remotes[min(s.r.IntN(len(p.remotes)), s.r.IntN(len(p.remotes)))]
	if p.serves {
		far = &p.remotes[s.r.IntN(len(p.remotes))]
	}
	c := conv{local: local, remote: far, localAddr: local.Addr, farAddr: far.Addr, app: uint8(weightOf(s.r, p.apps...)), key: s.r.Uint64(),
		serves: p.serves, fromServer: 0.6, opening: 60}
	if p.serves {
		c.opening = 14
	}
	if s.r.IntN(8) < p.six {
		c.localAddr = sixOf(local, number)
		v := uint64(far.Addr.V4())
		c.farAddr = model.Addr{Hi: 0x2001_0db8<<32 | v>>24<<24 | (v*0x9e37)&0xffffff, Lo: far.Seed | 1}
	}
	server, client := s.appPort(c.app), uint16(1024+s.r.IntN(64000))
	switch c.app {
	case appCall, appNATT, appPeer, appGame, appWireGuard:
		c.fromServer = 0.5
	case appDNS:
		c.fromServer = 0.5
	}
	if c.app == appNATT || c.app == appNTP {
		client = server
	}
	c.localPort, c.farPort = client, server
	if p.serves {
		c.localPort, c.farPort = server, client
	}
	return c
}

// sixOf is the IPv6 address of a host of the town: a /56 for each quarter, a
// /64 for each host.
func sixOf(h *topology.Host, last15mHour uint64) model.Addr {
	return model.Addr{Hi: townHigh | last15mHour<<8 | uint64(h.Addr.V4()&0xff), Lo: h.Seed | 1}
}

func (s *sim) appPort(app uint8) uint16 {
	switch app {
	case appHTTP:
		return 80
	case appCall:
		return uint16(3478 + s.r.IntN(4))
	case appNATT:
		return 4500
	case appGame:
		return [...]uint16{3074, 27015, 5056, 7777, 9000}[s.r.IntN(5)]
	case appDNS:
		return 53
	case appNTP:
		return 123
	case appPeer:
		return uint16(1024 + s.r.IntN(64000))
	case appWireGuard:
		return 51820
	}
	return 443
}

// sendConv draws one packet of the conversation.
func (s *sim) sendConv(now int64, t *counter, c *conv) {
	server := s.r.Float64() < c.fromServer
	p := wire.Packet{In: server != c.serves, Proto: model.ProtoUDP, ID: s.r.Uint32() & 0xffff, DF: true, Flow: uint32(c.key>>40) & 0xfffff}
	if p.In {
		p.Src, p.Dst, p.Sport, p.Dport, p.TTL = c.farAddr, c.localAddr, c.farPort, c.localPort, c.remote.TTL(s.r)
	} else {
		p.Src, p.Dst, p.Sport, p.Dport, p.TTL = c.localAddr, c.farAddr, c.localPort, c.farPort, c.local.OS.TTL()-1
	}
	switch c.app {
	case appTLS, appHTTP, appACK:
		s.segment(now, c, &p, server)
	default:
		s.scratch = s.datagram(s.scratch[:0], c, server)
		p.Payload = s.scratch
	}
	s.send(now, t, &p)
}

// segment makes p a segment of a connection over which the server sends and
// the client asks and acknowledges.
func (s *sim) segment(now int64, c *conv, p *wire.Packet, server bool) {
	since := uint64(now-s.start) / 1e6
	p.Proto, p.Flags, p.Window = model.ProtoTCP, model.ACK, 501
	p.Seq, p.Ack = uint32(c.key>>3+since*(20+c.key%400)), uint32(c.key>>31+since*(c.key>>9%5)/16)
	p.Options = binary.BigEndian.AppendUint32([]byte{1, 1, 8, 10}, uint32(c.key>>17+since))
	p.Options = binary.BigEndian.AppendUint32(p.Options, uint32(c.key>>23+since-20))
	if !server {
		p.Seq, p.Ack = p.Ack, p.Seq
	}
	x := s.r.Uint32()
	switch {
	case x%c.opening == 0 && server:
		p.Flags, p.Window, p.Options = model.SYN|model.ACK, 65160, []byte{2, 4, 5, 0xb4, 1, 1, 4, 2}
	case x%c.opening == 0:
		p.Flags, p.Window, p.Ack, p.Options = model.SYN, 64240, 0, []byte{2, 4, 5, 0xb4, 1, 1, 4, 2}
	case x%c.opening == 1:
		p.Flags = model.FIN | model.ACK
	case x%(3*c.opening) == 2:
		p.Flags, p.Window, p.Ack, p.Options = model.RST, 0, 0, nil
	case c.app == appACK:
	case server && x>>16%8 != 0:
		p.Length = mss
	case server, x>>16%9 == 0:
		p.Flags |= model.PSH
		p.Length = 40 + s.r.IntN(1200)
	}
	p.Tail, p.Noise = wire.TailRandom, s.r.Uint64()
}

// datagram appends the payload of one datagram of the conversation.
func (s *sim) datagram(b []byte, c *conv, server bool) []byte {
	g := payload.Gen{R: s.r, Host: c.key, Xact: c.key, I: int(s.r.Uint32() & 0xffff), Of: 1}
	switch c.app {
	case appCall:
		return payload.RTP(b, &g)
	case appNATT:
		return payload.ESPinUDP(b, &g)
	case appWireGuard:
		return payload.WireGuard(b, &g)
	case appGame:
		return payload.Game(b, &g)
	case appDNS:
		g.Xact = s.r.Uint64()
		if server {
			return payload.DNSAnswer(b, &g)
		}
		return payload.DNSQuery(b, &g)
	case appNTP:
		if server {
			return service("ntp").Answer(b, &g)
		}
		return service("ntp").Query(b, &g)
	}
	b = payload.QUICData(b, &g)
	if !server && c.app == appQUIC { // acknowledgements
		b = b[:min(len(b), 28+s.r.IntN(20))]
	}
	return b
}

// probe is one packet of somebody who looks for open services.
func (s *sim) probe(now int64, h *topology.Host, to uint32) {
	ports := [...]uint16{22, 23, 80, 443, 445, 3389, 8080, 5060, 6379, 8443, 2222, 1433, 5900, 25, 8728, 81, 5555}
	p := wire.Packet{In: true, Src: h.Addr, Dst: model.Addr4(to), Proto: model.ProtoTCP, TTL: h.TTL(s.r), ID: h.NextID(), Sport: uint16(s.r.Uint32()),
		Dport: ports[min(s.r.IntN(len(ports)), s.r.IntN(len(ports)))], Seq: s.r.Uint32(), Flags: model.SYN, Window: 1024}
	if s.r.Uint32()%9 == 0 {
		p.Proto, p.ICMPType, p.ICMPRest, p.Length, p.Flags = model.ProtoICMP, 8, s.r.Uint32(), 32, 0
	}
	s.send(now, &s.background, &p)
}
