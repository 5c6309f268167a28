package settings

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"

	"floodmark/internal/conf"
	"floodmark/internal/text"
)

// maxSamplingRate is far above any real rate and keeps products exact.
const maxSamplingRate = 1 << 24

func (s *Settings) checkExporters(c *checker) {
	names, addresses := make(map[string]bool), make(map[netip.Addr]bool)
	for i := range s.Exporters {
		e, k := &s.Exporters[i], conf.Key("exporters").Item(i)
		switch {
		case !e.Address.IsValid():
			c.wrong(k, conf.Hint("has no address", "write address: 192.0.2.1"))
			continue
		case addresses[e.Address.Addr]:
			c.wrong(k, fmt.Errorf("%s is listed twice", e.Address))
			continue
		}
		addresses[e.Address.Addr] = true
		if e.Name == "" {
			e.Name = e.Address.String()
		}
		c.name(k.Sub("name"), e.Name, names)
		c.count(k.Sub("override_sampling_rate"), int(e.OverrideSamplingRate), 0, maxSamplingRate)
		c.count(k.Sub("default_sampling_rate"), int(e.DefaultSamplingRate), 0, maxSamplingRate)
		if e.OverrideSamplingRate > 0 && e.DefaultSamplingRate > 0 {
			c.wrong(k.Sub("default_sampling_rate"), errors.New("has no effect together with override_sampling_rate"))
		}
		c.within(k.Sub("stale_after"), e.StaleAfter, 10*second, conf.Duration(day))
		for j := range e.Interfaces {
			e.Interfaces[j].check(c, k.Sub("interfaces").Item(j))
		}
		e.readInterfaces(c, k.Sub("interfaces_file"))
		e.checkTwice(c, k)
	}
}

func (x *Interface) check(c *checker, k conf.Key) {
	if x.Index == 0 && x.Name == "" {
		c.wrong(k, conf.Hint("has neither index nor name", "write index: or name:"))
	}
	if x.Speed != nil && (x.Speed.Unit != conf.BitRate || x.Speed.Value <= 0) {
		c.wrong(k.Sub("speed"), conf.Hint("must be in bits per second", "write it as 10Gbps"))
	}
}

func (e *Exporter) checkTwice(c *checker, k conf.Key) {
	index, name := make(map[uint32]bool), make(map[string]bool)
	for _, x := range e.Interfaces {
		if x.Index != 0 && index[x.Index] {
			c.wrong(k, fmt.Errorf("interface %d is listed twice", x.Index))
		}
		if x.Index == 0 && x.Name != "" && name[x.Name] {
			c.wrong(k, fmt.Errorf("interface %q is listed twice", x.Name))
		}
		index[x.Index], name[x.Name] = true, x.Index == 0 || name[x.Name]
	}
}

// resolveCollectors adds the default collectors and resolves the allowed
// sources of each. c is nil for Default, where nothing can be wrong.
func (s *Settings) resolveCollectors(c *checker) {
	var named []conf.Prefix
	for _, e := range s.Exporters {
		if e.Address.IsValid() {
			named = append(named, host(e.Address.Addr))
		}
	}
	if c == nil || !c.f.Has("collectors") {
		s.Collectors = standardCollectors(named)
	}
	seen := make(map[netip.AddrPort]bool)
	for i := range s.Collectors {
		x, k := &s.Collectors[i], conf.Key("collectors").Item(i)
		x.allow(c, k, s.Exporters)
		if len(x.AllowedSources) == 0 {
			x.allowed = slices.Clone(named)
			if x.Listen.IsValid() && x.Listen.Loopback() {
				x.allowed = append(x.allowed, localhost()...)
			}
		}
		slices.SortFunc(x.allowed, func(a, b conf.Prefix) int { return a.Compare(b.Prefix) })
		x.allowed = slices.Compact(x.allowed)
		if c != nil {
			x.check(c, k, seen)
		}
	}
}

func (x *Collector) check(c *checker, k conf.Key, seen map[netip.AddrPort]bool) {
	switch at := x.Listen.AddrPort; {
	case !at.IsValid():
		if !c.f.Has(k.Sub("listen")) {
			c.wrong(k, conf.Hint("has no listen address", "write listen: 127.0.0.1:2055"))
		}
	case at.Port() == 0:
		c.wrong(k.Sub("listen"), errors.New("must have a port other than 0"))
	case seen[at]:
		c.wrong(k.Sub("listen"), fmt.Errorf("another collector already listens on %s", at))
	case !x.Listen.Loopback() && len(x.allowed) == 0 && len(x.AllowedSources) == 0:
		c.wrong(k, conf.Hint(fmt.Sprintf("%s is reachable from other hosts, and no source is allowed to send", at),
			"write allowed_sources: [192.0.2.1], or configure exporters"))
	}
	seen[x.Listen.AddrPort] = true
	c.count(k.Sub("readers"), x.Readers, 0, 64)
	c.size(k.Sub("buffer"), x.Buffer, 64<<10, 1<<30)
}

// allow resolves the list of allowed sources.
func (x *Collector) allow(c *checker, k conf.Key, exporters []Exporter) {
	x.allowed = nil
	for i, from := range x.AllowedSources {
		var p conf.Prefix
		at := slices.IndexFunc(exporters, func(e Exporter) bool { return e.Name == from && e.Address.IsValid() })
		if at >= 0 {
			p = host(exporters[at].Address.Addr)
		} else if err := p.UnmarshalText([]byte(from)); err != nil {
			c.wrong(k.Sub("allowed_sources").Item(i), badSource(from, err, exporters))
			continue
		}
		x.allowed = append(x.allowed, p)
	}
}

// badSource distinguishes a mistyped prefix from a mistyped name.
func badSource(from string, err error, exporters []Exporter) error {
	if _, bits := netip.ParsePrefix(from); bits == nil {
		return err // it has bits beyond its length
	}
	var names []string
	for _, e := range exporters {
		names = append(names, e.Name)
	}
	if text.Nearest(from, names) != "" {
		return conf.DidYouMean("exporter", from, names)
	}
	return conf.Hint(fmt.Sprintf("%q is neither a prefix nor the name of an exporter", from), "write it as 192.0.2.1 or 192.0.2.0/24")
}

// standardCollectors listen on the customary ports (IANA: 4739 for IPFIX, 6343
// for sFlow; 2055 is the de facto port of NetFlow): on loopback, or on all
// addresses if exporters on other hosts are configured.
func standardCollectors(named []conf.Prefix) []Collector {
	at := netip.AddrFrom4([4]byte{127, 0, 0, 1})
	for _, p := range named {
		switch {
		case p.Addr().IsLoopback():
		case p.Addr().Is4() && !at.Is6():
			at = netip.IPv4Unspecified()
		case p.Addr().Is6():
			at = netip.IPv6Unspecified()
		}
	}
	var out []Collector
	for _, x := range []struct {
		p    Protocol
		port uint16
	}{{NetFlow, 2055}, {NetFlow, 4739}, {SFlow, 6343}} {
		var c Collector
		c.SetDefaults()
		c.Protocol, c.Listen.AddrPort = x.p, netip.AddrPortFrom(at, x.port)
		out = append(out, c)
	}
	return out
}

func host(a netip.Addr) conf.Prefix { return conf.Prefix{Prefix: netip.PrefixFrom(a, a.BitLen())} }

func localhost() []conf.Prefix {
	return []conf.Prefix{
		{Prefix: netip.PrefixFrom(netip.AddrFrom4([4]byte{127, 0, 0, 0}), 8)},
		host(netip.IPv6Loopback()),
	}
}
