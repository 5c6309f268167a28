package claim

import (
	"cmp"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// maxList bounds a list of countries, networks or prefixes.
const maxList = 256

// place reads the list behind "country=", "as=" or "prefix=".
func (p *parser) place(kind string) (Place, error) {
	var out Place
	for n := 0; ; n++ {
		t := p.next()
		if n == maxList {
			return Place{}, p.fail(t, "at most "+strconv.Itoa(maxList)+" entries", nil)
		}
		if err := p.entry(&out, kind, t); err != nil {
			return Place{}, err
		}
		if !p.accept(",") {
			break
		}
	}
	slices.Sort(out.Countries)
	out.Countries = slices.Compact(out.Countries)
	slices.Sort(out.Networks)
	out.Networks = slices.Compact(out.Networks)
	out.Prefixes = dropNested(out.Prefixes)
	return out, nil
}

func (p *parser) entry(out *Place, kind string, t token) error {
	switch kind {
	case "country":
		code, ok := "", false
		if t.text != "" && p.names.Code != nil {
			code, ok = p.names.Code(t.text)
		}
		if !ok {
			return p.fail(t, "a country name or ISO 3166-1 code", p.names.Known)
		}
		out.Countries = append(out.Countries, code)
	case "as":
		n, err := strconv.ParseUint(strings.TrimPrefix(t.low, "as"), 10, 32)
		if err != nil || n == 0 {
			return p.fail(t, "the number of a network, such as 64496", nil)
		}
		out.Networks = append(out.Networks, uint32(n))
	default:
		pre, err := netip.ParsePrefix(t.low)
		if err != nil {
			return p.fail(t, "a prefix, such as 198.51.100.0/24 or 2001:db8::/32", nil)
		}
		if pre.Addr().Is4In6() {
			return p.fail(t, "an IPv4 prefix in its own form, such as 198.51.100.0/24", nil)
		}
		out.Prefixes = append(out.Prefixes, pre.Masked())
	}
	return nil
}

// dropNested sorts prefixes and leaves out those within another, so that no
// address is counted twice.
func dropNested(in []netip.Prefix) []netip.Prefix {
	var out []netip.Prefix
	for _, p := range mergePrefixesKeepNested(in) {
		if n := len(out); n > 0 && out[n-1].Bits() <= p.Bits() && out[n-1].Contains(p.Addr()) {
			continue
		}
		out = append(out, p)
	}
	return out
}

// mergePrefixesKeepNested sorts prefixes, wider first at equal addresses, and
// removes repetitions.
func mergePrefixesKeepNested(in []netip.Prefix) []netip.Prefix {
	slices.SortFunc(in, func(a, b netip.Prefix) int {
		return cmp.Or(a.Addr().Compare(b.Addr()), cmp.Compare(a.Bits(), b.Bits()))
	})
	return slices.Compact(in)
}
