package vector

import "encoding/binary"

// match asks whether p is an answer of service s. full says that p is the
// whole datagram's payload, so that lengths inside it can be compared with it.
func match(s svc, p []byte, full bool) verdict {
	switch s {
	case svcAFS:
		return matchAFS(p, full)
	case svcARMS:
		return matchARMS(p, full)
	case svcBACnet:
		return matchBACnet(p, full)
	case svcBitTorrent:
		return matchBitTorrent(p, full)
	case svcCharGEN:
		return matchCharGEN(p, full)
	case svcCitrixICA:
		return matchCitrix(p, full)
	case svcCLDAP:
		return matchCLDAP(p, full)
	case svcCoAP:
		return matchCoAP(p, full)
	case svcCrestron:
		return matchCrestron(p, full)
	case svcDHDiscover:
		return matchDHDiscover(p, full)
	case svcDNS, svcMDNS:
		return matchDNS(p, full)
	case svcFiveM:
		return matchGame(p, full, FiveM)
	case svcIKE:
		return matchIKE(p, full)
	case svcIPMI:
		return matchIPMI(p, full)
	case svcJenkins:
		return matchJenkins(p, full)
	case svcKad:
		return matchKad(p, full)
	case svcL2TP:
		return matchL2TP(p, full)
	case svcLantronix:
		return matchLantronix(p, full)
	case svcMemcached:
		return matchMemcached(p, full)
	case svcMSSQL:
		return matchMSSQL(p, full)
	case svcNATPMP:
		return matchNATPMP(p, full)
	case svcNetBIOS:
		return matchNetBIOS(p, full)
	case svcNetis:
		return matchNetis(p, full)
	case svcNTP:
		return matchNTP(p, full)
	case svcOpenVPN:
		return matchOpenVPN(p, full)
	case svcPlex:
		return matchPlex(p, full)
	case svcPortmap, svcVxWorks:
		return matchRPC(p, full)
	case svcQOTD:
		return matchQOTD(p, full)
	case svcQuake:
		return matchGame(p, full, Quake)
	case svcQUIC:
		return matchQUIC(p, full)
	case svcRDP:
		return matchRDP(p, full)
	case svcRIP:
		return matchRIP(p, full)
	case svcSentinel, svcTP240:
		return cut // what their answers look like is not published
	case svcSIP:
		return matchSIP(p, full)
	case svcSLP:
		return matchSLP(p, full)
	case svcSNMP:
		return matchSNMP(p, full)
	case svcSSDP:
		return matchSSDP(p, full)
	case svcSteam:
		return matchGame(p, full, Steam)
	case svcSTUN:
		return matchSTUN(p, full)
	case svcTFTP:
		return matchTFTP(p, full)
	case svcUbiquiti:
		return matchUbiquiti(p, full)
	case svcWSD:
		return matchWSD(p, full)
	case svcXDMCP:
		return matchXDMCP(p, full)
	}
	return no
}

// short is the verdict on a payload too short to decide.
func short(full bool) verdict {
	if full {
		return no
	}
	return cut
}

// when turns a decided condition into a verdict.
func when(b bool) verdict {
	if b {
		return yes
	}
	return no
}

func u16(p []byte) uint16 { return binary.BigEndian.Uint16(p) }
func u32(p []byte) uint32 { return binary.BigEndian.Uint32(p) }

// begins reports whether p starts with s as far as p was captured: yes, no, or
// cut where p ends before s does.
func begins(p []byte, s string, full bool) verdict {
	n := min(len(p), len(s))
	if string(p[:n]) != s[:n] {
		return no
	}
	if n < len(s) {
		return short(full)
	}
	return yes
}

// holds looks for s in the first limit octets of p.
func holds(p []byte, s string, limit int) bool {
	p = p[:min(len(p), limit)]
	for i := 0; i+len(s) <= len(p); i++ {
		if p[i] == s[0] && string(p[i:i+len(s)]) == s {
			return true
		}
	}
	return false
}

// ber reads the length at p[i] of a BER value (ITU-T X.690 section 8.1.3) and
// returns where its content begins. ok is false where p ends first or the
// length takes more than four octets.
func ber(p []byte, i int) (length, content int, ok bool) {
	if i >= len(p) {
		return 0, 0, false
	}
	b := p[i]
	if b < 0x80 {
		return int(b), i + 1, true
	}
	return berLong(p, i)
}

// berLong reads the long form, apart so that the short one is inlined.
func berLong(p []byte, i int) (length, content int, ok bool) {
	n := int(p[i] & 0x7f)
	if n == 0 || n > 4 || i+1+n > len(p) {
		return 0, 0, false
	}
	for _, c := range p[i+1 : i+1+n] {
		length = length<<8 | int(c)
	}
	return length, i + 1 + n, length <= 1<<24
}
