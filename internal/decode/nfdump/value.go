package nfdump

import (
	"math"
	"net/netip"

	"floodmark/internal/model"
)

// number reads a decimal number.
func number(b []byte) (uint64, bool) {
	if len(b) == 0 || len(b) > 19 {
		return 0, false
	}
	var v uint64
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		v = v*10 + uint64(c-'0')
	}
	return v, true
}

// fraction reads the digits after a decimal point as ns.
func fraction(b []byte) (int64, bool) {
	if len(b) == 0 || len(b) > 9 {
		return 0, false
	}
	v, ok := number(b)
	for range 9 - len(b) {
		v *= 10
	}
	return int64(v), ok
}

// cutDot splits "12.345" into the digits before the point and ns.
func cutDot(b []byte) (whole []byte, ns int64, ok bool) {
	for i, c := range b {
		if c == '.' {
			ns, ok = fraction(b[i+1:])
			return b[:i], ns, ok
		}
	}
	return b, 0, true
}

// instant reads a time: Unix seconds with or without a fraction, or
// "2006-01-02 15:04:05" (or with a T), with or without a fraction, which has no
// zone and is read as UTC. whole says that there was no fraction.
func instant(b []byte) (ns int64, zoneless, whole, ok bool) {
	b, frac, ok := cutDot(b)
	whole = frac == 0
	if !ok {
		return 0, false, false, false
	}
	if v, isNumber := number(b); isNumber {
		return int64(v)*1e9 + frac, false, whole, v <= math.MaxInt64/1_000_000_000-1
	}
	if len(b) != 19 || b[4] != '-' || b[7] != '-' || b[10] != ' ' && b[10] != 'T' || b[13] != ':' || b[16] != ':' {
		return 0, false, false, false
	}
	var p [6]int64
	for i, cut := range [6][2]int{{0, 4}, {5, 7}, {8, 10}, {11, 13}, {14, 16}, {17, 19}} {
		v, digits := number(b[cut[0]:cut[1]])
		if !digits {
			return 0, false, false, false
		}
		p[i] = int64(v)
	}
	if p[0] < 1970 || p[0] > 2200 || p[1] < 1 || p[1] > 12 || p[2] < 1 || p[2] > 31 || p[3] > 23 || p[4] > 59 || p[5] > 60 {
		return 0, false, false, false
	}
	return (daysFrom1970(p[0], p[1], p[2])*86400+p[3]*3600+p[4]*60+p[5])*1e9 + frac, true, whole, true
}

// daysFrom1970 counts days of the Gregorian calendar, with the year taken to
// begin in March so that the leap day is its last.
func daysFrom1970(y, m, d int64) int64 {
	if m <= 2 {
		y, m = y-1, m+12
	}
	return 365*y + y/4 - y/100 + y/400 + (153*(m-3)+2)/5 + d - 719469
}

// duration reads seconds ("0.100") or "1 02:03:04.100", days in front only
// where there are any.
func duration(b []byte) (int64, bool) {
	b, frac, ok := cutDot(b)
	if !ok {
		return 0, false
	}
	units := [4]int64{1, 60, 3600, 86400}
	var sec int64
	end := len(b)
	for k := range units {
		i := end
		for i > 0 && b[i-1] >= '0' && b[i-1] <= '9' {
			i--
		}
		v, digits := number(b[i:end])
		if !digits || v > 1<<31 {
			return 0, false
		}
		sec += int64(v) * units[k]
		if i == 0 {
			return sec*1e9 + frac, true
		}
		if b[i-1] != ':' && b[i-1] != ' ' && b[i-1] != 'd' {
			return 0, false
		}
		end = i - 1
	}
	return 0, false
}

// flags reads TCP flags: letters at any place ("...AP.SF"), or hexadecimal.
func flags(b []byte) (uint8, bool) {
	if len(b) > 2 && b[0] == '0' && b[1] == 'x' {
		v := 0
		for _, c := range b[2:] {
			switch {
			case c >= '0' && c <= '9':
				v = v<<4 | int(c-'0')
			case c >= 'a' && c <= 'f':
				v = v<<4 | int(c-'a'+10)
			default:
				return 0, false
			}
		}
		return uint8(v), len(b) <= 6
	}
	var f uint8
	for _, c := range b {
		switch c {
		case 'F':
			f |= model.FIN
		case 'S':
			f |= model.SYN
		case 'R':
			f |= model.RST
		case 'P':
			f |= model.PSH
		case 'A':
			f |= model.ACK
		case 'U':
			f |= model.URG
		case 'E':
			f |= model.ECE
		case 'C', 'W':
			f |= model.CWR
		case '.':
		default:
			return 0, false
		}
	}
	return f, len(b) > 0
}

// address reads an IPv4 or IPv6 address without allocating for IPv4.
func address(b []byte) (model.Addr, bool) {
	if v, ok := ipv4(b); ok {
		return model.Addr4(v), true
	}
	a, err := netip.ParseAddr(string(b))
	if err != nil || a.Zone() != "" {
		return model.Addr{}, false
	}
	return model.AddrFromNetip(a), true
}

func ipv4(b []byte) (uint32, bool) {
	var v, part uint32
	dots, digits := 0, 0
	for _, c := range b {
		switch {
		case c >= '0' && c <= '9' && digits < 3:
			part, digits = part*10+uint32(c-'0'), digits+1
		case c == '.' && digits > 0 && part <= 255:
			v, part, dots, digits = v<<8|part, 0, dots+1, 0
		default:
			return 0, false
		}
	}
	return v<<8 | part, dots == 3 && digits > 0 && part <= 255
}
