package document

import (
	"cmp"
	"net/netip"
	"slices"
	"strconv"

	"floodmark/internal/evidence/share"
	"floodmark/internal/geo/country"
	"floodmark/internal/model"
)

// unknownPlace is the code of what could not be located.
const unknownPlace = "unknown"

// place adds up the attack packets of one country or network.
type place struct {
	packets, bytes share.Sum
	sources        share.Part // clusters: sources
	networks       share.Part // clusters: networks that sources stand in
	count          uint64
	sqBytes        float64
	name, country  string
	kind           string
}

// located is where the sources of a set of vectors stand.
type located struct {
	countries map[string]*place
	networks  map[uint32]*place
	kinds     map[string]*place
	prefixes  map[netip.Prefix]*place
	all       place
	units     share.Units // sources
	nets      share.Units // networks
	byNet     map[netKey]float64
	byNetC    map[netCountry]float64

	noLocation, disputed, unlocatable place
	sure                              sure
}

// sure holds only what both the address data agrees on and says something of
// where a device is: what a claim may be checked against.
type sure struct {
	countries map[string]*place
	networks  map[uint32]*place
}

type netKey struct {
	asn uint32
	net model.Addr // /24 or /48 where the network is not known
}

type netCountry struct {
	netKey
	country string
}

func newLocated(prefixes []netip.Prefix) *located {
	l := &located{
		countries: make(map[string]*place), networks: make(map[uint32]*place), kinds: make(map[string]*place),
		prefixes: make(map[netip.Prefix]*place), byNet: make(map[netKey]float64), byNetC: make(map[netCountry]float64),
		sure: sure{make(map[string]*place), make(map[uint32]*place)},
	}
	for _, p := range prefixes {
		l.prefixes[p] = new(place)
	}
	return l
}

// add counts one source; rate is its sampling factor.
func (l *located) add(s *model.SourceCount, rate float64, where *model.Place) {
	l.all.add(s, rate)
	l.units.Add(float64(s.Packets))
	code := unknownPlace
	key := netKey{}
	if where != nil {
		key.asn = where.ASN
		switch {
		case where.Unlocatable:
			l.unlocatable.add(s, rate)
		case where.Disputed():
			l.disputed.add(s, rate)
		case where.Country == "":
			l.noLocation.add(s, rate)
		default:
			at(l.sure.countries, where.Country).add(s, rate)
			at(l.sure.networks, where.ASN).add(s, rate)
		}
		if where.Country != "" && !where.Disputed() && !where.Unlocatable {
			code = where.Country
		}
		n := at(l.networks, where.ASN)
		n.name, n.country, n.kind = where.AS, where.Country, where.Kind
		n.add(s, rate)
		at(l.kinds, where.Kind).add(s, rate)
	} else {
		l.noLocation.add(s, rate)
	}
	if key.asn == 0 {
		if s.Addr.Is4() {
			key.net = s.Addr.Mask(24)
		} else {
			key.net = s.Addr.Mask(48)
		}
	}
	at(l.countries, code).add(s, rate)
	l.byNet[key] += float64(s.Packets)
	l.byNetC[netCountry{key, code}] += float64(s.Packets)
	for p, c := range l.prefixes {
		if p.Contains(s.Addr.Netip()) {
			c.add(s, rate)
		}
	}
}

func at[K comparable](m map[K]*place, k K) *place {
	p := m[k]
	if p == nil {
		p = new(place)
		m[k] = p
	}
	return p
}

func (p *place) add(s *model.SourceCount, rate float64) {
	c, b := float64(s.Packets), float64(s.Bytes)
	p.packets.Add(c, c, rate)
	p.bytes.Add(c, b, rate)
	p.sources.Add(c, c)
	p.count++
	if c > 0 {
		p.sqBytes += float64(b*b) / c
	}
}

// close adds up the networks, once all sources are in.
func (l *located) close() {
	keys := make([]netCountry, 0, len(l.byNetC))
	for k := range l.byNetC {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b netCountry) int {
		return cmp.Or(cmp.Compare(a.asn, b.asn), a.net.Compare(b.net), cmp.Compare(a.country, b.country))
	})
	for i, k := range keys {
		whole := l.byNet[k.netKey]
		if i == 0 || keys[i-1].netKey != k.netKey {
			l.nets.Add(whole)
		}
		l.countries[k.country].networks.Add(whole, l.byNetC[k])
	}
	for asn, n := range l.networks {
		n.networks.Add(l.byNet[netKey{asn: asn}], l.byNet[netKey{asn: asn}])
	}
}

