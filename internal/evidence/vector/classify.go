package vector

import "floodmark/internal/model"

// Classify says what one record looks like. It reads the record and changes
// nothing, allocates nothing and keeps nothing.
func Classify(r *model.Record) model.Class {
	if r.FragOffset > 0 {
		return Fragment
	}
	switch r.Proto {
	case model.ProtoTCP:
		return tcp(r)
	case model.ProtoUDP:
		return udp(r)
	case model.ProtoICMP:
		return icmp4(r)
	case model.ProtoICMPv6:
		return icmp6(r)
	}
	return otherProto(r)
}

// portsZero reports a flow record whose ports are both zero although its
// protocol has ports: exporters give fragments after the first that way. Port
// 0 is reserved (IANA service names and port numbers) in both protocols.
func portsZero(r *model.Record) bool {
	return !r.IsPacket && r.SrcPort|r.DstPort == 0 && r.Has&(model.HasPorts|model.HasFragment) == model.HasPorts
}

// icmp4 tells the types of RFC 792 apart (IANA ICMP parameters).
func icmp4(r *model.Record) model.Class {
	if r.Has&model.HasICMP == 0 {
		return ICMPUnknown
	}
	switch r.ICMPType {
	case 8:
		return ICMPEcho
	case 0:
		return ICMPEchoReply
	case 3, 4, 5, 11, 12:
		return ICMPError
	}
	return ICMPOther
}

// icmp6 tells the types of RFC 4443 apart: errors are below 128.
func icmp6(r *model.Record) model.Class {
	switch {
	case r.Has&model.HasICMP == 0:
		return ICMPUnknown
	case r.ICMPType == 128:
		return ICMPEcho
	case r.ICMPType == 129:
		return ICMPEchoReply
	case r.ICMPType < 128:
		return ICMPError
	}
	return ICMPOther
}

// otherProto sorts the remaining IP protocols by their IANA numbers.
func otherProto(r *model.Record) model.Class {
	switch r.Proto {
	case model.ProtoGRE:
		return gre(r)
	case model.ProtoESP, 51:
		return IPsec
	case model.ProtoIPIP, model.ProtoIPv6:
		return IPinIP
	case model.ProtoSCTP:
		return SCTP
	case 2, 88, 89, 103, 112:
		return ProtoRouting
	}
	return ProtoOther
}

// gre looks at the EtherType of the inner packet (RFC 2784 section 2.4).
func gre(r *model.Record) model.Class {
	if r.Tunnel != model.GRE {
		return GREOther
	}
	switch r.TunnelType {
	case 0x0800, 0x86dd:
		return GREIP
	case 0x6558:
		return GREEth
	}
	return GREOther
}
