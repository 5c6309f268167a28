package flowudp

import (
	"net/netip"
	"testing"

	"pgregory.net/rapid"

	"floodmark/internal/model"
)

func TestAllowedAgreesWithNetip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		// Few distinct octets, so that prefixes nest and addresses hit them.
		octet := rapid.SampledFrom([]byte{0, 1, 127, 128, 255})
		addr := func(name string) netip.Addr {
			if rapid.Bool().Draw(t, name+" is IPv4") {
				return netip.AddrFrom4([4]byte(rapid.SliceOfN(octet, 4, 4).Draw(t, name)))
			}
			return netip.AddrFrom16([16]byte(rapid.SliceOfN(octet, 16, 16).Draw(t, name)))
		}
		prefixes := []netip.Prefix{}
		for range rapid.IntRange(0, 8).Draw(t, "prefixes") {
			a := addr("prefix")
			prefixes = append(prefixes, netip.PrefixFrom(a, rapid.IntRange(0, a.BitLen()).Draw(t, "bits")))
		}
		allow := newAllowed(prefixes)
		for range 20 {
			a, want := addr("address"), false
			for _, p := range prefixes {
				want = want || p.Contains(a)
			}
			if have := allow.has(model.AddrFromNetip(a)); have != want {
				t.Fatalf("%v in %v: %v, want %v", a, prefixes, have, want)
			}
		}
	})
}

func TestNilAllowsEveryoneAndAnEmptyListNobody(t *testing.T) {
	a := model.Addr4(0x7f000001)
	if !newAllowed(nil).has(a) || newAllowed([]netip.Prefix{}).has(a) {
		t.Error("nil and empty are confused")
	}
}
