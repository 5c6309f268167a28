package flowudp

import (
	"net/netip"

	"github.com/gaissmai/bart"

	"floodmark/internal/model"
)

// allowed is a set of prefixes. IPv4 and IPv6 are kept apart, so that ::/0 does
// not let IPv4 in. A nil *allowed is everyone.
type allowed struct{ prefixes bart.Lite }

// newAllowed returns nil for nil. Prefixes that are not valid name nobody.
func newAllowed(prefixes []netip.Prefix) *allowed {
	if prefixes == nil {
		return nil
	}
	a := new(allowed)
	for _, p := range prefixes {
		if p.Addr().Is4In6() && p.Bits() >= 96 {
			p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
		}
		if p.IsValid() {
			a.prefixes.Insert(p)
		}
	}
	return a
}

// has reports whether addr may send.
func (a *allowed) has(addr model.Addr) bool {
	switch {
	case a == nil:
		return true
	case addr.IsZero():
		return a.prefixes.Contains(netip.IPv6Unspecified())
	}
	return a.prefixes.Contains(addr.Netip())
}
