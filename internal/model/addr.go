package model

import (
	"encoding/binary"
	"math/bits"
	"net/netip"
)

// Addr is an IP address as two machine words in network order, so that it can
// be compared, hashed and kept in tables without pointers. IPv4 addresses are
// kept in their IPv4-mapped form (::ffff:0:0/96, RFC 4291 section 2.5.5.2).
// The zero value is "no address".
type Addr struct{ Hi, Lo uint64 }

const mapped4 = 0xffff << 32

// Addr4 returns the address whose 32 bits are v (192.0.2.1 is 0xc0000201).
func Addr4(v uint32) Addr { return Addr{0, mapped4 | uint64(v)} }

// AddrFrom reads an address from 4 or 16 bytes in network order. Any other
// length gives the zero Addr.
func AddrFrom(b []byte) Addr {
	switch len(b) {
	case 4:
		return Addr4(binary.BigEndian.Uint32(b))
	case 16:
		return Addr{binary.BigEndian.Uint64(b), binary.BigEndian.Uint64(b[8:])}
	}
	return Addr{}
}

// AddrFromNetip converts from the standard library's form; the zone is dropped.
func AddrFromNetip(a netip.Addr) Addr {
	if !a.IsValid() {
		return Addr{}
	}
	b := a.As16()
	return AddrFrom(b[:])
}

// Is4 reports whether a is an IPv4 address.
func (a Addr) Is4() bool { return a.Hi == 0 && a.Lo>>32 == 0xffff }

// IsZero reports whether a is "no address".
func (a Addr) IsZero() bool { return a == Addr{} }

// V4 returns the 32 bits of an IPv4 address.
func (a Addr) V4() uint32 { return uint32(a.Lo) }

// Netip converts to the standard library's form.
func (a Addr) Netip() netip.Addr {
	if a.IsZero() {
		return netip.Addr{}
	}
	if a.Is4() {
		var b [4]byte
		binary.BigEndian.PutUint32(b[:], a.V4())
		return netip.AddrFrom4(b)
	}
	var b [16]byte
	binary.BigEndian.PutUint64(b[:], a.Hi)
	binary.BigEndian.PutUint64(b[8:], a.Lo)
	return netip.AddrFrom16(b)
}

// Mask keeps the first bits of the address: 0 to 32 for IPv4, 0 to 128 for IPv6.
func (a Addr) Mask(n int) Addr {
	if a.Is4() {
		if n >= 32 {
			return a
		}
		return Addr4(a.V4() &^ (1<<(32-max(n, 0)) - 1))
	}
	switch {
	case n >= 128:
		return a
	case n > 64:
		return Addr{a.Hi, a.Lo &^ (1<<(128-n) - 1)}
	case n == 64:
		return Addr{a.Hi, 0}
	}
	return Addr{a.Hi &^ (1<<(64-max(n, 0)) - 1), 0}
}

// Prefix returns the network of n bits that holds a.
func (a Addr) Prefix(n int) netip.Prefix {
	m := a.Mask(n)
	if m.IsZero() && !a.IsZero() { // "no address", but also where ::/n begins
		return netip.PrefixFrom(netip.IPv6Unspecified(), n)
	}
	return netip.PrefixFrom(m.Netip(), n)
}

// Compare orders addresses: IPv4 and IPv6 by their 128 bits.
func (a Addr) Compare(b Addr) int {
	switch {
	case a.Hi < b.Hi, a.Hi == b.Hi && a.Lo < b.Lo:
		return -1
	case a == b:
		return 0
	}
	return 1
}

// Hash mixes the address into 64 well-spread bits. It is the same on every
// machine and in every run, so that which sources a full table keeps does not
// depend on when or where a recording is analyzed.
func (a Addr) Hash() uint64 {
	h, l := bits.Mul64(a.Lo^0x9e3779b97f4a7c15, a.Hi^0xd6e8feb86659fd93)
	x := h ^ l ^ a.Lo
	x ^= x >> 32
	x *= 0xd6e8feb86659fd93
	x ^= x >> 32
	x *= 0xd6e8feb86659fd93
	return x ^ x>>32
}

// String prints the address in its usual form.
func (a Addr) String() string {
	if a.IsZero() {
		return "none"
	}
	return a.Netip().String()
}
