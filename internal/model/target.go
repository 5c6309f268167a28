package model

import (
	"fmt"
	"net/netip"
	"strings"
)

// TargetKind states what a target under watch is.
type TargetKind uint8

// The kinds of target, from narrow to wide.
const (
	HostTarget     TargetKind = iota // one address
	PrefixTarget                     // /24, /22, /20 or IPv6 /64, /56, /48
	CustomerTarget                   // a named group of prefixes
	NetworkTarget                    // all watched networks together
	ServiceTarget                    // something that people use and report on
)

// TargetID names a target: comparable, usable as a key. Addr and Bits are set
// for hosts (32 or 128) and prefixes, Name for customers and
// services (the slug).
type TargetID struct {
	Kind TargetKind
	Addr Addr
	Bits uint8
	Name string
}

// HostID names one address.
func HostID(a Addr) TargetID {
	if a.Is4() {
		return TargetID{Kind: HostTarget, Addr: a, Bits: 32}
	}
	return TargetID{Kind: HostTarget, Addr: a, Bits: 128}
}

// PrefixID names the prefix of so many bits that holds a.
func PrefixID(a Addr, bits int) TargetID {
	return TargetID{Kind: PrefixTarget, Addr: a.Mask(bits), Bits: uint8(bits)}
}

// CustomerID names a customer.
func CustomerID(name string) TargetID { return TargetID{Kind: CustomerTarget, Name: name} }

// NetworkID names all watched networks together.
func NetworkID() TargetID { return TargetID{Kind: NetworkTarget} }

// ServiceID names a service by its slug.
func ServiceID(slug string) TargetID { return TargetID{Kind: ServiceTarget, Name: slug} }

// Prefix returns the addresses of a host or prefix target, the zero Prefix for
// customers and the network.
func (t TargetID) Prefix() netip.Prefix {
	if t.Kind > PrefixTarget {
		return netip.Prefix{}
	}
	return t.Addr.Prefix(int(t.Bits))
}

// Contains reports whether a host or prefix target holds the other one. A
// customer or network contains nothing by itself: that is configuration.
func (t TargetID) Contains(o TargetID) bool {
	return t.Kind <= PrefixTarget && o.Kind <= PrefixTarget && t.Bits <= o.Bits &&
		t.Addr.Is4() == o.Addr.Is4() && o.Addr.Mask(int(t.Bits)) == t.Addr.Mask(int(t.Bits))
}

// String prints 198.51.100.7, 198.51.100.0/24, customer:NAME, network or
// service:SLUG.
func (t TargetID) String() string {
	switch t.Kind {
	case HostTarget:
		return t.Addr.String()
	case PrefixTarget:
		return t.Prefix().String()
	case CustomerTarget:
		return "customer:" + t.Name
	case ServiceTarget:
		return "service:" + t.Name
	}
	return "network"
}

// ParseTarget reads what String prints.
func ParseTarget(s string) (TargetID, error) {
	if name, ok := strings.CutPrefix(s, "customer:"); ok && name != "" {
		return CustomerID(name), nil
	}
	if slug, ok := strings.CutPrefix(s, "service:"); ok && slug != "" {
		return ServiceID(slug), nil
	}
	if s == "network" {
		return NetworkID(), nil
	}
	if a, err := netip.ParseAddr(s); err == nil && a.Zone() == "" {
		return HostID(AddrFromNetip(a)), nil
	}
	if p, err := netip.ParsePrefix(s); err == nil && !p.Addr().Is4In6() {
		p = p.Masked()
		if p.IsSingleIP() {
			return HostID(AddrFromNetip(p.Addr())), nil
		}
		return PrefixID(AddrFromNetip(p.Addr()), p.Bits()), nil
	}
	return TargetID{}, fmt.Errorf("target %q: expected an address, a prefix, customer:NAME, service:SLUG or network", s)
}

// MarshalText gives the form of String.
func (t TargetID) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText reads the form of String.
func (t *TargetID) UnmarshalText(b []byte) error {
	v, err := ParseTarget(string(b))
	if err != nil {
		return err
	}
	*t = v
	return nil
}
