package opendata

import (
	"cmp"
	"slices"
)

// minCell is how many effective reporters a published cell has at least.
const minCell = 5

// bucket is what cells of a table share: totals are published for each.
type bucket struct {
	service string
	time    int64
}

// mergeParts returns the cells that may be published, in order. Components with
// fewer than K effective reporters become one rest, with component "". Where the
// rest itself is smaller than K, the smallest component goes into it too:
// otherwise it were the difference to the service's total.
func mergeParts(cells []Part) []Part {
	groups := make(map[bucket][]Part)
	for _, c := range cells {
		b := bucket{c.Service, c.Time}
		groups[b] = append(groups[b], c)
	}
	var out []Part
	for _, g := range groups {
		rest := Part{Service: g[0].Service, Time: g[0].Time}
		kept := g[:0]
		for _, c := range joined(g) {
			if c.Effective = sane(c.Effective); c.Component == "" || c.Effective < minCell {
				rest.add(c)
			} else {
				kept = append(kept, c)
			}
		}
		slices.SortFunc(kept, func(a, b Part) int {
			return cmp.Or(cmp.Compare(b.Effective, a.Effective), cmp.Compare(a.Component, b.Component))
		})
		for rest.Problems > 0 && rest.Effective < minCell && len(kept) > 0 {
			rest.add(kept[len(kept)-1])
			kept = kept[:len(kept)-1]
		}
		out = append(out, kept...)
		if rest.Effective >= minCell {
			out = append(out, rest)
		}
	}
	slices.SortFunc(out, func(a, b Part) int {
		return cmp.Or(cmp.Compare(a.Time, b.Time), cmp.Compare(a.Service, b.Service), cmp.Compare(a.Component, b.Component))
	})
	return out
}

// joined adds cells of the same component up.
func joined(cells []Part) []Part {
	cells = slices.Clone(cells)
	slices.SortStableFunc(cells, func(a, b Part) int { return cmp.Compare(a.Component, b.Component) })
	var out []Part
	for _, c := range cells {
		if n := len(out); n > 0 && out[n-1].Component == c.Component {
			out[n-1].add(c)
		} else {
			out = append(out, c)
		}
	}
	return out
}

func (p *Part) add(o Part) { p.Problems += o.Problems; p.Effective += sane(o.Effective) }

// mergePlaces returns the cells that may be published, in order. Regions with
// fewer than K effective reporters become the rest of their country, countries
// with fewer become the rest of the world, each by the rule of mergeParts.
func mergePlaces(cells []Place) []Place {
	countries := make(map[bucket]map[string][]Part)
	for _, c := range cells {
		b := bucket{c.Service, c.Time}
		if countries[b] == nil {
			countries[b] = make(map[string][]Part)
		}
		countries[b][c.Country] = append(countries[b][c.Country], Part{c.Service, c.Time, c.Region, c.Problems, c.Effective})
	}
	var out []Place
	for b, byCountry := range countries {
		var whole []Part
		for country, regions := range byCountry {
			all := Part{Service: b.service, Time: b.time, Component: country}
			for _, r := range regions {
				all.add(r)
			}
			whole = append(whole, all)
		}
		for _, c := range mergeParts(whole) {
			if c.Component == "" {
				out = append(out, Place{b.service, b.time, "", "", c.Problems, c.Effective})
				continue
			}
			for _, r := range mergeParts(byCountry[c.Component]) {
				out = append(out, Place{b.service, b.time, c.Component, r.Component, r.Problems, r.Effective})
			}
		}
	}
	slices.SortFunc(out, func(a, b Place) int {
		return cmp.Or(cmp.Compare(a.Time, b.Time), cmp.Compare(a.Service, b.Service), cmp.Compare(a.Country, b.Country), cmp.Compare(a.Region, b.Region))
	})
	return out
}
