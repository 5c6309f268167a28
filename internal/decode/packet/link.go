package packet

import (
	"encoding/binary"
	"math/bits"
)

// EtherTypes (https://www.iana.org/assignments/ieee-802-numbers).
const (
	typeIPv4     = 0x0800
	typeTEB      = 0x6558 // transparent Ethernet bridging: an Ethernet frame inside
	typeVLAN     = 0x8100 // IEEE 802.1Q
	typeIPv6     = 0x86dd
	typeMPLS     = 0x8847
	typeMPLSUp   = 0x8848 // upstream-assigned label
	typePPPoE    = 0x8864 // session stage, RFC 2516
	typeQinQ     = 0x88a8 // IEEE 802.1ad
	typeQinQOld  = 0x9100
	typeLengths  = 0x0600 // below it the field is a length (IEEE 802.3)
	anyIP        = 1      // not an EtherType: IP of the version that the first octet tells
	typePPP      = 2      // not an EtherType: a PPP protocol number follows
	typeEthernet = typeTEB
)

// linkHeader reads the link-layer header. It returns where the rest begins
// and what that is, as an EtherType.
func linkHeader(p []byte, link LinkType) (at int, kind uint16, reason Reason) {
	switch link {
	case Ethernet:
		return 0, typeEthernet, OK
	case Raw, RawDLT, RawOpenBSD:
		return 0, anyIP, OK
	case RawIPv4:
		return 0, typeIPv4, OK
	case RawIPv6:
		return 0, typeIPv6, OK
	case PPPEthernet:
		return 0, typePPPoE, OK
	case LinuxCooked:
		if len(p) < 16 {
			return 0, 0, Short
		}
		return cooked(p, 16, u16(p[14:]))
	case LinuxCooked2:
		if len(p) < 20 {
			return 0, 0, Short
		}
		return cooked(p, 20, u16(p))
	case BSDLoopback, OpenBSDLoopback:
		return loopback(p)
	case PPP, PPPSerial:
		return ppp(p)
	case MPLS:
		return 0, typeMPLS, OK
	case CiscoHDLC:
		if len(p) < 4 {
			return 0, 0, Short
		}
		return etherType(4, u16(p[2:]))
	}
	return 0, 0, UnsupportedLink
}

// cooked tells the protocols of Linux cooked captures that are not EtherTypes
// from those that are.
func cooked(p []byte, at int, proto uint16) (int, uint16, Reason) {
	const llc = 4
	if proto == llc {
		return snap(p, at)
	}
	return etherType(at, proto)
}

// etherType passes on what is an EtherType. Smaller numbers mean something
// else where this is used, and unwrap has uses of its own for them.
func etherType(at int, v uint16) (int, uint16, Reason) {
	if v < typeLengths {
		return 0, 0, NotIP
	}
	return at, v, OK
}

// loopback reads the address family in the byte order of the recording host,
// or in network order (OpenBSD). The systems number IPv6 differently.
func loopback(p []byte) (int, uint16, Reason) {
	if len(p) < 4 {
		return 0, 0, Short
	}
	family := binary.LittleEndian.Uint32(p)
	if family > 0xffff {
		family = bits.ReverseBytes32(family)
	}
	switch family {
	case 2:
		return 4, typeIPv4, OK
	case 10, 24, 28, 30:
		return 4, typeIPv6, OK
	}
	return 0, 0, NotIP
}

// ppp skips the address and control octets (RFC 1662) if they are there.
func ppp(p []byte) (int, uint16, Reason) {
	if len(p) < 2 {
		return 0, 0, Short
	}
	switch p[0] {
	case 0xff: // all stations, unnumbered information
		return 2, typePPP, OK
	case 0x0f, 0x8f: // Cisco HDLC on a PPP link
		if len(p) < 4 {
			return 0, 0, Short
		}
		return etherType(4, u16(p[2:]))
	}
	return 0, typePPP, OK
}

