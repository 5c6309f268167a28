package localize

import (
	"cmp"
	"slices"
	"strings"

	"floodmark/internal/model"
)

// minShown is how many effective reporters a place needs to be shown: of
// fewer, one may be known by somebody.
const minShown = 5

// unseen is the part of one report that a place never learnt is worth.
const unseen = 0.02

// PlaceKey returns the key of a place: "US", "US-CA", or "" where the country is
// not known. A region is what follows the country in ISO 3166-2.
func PlaceKey(country model.Code2, region string) string {
	switch {
	case country == 0:
		return ""
	case region == "":
		return country.String()
	}
	return country.String() + "-" + region
}

// place is a cell with what is usual there.
type place struct {
	cell
	country, region string
	usual           float64 // effective reports learnt
}

// Places returns at most most places with their excess over the usual share of
// this service's reports, those that stand out first, then by excess. A
// country's row holds its regions too. A region of fewer than five effective
// reporters is seen only in its country's row, such a country only in the row
// of the rest, whose country is "". What is shown allows nobody to compute a
// place of fewer than five by taking the difference.
func Places(s *Shares, u *Usual, largest int) []model.PlaceShare {
	var effective, tested float64
	all := gather(s, u)
	for _, p := range all {
		if p.region == "" {
			effective += p.effective
			tested += p.tested
		}
	}
	effective += s.rest.effective
	tested += s.rest.tested
	shown := merge(all, place{cell: s.rest, usual: u.rest})
	learnt := u.Total()
	out := make([]model.PlaceShare, 0, len(shown))
	for _, p := range shown {
		q := usual(p.usual, learnt, unseen)
		x := model.PlaceShare{Country: p.country, Region: p.region, Reports: p.reports, Effective: p.effective,
			Expected: effective * q.mean(), Evidence: q.evidence(p.tested, tested)}
		if x.Expected > 0 {
			x.Excess = x.Effective / x.Expected
		}
		low, high := interval(p.tested, tested)
		x.Low, x.High = min(low/q.mean(), x.Excess), max(high/q.mean(), x.Excess)
		if p.country == "" {
			x.Evidence = 0 // the rest is no place
		}
		out = append(out, x)
	}
	selectPlaces(out, len(all))
	return out[:min(len(out), max(largest, 0))]
}

// gather returns every region and every country, its regions included, that has
// reports or is usual, countries before their regions.
func gather(s *Shares, u *Usual) []place {
	var out []place
	at := func(key string) *place {
		i, ok := slices.BinarySearchFunc(out, key, func(p place, k string) int { return cmp.Compare(p.key, k) })
		if !ok {
			country, region, _ := strings.Cut(key, "-")
			out = slices.Insert(out, i, place{cell: cell{key: key}, country: country, region: region})
		}
		return &out[i]
	}
	each := func(key string, add func(*place)) {
		country, region, _ := strings.Cut(key, "-")
		if model.ParseCode2(country) == 0 {
			return // no place: nobody but a broken store says so
		}
		add(at(country))
		if region != "" {
			add(at(key))
		}
	}
	for _, c := range s.cells {
		each(c.key, func(p *place) {
			p.reports = addUp(p.reports, c.reports)
			p.effective += c.effective
			p.tested += c.tested
		})
	}
	for _, w := range u.cells {
		each(w.key, func(p *place) { p.usual += w.n })
	}
	return out
}

// merge leaves the places that may be shown, and the rest where it has any.
func merge(all []place, beyond place) []place {
	var countries []place
	var out []place
	for i := 0; i < len(all); {
		j := i + 1
		for j < len(all) && all[j].country == all[i].country {
			j++
		}
		countries = append(countries, all[i])
		if all[i].effective >= minShown {
			out = append(out, showable(all[i+1:j], all[i].effective)...)
		}
		i = j
	}
	total := beyond.effective
	for _, c := range countries {
		total += c.effective
	}
	shown := showable(countries, total)
	out = slices.DeleteFunc(out, func(r place) bool {
		return !slices.ContainsFunc(shown, func(c place) bool { return c.country == r.country })
	})
	rest := beyond
	for _, c := range countries {
		if !slices.ContainsFunc(shown, func(x place) bool { return x.country == c.country }) {
			rest.reports = addUp(rest.reports, c.reports)
			rest.effective += c.effective
			rest.tested += c.tested
			rest.usual += c.usual
		}
	}
	out = append(out, shown...)
	if rest.effective > 0 {
		out = append(out, rest)
	}
	return out
}

// showable returns the places with enough reporters, without the smallest of
// them as long as what is left of the whole is between nothing and enough.
func showable(of []place, whole float64) []place {
	out := slices.DeleteFunc(slices.Clone(of), func(p place) bool { return p.effective < minShown })
	slices.SortStableFunc(out, func(a, b place) int {
		return cmp.Or(cmp.Compare(b.effective, a.effective), cmp.Compare(a.key, b.key))
	})
	left := whole
	for _, p := range out {
		left -= p.effective
	}
	for len(out) > 0 && left > 1e-6*whole && left < minShown {
		left += out[len(out)-1].effective
		out = out[:len(out)-1]
	}
	return out
}

// selectPlaces marks and sorts. Hypotheses are all m places that have reports or
// are usual, so that those merged away, which cannot stand out, count too.
func selectPlaces(places []model.PlaceShare, m int) {
	logs := make([]float64, 0, len(places))
	for _, p := range places {
		logs = append(logs, p.Evidence)
	}
	slices.SortFunc(logs, func(a, b float64) int { return cmp.Compare(b, a) })
	smallest := limit(logs, m)
	for i := range places {
		p := &places[i]
		p.StandsOut = p.Country != "" && p.Evidence >= smallest && p.Excess > 1
	}
	slices.SortStableFunc(places, func(a, b model.PlaceShare) int {
		if a.StandsOut != b.StandsOut {
			if a.StandsOut {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(b.Excess, a.Excess), cmp.Compare(a.Country, b.Country), cmp.Compare(a.Region, b.Region))
	})
}
