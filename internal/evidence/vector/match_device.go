package vector

import (
	"bytes"

	"floodmark/internal/model"
)

// Devices, games and things that announce themselves.

// matchDNS wants a response (RFC 1035 section 4.1.1) with sane counts; the same
// form serves multicast DNS (RFC 6762 section 18).
func matchDNS(p []byte, full bool) verdict {
	switch dnsHeader(p, full) {
	case dnsIsResponse:
		return yes
	case dnsCut:
		return cut
	}
	return no
}

// matchSSDP wants an answer to M-SEARCH: a 200 with ST and USN (UPnP Device
// Architecture 1.1 section 1.3.3).
func matchSSDP(p []byte, full bool) verdict {
	v := begins(p, "HTTP/1.1 200 ", full)
	if v != yes {
		return v
	}
	for p = p[13:min(len(p), 512)]; ; {
		i := bytes.IndexByte(p, '\n')
		if i < 0 || i+5 > len(p) {
			return short(full)
		}
		p = p[i+1:]
		if sameFold(p[:3], "ST:") || sameFold(p[:4], "USN:") {
			return yes
		}
	}
}

// sameFold compares letters of b with upper-case s; other bytes as they are.
func sameFold(b []byte, s string) bool {
	for i := range b {
		c := b[i]
		if 'a' <= c && c <= 'z' {
			c -= 0x20
		}
		if c != s[i] {
			return false
		}
	}
	return true
}

// matchPlex wants the answer to Plex's search: an HTTP 200 that names a Plex
// media server or player.
func matchPlex(p []byte, full bool) verdict {
	v := begins(p, "HTTP/1.", full)
	if v != yes {
		return v
	}
	if holds(p, "plex/media-", 512) {
		return yes
	}
	return short(full)
}

// matchWSD wants a SOAP envelope: ProbeMatches, or the fault that many devices
// answer to nonsense with (WS-Discovery 1.1 section 5.3). A Probe is a request.
func matchWSD(p []byte, full bool) verdict {
	if len(p) < 5 {
		return short(full)
	}
	if p[0] != '<' {
		return no
	}
	if holds(p, "ProbeMatch", len(p)) || holds(p, "ResolveMatch", len(p)) || holds(p, "Fault", len(p)) {
		return yes
	}
	if full && (holds(p, "Probe", len(p)) || holds(p, "Resolve", len(p))) {
		return no
	}
	if holds(p, "nvelope", 256) || holds(p, "soap", 256) {
		return yes
	}
	return short(full)
}

// matchJenkins wants the XML in which Jenkins describes itself.
func matchJenkins(p []byte, full bool) verdict {
	v := begins(p, "<hudson>", full)
	if v != no {
		return v
	}
	return when(begins(p, "<?xml", full) == yes && holds(p, "hudson", 256))
}

// matchCoAP wants a response: version 1, token of at most 8 bytes, code class
// 2, 4 or 5 (RFC 7252 section 3). Class 0 is a request.
func matchCoAP(p []byte, full bool) verdict {
	if len(p) < 4 {
		return short(full)
	}
	class := p[1] >> 5
	return when(p[0]>>6 == 1 && p[0]&15 <= 8 && (class == 2 || class == 4 || class == 5) && len(p) >= 4+min(int(p[0]&15), 4))
}

// matchDHDiscover wants the header of Dahua's discovery, 32 bytes that begin
// with 20 00 00 00 "DHIP", and JSON that is not the search request.
func matchDHDiscover(p []byte, full bool) verdict {
	if len(p) < 34 {
		return short(full)
	}
	if u32(p) != 0x20000000 || u32(p[4:]) != txDHIP || p[32] != '{' {
		return no
	}
	return when(!holds(p[32:], "DHDiscover.search", 256))
}

// matchMemcached wants the frame header of memcached's UDP protocol (request,
// sequence, total, zero: protocol.txt) and, in the first datagram, a text
// answer. Later datagrams of one answer carry any data.
func matchMemcached(p []byte, full bool) verdict {
	if len(p) < 12 {
		return short(full)
	}
	seq, total := u16(p[2:]), u16(p[4:])
	if u16(p[6:]) != 0 || seq >= total {
		return no
	}
	if seq > 0 {
		return yes
	}
	switch u32(p[8:]) {
	case txVALU, txSTAT, txEND, txERRO, txSERV, txCLIE, txVERS, txSTOR, txNOTS, txEXIS, txDELD, txOKrn:
		return yes
	}
	return no
}

// matchBACnet wants a BVLC message (ASHRAE 135 annex J.2) with an NPDU whose
// APDU is an I-Am or I-Have or an answer: Simple-ACK, Complex-ACK, Segment-ACK,
// Error, Reject or Abort (clause 20.1); or a BVLC-Result.
func matchBACnet(p []byte, full bool) verdict {
	if len(p) < 6 {
		return short(full)
	}
	if p[0] != 0x81 || full && int(u16(p[2:])) != len(p) {
		return no
	}
	i := 4
	switch p[1] {
	case 0x00, 0x03, 0x07:
		return yes
	case 0x04:
		i += 6 // the address that it was forwarded for
	case 0x0a, 0x0b:
	default:
		return no
	}
	return bacnetNPDU(p, i, full)
}

