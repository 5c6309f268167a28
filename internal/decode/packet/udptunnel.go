package packet

import "floodmark/internal/model"

// Ports to which encapsulations over UDP are sent (IANA Service Name and Transport
// Protocol Port Number Registry, where nothing else is noted).
const (
	portL2TP     = 1701
	portGTPU     = 2152
	portVXLAN    = 4789
	portVXLANGPE = 4790
	portGENEVE   = 6081
	portMPLS     = 6635
	portVXLANOld = 8472  // the default of Linux, from before the registration
	portTZSP     = 37008 // by convention
)

// udpTunnel sets the tunnel of a datagram to one of these ports, if what is sent
// there is formed like one: anybody can send to the port.
func udpTunnel(p []byte, r *model.Record) {
	var kind uint16
	size, ok := 0, false
	t := model.NoTunnel
	port := r.DstPort
	if r.SrcPort == portL2TP { // answers go to the port that was asked from
		port = portL2TP
	}
	switch port {
	case portVXLAN, portVXLANOld:
		t = model.VXLAN
		size, kind, ok = vxlan(p)
	case portVXLANGPE:
		t = model.VXLAN
		size, kind, ok = vxlanGPE(p)
	case portGENEVE:
		t = model.GENEVE
		size, kind, ok = geneve(p)
	case portGTPU:
		t = model.GTPU
		size, kind, ok = gtpu(p, int(r.PayloadLen))
	case portMPLS:
		t = model.MPLSinUDP
		size, kind, ok = 0, typeMPLS, len(p) >= 4
	case portL2TP:
		t = model.L2TP
		size, kind, ok = l2tp(p)
	case portTZSP:
		t = model.TZSP
		size, kind, ok = tzsp(p)
	}
	if ok && size < len(p) {
		r.Tunnel, r.TunnelType, r.TunnelData = t, kind, p[size:]
	}
}

// vxlan reads the header of RFC 7348 section 5. The flags and the reserved bytes
// must be as they are sent.
func vxlan(p []byte) (size int, kind uint16, ok bool) {
	return 8, typeEthernet, len(p) >= 8 && u32(p) == 0x08000000 && p[7] == 0
}

// vxlanGPE reads the header of draft-ietf-nvo3-vxlan-gpe, section 3: of version 0,
// with the next protocol, for user traffic.
func vxlanGPE(p []byte) (size int, kind uint16, ok bool) {
	if len(p) < 8 || p[0] != 0x0c || p[1] != 0 || p[2] != 0 || p[7] != 0 {
		return 0, 0, false
	}
	kind = [...]uint16{1: typeIPv4, 2: typeIPv6, 3: typeEthernet}[min(p[3], 3)]
	return 8, kind, p[3] >= 1 && p[3] <= 3
}

// geneve reads the header of RFC 8926 section 3.4, of version 0, with its options.
// Control messages are no tunnel.
func geneve(p []byte) (size int, kind uint16, ok bool) {
	const control, reserved = 0x80, 0x3f
	if len(p) < 8 || p[0]>>6 != 0 || p[1]&(control|reserved) != 0 || p[7] != 0 {
		return 0, 0, false
	}
	return 8 + 4*int(p[0]&0x3f), u16(p[2:]), true
}

// gtpu reads the header of a user packet of GTP version 1 (3GPP TS 29.281 sections
// 5.1 and 5.2), with its extension headers. length is that of the whole datagram,
// which the header must agree with.
func gtpu(p []byte, length int) (size int, kind uint16, ok bool) {
	const version1, optional, gPDU = 0x30, 0x07, 0xff
	if len(p) < 12 || p[0]&0xf8 != version1 || p[1] != gPDU || int(u16(p[2:]))+8 > length {
		return 0, 0, false
	}
	size = 8
	if p[0]&optional != 0 {
		size = 12
		for next := p[11]; p[0]&0x04 != 0 && next != 0; {
			if size >= len(p) || p[size] == 0 {
				return 0, 0, false
			}
			size += 4 * int(p[size]) // in words
			if size > len(p) {
				return 0, 0, false
			}
			next = p[size-1]
		}
	}
	if size >= len(p) {
		return 0, 0, false
	}
	kind = version(p[size:])
	return size, kind, kind != 0
}

// l2tp reads the header of a data message of L2TP version 2 (RFC 2661 section 3.1)
// and of the PPP frame in it (RFC 1661 section 2, RFC 1662 section 3.1).
func l2tp(p []byte) (size int, kind uint16, ok bool) {
	const control, length, sequence, offset, reserved = 0x8000, 0x4000, 0x0800, 0x0200, 0x34f0
	if len(p) < 6 {
		return 0, 0, false
	}
	flags := u16(p)
	if flags&(control|reserved) != 0 || flags&0x000f != 2 {
		return 0, 0, false
	}
	size = 6
	if flags&length != 0 {
		size += 2
	}
	if flags&sequence != 0 {
		size += 4
	}
	if flags&offset != 0 {
		if len(p) < size+2 {
			return 0, 0, false
		}
		size += 2 + int(u16(p[size:]))
	}
	if len(p) >= size+2 && u16(p[size:]) == 0xff03 { // address and control, which may be left out
		size += 2
	}
	if len(p) < size+2 {
		return 0, 0, false
	}
	protocol := uint16(p[size])
	if size++; protocol&1 == 0 { // not compressed to one byte
		protocol = protocol<<8 | uint16(p[size])
		size++
	}
	switch protocol {
	case 0x0021:
		return size, typeIPv4, true
	case 0x0057:
		return size, typeIPv6, true
	}
	return 0, 0, false
}

// tzsp reads the header of version 1 around a received Ethernet frame, with its
// tags: 0 is padding, 1 the end, others have a length.
func tzsp(p []byte) (size int, kind uint16, ok bool) {
	const ethernet, padding, end = 1, 0, 1
	if len(p) < 5 || p[0] != 1 || p[1] > 1 || u16(p[2:]) != ethernet {
		return 0, 0, false
	}
	for size = 4; size < len(p); {
		switch p[size] {
		case end:
			return size + 1, typeEthernet, true
		case padding:
			size++
		default:
			if size+1 >= len(p) {
				return 0, 0, false
			}
			size += 2 + int(p[size+1])
		}
	}
	return 0, 0, false
}

// Types of GRE payloads that are mirrored frames (draft-foschiano-erspan-03).
const (
	typeERSPAN  = 0x88be // types I and II
	typeERSPAN3 = 0x22eb
)

// erspan sets the tunnel of a mirrored Ethernet frame. Type I has no header of its
// own and no sequence numbers (section 4.1); the headers of the others begin with
// their version (sections 4.2 and 4.3).
func erspan(kind uint16, numbered bool, p []byte, r *model.Record) {
	size, version := 0, byte(0)
	switch {
	case kind == typeERSPAN3:
		size, version = 12, 2
	case numbered:
		size, version = 8, 1
	}
	if len(p) <= size || size > 0 && p[0]>>4 != version {
		return
	}
	if kind == typeERSPAN3 && p[11]&1 != 0 { // a platform header follows
		size += 8
	}
	if size < len(p) {
		r.Tunnel, r.TunnelType, r.TunnelData = model.ERSPAN, typeEthernet, p[size:]
	}
}
