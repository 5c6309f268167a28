package report

import (
	"net/http"
	"net/netip"
	"strings"
)

// hopsMost bounds how many proxies are followed.
const hopsMost = 32

// ClientAddress returns whose request it is: remote, or, where that is a trusted
// proxy, the nearest address of X-Forwarded-For or Forwarded (RFC 7239) that is
// none. Headers are read from the right, since anybody can write what stands
// further left. Where both headers are there and differ, the proxy passed on one
// that it does not write: neither is believed.
func ClientAddress(remote netip.Addr, header http.Header, trusted []netip.Prefix) netip.Addr {
	remote = remote.Unmap().WithZone("")
	if !within(remote, trusted) {
		return remote
	}
	x, y := header.Values("X-Forwarded-For"), header.Values("Forwarded")
	if len(x) == 0 && len(y) == 0 {
		return remote
	}
	a := follow(remote, x, trusted, plainHop)
	b := follow(remote, y, trusted, forHop)
	switch {
	case len(y) == 0 || a == b:
		return a
	case len(x) == 0:
		return b
	}
	return remote
}

func within(a netip.Addr, trusted []netip.Prefix) bool {
	for _, p := range trusted {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// follow goes from proxy to proxy until an address is no trusted one, or until
// something is no address.
func follow(at netip.Addr, lines []string, trusted []netip.Prefix, hop func(string) (netip.Addr, bool)) netip.Addr {
	hops := 0
	for i := len(lines) - 1; i >= 0; i-- {
		for rest, more := lines[i], true; more; hops++ {
			if hops == hopsMost {
				return at
			}
			element := rest
			if cut := strings.LastIndexByte(rest, ','); cut >= 0 {
				rest, element = rest[:cut], rest[cut+1:]
			} else {
				more = false
			}
			a, ok := hop(strings.TrimSpace(element))
			if !ok {
				return at
			}
			if at = a; !within(at, trusted) {
				return at
			}
		}
	}
	return at
}

// plainHop reads an address, with a port or without.
func plainHop(s string) (netip.Addr, bool) {
	a, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(s, "["), "]"))
	if err != nil {
		p, err := netip.ParseAddrPort(s)
		if err != nil {
			return netip.Addr{}, false
		}
		a = p.Addr()
	}
	return a.Unmap().WithZone(""), true
}

// forHop reads the for parameter of an element of Forwarded. No quoted string
// with a comma in it is an address, so splitting at commas does no harm: what is
// cut so ends the way.
func forHop(s string) (netip.Addr, bool) {
	for pair := range strings.SplitSeq(s, ";") {
		name, value, ok := strings.Cut(strings.TrimSpace(pair), "=")
		if ok && strings.EqualFold(name, "for") {
			if len(value) >= 2 && value[0] == '"' && value[len(value)-1] == '"' {
				value = value[1 : len(value)-1]
			}
			return plainHop(value)
		}
	}
	return netip.Addr{}, false
}
