package spoof

import "floodmark/internal/model"

// hostFree marks the IPv4 /8s that are allocated but hold practically no host
// that talks to the Internet: those of the US Department of Defense in the IANA
// IPv4 address space registry. 19, 48, 53 and 56 are left out because they are
// being sold off.
var hostFree = [256]bool{
	6: true, 7: true, 11: true, 21: true, 22: true, 26: true, 28: true, 29: true,
	30: true, 33: true, 55: true, 214: true, 215: true,
}

// Share of host-free space in what is spoofed: 13 of the 221 unicast /8s where
// nothing filters, and the span that weak generators and filters on the way
// leave of it.
const (
	darkUniform = 13.0 / 221
	darkMin     = 0.03
	darkMax     = 0.07
)

type block struct {
	addr, bits uint32
	never      bool // no host can have an address in it
}

// special4 is the IANA IPv4 special-purpose address registry (RFC 6890) with
// multicast (RFC 5771) and the reserved class E (RFC 1112 section 4).
var special4 = [...]block{
	{0x00000000, 8, true}, {0x0a000000, 8, false}, {0x64400000, 10, false},
	{0x7f000000, 8, true}, {0xa9fe0000, 16, false}, {0xac100000, 12, false},
	{0xc0000000, 24, false}, {0xc0000200, 24, false}, {0xc0a80000, 16, false},
	{0xc6120000, 15, false}, {0xc6336400, 24, false}, {0xcb007100, 24, false},
	{0xe0000000, 4, true}, {0xf0000000, 4, true},
}

// specialPurpose reports whether an address is in special-purpose space, and
// whether it is one that no host can send from. In IPv6 that is whatever lies
// outside 2000::/3 (RFC 4291 section 2.4), and 2001:db8::/32 and 3fff::/20 for
// documentation.
func specialPurpose(a model.Addr) (special, never bool) {
	if !a.Is4() {
		switch {
		case a.Hi>>61 != 1:
			return true, a.Hi>>56 == 0xff || a.Hi == 0
		case a.Hi>>32 == 0x20010db8, a.Hi>>44 == 0x3fff0:
			return true, false
		}
		return false, false
	}
	v := a.V4()
	for i := range special4 {
		b := &special4[i]
		if (v^b.addr)>>(32-b.bits) == 0 {
			return true, b.never
		}
	}
	return false, false
}
