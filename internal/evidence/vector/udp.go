package vector

import (
	"encoding/binary"

	"floodmark/internal/model"
)

// verdict is what a look at a payload gives.
type verdict uint8

const (
	no       verdict = iota // something else, or a request
	yes                     // an answer of the service that can be abused
	ordinary                // the service's own ordinary traffic
	cut                     // not enough of the payload was captured to tell
)

func udp(r *model.Record) model.Class {
	if r.Has&model.HasPorts == 0 {
		return UDP
	}
	p := r.Payload
	if len(p) == 0 {
		return udpBare(r)
	}
	// A first fragment's payload is only the start of its datagram.
	full := uint32(len(p)) >= r.PayloadLen && !r.MoreFragments
	if s := serviceOf(r.SrcPort); s != svcNone {
		if c := confirm(s, r, full); c != None {
			return c
		}
	}
	if c := offPort(p, full); c != None {
		return c
	}
	if r.DstPort == 53 {
		switch dnsHeader(p, full) {
		case dnsIsQuery:
			return DNSQuery
		case dnsCut:
			return DNSQueryPort
		}
	}
	return UDP
}

// confirm asks the matcher of s. None means that the payload is not of s.
func confirm(s svc, r *model.Record, full bool) model.Class {
	v := match(s, r.Payload, full)
	switch s {
	case svcQUIC: // two services answer from port 443
		if v == no && r.SrcPort == 443 {
			switch matchDTLS(r.Payload, full) {
			case yes:
				return DTLS
			case ordinary:
				return UDPService
			}
		}
	case svcNTP:
		if v == ordinary {
			return NTPTime
		}
	}
	switch v {
	case yes:
		return services[s].confirmed
	case ordinary:
		return UDPService
	case cut:
		return byPort(s, r)
	}
	return None
}

// udpBare classifies what has no payload to look at: flow records, headers
// without payload, and datagrams that are empty.
func udpBare(r *model.Record) model.Class {
	if portsZero(r) {
		return FlowPortsZero
	}
	if r.IsPacket && r.PayloadLen == 0 && !r.Truncated {
		return UDP
	}
	if s := serviceOf(r.SrcPort); s != svcNone {
		if c := byPort(s, r); c != UDP {
			return c
		}
	}
	if r.DstPort == 53 {
		return DNSQueryPort
	}
	return UDP
}

// byPort is the class of a record from the port of s whose payload is not
// available: the service's where the mean length fits, otherwise the ordinary
// traffic of an everyday service or nothing in particular.
func byPort(s svc, r *model.Record) model.Class {
	t := &services[s]
	extra := uint64(0)
	if !r.Src.Is4() {
		extra = 20
	}
	low := r.Packets * (uint64(t.minLen) + extra)
	high := r.Packets * (uint64(t.maxLen) + extra)
	// A first fragment is as long as the link allows, whatever the answer is.
	if t.byPort != None && (r.Bytes >= low || r.MoreFragments) && (t.maxLen == 0 || r.Bytes <= high) {
		return t.byPort
	}
	if t.everyday || t.common {
		return UDPService
	}
	return UDP
}

// offPort finds answers by their payload alone, whatever port they come from:
// many SSDP, game and recorder answers do not come from the service's port.
func offPort(p []byte, full bool) model.Class {
	if len(p) < 8 {
		return None
	}
	w := binary.BigEndian.Uint32(p)
	switch w {
	case 0xffffffff:
		return connectionless(p)
	case txHTTP:
		if matchSSDP(p, full) == yes {
			return SSDP
		}
		if matchPlex(p, full) == yes {
			return Plex
		}
	case 0x20000000:
		if matchDHDiscover(p, full) == yes {
			return DHDiscover
		}
	case txBT:
		if matchBitTorrent(p, full) == yes {
			return BitTorrent
		}
	case txXML, txSOAP, txSoap, txEnv:
		if matchWSD(p, full) == yes {
			return WSDiscovery
		}
	case 0x00030001: // DATA, block 1: repeated, because nobody acknowledges it
		if matchTFTP(p, full) == yes {
			return TFTP
		}
	}
	return None
}
