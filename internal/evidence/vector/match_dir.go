package vector

// Directories and management: BER, RPC and name services.

// matchSNMP wants a Response-PDU (0xa2) or Report-PDU (0xa8): RFC 3416 section
// 3. A request is 0xa0, 0xa1, 0xa3 or 0xa5. In version 3 the PDU may be
// encrypted; there an answer is a message that asks for no report (RFC 3412
// section 6.4).
func matchSNMP(p []byte, full bool) verdict {
	if len(p) < 7 {
		return short(full)
	}
	if p[0] != 0x30 {
		return no
	}
	_, i, ok := ber(p, 1)
	if !ok {
		return short(full)
	}
	if i+3 > len(p) {
		return short(full)
	}
	if p[i] != 2 || p[i+1] != 1 || p[i+2] > 3 {
		return no
	}
	if p[i+2] == 3 {
		return snmp3(p, i+3, full)
	}
	i += 3
	if i+1 >= len(p) {
		return short(full)
	}
	n, i, ok := ber(p, i+1)
	if !ok || i+n >= len(p) {
		return short(full)
	}
	return when(p[i+n] == 0xa2 || p[i+n] == 0xa8)
}

// snmp3 reads msgGlobalData: id, maximum size, flags, security model.
func snmp3(p []byte, i int, full bool) verdict {
	if i+2 > len(p) {
		return short(full)
	}
	if p[i] != 0x30 {
		return no
	}
	i += 2
	for range 2 {
		if i+1 >= len(p) {
			return short(full)
		}
		if p[i] != 2 || p[i+1] > 5 {
			return no
		}
		i += 2 + int(p[i+1])
	}
	if i+3 > len(p) {
		return short(full)
	}
	return when(p[i] == 4 && p[i+1] == 1 && p[i+2]&4 == 0)
}

// matchCLDAP wants a searchResEntry (0x64) or searchResDone (0x65) in an
// LDAPMessage: RFC 4511 section 4.5.2. A search request is 0x63.
func matchCLDAP(p []byte, full bool) verdict {
	if len(p) < 7 {
		return short(full)
	}
	if p[0] != 0x30 {
		return no
	}
	_, i, ok := ber(p, 1)
	if !ok || i+2 > len(p) {
		return short(full)
	}
	if p[i] != 2 || p[i+1] == 0 || p[i+1] > 5 {
		return no
	}
	i += 2 + int(p[i+1])
	if i >= len(p) {
		return short(full)
	}
	return when(p[i] == 0x64 || p[i] == 0x65)
}

// matchRPC wants an ONC RPC reply: message type 1, then reply_stat 0 or 1 (RFC
// 5531 section 9). A call is message type 0.
func matchRPC(p []byte, full bool) verdict {
	if len(p) < 12 {
		return short(full)
	}
	return when(u32(p[4:]) == 1 && u32(p[8:]) <= 1)
}

// matchNetBIOS wants a name service answer: the response bit, one answer, no
// question (RFC 1002 section 4.2.1.1 and 4.2.18).
func matchNetBIOS(p []byte, full bool) verdict {
	if len(p) < 12 {
		return short(full)
	}
	return when(p[2]&0x80 != 0 && u16(p[4:]) == 0 && u16(p[6:]) <= 1 && u16(p[8:])|u16(p[10:]) <= 1)
}

// matchSLP wants a reply or advertisement: version 2 with its length (RFC 2608
// section 8), or version 1 (RFC 2165). Functions 2 SrvRply, 5 SrvAck, 7
// AttrRply, 8 DAAdvert, 10 SrvTypeRply, 11 SAAdvert.
func matchSLP(p []byte, full bool) verdict {
	if len(p) < 5 {
		return short(full)
	}
	switch p[1] {
	case 2, 5, 7, 8, 10, 11:
	default:
		return no
	}
	switch p[0] {
	case 1:
		return when(!full || int(u16(p[2:])) == len(p))
	case 2:
		n := int(p[2])<<16 | int(u16(p[3:]))
		return when(n >= 14 && (!full || n == len(p)))
	}
	return no
}

// matchMSSQL wants SVR_RESP: 0x05 and the length of the text, low byte first
// (MC-SQLR section 2.2.5).
func matchMSSQL(p []byte, full bool) verdict {
	if len(p) < 3 {
		return short(full)
	}
	n := int(p[1]) | int(p[2])<<8
	return when(p[0] == 5 && n > 0 && (!full || n == len(p)-3))
}

// matchXDMCP wants Willing (5), Unwilling (6), Accept (8), Decline (9), Refuse
// (11) or Failed (12) in version 1, with its length (X Display Manager Control
// Protocol, section 4).
func matchXDMCP(p []byte, full bool) verdict {
	if len(p) < 6 {
		return short(full)
	}
	op := u16(p[2:])
	ok := op == 5 || op == 6 || op == 8 || op == 9 || op == 11 || op == 12
	return when(u16(p) == 1 && ok && (!full || int(u16(p[4:])) == len(p)-6))
}

// matchAFS wants an Rx version packet (type 13) sent by a server, which has
// the client-initiated flag clear.
func matchAFS(p []byte, full bool) verdict {
	if len(p) < 28 {
		return short(full)
	}
	return when(p[20] == 13 && p[21]&1 == 0)
}

// matchIPMI wants an RMCP message (ASF 2.0 section 3.2.2.2) that is an ASF
// Presence Pong (0x40), an IPMI response (odd network function, IPMI 2.0
// section 5.1) or an RMCP+ answer (payload types 0x11, 0x13, 0x15, section
// 13.27.3).
func matchIPMI(p []byte, full bool) verdict {
	if len(p) < 9 {
		return short(full)
	}
	if p[0] != 6 || p[1] != 0 {
		return no
	}
	switch p[3] & 0x1f {
	case 6:
		return when(u32(p[4:]) == 0x000011be && p[8] == 0x40)
	case 7:
		if p[4] == 6 {
			t := full || len(p) > 5
			return when(t && (p[5]&0x3f == 0x11 || p[5]&0x3f == 0x13 || p[5]&0x3f == 0x15))
		}
		i := 15 // authentication type, sequence number, session, length, address
		if p[4] != 0 {
			i += 16
		}
		if i >= len(p) {
			return short(full)
		}
		return when(p[i]>>2&1 == 1)
	}
	return no
}
