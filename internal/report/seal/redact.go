package seal

import (
	"net/netip"
	"strings"
)

// Rules tells which addresses a redacted report keeps: those of the target as
// the report names it. Everybody else's are truncated to /24 and /48. The report
// of an incident of a service is for everybody: there the target's are hidden
// altogether, for the service is named.
type Rules struct {
	keep, hide []netip.Prefix
}

// hidden stands in place of an address of the target.
const hidden = "target"

// hides reports whether something lies in the target, or holds it nearly alone.
func (r Rules) hides(p netip.Prefix) bool {
	for _, h := range r.hide {
		if h.Overlaps(p) && p.Bits() >= h.Bits()-8 {
			return true
		}
	}
	return false
}

// hideAll turns what would be kept into what is hidden.
func (r Rules) hideAll() Rules { return Rules{hide: r.keep} }

// newRules reads the target's prefixes. What does not parse, and prefixes so
// short that they are no target (shorter than /8 or /16), keep nothing.
func newRules(target []string) Rules {
	var r Rules
	for _, s := range target {
		p, err := netip.ParsePrefix(s)
		if err != nil {
			a, err := netip.ParseAddr(s)
			if err != nil {
				continue
			}
			p = netip.PrefixFrom(a, a.BitLen())
		}
		if p.Addr().Is4() && p.Bits() >= 8 || !p.Addr().Is4() && p.Bits() >= 16 {
			r.keep = append(r.keep, p.Masked())
		}
	}
	return r
}

func (r Rules) keeps(p netip.Prefix) bool {
	for _, k := range r.keep {
		if k.Bits() <= p.Bits() && k.Contains(p.Addr()) {
			return true
		}
	}
	return false
}

// Text truncates every third party's address in s: IPv4 and IPv6 in their
// usual forms, with ports or prefix lengths, in reverse-DNS names, in names
// like host-203-0-113-7, and in hexadecimal dumps that hold an IP header.
// Text(Text(s)) is Text(s).
func (r Rules) Text(s string) string {
	for range 4 {
		if !mayHold(s) {
			return s
		}
		cut := r.pass(s)
		if cut == s {
			return s
		}
		s = cut
	}
	return "withheld" // made to confuse: never seen in honest text
}

// pass hides what can be seen at once. What it writes may, next to odd text,
// look like an address again, so Text repeats it.
func (r Rules) pass(s string) string {
	if !strings.Contains(strings.ToLower(s), ".arpa") {
		return r.plain(s)
	}
	// Reversed names are done apart, for their digits look like addresses.
	var out strings.Builder
	last := 0
	for _, m := range arpa.FindAllStringIndex(s, -1) {
		out.WriteString(r.plain(s[last:m[0]]))
		out.WriteString(r.reverse(s[m[0]:m[1]]))
		last = m[1]
	}
	out.WriteString(r.plain(s[last:]))
	return out.String()
}

// plain does everything but reversed names.
func (r Rules) plain(s string) string {
	s = r.v6(s)
	s = dotted.ReplaceAllStringFunc(s, r.v4)
	s = dashed.ReplaceAllStringFunc(s, r.dashes)
	return hexRun.ReplaceAllStringFunc(s, r.hex)
}

// mayHold is a cheap test that lets most strings pass untouched.
func mayHold(s string) bool {
	digits, seps := 0, 0
	for i := range len(s) {
		switch c := s[i]; {
		case '0' <= c && c <= '9', 'a' <= c && c <= 'f', 'A' <= c && c <= 'F':
			digits++
		case c == '.' || c == ':' || c == '-' || c == '_':
			seps++
		}
	}
	return seps >= 2 && digits > 0 || digits >= 2*ipHeader
}

// truncate gives the network that a redacted report shows for an address.
func (r Rules) truncate(p netip.Prefix) (netip.Prefix, bool) {
	a := p.Addr()
	if a.Is4In6() {
		p = netip.PrefixFrom(a.Unmap(), max(p.Bits()-96, 0))
		a = p.Addr()
	}
	bits := 48
	switch {
	case a.Is4():
		bits = 24
	case sixToFour.Contains(a):
		bits = 40 // 2002:AABB:CC00::/40 holds 24 bits of an IPv4 address (RFC 3056)
	}
	if p.Bits() <= bits || a.IsUnspecified() || r.keeps(p) {
		return p, false
	}
	return netip.PrefixFrom(a, bits).Masked(), true
}

var sixToFour = netip.MustParsePrefix("2002::/16")
