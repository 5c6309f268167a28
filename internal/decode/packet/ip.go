package packet

import "floodmark/internal/model"

// IANA protocol numbers that are read here but that no other room distinguish.
const (
	protoHopByHop    = 0
	protoRouting     = 43
	protoFragment    = 44
	protoAH          = 51
	protoDestination = 60
	protoUDPLite     = 136
)

// padded is what Ethernet's least frame of 60 bytes leaves for an IP packet:
// up to it, bytes beyond the IP header may be padding.
const padded = 46

// ipv4 reads an IPv4 header (RFC 791 section 3.1) and what follows it. Of the
// packet, wireLen bytes were on the wire, padding of the frame included.
func (d *Decoder) ipv4(p []byte, wireLen int, r *model.Record) Reason {
	if len(p) < 20 {
		return Short
	}
	if p[0]>>4 != 4 {
		return BadVersion
	}
	head := int(p[0]&15) * 4
	if head < 20 {
		return BadHeaderLength
	}
	total := int(u16(p[2:]))
	switch {
	case total == 0:
		total = wireLen
		d.Notes |= LengthFromWire
	case total < head:
		return BadLength
	case total > wireLen:
		d.Notes |= LengthBeyondWire
	}
	frag := u16(p[6:])
	r.Has = model.HasTTL | model.HasIPID | model.HasFragment
	r.IsPacket = true
	r.Packets, r.Bytes, r.IPLen = 1, uint64(total), uint32(total)
	r.IPID, r.TTL, r.Proto = uint32(u16(p[4:])), p[8], p[9]
	r.FragOffset, r.MoreFragments = frag<<3, frag&0x2000 != 0
	r.Src, r.Dst = model.Addr4(u32(p[12:])), model.Addr4(u32(p[16:]))
	if len(p) > total {
		p = p[:total]
	}
	if len(p) < head {
		r.Truncated = true
		return OK
	}
	d.transport(p[head:], total-head, r)
	return OK
}

// ipv6 reads an IPv6 header (RFC 8200 section 3) and what follows it.
func (d *Decoder) ipv6(p []byte, wireLen int, r *model.Record) Reason {
	if len(p) < 40 {
		return Short
	}
	if p[0]>>4 != 6 {
		return BadVersion
	}
	total := 40 + int(u16(p[4:]))
	switch {
	case total == 40 && wireLen > padded:
		// A jumbogram (RFC 2675), or recorded before segmentation.
		total = wireLen
		d.Notes |= LengthFromWire
	case total > wireLen:
		d.Notes |= LengthBeyondWire
	}
	r.Has = model.HasTTL | model.HasFragment
	r.IsPacket = true
	r.Packets, r.Bytes, r.IPLen = 1, uint64(total), uint32(total)
	r.Proto, r.TTL = p[6], p[7]
	r.Src, r.Dst = model.AddrFrom(p[8:24]), model.AddrFrom(p[24:40])
	if len(p) > total {
		p = p[:total]
	}
	d.extensions(p[40:], total-40, r, true)
	return OK
}

// extensions goes through the extension headers of IPv6 (RFC 8200 section 4),
// and through authentication headers (RFC 4302), which IPv4 has too. r.Proto is
// the header that p begins with; n bytes of it were on the wire.
func (d *Decoder) extensions(p []byte, n int, r *model.Record, six bool) {
	for range maxHeaders {
		if !extension(r.Proto, six) {
			d.transport(p, n, r)
			return
		}
		if !d.head(p, n, 8, r) {
			return
		}
		size := (int(p[1]) + 1) * 8
		switch r.Proto {
		case protoFragment:
			size = 8
			frag := u16(p[2:])
			r.Has |= model.HasIPID
			r.FragOffset, r.MoreFragments, r.IPID = frag&^7, frag&1 != 0, u32(p[4:])
		case protoAH:
			size = (int(p[1]) + 2) * 4
		}
		if size > n {
			d.Notes |= BadTransport
			return
		}
		r.Proto = p[0]
		if size > len(p) {
			r.Truncated = true
			return
		}
		p, n = p[size:], n-size
		if r.FragOffset > 0 {
			payload(p, n, r)
			return
		}
	}
	d.Notes |= DeepHeaders
	payload(p, n, r)
}

func extension(proto uint8, six bool) bool {
	switch proto {
	case protoHopByHop, protoRouting, protoDestination, protoFragment:
		return six
	}
	return proto == protoAH
}

func payload(p []byte, n int, r *model.Record) {
	r.Has |= model.HasPayload
	r.Payload, r.PayloadLen = p, uint32(n)
}
