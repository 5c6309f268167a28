package vector

// Old small services and routing.

// matchCharGEN wants the rotating pattern of RFC 864: each character follows
// the one before, from space to tilde and round again.
func matchCharGEN(p []byte, full bool) verdict {
	if len(p) < 16 {
		return short(full)
	}
	for i := 1; i < 16; i++ {
		a, b := p[i-1], p[i]
		if a < ' ' || a > '~' {
			return no
		}
		if b != a+1 && (a < '}' || b > '!') {
			return no
		}
	}
	return yes
}

// matchQOTD wants printable text of at most 512 bytes (RFC 865) that is no
// CharGEN pattern: the service has no other mark.
func matchQOTD(p []byte, full bool) verdict {
	if len(p) < 8 {
		return short(full)
	}
	if len(p) > 1024 {
		return no
	}
	spaces := 0
	for _, c := range p[:min(len(p), 64)] {
		switch {
		case c == ' ':
			spaces++
		case c == '\r', c == '\n', c == '\t', c > ' ' && c != 0x7f:
		default:
			return no
		}
	}
	return when(spaces > 0)
}

// matchRIP wants a response (command 2) of version 1 or 2 whose length is whole
// entries (RFC 1058 section 3.1, RFC 2453 section 4).
func matchRIP(p []byte, full bool) verdict {
	if len(p) < 4 {
		return short(full)
	}
	ok := p[0] == 2 && (p[1] == 1 || p[1] == 2) && (p[1] == 2 || p[2]|p[3] == 0)
	return when(ok && (!full || len(p) > 4 && (len(p)-4)%20 == 0))
}

// matchTFTP wants DATA (3) of block 1 of at most 512 bytes, or ERROR (5) with
// a code of RFC 1350 and its text ended by a zero.
func matchTFTP(p []byte, full bool) verdict {
	if len(p) < 5 {
		return short(full)
	}
	switch u16(p) {
	case 3:
		return when(u16(p[2:]) == 1 && len(p) <= 516)
	case 5:
		return when(u16(p[2:]) <= 8 && (!full || p[len(p)-1] == 0))
	}
	return no
}

// matchNTP wants a private-mode (7) or control (6) answer, whose response bit
// is set (RFC 9327 section 2; ntpd's ntp_request.h). Mode 4 of 48 bytes and
// more is the ordinary answer that tells the time (RFC 5905 section 7.3).
func matchNTP(p []byte, full bool) verdict {
	if len(p) < 4 {
		return short(full)
	}
	switch p[0] & 7 {
	case 7:
		return when(p[0]&0x80 != 0)
	case 6:
		return when(p[1]&0x80 != 0)
	case 4:
		v := p[0] >> 3 & 7
		if v >= 1 && v <= 4 && (!full || len(p) >= 48) {
			return ordinary
		}
	}
	return no
}

// matchNATPMP wants an answer: version 0 with opcode 128 and up (RFC 6886
// section 3.2), or PCP version 2 with the response bit (RFC 6887 section 7.2).
func matchNATPMP(p []byte, full bool) verdict {
	if len(p) < 4 {
		return short(full)
	}
	switch p[0] {
	case 0:
		return when(p[1] >= 128 && p[1] <= 130 && u16(p[2:]) <= 5)
	case 2:
		return when(p[1]&0x80 != 0 && (!full || len(p) >= 24 && len(p)%4 == 0))
	}
	return no
}
