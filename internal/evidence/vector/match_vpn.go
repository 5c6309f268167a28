package vector

// Handshakes of tunnels and media: the answer to a first packet is longer, or
// is repeated when nobody replies.

// matchQUIC wants a long header (RFC 8999 section 5.1) that a server sends
// before it has validated the address: version negotiation (RFC 9000 section
// 17.2.1), Initial, Handshake or Retry of version 1 or 2 (RFC 9369), of a draft
// or of Google's and Facebook's own. A short header with the fixed bit is
// ordinary data.
func matchQUIC(p []byte, full bool) verdict {
	if len(p) < 7 {
		return short(full)
	}
	if p[0] == 0x0e { // Google's public reset, before the standard
		if len(p) < 13 {
			return short(full)
		}
		return when(string(p[9:13]) == "PRST")
	}
	if p[0]&0x80 == 0 {
		if p[0]&0x40 != 0 && (!full || len(p) >= 21) {
			return ordinary
		}
		return no
	}
	if p[5] > 20 { // connection ids have at most 20 bytes
		return no
	}
	v := u32(p[1:])
	switch {
	case v == 0:
		return yes
	case v == 1, v == 0x6b3343cf, v>>8 == 0xff0000, v>>8 == 0xfaceb0, v>>24 == 'Q', v>>24 == 'T':
		return when(p[0]&0x40 != 0)
	}
	return no
}

// matchDTLS wants a handshake record (22) of DTLS 1.0 or 1.2 with ServerHello
// (2) or HelloVerifyRequest (3): RFC 6347 section 4.2. Application data (23)
// and the other types are ordinary.
func matchDTLS(p []byte, full bool) verdict {
	if len(p) < 14 {
		return short(full)
	}
	if p[1] != 0xfe || p[2] != 0xff && p[2] != 0xfd {
		return no
	}
	switch p[0] {
	case 22:
		return when(u16(p[3:]) == 0 && (p[13] == 2 || p[13] == 3))
	case 20, 21, 23:
		return ordinary
	}
	return no
}

// matchOpenVPN wants P_CONTROL_HARD_RESET_SERVER, version 1 (opcode 2) or 2
// (opcode 8), with key 0. Data and acknowledgements are ordinary.
func matchOpenVPN(p []byte, full bool) verdict {
	if len(p) < 14 {
		return short(full)
	}
	switch p[0] >> 3 {
	case 2, 8:
		return when(p[0]&7 == 0 && len(p) <= 128)
	case 3, 4, 5, 6, 9:
		return ordinary
	}
	return no
}

// matchL2TP wants a control message of version 2 that is SCCRP (2) or StopCCN
// (4): RFC 2661 sections 3.1 and 4.4.1. Data messages are ordinary.
func matchL2TP(p []byte, full bool) verdict {
	if len(p) < 2 {
		return short(full)
	}
	if p[1]&0x0f != 2 {
		return no
	}
	if p[0]&0x80 == 0 {
		return ordinary
	}
	if p[0]&0x48 != 0x48 { // control messages carry length and sequence
		return no
	}
	if len(p) < 20 {
		return short(full)
	}
	if full && int(u16(p[2:])) != len(p) {
		return no
	}
	t := u16(p[18:])
	if u16(p[14:])|u16(p[16:]) != 0 { // the first attribute is the message type
		return no
	}
	if t == 2 || t == 4 {
		return yes
	}
	return ordinary
}

// matchIKE wants an answer of the key exchange: in IKEv2 the response flag (RFC
// 7296 section 3.1), in IKEv1 a responder cookie in a phase 1 or informational
// exchange (RFC 2408 section 3.1). On port 4500 four zero bytes come first;
// anything else there is ESP (RFC 3948 section 2).
func matchIKE(p []byte, full bool) verdict {
	if len(p) == 1 && full && p[0] == 0xff {
		return ordinary // NAT keepalive
	}
	if len(p) < 8 {
		return short(full)
	}
	if u32(p) == 0 {
		p = p[4:]
	}
	if len(p) < 28 {
		return short(full)
	}
	header := u32(p)|u32(p[4:]) != 0 && (!full || int(u32(p[24:])) == len(p))
	switch {
	case header && p[17] == 0x20 && p[18] >= 34 && p[18] <= 43:
		return when(p[19]&0x20 != 0)
	case header && p[17] == 0x10 && (p[18] == 2 || p[18] == 4 || p[18] == 5):
		return when(u32(p[8:])|u32(p[12:]) != 0)
	}
	return ordinary // ESP in UDP looks like anything
}

// matchSTUN wants a success or error response with the magic cookie and its
// length (RFC 8489 section 5). Requests, indications and what shares the port
// by its first octet (DTLS, channel data, RTP: RFC 7983) are ordinary.
func matchSTUN(p []byte, full bool) verdict {
	if len(p) < 20 {
		return short(full)
	}
	if p[0] >= 20 && p[0] < 80 || p[0] >= 128 && p[0] < 192 {
		return ordinary
	}
	n := int(u16(p[2:]))
	if p[0]&0xc0 != 0 || u32(p[4:]) != 0x2112a442 || n%4 != 0 || full && n != len(p)-20 {
		return no
	}
	if p[0]&1 == 0 {
		return ordinary
	}
	return yes
}

// matchRDP wants an answer to a connection request over UDP: SYN and ACK
// together in the FEC header (MS-RDPEUDP sections 2.2.2.1 and 3.1.5.1.3).
func matchRDP(p []byte, full bool) verdict {
	if len(p) < 8 {
		return short(full)
	}
	switch f := u16(p[6:]); {
	case f&5 == 5 && u32(p) != 0xffffffff:
		return yes
	case f&1 == 0:
		return ordinary
	}
	return no
}
