package seal

import (
	"net/netip"
	"regexp"
	"strconv"
	"strings"
)

var (
	arpa   = regexp.MustCompile(`(?i)(?:\d{1,3}\.){4}in-addr\.arpa|(?:x\.)?(?:[0-9a-f]\.){12,32}ip6\.arpa`)
	colons = regexp.MustCompile(`[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*`)
	dotted = regexp.MustCompile(`\d{1,3}(?:\.\d{1,5}){3,}(?:/\d{1,3})?`)
	dashed = regexp.MustCompile(`\d{1,3}(?:-\d{1,3}){3,}|\d{1,3}(?:_\d{1,3}){3,}`)
	length = regexp.MustCompile(`^/\d{1,3}`)
)

// content reports whether four numbers in a row could be an address.
func content(parts []string) bool {
	run := 0
	for _, p := range parts {
		n, err := strconv.Atoi(p)
		if err != nil || n > 255 || len(p) > 3 {
			run = 0
			continue
		}
		if run++; run == 4 {
			return true
		}
	}
	return false
}

// v4 truncates a dotted token. Five numbers are an address and a port as
// tcpdump writes them, or something longer: all but the first three go.
func (r Rules) v4(token string) string {
	body, bits := token, ""
	if i := strings.IndexByte(token, '/'); i >= 0 {
		body, bits = token[:i], token[i:]
	}
	parts := strings.Split(body, ".")
	if !content(parts) {
		return token
	}
	if a, err := netip.ParseAddr(body); err == nil {
		return r.prefix(a, bits, token)
	}
	if a, err := netip.ParseAddr(strings.Join(parts[:4], ".")); err == nil && len(parts) == 5 {
		if r.hides(netip.PrefixFrom(a, 32)) {
			return hidden
		}
		p, cut := r.truncate(netip.PrefixFrom(a, 32))
		if !cut {
			return token
		}
		return p.String() + "." + parts[4]
	}
	if len(parts) == 5 && parts[3] == "0" && strings.HasPrefix(bits, "/24") {
		return token
	}
	for i := 3; i < len(parts); i++ {
		parts[i] = "x"
	}
	return strings.Join(parts, ".") + bits
}

// prefix truncates an address with an optional prefix length; whole is what
// stands in the text, returned where nothing is to be hidden.
func (r Rules) prefix(a netip.Addr, bits, whole string) string {
	n := a.BitLen()
	if b, err := strconv.Atoi(strings.TrimPrefix(bits, "/")); err == nil && b < n {
		n = b
	}
	given := netip.PrefixFrom(a, n)
	if r.hides(given) {
		return hidden
	}
	p, cut := r.truncate(given)
	if cut {
		return p.String()
	}
	// A network that is short enough, but written with host bits.
	if m := p.Masked(); m.Addr() != p.Addr() && !r.keeps(netip.PrefixFrom(p.Addr(), p.Addr().BitLen())) {
		return m.String()
	}
	return whole
}

// dashes hides the last number of names like host-203-0-113-7.
func (r Rules) dashes(token string) string {
	sep := "-"
	if strings.Contains(token, "_") {
		sep = "_"
	}
	parts := strings.Split(token, sep)
	if !content(parts) {
		return token
	}
	if a, err := netip.ParseAddr(strings.Join(parts, ".")); err == nil {
		switch p := netip.PrefixFrom(a, 32); {
		case r.keeps(p):
			return token
		case r.hides(p):
			return hidden
		}
	}
	for i := 3; i < len(parts); i++ {
		parts[i] = "x"
	}
	return strings.Join(parts, sep)
}

// reverse hides the host in a reversed name (RFC 1035 section 3.5, RFC 3596
// section 2.5): the first number of 7.113.0.203.in-addr.arpa, all but the last
// 12 nibbles (48 bits) below ip6.arpa.
func (r Rules) reverse(name string) string {
	parts := strings.Split(name, ".")
	if len(parts) > 6 {
		if n := len(parts) - 14; n > 0 {
			return "x." + strings.Join(parts[n:], ".")
		}
		return name
	}
	a, err := netip.ParseAddr(strings.Join([]string{parts[3], parts[2], parts[1], parts[0]}, "."))
	if err == nil {
		switch p := netip.PrefixFrom(a, 32); {
		case r.keeps(p):
			return name
		case r.hides(p):
			return hidden
		}
	}
	return "x." + strings.Join(parts[1:], ".")
}

// v6 truncates what parses as an IPv6 address.
func (r Rules) v6(s string) string {
	var out strings.Builder
	last := 0
	for _, m := range colons.FindAllStringIndex(s, -1) {
		if m[0] < last {
			continue
		}
		from, to := m[0], m[1]
		if from > 0 && isWord(s[from-1]) { // the end of a word such as "src:"
			from += strings.IndexByte(s[from:to], ':') + 1
		}
		bits := ""
		if m := length.FindString(s[to:]); m != "" {
			bits = m
		}
		shown, used := r.colonToken(s[from:to], bits)
		out.WriteString(s[last:from])
		out.WriteString(shown)
		last = from + used
	}
	return out.String() + s[last:]
}

func isWord(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9' }

// colonToken gives the replacement of a run of hexadecimal digits, colons and
// dots, and how much of it (and of the prefix length after it) was replaced.
func (r Rules) colonToken(token, bits string) (string, int) {
	for cut := len(token); cut > 0; cut = strings.LastIndexAny(token[:cut], ":.") {
		a, err := netip.ParseAddr(token[:cut])
		if err != nil || strings.Count(token[:cut], ":") < 2 {
			continue
		}
		if cut < len(token) {
			bits = ""
		}
		whole := token[:cut] + bits
		return r.prefix(a, bits, whole), len(whole)
	}
	groups := strings.Split(token, ":")
	if len(groups) < 6 || strings.Contains(token, ".") || len(groups) == 6 && len(token) <= 17 { // few groups, or a MAC address
		return token, len(token)
	}
	return strings.Join(groups[:3], ":") + ":x", len(token)
}