// unwrap goes through what may stand between the link-layer header and IP.
func unwrap(p []byte, at int, kind uint16) (int, uint16, Reason) {
	reason := OK
	for range maxTags {
		switch kind {
		case typeIPv4, typeIPv6, anyIP:
			return at, kind, OK
		case typeEthernet:
			at, kind, reason = ethernet(p, at)
		case typeVLAN, typeQinQ, typeQinQOld:
			if len(p)-at < 4 {
				return 0, 0, Short
			}
			at, kind, reason = lengthOrType(p, at+4, u16(p[at+2:]))
		case typeMPLS, typeMPLSUp:
			at, kind, reason = labels(p, at)
		case typePPPoE:
			if len(p)-at < 6 {
				return 0, 0, Short
			}
			if p[at] != 0x11 || p[at+1] != 0 { // version 1, type 1, session data
				return 0, 0, NotIP
			}
			at, kind = at+6, typePPP
		case typePPP:
			at, kind, reason = pppProtocol(p, at)
		default:
			return 0, 0, NotIP
		}
		if reason != OK {
			return 0, 0, reason
		}
	}
	return 0, 0, TooDeep
}

func ethernet(p []byte, at int) (int, uint16, Reason) {
	if len(p)-at < 14 {
		return 0, 0, Short
	}
	return lengthOrType(p, at+14, u16(p[at+12:]))
}

// lengthOrType sorts out the field after Ethernet addresses and VLAN tags.
func lengthOrType(p []byte, at int, v uint16) (int, uint16, Reason) {
	if v < typeLengths {
		return snap(p, at)
	}
	return at, v, OK
}

// snap reads the EtherType out of an IEEE 802.2 header with the SNAP extension
// (RFC 1042). Other logical links carry no IP.
func snap(p []byte, at int) (int, uint16, Reason) {
	if len(p)-at < 8 {
		return 0, 0, NotIP
	}
	h := p[at : at+8]
	if u32(h) != 0xaaaa0300 || h[4] != 0 || h[5] != 0 {
		return 0, 0, NotIP
	}
	return etherType(at+8, u16(h[6:]))
}

// pppProtocol reads the PPP protocol number, of one byte where it was
// compressed (RFC 1661 section 6.5).
func pppProtocol(p []byte, at int) (int, uint16, Reason) {
	if len(p)-at < 1 {
		return 0, 0, Short
	}
	proto, n := uint16(p[at]), 1
	if proto&1 == 0 {
		if len(p)-at < 2 {
			return 0, 0, Short
		}
		proto, n = u16(p[at:]), 2
	}
	switch proto {
	case 0x0021:
		return at + n, typeIPv4, OK
	case 0x0057:
		return at + n, typeIPv6, OK
	case 0x0281:
		return at + n, typeMPLS, OK
	}
	return 0, 0, NotIP
}

// labels skips an MPLS label stack (RFC 3032). What it carries is not told by
// the packet: it is guessed by the first four bits, as routers do that share
// load (RFC 4928): 4 and 6 are IP, 0 is the control word of a pseudowire, and
// then an Ethernet frame is taken for one if its EtherType is known.
func labels(p []byte, at int) (int, uint16, Reason) {
	for range maxLabels {
		if len(p)-at < 5 {
			return 0, 0, Short
		}
		bottom := p[at+2]&1 != 0
		at += 4
		if !bottom {
			continue
		}
		switch p[at] >> 4 {
		case 4:
			return at, typeIPv4, OK
		case 6:
			return at, typeIPv6, OK
		case 0:
			const word = 4 // RFC 4448 section 4.6
			if len(p)-at >= word+14 && carriesIP(u16(p[at+word+12:])) {
				return at + word, typeEthernet, OK
			}
		}
		return 0, 0, NotIP
	}
	return 0, 0, TooDeep
}

// carriesIP reports whether an EtherType is one that unwrap goes on with.
func carriesIP(kind uint16) bool {
	switch kind {
	case typeIPv4, typeIPv6, typeVLAN, typeQinQ, typeQinQOld, typeMPLS, typeMPLSUp, typePPPoE:
		return true
	}
	return false
}
