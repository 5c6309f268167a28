package claim

import (
	"fmt"
	"strconv"
	"strings"

	"floodmark/internal/text"
)

// shareMeasured says what was seen, before any correction.
func (a *answer) shareMeasured(p *pool) {
	q := string(a.reading.Quantity)
	a.n, a.m = int64(p.seen.Samples), int64(p.seen.Sources)
	if a.blindPlace(p) != "" {
		a.measured = append(a.measured, fmt.Sprintf("The data holds %s attack %s%s; none of them could be placed.", count(p.total), q, a.inVector()))
		return
	}
	in, _ := p.split(a.reading.Place)
	v := in.weight / p.total
	a.value = &v
	s := fmt.Sprintf("%s of the %s attack %s%s are labelled %s, by %s sources", percent(v), count(p.total), q, a.inVector(),
		a.place(), count(float64(in.sources)))
	if a.data.Sampled {
		s += fmt.Sprintf(" (%s sampled packets in all)", count(float64(p.seen.Samples)))
	} else {
		s += " (a complete count)"
	}
	a.measured = append(a.measured, s+"; "+percent(1-p.located/p.total)+" could not be located or trusted.")
	if len(a.reading.Place.Prefixes) == 0 && len(p.parts) > 0 {
		a.measured = append(a.measured, "Largest: "+a.top(p, 5)+".")
	}
}

// top lists the largest parts with their share of the whole.
func (a *answer) top(p *pool, n int) string {
	var out []string
	for _, x := range p.parts[:min(n, len(p.parts))] {
		out = append(out, a.label(x.label)+" "+percent(x.weight/p.total))
	}
	return strings.Join(out, ", ")
}

// shareBounds prints the bounds of every way of drawing the place.
func (a *answer) shareBounds(p *pool, out []outcome, ways []way) {
	for i, o := range out {
		s := fmt.Sprintf("The true share lies between %s and %s", percentDown(o.lo), percentUp(o.hi))
		if ways[i].name != "" {
			s += " (" + ways[i].name + ")"
		}
		if o.rival != "" {
			s += fmt.Sprintf("; the largest other is %s", a.label(o.rival))
		}
		a.bounds = append(a.bounds, s+".")
	}
	covers := []string{"everything that could not be located"}
	if a.data.Sampled && a.reading.Quantity != Sources {
		covers = append(covers, "sampling")
	}
	if p.sample.acc != exact {
		covers = append(covers, "wrong labels (up to 10 % missed, up to 0.5 % false)")
	}
	a.bounds = append(a.bounds, "The bounds cover "+text.List(covers)+", in the worst case.")
	if len(ways) > 1 {
		a.bounds = append(a.bounds, "Address databases label contested territory differently, so the share was computed with and without it; only a verdict that holds for both is given.")
		if ways[1].name != "with contested territory" {
			a.bounds = append(a.bounds, "The address data has no regions: any part of what it labels with the other country may lie in that territory.")
		}
	}
}

// reflectors says where reflected packets came from, as far as it is known.
func (a *answer) reflectors() string {
	sums := pool{}
	for _, v := range a.data.Vectors {
		if !v.Reflection || (a.reading.Vector != "" && v.Name != a.reading.Vector) {
			continue
		}
		sums.total += v.Total.in(a.reading.Quantity)
		for _, l := range v.Countries {
			sums.merge(l.Label, l.in(a.reading.Quantity))
		}
	}
	if len(sums.parts) == 0 || sums.total <= 0 || a.data.Anonymised || !a.data.GeoDone {
		return ""
	}
	sums.sort()
	return " The reflectors are in: " + a.top(&sums, 3) + "; that shows where services answer strangers, not who sent the requests."
}

// baseRate compares a country's share with its share of the address space.
func (a *answer) baseRate(lo, hi float64) {
	if len(a.reading.Place.Countries) == 0 {
		return
	}
	base := 0.0
	for _, c := range a.reading.Place.Countries {
		base += a.data.Base[c]
	}
	name := a.place()
	if base <= 0 {
		a.base = append(a.base, fmt.Sprintf("Base rate: not at hand; %s may be large here only because it has many devices.", name))
		return
	}
	a.base = append(a.base, fmt.Sprintf("Base rate: %s holds %s of the address space, so its share here is %s to %s times what its size alone would give.",
		name, percent(base), ratio(lo/base), ratio(hi/base)))
}

func (a *answer) addDisclaimer() {
	name := "a country"
	if a.reading.Kind == kindShare || a.reading.Kind == kindActor {
		name = a.place()
	}
	second := name
	if name == "a country" {
		second = "that country"
	}
	a.closing = append(a.closing, fmt.Sprintf(disclaimer, name, second))
}

// place names the place of the reading.
func (a *answer) place() string {
	p := a.reading.Place
	var out []string
	for _, c := range p.Countries {
		out = append(out, a.label(c))
	}
	for _, n := range p.Networks {
		out = append(out, a.label(strconv.FormatUint(uint64(n), 10)))
	}
	for _, pre := range p.Prefixes {
		out = append(out, pre.String())
	}
	if len(out) > 8 {
		out = append(out[:8], fmt.Sprintf("%d more", len(out)-8))
	}
	return text.List(out)
}

// label names one country or network.
func (a *answer) label(l string) string {
	if len(a.reading.Place.Networks) > 0 || a.reading.Kind == kindNetworks {
		return "AS" + l
	}
	switch l {
	case "":
		return "all other addresses together"
	case prefixLabel:
		return "the prefixes"
	}
	if a.names.Name != nil {
		if n := a.names.Name(l); n != "" {
			return n
		}
	}
	return l
}

func (a *answer) inVector() string {
	if a.reading.Vector == "" {
		return ""
	}
	return " of " + a.reading.Vector
}

func (a *answer) alternatives() []string {
	switch a.reading.Kind {
	case kindShare, kindWorldwide:
		return []string{"the places of compromised or rented devices, not of whoever used them", "proxies and VPN exits that are not on any list",
			"labels of the address data that are wrong for whole blocks"}
	case kindCountries, kindNetworks:
		return []string{"wrong labels of single addresses"}
	case kindSize, kindMagnitude, kindDuration:
		return []string{"a larger or longer attack, of which only this part was recorded"}
	case kindSources, kindDevices:
		return []string{"addresses that changed hands during the attack", "many devices behind one address"}
	}
	return []string{}
}

func (a *answer) wouldChange() string {
	switch a.reading.Kind {
	case kindShare, kindWorldwide, kindCountries, kindNetworks:
		return "a second source of address data from the day of the attack, recordings from other points, or proof that sources were forged"
	case kindActor:
		return "nothing in traffic; only evidence from the machines or people involved"
	}
	return "recordings from other points that the attack passed"
}
