package packet

import "floodmark/internal/model"

// gre sets the tunnel of a GRE packet (RFC 2784, RFC 2890) that p begins with.
// Version 1 (RFC 2637) and source routing (RFC 1701) are not tunnels here.
func gre(p []byte, r *model.Record) {
	const (
		checksum = 0x8000
		key      = 0x2000
		sequence = 0x1000
		others   = 0x4c07 // routing, strict route, recursion and version must be 0; the rest is to be ignored
	)
	if len(p) < 4 {
		r.Truncated = r.Truncated || r.PayloadLen >= 4
		return
	}
	flags := u16(p)
	if flags&others != 0 {
		return
	}
	size := 4
	for _, f := range [...]uint16{checksum, key, sequence} {
		if flags&f != 0 {
			size += 4
		}
	}
	if len(p) < size {
		r.Truncated = r.Truncated || int(r.PayloadLen) >= size
		return
	}
	switch kind := u16(p[2:]); kind {
	case typeERSPAN, typeERSPAN3:
		erspan(kind, flags&sequence != 0, p[size:], r)
	default:
		r.Tunnel, r.TunnelType, r.TunnelData = model.GRE, kind, p[size:]
	}
}

// ipip sets the tunnel of an IP packet in another (RFC 2003, RFC 2473,
// RFC 4213) if what is inside begins like one.
func ipip(p []byte, r *model.Record) {
	if len(p) == 0 {
		r.Truncated = r.Truncated || r.PayloadLen > 0
		return
	}
	kind := version(p)
	if r.Proto == model.ProtoIPIP && kind == typeIPv4 || r.Proto == model.ProtoIPv6 && kind == typeIPv6 {
		r.Tunnel, r.TunnelType, r.TunnelData = model.IPinIP, kind, p
	}
}

// DecodeInner reads the packet inside r's tunnel into out: the same
// observation (time, sampling, exporter, interfaces, input) of another packet.
// out may be r itself. out can have a tunnel in its turn: how deep to look is
// for the caller to decide.
func (d *Decoder) DecodeInner(r, out *model.Record) Reason {
	if r.Tunnel == model.NoTunnel {
		return NotTunnel
	}
	p, kind := r.TunnelData, r.TunnelType
	wireLen := int(r.PayloadLen) - (len(r.Payload) - len(p))
	seen := *r
	*out = model.Record{}
	d.Notes = 0
	at, kind, reason := etherType(0, kind)
	if reason == OK {
		at, kind, reason = unwrap(p, at, kind)
	}
	if reason == OK {
		reason = d.network(p[at:], kind, max(wireLen, len(p))-at, out)
	}
	observe(out, &seen)
	return reason
}

// Quote reads the datagram that an ICMP error quotes (RFC 792, RFC 4443
// section 3) into out: its header and usually the first 8 bytes of what
// followed, so that out.Truncated is the rule. It states what somebody says was
// sent earlier, and is no traffic of its own: Packets and Bytes are 0, IPLen
// is the length that the quoted header claims. It returns false if r is no
// such error or holds too little of the quote. out must not be r.
func Quote(r, out *model.Record) bool {
	if r.Has&(model.HasICMP|model.HasPayload) != model.HasICMP|model.HasPayload || len(r.Payload) == 0 {
		return false
	}
	kind := uint16(0)
	switch {
	case r.Proto == model.ProtoICMP && (r.ICMPType >= 3 && r.ICMPType <= 5 || r.ICMPType == 11 || r.ICMPType == 12):
		kind = typeIPv4
	case r.Proto == model.ProtoICMPv6 && r.ICMPType >= 1 && r.ICMPType <= 4:
		kind = typeIPv6
	default:
		return false
	}
	*out = model.Record{}
	var d Decoder
	reason := d.network(r.Payload, kind, int(r.PayloadLen), out)
	observe(out, r)
	out.Packets, out.Bytes = 0, 0
	return reason == OK
}

// observe copies from r what belongs to the observation and not to the packet.
func observe(out, r *model.Record) {
	out.First, out.Last, out.Sampling = r.First, r.Last, r.Sampling
	out.Exporter, out.Domain, out.Input, out.Link = r.Exporter, r.Domain, r.Input, r.Link
	out.InIf, out.OutIf, out.SrcAS, out.DstAS = r.InIf, r.OutIf, r.SrcAS, r.DstAS
	out.Has |= r.Has & (model.HasInterface | model.HasAS)
}