// shareOf gives the two named intervals of a place.
func (l *located) shareOf(p *place, kept float64) (window, population model.Estimate) {
	sources := share.Ratio{Units: l.units, Part: p.sources}
	if kept < 1 {
		window = share.WindowKept(p.packets, l.all.packets, sources, kept)
	} else {
		window = share.Window(p.packets, l.all.packets, share.Alpha)
	}
	population = share.Population(sources, share.Ratio{Units: l.nets, Part: p.networks}, share.Alpha)
	return window, population
}

// countryList gives all countries, heaviest first, unknown last.
func (l *located) countryList(kept float64) []model.Country {
	out := make([]model.Country, 0, len(l.countries))
	for code, p := range l.countries {
		c := model.Country{Code: code, Name: countryName(code), ShareBytes: p.bytes.Total / max(l.all.bytes.Total, 1),
			ShareSources: float64(p.count) / max(float64(l.all.count), 1), Packets: uint64(p.packets.Total/kept + 0.5),
			Bytes: uint64(p.bytes.Total/kept + 0.5), Sources: p.count}
		c.Share, c.Population = l.shareOf(p, kept)
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b model.Country) int {
		ua, ub := a.Code == unknownPlace, b.Code == unknownPlace
		if ua != ub {
			if ua {
				return 1
			}
			return -1
		}
		return cmp.Or(cmp.Compare(b.Share.Value, a.Share.Value), cmp.Compare(a.Code, b.Code))
	})
	return out
}

func countryName(code string) string {
	if code == unknownPlace {
		return "not located"
	}
	return country.Name(code)
}

// maxNetworks bounds the list of networks in the report.
const maxNetworks = 50

func (l *located) networkList(kept float64) []model.Network {
	out := make([]model.Network, 0, len(l.networks))
	for asn, p := range l.networks {
		n := model.Network{ASN: asn, Name: p.name, Country: p.country, Kind: p.kind, ShareBytes: p.bytes.Total / max(l.all.bytes.Total, 1),
			ShareSources: float64(p.count) / max(float64(l.all.count), 1), Packets: uint64(p.packets.Total/kept + 0.5),
			Bytes: uint64(p.bytes.Total/kept + 0.5), Sources: p.count}
		n.Share, n.Population = l.shareOf(p, kept)
		out = append(out, n)
	}
	slices.SortFunc(out, func(a, b model.Network) int {
		return cmp.Or(cmp.Compare(b.Share.Value, a.Share.Value), cmp.Compare(a.ASN, b.ASN))
	})
	return out[:min(len(out), maxNetworks)]
}

func (l *located) kindList() []model.KindShare {
	out := make([]model.KindShare, 0, len(l.kinds))
	for kind, p := range l.kinds {
		out = append(out, model.KindShare{Kind: kind, Share: p.packets.Total / max(l.all.packets.Total, 1), Sources: p.count})
	}
	slices.SortFunc(out, func(a, b model.KindShare) int {
		return cmp.Or(cmp.Compare(b.Share, a.Share), cmp.Compare(a.Kind, b.Kind))
	})
	return out
}

// locate counts where the sources of the groups stand. Forged addresses are
// not looked up: their places would be noise.
func locate(in *Input, gs []*group, prefixes []netip.Prefix, merge bool) *located {
	l := newLocated(prefixes)
	if merge {
		var real, spoofed []model.SourceCount
		for _, g := range gs {
			if g.verdict.Verdict == model.SpoofSpoofed {
				spoofed = append(spoofed, g.sources...)
			} else {
				real = append(real, g.sources...)
			}
		}
		l.addAll(in, mergeSources(real), rateOf(gs), true)
		l.addAll(in, mergeSources(spoofed), rateOf(gs), false)
	} else {
		for _, g := range gs {
			l.addAll(in, g.sources, rateOf([]*group{g}), g.verdict.Verdict != model.SpoofSpoofed)
		}
	}
	l.close()
	return l
}

func (l *located) addAll(in *Input, sources []model.SourceCount, rate float64, look bool) {
	for i := range sources {
		if in.Locate == nil || !look {
			l.add(&sources[i], rate, nil)
			continue
		}
		p := in.Locate(sources[i].Addr)
		l.add(&sources[i], rate, &p)
	}
}

// rateOf is the mean sampling factor over the groups' draws.
func rateOf(gs []*group) float64 {
	var packets, samples float64
	for _, g := range gs {
		packets += g.packets
		samples += g.samples
	}
	return max(1, packets/max(samples, 1))
}

func asLabel(asn uint32) string { return strconv.FormatUint(uint64(asn), 10) }