// bacnetNPDU skips the network header (clause 6.2) and assesses the APDU type.
func bacnetNPDU(p []byte, i int, full bool) verdict {
	if i+2 > len(p) {
		return short(full)
	}
	if p[i] != 1 || p[i+1]&0x80 != 0 {
		return no
	}
	control := p[i+1]
	i += 2
	if control&0x20 != 0 {
		if i+3 > len(p) {
			return short(full)
		}
		i += 3 + int(p[i+2])
	}
	if control&0x08 != 0 {
		if i+3 > len(p) {
			return short(full)
		}
		i += 3 + int(p[i+2])
	}
	if control&0x20 != 0 {
		i++ // hop count
	}
	if i+2 > len(p) {
		return short(full)
	}
	t := p[i] >> 4
	return when(t >= 2 && t <= 7 || t == 1 && p[i+1] <= 1)
}

// matchUbiquiti wants the answer of Ubiquiti's discovery: version 1 command 0,
// or version 2, with the length of what follows. The request is 01 00 00 00.
func matchUbiquiti(p []byte, full bool) verdict {
	if len(p) < 4 {
		return short(full)
	}
	n := int(u16(p[2:]))
	head := p[0] == 1 && p[1] == 0 || p[0] == 2 && (p[1] == 6 || p[1] == 9 || p[1] == 11)
	return when(head && n > 0 && (!full || n == len(p)-4))
}

// matchLantronix wants the answers 00 00 00 f7 and 00 00 00 f9 to the queries
// f6 and f8 of Lantronix's setup protocol.
func matchLantronix(p []byte, full bool) verdict {
	if len(p) < 4 {
		return short(full)
	}
	w := u32(p)
	return when(w == 0xf7 || w == 0xf9 || w == 0xfd)
}

// matchSIP wants a response (RFC 3261 section 7.2).
func matchSIP(p []byte, full bool) verdict { return begins(p, "SIP/2.0 ", full) }

// matchBitTorrent wants an answer of the distributed hash table: a bencoded
// dictionary whose first key is "r" (BEP 5).
func matchBitTorrent(p []byte, full bool) verdict {
	v := begins(p, "d1:rd2:id20:", full)
	if v != no {
		return v
	}
	if len(p) >= 5 && (string(p[:5]) == "d1:ad" || string(p[:5]) == "d1:ar") {
		return ordinary
	}
	if len(p) >= 20 && (p[0] == 0x01 || p[0] == 0x11 || p[0] == 0x21 || p[0] == 0x31 || p[0] == 0x41) {
		return ordinary // uTP, BEP 29
	}
	return no
}

// matchKad wants an answer of Kademlia as eMule speaks it: 0xe4 (0xe5 where
// packed), then the opcode of a response.
func matchKad(p []byte, full bool) verdict {
	if len(p) < 2 {
		return short(full)
	}
	if p[0] == 0xe5 {
		return ordinary
	}
	if p[0] != 0xe4 {
		return no
	}
	switch p[1] {
	case 0x08, 0x09, 0x18, 0x19, 0x28, 0x29, 0x38, 0x3b, 0x48, 0x4b, 0x61:
		return yes
	}
	return ordinary
}

// connectionless assesses datagrams that begin with ff ff ff ff, as the games of
// the Quake and Source engines send them outside connections.
func connectionless(p []byte) model.Class {
	if len(p) < 6 {
		return None
	}
	switch p[4] {
	case 'T':
		if begins(p[4:], "TSource Engine Query", true) == yes {
			return UDPVSE
		}
	case 'I', 'A', 'D', 'E', 'm': // A2S answers: info, challenge, players, rules, old info
		if p[4] == 'm' || p[4] != 'I' || p[5] < 0x40 {
			return Steam
		}
	case 's', 'i', 'p':
		q := p[4:]
		if begins(q, "statusResponse", true) == yes || begins(q, "infoResponse", true) == yes || begins(q, "print\n", true) == yes {
			return Quake
		}
	}
	return None
}

func matchFiveM(p []byte, full bool) verdict { return matchGame(p, full, FiveM) }
func matchQuake(p []byte, full bool) verdict { return matchGame(p, full, Quake) }
func matchSteam(p []byte, full bool) verdict { return matchGame(p, full, Steam) }

// matchGame confirms answers of game servers; c is the class of the port.
func matchGame(p []byte, full bool, c model.Class) verdict {
	if len(p) < 8 {
		return short(full)
	}
	if w := u32(p); w != 0xffffffff {
		if w == 0xfeffffff && c == Steam {
			return yes // an answer split over packets
		}
		if c == FiveM || w>>24 != 0xff {
			return ordinary // a running game
		}
		return no
	}
	got := connectionless(p)
	if c == FiveM && got == Quake {
		return yes // the same engine family's words
	}
	return when(got == c)
}
