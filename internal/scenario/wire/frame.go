package wire

import "floodmark/internal/model"

// AppendFrame appends the whole Ethernet frame of p, without VLAN tag and
// frame check sequence.
func AppendFrame(b []byte, p *Packet) []byte {
	at := len(b)
	var w Writer
	b = p.appendIP(w.appendEthernet(b, p))
	for p.In && len(b)-at < 60 { // IEEE 802.3, as in Writer.Packet
		b = append(b, 0)
	}
	return b
}

// Len returns the bytes of the IP packet, header included, as Writer.Packet
// would.
func (p *Packet) Len() int {
	n := p.payloadLen()
	if !p.Raw {
		switch p.Proto {
		case model.ProtoTCP:
			n += 20 + len(p.Options)
		case model.ProtoUDP, model.ProtoICMP, model.ProtoICMPv6:
			n += 8
		}
	}
	if p.Src.Is4() {
		return n + 20
	}
	if p.Offset > 0 || p.MF {
		n += 8
	}
	return n + 40
}
