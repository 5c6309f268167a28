package wire

import (
	"encoding/binary"

	"floodmark/internal/model"
)

// Tail says what fills a payload from the end of Packet.Payload up to
// Packet.Length.
type Tail uint8

// Kinds of tail.
const (
	TailZero   Tail = iota // zero bytes
	TailRandom             // bytes that look like noise, from Packet.Noise
	TailText               // printable text, from Packet.Noise
)

// Packet is one IP packet to be written. The version of the addresses decides
// the version of the packet; lengths and checksums are computed.
type Packet struct {
	Src, Dst model.Addr
	In       bool // travels towards the watched network: decides which MAC address is the sender's
	Proto    uint8
	TTL, TOS uint8
	ID       uint32 // identification: 16 bits in IPv4, 32 in the IPv6 fragment header
	DF, MF   bool
	Offset   uint16 // of a fragment, in bytes
	Raw      bool   // Payload stands directly after the IP header (fragments, other protocols)
	Flow     uint32 // IPv6 flow label

	Sport, Dport uint16
	Seq, Ack     uint32
	Flags        uint8 // TCP, as in package model
	Window, Urg  uint16
	Options      []byte // of TCP, a multiple of four bytes

	ICMPType, ICMPCode uint8
	ICMPRest           uint32 // identifier and sequence number, MTU, gateway: the second word

	Payload []byte
	Length  int // of the payload; what Payload does not cover is filled by Tail
	Tail    Tail
	Noise   uint64
}

func (p *Packet) payloadLen() int { return max(p.Length, len(p.Payload)) }

// appendIP appends the whole IP packet to b.
func (p *Packet) appendIP(b []byte) []byte {
	if p.Src.Is4() {
		return p.appendIPv4(b)
	}
	return p.appendIPv6(b)
}

func (p *Packet) appendIPv4(b []byte) []byte {
	at := len(b)
	b = append(b, 0x45, p.TOS, 0, 0, byte(p.ID>>8), byte(p.ID), 0, 0, p.TTL, p.Proto, 0, 0)
	frag := p.Offset / 8
	if p.DF {
		frag |= 0x4000
	}
	if p.MF {
		frag |= 0x2000
	}
	binary.BigEndian.PutUint16(b[at+6:], frag)
	b = binary.BigEndian.AppendUint32(b, p.Src.V4())
	b = binary.BigEndian.AppendUint32(b, p.Dst.V4())
	pseudo := sum(b[at+12:at+20], 0)
	b = p.appendTransport(b, pseudo)
	binary.BigEndian.PutUint16(b[at+2:], uint16(len(b)-at))
	binary.BigEndian.PutUint16(b[at+10:], ^fold(sum(b[at:at+20], 0)))
	return b
}

func (p *Packet) appendIPv6(b []byte) []byte {
	at := len(b)
	fragment := p.Offset > 0 || p.MF
	next := p.Proto
	if fragment {
		next = 44 // fragment header, RFC 8200 section 4.5
	}
	b = binary.BigEndian.AppendUint32(b, 6<<28|uint32(p.TOS)<<20|p.Flow&0xfffff)
	b = append(b, 0, 0, next, p.TTL)
	for _, a := range [2]model.Addr{p.Src, p.Dst} {
		b = binary.BigEndian.AppendUint64(b, a.Hi)
		b = binary.BigEndian.AppendUint64(b, a.Lo)
	}
	pseudo := sum(b[at+8:at+40], 0)
	if fragment {
		more := uint16(0)
		if p.MF {
			more = 1
		}
		b = append(b, p.Proto, 0)
		b = binary.BigEndian.AppendUint16(b, p.Offset&^7|more)
		b = binary.BigEndian.AppendUint32(b, p.ID)
	}
	b = p.appendTransport(b, pseudo)
	binary.BigEndian.PutUint16(b[at+4:], uint16(len(b)-at-40))
	return b
}

