package vector

import "encoding/binary"

// match asks whether p is an answer of service s. full says that p is the
// whole datagram's payload, so that lengths inside it can be compared with it.
func match(s svc, p []byte, full bool) verdict { return matchers[s](p, full) }

// matchers holds the check of each service.
var matchers = [numServices]func(p []byte, full bool) verdict{
	svcNone:       matchUnknown,
	svcAFS:        matchAFS,
	svcARMS:       matchARMS,
	svcBACnet:     matchBACnet,
	svcBitTorrent: matchBitTorrent,
	svcCharGEN:    matchCharGEN,
	svcCitrixICA:  matchCitrix,
	svcCLDAP:      matchCLDAP,
	svcCoAP:       matchCoAP,
	svcCrestron:   matchCrestron,
	svcDHDiscover: matchDHDiscover,
	svcDNS:        matchDNS,
	svcDTLS:       matchDTLS,
	svcFiveM:      matchFiveM,
	svcIKE:        matchIKE,
	svcIPMI:       matchIPMI,
	svcJenkins:    matchJenkins,
	svcKad:        matchKad,
	svcL2TP:       matchL2TP,
	svcLantronix:  matchLantronix,
	svcMDNS:       matchDNS,
	svcMemcached:  matchMemcached,
	svcMSSQL:      matchMSSQL,
	svcNATPMP:     matchNATPMP,
	svcNetBIOS:    matchNetBIOS,
	svcNetis:      matchNetis,
	svcNTP:        matchNTP,
	svcOpenVPN:    matchOpenVPN,
	svcPlex:       matchPlex,
	svcPortmap:    matchRPC,
	svcQOTD:       matchQOTD,
	svcQuake:      matchQuake,
	svcQUIC:       matchQUIC,
	svcRDP:        matchRDP,
	svcRIP:        matchRIP,
	svcSentinel:   matchUnknown,
	svcSIP:        matchSIP,
	svcSLP:        matchSLP,
	svcSNMP:       matchSNMP,
	svcSSDP:       matchSSDP,
	svcSteam:      matchSteam,
	svcSTUN:       matchSTUN,
	svcTFTP:       matchTFTP,
	svcTP240:      matchUnknown,
	svcUbiquiti:   matchUbiquiti,
	svcVxWorks:    matchRPC,
	svcWSD:        matchWSD,
	svcXDMCP:      matchXDMCP,
}

// matchUnknown is for services whose answers nobody has described.
func matchUnknown([]byte, bool) verdict { return cut }

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

// holds looks for s in the first limit bytes of p.
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
// length takes more than four bytes.
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
