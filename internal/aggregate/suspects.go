package aggregate

import (
	"cmp"
	"net/netip"
	"slices"

	"floodmark/internal/model"
)

const (
	maxHostSuspects   = 56
	maxPrefixSuspects = 8
	carpetHosts       = 16   // least hosts of a prefix suspect
	carpetShare       = 0.25 // most that one host of it may take
	minSamples        = 20   // buckets below this are no suspects
)

// Suspects lists the prefixes that the second reading looks at: the hosts that
// stand out by packets, by rate or within a class of records, and the networks
// in which many hosts get the same class of records evenly. It assesses nothing;
// ordinary busy servers are on the list.
func (s *Survey) Suspects() []netip.Prefix {
	prefixes := s.prefixSuspects()
	var hosts []netip.Prefix
	for _, h := range s.hostSuspects() {
		if !s.partOfCarpet(h, prefixes) {
			hosts = append(hosts, netip.PrefixFrom(h.Netip(), h.Netip().BitLen()))
		}
	}
	for _, p := range prefixes {
		hosts = append(hosts, p.prefix)
	}
	return hosts
}

func (s *Survey) hostSuspects() []model.Addr {
	type host struct {
		addr          model.Addr
		samples, peak uint64
	}
	byHost := make(map[model.Addr]*host)
	byClass := make(map[model.Class][]*bucket)
	for i := range s.buckets.n {
		c := s.buckets.at(i)
		if multicast(c.dst) {
			continue
		}
		h := byHost[c.dst]
		if h == nil {
			h = &host{addr: c.dst}
			byHost[c.dst] = h
		}
		h.samples += c.samples
		h.peak = max(h.peak, c.peak)
		if c.samples >= minSamples {
			byClass[c.class] = append(byClass[c.class], c)
		}
	}
	all := make([]*host, 0, len(byHost))
	for _, h := range byHost {
		if h.samples >= minSamples {
			all = append(all, h)
		}
	}
	var out []model.Addr
	take := func(a model.Addr) {
		if len(out) < maxHostSuspects && !slices.Contains(out, a) {
			out = append(out, a)
		}
	}
	order := func(key func(*host) uint64, n int) {
		slices.SortFunc(all, func(a, b *host) int {
			return cmp.Or(cmp.Compare(key(b), key(a)), a.addr.Compare(b.addr))
		})
		for _, h := range all[:min(n, len(all))] {
			take(h.addr)
		}
	}
	order(func(h *host) uint64 { return h.samples }, carpetHosts)
	order(func(h *host) uint64 { return h.peak }, 8)
	for class := range model.Class(model.MaxClasses) {
		list := byClass[class]
		slices.SortFunc(list, func(a, b *bucket) int {
			return cmp.Or(cmp.Compare(b.samples*uint64(b.sourceCount()), a.samples*uint64(a.sourceCount())), a.dst.Compare(b.dst))
		})
		for _, c := range list[:min(2, len(list))] {
			take(c.dst)
		}
	}
	return out
}

// level is a length of prefix that carpets are looked for at.
type level struct{ v4, v6 int }

func (l level) bits(is4 bool) int {
	if is4 {
		return l.v4
	}
	return l.v6
}

// carpetLevels are the lengths, widest first.
var carpetLevels = [...]level{{20, 48}, {22, 56}, {24, 64}}

type prefixSuspect struct {
	prefix  netip.Prefix
	class   model.Class
	samples uint64
	hosts   map[model.Addr]uint64
}

// prefixSuspects finds networks in which one class of records reaches many
// hosts, none of them with more than a quarter of it. A wider network is
// preferred where it holds clearly more hosts of the same.
func (s *Survey) prefixSuspects() []prefixSuspect {
	var found []prefixSuspect
	covered := make(map[netip.Prefix]bool)
	for i, level := range carpetLevels {
		for _, p := range s.networksAt(level) {
			inside := false
			for _, wider := range carpetLevels[:i] {
				inside = inside || covered[model.AddrFromNetip(p.prefix.Addr()).Prefix(wider.bits(p.prefix.Addr().Is4()))]
			}
			if !inside {
				covered[p.prefix] = true
				found = append(found, p)
			}
		}
	}
	slices.SortFunc(found, func(a, b prefixSuspect) int {
		return cmp.Or(cmp.Compare(b.samples, a.samples), a.prefix.Addr().Compare(b.prefix.Addr()))
	})
	return found[:min(maxPrefixSuspects, len(found))]
}

func (s *Survey) networksAt(at level) []prefixSuspect {
	type key struct {
		net   model.Addr
		class model.Class
	}
	nets := make(map[key]*prefixSuspect)
	for i := range s.buckets.n {
		c := s.buckets.at(i)
		if multicast(c.dst) {
			continue
		}
		n := at.bits(c.dst.Is4())
		k := key{c.dst.Mask(n), c.class}
		p := nets[k]
		if p == nil {
			p = &prefixSuspect{prefix: c.dst.Prefix(n), class: c.class, hosts: make(map[model.Addr]uint64)}
			nets[k] = p
		}
		p.samples += c.samples
		p.hosts[c.dst] += c.samples
	}
	best := make(map[netip.Prefix]prefixSuspect)
	for _, p := range nets {
		if len(p.hosts) < carpetHosts || p.samples < 4*minSamples || !p.spread() || !p.wide() {
			continue
		}
		if b, ok := best[p.prefix]; !ok || p.samples > b.samples || p.samples == b.samples && p.class < b.class {
			best[p.prefix] = *p
		}
	}
	out := make([]prefixSuspect, 0, len(best))
	for _, p := range best {
		out = append(out, p)
	}
	slices.SortFunc(out, func(a, b prefixSuspect) int {
		return cmp.Or(cmp.Compare(b.samples, a.samples), a.prefix.Addr().Compare(b.prefix.Addr()))
	})
	return out
}

// spread reports that no host takes more than its share of a carpet.
func (p *prefixSuspect) spread() bool {
	for _, n := range p.hosts {
		if float64(n) > carpetShare*float64(p.samples) {
			return false
		}
	}
	return true
}

// wide reports that hosts of at least two halves of the prefix are hit, so
// that a /20 is not named where a /24 would do.
func (p *prefixSuspect) wide() bool {
	if p.prefix.Bits() == carpetLevels[len(carpetLevels)-1].bits(p.prefix.Addr().Is4()) {
		return true
	}
	deeper := p.prefix.Bits() + 2
	if p.prefix.Addr().Is6() {
		deeper = p.prefix.Bits() + 8
	}
	count := make(map[model.Addr]int)
	for a := range p.hosts {
		count[a.Mask(deeper)]++
	}
	enough := 0
	for _, n := range count {
		if n >= carpetHosts/2 {
			enough++
		}
	}
	return enough >= 2
}

// partOfCarpet reports whether a host is only one of many of a prefix suspect.
func (s *Survey) partOfCarpet(h model.Addr, prefixes []prefixSuspect) bool {
	for _, p := range prefixes {
		if p.prefix.Contains(h.Netip()) && float64(p.hosts[h]) <= carpetShare*float64(p.samples) {
			var own uint64
			for i := range s.buckets.n {
				if c := s.buckets.at(i); c.dst == h {
					own += c.samples
				}
			}
			return float64(own) <= carpetShare*float64(p.samples)
		}
	}
	return false
}

// multicast addresses are nobody's: what is sent to them cannot hit one target.
func multicast(a model.Addr) bool {
	if a.Is4() {
		return a.V4()>>28 == 0xe || a.V4() == 1<<32-1
	}
	return a.Hi>>56 == 0xff
}
