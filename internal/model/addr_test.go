package model

import (
	"math/bits"
	"net/netip"
	"testing"

	"pgregory.net/rapid"
)

// drawAddr draws an address of either family, some of them at the ends.
func drawAddr(t *rapid.T, name string) netip.Addr {
	if rapid.Bool().Draw(t, name+" v4") {
		b := [4]byte(rapid.SliceOfN(rapid.OneOf(rapid.Byte(), rapid.SampledFrom([]byte{0, 255})), 4, 4).Draw(t, name))
		return netip.AddrFrom4(b)
	}
	b := [16]byte(rapid.SliceOfN(rapid.OneOf(rapid.Byte(), rapid.SampledFrom([]byte{0, 255})), 16, 16).Draw(t, name))
	b[0] |= 0x20 // neither "no address" nor an IPv4-mapped one
	return netip.AddrFrom16(b)
}

// TestAddrIsNetip compares every operation with the standard library's.
func TestAddrIsNetip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, m := drawAddr(t, "a"), drawAddr(t, "b")
		a, b := AddrFromNetip(n), AddrFromNetip(m)
		if a.Netip() != n || a.Is4() != n.Is4() || a.String() != n.String() || a.IsZero() {
			t.Fatalf("%v became %v", n, a)
		}
		if AddrFrom(n.AsSlice()) != a {
			t.Fatalf("from octets: %v", AddrFrom(n.AsSlice()))
		}
		if (a == b) != (n == m) || a.Compare(b) != -b.Compare(a) || a.Compare(a) != 0 {
			t.Fatalf("compare %v %v: %d", n, m, a.Compare(b))
		}
		if n.Is4() == m.Is4() && a.Compare(b) != n.Compare(m) {
			t.Fatalf("compare %v %v: %d", n, m, a.Compare(b))
		}
		k := rapid.IntRange(0, n.BitLen()).Draw(t, "bits")
		if want := netip.PrefixFrom(n, k).Masked(); a.Prefix(k) != want || !a.Mask(k).IsZero() && a.Mask(k).Netip() != want.Addr() {
			t.Fatalf("%v/%d: %v", n, k, a.Prefix(k))
		}
		if a == b != (a.Hash() == b.Hash()) {
			t.Fatalf("hashes of %v and %v", n, m)
		}
	})
}

func TestAddrEnds(t *testing.T) {
	a := AddrFrom([]byte{192, 0, 2, 1})
	if a != Addr4(0xc0000201) || a.V4() != 0xc0000201 || a.String() != "192.0.2.1" {
		t.Errorf("%v", a)
	}
	if a.Mask(-5) != Addr4(0) || a.Mask(99) != a {
		t.Errorf("%v %v", a.Mask(-5), a.Mask(99))
	}
	six := AddrFromNetip(netip.MustParseAddr("2001:db8::1"))
	if six.Mask(-1) != (Addr{}) || six.Mask(500) != six {
		t.Errorf("%v %v", six.Mask(-1), six.Mask(500))
	}
	var none Addr
	if !none.IsZero() || none.String() != "none" || none.Netip().IsValid() || none.Is4() || AddrFromNetip(netip.Addr{}) != none {
		t.Error("the zero address")
	}
	for _, b := range [][]byte{nil, {1}, make([]byte, 5), make([]byte, 15), make([]byte, 17)} {
		if !AddrFrom(b).IsZero() {
			t.Errorf("%d octets gave %v", len(b), AddrFrom(b))
		}
	}
	if zoned := AddrFromNetip(netip.MustParseAddr("fe80::1%eth0")); zoned.String() != "fe80::1" {
		t.Errorf("%v", zoned)
	}
}

// TestHashIsSpread: neighbors differ in half of all bits, and the upper bits,
// by which sources are kept, are as even as chance. Two values are fixed, since
// reports of other machines and times depend on them.
func TestHashIsSpread(t *testing.T) {
	var flipped int
	var high [64]int
	const n = 1 << 14
	for i := range uint32(n) {
		a, b := Addr4(0x0a000000+i), Addr4(0x0a000000+i+1)
		flipped += bits.OnesCount64(a.Hash() ^ b.Hash())
		high[a.Hash()>>58]++
	}
	if mean := float64(flipped) / n; mean < 30 || mean > 34 {
		t.Errorf("neighbours differ in %g bits", mean)
	}
	for i, c := range high {
		if c < n/64-80 || c > n/64+80 {
			t.Errorf("bucket %d holds %d of %d", i, c, n)
		}
	}
	for a, want := range map[Addr]uint64{Addr4(0xc0000201): fixed4, {0x20010db800000000, 1}: fixed6} {
		if a.Hash() != want {
			t.Errorf("%v: %#x, want %#x", a, a.Hash(), want)
		}
	}
}

func TestRecordHelpers(t *testing.T) {
	if (&Record{}).Sample() != 1 || (&Record{Sampling: 7}).Sample() != 7 {
		t.Error("sampling factor")
	}
	if (&Record{MoreFragments: true}).Fragment() || !(&Record{FragOffset: 8}).Fragment() {
		t.Error("a fragment is one that is not the first")
	}
	f := FieldCount{Total: 4, Top: []FieldValue{{Count: 3}, {Count: 1}}}
	if f.Share(0) != 0.75 || f.Share(1) != 0.25 || f.Share(2) != 0 || (&FieldCount{}).Share(0) != 0 {
		t.Error("shares")
	}
	for p, want := range map[Place]bool{{}: false, {Country: "UA"}: false, {Country: "UA", Country2: "UA"}: false, {Country: "UA", Country2: "RU"}: true,
		{Country2: "RU"}: true} {
		if p.Disputed() != want {
			t.Errorf("%+v: %v", p, !want)
		}
	}
}

const (
	fixed4 = 0xb9beafd0e1da07fd
	fixed6 = 0xe61d6df8fad121a2
)