// appendTransport appends the transport header and the payload. pseudo is the
// sum over the two addresses (RFC 9293 section 3.1, RFC 8200 section 8.1).
func (p *Packet) appendTransport(b []byte, pseudo uint64) []byte {
	at := len(b)
	if p.Raw {
		return p.appendPayload(b)
	}
	check := -1
	switch p.Proto {
	case model.ProtoTCP:
		check = at + 16
		b = p.appendTCP(b)
	case model.ProtoUDP:
		check = at + 6
		b = append(b, byte(p.Sport>>8), byte(p.Sport), byte(p.Dport>>8), byte(p.Dport))
		n := 8 + p.payloadLen()
		b = append(b, byte(n>>8), byte(n), 0, 0)
	case model.ProtoICMP, model.ProtoICMPv6:
		check = at + 2
		b = append(b, p.ICMPType, p.ICMPCode, 0, 0)
		b = binary.BigEndian.AppendUint32(b, p.ICMPRest)
	}
	b = p.appendPayload(b)
	if check < 0 {
		return b
	}
	if p.Proto != model.ProtoICMP { // ICMP for IPv4 has no pseudo header
		pseudo += uint64(p.Proto) + uint64(len(b)-at)
	} else {
		pseudo = 0
	}
	c := ^fold(sum(b[at:], pseudo))
	if c == 0 && p.Proto == model.ProtoUDP {
		c = 0xffff // RFC 768: zero means "no checksum"
	}
	binary.BigEndian.PutUint16(b[check:], c)
	return b
}

func (p *Packet) appendTCP(b []byte) []byte {
	b = append(b, byte(p.Sport>>8), byte(p.Sport), byte(p.Dport>>8), byte(p.Dport))
	b = binary.BigEndian.AppendUint32(b, p.Seq)
	b = binary.BigEndian.AppendUint32(b, p.Ack)
	b = append(b, byte(5+len(p.Options)/4)<<4, p.Flags, byte(p.Window>>8), byte(p.Window), 0, 0, byte(p.Urg>>8), byte(p.Urg))
	return append(b, p.Options...)
}

func (p *Packet) appendPayload(b []byte) []byte {
	b = append(b, p.Payload...)
	n := p.Length - len(p.Payload)
	if n <= 0 {
		return b
	}
	return AppendTail(b, n, p.Tail, p.Noise)
}

// AppendTail appends n bytes of the given kind; noise chooses which.
func AppendTail(b []byte, n int, kind Tail, noise uint64) []byte {
	at := len(b)
	for range (n + 7) / 8 {
		var v uint64
		switch kind {
		case TailRandom:
			noise += 0x9e3779b97f4a7c15
			v = noise
			v = (v ^ v>>30) * 0xbf58476d1ce4e5b9
			v ^= v >> 27
			v *= 0x94d049bb133111eb
			v ^= v >> 31
		case TailText:
			noise = noise*6364136223846793005 + 1442695040888963407
			v = noise>>3&0x0f0f0f0f0f0f0f0f + 0x6161616161616161 // 'a' to 'p'
		}
		b = binary.BigEndian.AppendUint64(b, v)
	}
	return b[:at+n]
}

// sum adds up b as 16-bit words in network order onto start, without folding
// (RFC 1071 section 2: the order of the additions does not matter).
func sum(b []byte, start uint64) uint64 {
	s := start
	for len(b) >= 8 {
		v := binary.BigEndian.Uint64(b)
		s += v>>32 + v&0xffffffff
		b = b[8:]
	}
	for len(b) >= 2 {
		s += uint64(binary.BigEndian.Uint16(b))
		b = b[2:]
	}
	if len(b) == 1 {
		s += uint64(b[0]) << 8
	}
	return s
}

// fold reduces a sum to 16 bits with end-around carry.
func fold(s uint64) uint16 {
	for s>>16 != 0 {
		s = s&0xffff + s>>16
	}
	return uint16(s)
}
