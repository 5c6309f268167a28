package conf

import (
	"fmt"
	"net/netip"
	"net/url"
	"strings"
)

// Prefix is a network, or one address as the network of itself. It has no bits
// beyond its length.
type Prefix struct{ netip.Prefix }

// Form names the form of a prefix.
func (Prefix) Form() string { return "prefix, such as 198.51.100.0/24" }

// UnmarshalText reads a prefix or an address.
func (p *Prefix) UnmarshalText(b []byte) error {
	s := string(b)
	if a, err := netip.ParseAddr(s); err == nil && a.Zone() == "" && !a.Is4In6() {
		p.Prefix = netip.PrefixFrom(a, a.BitLen())
		return nil
	}
	q, err := netip.ParsePrefix(s)
	if err != nil || q.Addr().Is4In6() {
		return Hint(fmt.Sprintf("%q is not a prefix", s), "write it such as 198.51.100.0/24 or 2001:db8::/48")
	}
	if q != q.Masked() {
		return Hint(fmt.Sprintf("%q has bits beyond its length", s), "did you mean "+q.Masked().String()+"?")
	}
	p.Prefix = q
	return nil
}

// Addr is one IP address.
type Addr struct{ netip.Addr }

// Form names the form of an address.
func (Addr) Form() string { return "address, such as 192.0.2.1" }

// UnmarshalText reads an address without a zone.
func (a *Addr) UnmarshalText(b []byte) error {
	v, err := netip.ParseAddr(string(b))
	if err != nil || v.Zone() != "" || v.Is4In6() {
		return Hint(fmt.Sprintf("%q is not an address", b), "write it such as 192.0.2.1 or 2001:db8::1")
	}
	a.Addr = v
	return nil
}

// AddrPort is an address to listen on or send to, with its port.
type AddrPort struct{ netip.AddrPort }

// Form names the form of an address with a port.
func (AddrPort) Form() string { return "address and port, such as 127.0.0.1:2055" }

// UnmarshalText reads ADDRESS:PORT or [ADDRESS]:PORT. Names are refused: what
// one resolves to may change between a check and a start.
func (a *AddrPort) UnmarshalText(b []byte) error {
	s := string(b)
	v, err := netip.ParseAddrPort(s)
	if err == nil && v.Addr().Zone() == "" {
		a.AddrPort = v
		return nil
	}
	text := fmt.Sprintf("%q is not an address and port", s)
	if port, ok := strings.CutPrefix(s, ":"); ok {
		return Hint(text, "write 127.0.0.1:"+port+" for this machine, or 0.0.0.0:"+port+" for every IPv4 address")
	}
	if port, ok := strings.CutPrefix(s, "localhost:"); ok {
		return Hint(text, "write 127.0.0.1:"+port)
	}
	return Hint(text, "write it such as 127.0.0.1:2055 or [::1]:2055")
}

// Loopback reports whether only this machine can reach the address.
func (a AddrPort) Loopback() bool { return a.Addr().Unmap().IsLoopback() }

// URL is an address of a web service: http or https, without a password.
type URL string

// Form names the form of a URL.
func (URL) Form() string { return "URL, such as https://hooks.example/floodmark" }

// UnmarshalText reads a URL.
func (u *URL) UnmarshalText(b []byte) error {
	if err := CheckURL(string(b)); err != nil {
		return err
	}
	*u = URL(b)
	return nil
}

// CheckURL refuses what is no http or https URL. The message does not hold the
// text, which may be secret.
func CheckURL(s string) error {
	v, err := url.Parse(s)
	if err != nil || (v.Scheme != "http" && v.Scheme != "https") || v.Hostname() == "" {
		return Hint("not a URL of http or https", "write it such as https://hooks.example/floodmark")
	}
	if v.User != nil {
		return Hint("a URL may not hold a name or password", "give them in a key for secrets")
	}
	return nil
}

// FilePath is the path of a file; a relative one is relative to the directory
// of the configuration.
type FilePath string

// Form names the form of a path.
func (FilePath) Form() string { return "path" }
