package packet

import "floodmark/internal/model"

// transport reads the header that r.Proto names, at the beginning of p; n
// bytes from there to the packet's end were on the wire (len(p) <= n unless
// the recording is damaged). Later fragments have none.
func (d *Decoder) transport(p []byte, n int, r *model.Record) {
	if r.FragOffset > 0 {
		payload(p, n, r)
		return
	}
	switch r.Proto {
	case model.ProtoTCP:
		d.tcp(p, n, r)
	case model.ProtoUDP, protoUDPLite:
		d.udp(p, n, r)
	case model.ProtoICMP, model.ProtoICMPv6:
		d.icmp(p, n, r)
	case model.ProtoSCTP:
		d.sctp(p, n, r)
	case model.ProtoGRE:
		payload(p, n, r)
		gre(p, r)
	case model.ProtoIPIP, model.ProtoIPv6:
		payload(p, n, r)
		ipip(p, r)
	case protoAH: // of IPv4: among the extensions of IPv6 it does not come here
		d.extensions(p, n, r, false)
	default:
		payload(p, n, r)
	}
}

// head reports whether the header of size bytes is there; if it is not, it
// notes whether the recording or the packet itself is to blame.
func (d *Decoder) head(p []byte, n, size int, r *model.Record) bool {
	if len(p) >= size {
		return true
	}
	if n < size {
		d.Notes |= BadTransport
	} else {
		r.Truncated = true
	}
	return false
}

func ports(p []byte, r *model.Record) {
	if len(p) >= 4 {
		r.Has |= model.HasPorts
		r.SrcPort, r.DstPort = u16(p), u16(p[2:])
	}
}

// tcp reads RFC 9293 section 3.1.
func (d *Decoder) tcp(p []byte, n int, r *model.Record) {
	if !d.head(p, n, 20, r) {
		d.tcpPart(p, r)
		return
	}
	r.Has |= model.HasPorts | model.HasFlags | model.HasTCP | model.HasChecksum
	r.SrcPort, r.DstPort = u16(p), u16(p[2:])
	r.Seq, r.Ack = u32(p[4:]), u32(p[8:])
	r.TCPFlags, r.Window, r.Checksum = p[13], u16(p[14:]), u16(p[16:])
	size := int(p[12]>>4) * 4
	if size < 20 || size > n {
		d.Notes |= BadTransport
		return
	}
	if size > len(p) {
		r.Truncated = true
		r.Options = p[20:]
		return
	}
	r.Options = p[20:size:size]
	r.Has |= model.HasPayload
	r.Payload, r.PayloadLen = p[size:], uint32(n-size)
}

// tcpPart reads what there is of a TCP header that is cut short.
func (d *Decoder) tcpPart(p []byte, r *model.Record) {
	ports(p, r)
	if len(p) >= 14 {
		r.Has |= model.HasFlags
		r.TCPFlags = p[13]
	}
}

// udp reads RFC 768, and UDP-Lite (RFC 3828) whose third field is not a length.
func (d *Decoder) udp(p []byte, n int, r *model.Record) {
	ports(p, r)
	if !d.head(p, n, 8, r) {
		return
	}
	r.Has |= model.HasChecksum
	r.Checksum = u16(p[6:])
	left := n - 8
	if size := int(u16(p[4:])); r.Proto == model.ProtoUDP && size != n && !r.MoreFragments {
		switch {
		case size >= 8 && size < n:
			left = size - 8 // the rest of the IP packet belongs to nobody
		case size != 0 || n <= 0xffff: // 0 in jumbograms (RFC 2675 section 4) and before segmentation
			d.Notes |= BadTransport
		}
	}
	p = p[8:]
	if len(p) > left {
		p = p[:left]
	}
	payload(p, left, r)
	if r.Proto == model.ProtoUDP {
		udpTunnel(p, r)
	}
}

// icmp reads type, code and checksum of RFC 792 and RFC 4443; the payload is
// what follows the first 8 bytes, which is the quoted datagram in errors.
func (d *Decoder) icmp(p []byte, n int, r *model.Record) {
	if len(p) >= 2 {
		r.Has |= model.HasICMP
		r.ICMPType, r.ICMPCode = p[0], p[1]
	}
	if len(p) >= 4 {
		r.Has |= model.HasChecksum
		r.Checksum = u16(p[2:])
	}
	if d.head(p, n, 8, r) {
		payload(p[8:], n-8, r)
	}
}

// sctp reads the common header of RFC 9260 section 3.1. Its checksum has 32
// bits and is left out.
func (d *Decoder) sctp(p []byte, n int, r *model.Record) {
	ports(p, r)
	if d.head(p, n, 12, r) {
		payload(p[12:], n-12, r)
	}
}
