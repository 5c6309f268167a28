package usercount

import (
	"fmt"
	"math"
	"strings"
)

// brigade are the signs of a brigade, 0 to 1 each.
type brigade struct {
	link      float64 // reports follow a link elsewhere, beyond the usual share
	networks  float64 // of networks that are not usual
	countries float64
	silent    float64 // nobody says that it works, where some usually do
	machines  float64 // of networks of servers, beyond the usual share
}

// score joins the signs as if each were a doubt of its own. What real outages show
// too weighs little.
func (b *brigade) score() float64 {
	return 1 - (1-0.6*b.link)*(1-0.4*b.networks)*(1-0.4*b.countries)*(1-0.2*b.silent)*(1-0.8*b.machines)
}

// led says that people were sent: a link alone is no forgery, a real outage is in
// the news as well.
func (b *brigade) led() bool {
	only := brigade{link: b.link, networks: b.networks, countries: b.countries, silent: b.silent}
	return b.link >= 0.5 && only.score() >= 0.7
}

func (t *Tally) brigade(s *counts) brigade {
	n := float64(s.problems)
	u := t.usual.linkedShare()
	b := brigade{link: part1(((float64(s.elsewhere)/n-u)/(1-u) - 0.3) / 0.4)}
	b.networks = t.strange(float64(s.fresh) / n)
	if s.machines >= leastCluster {
		b.machines = part1((float64(s.machines)/n - max(0.3, 2*t.usual.machines())) / 0.3)
	}
	if !t.usual.enough() {
		return b
	}
	strange := 0.0
	for i := range t.w.places.items {
		country, _ := placeOf(t.w.places.keys[i])
		if country != 0 && t.usual.countries.weight(uint32(country)) == 0 {
			strange += float64(total(&t.w.places.items[i].reports))
		}
	}
	b.countries = part1((strange/n - 0.3) / 0.5)
	if works := t.usual.works / (t.usual.works + t.usual.reports); n*works >= 10 {
		b.silent = part1(1 - 10*float64(s.works)/(n*works))
	}
	return b
}

// text says in one sentence what is suspected, or how far to trust the figures.
func (t *Tally) text(s *counts, c *cluster, lockstep, led, served bool) string {
	switch {
	case served:
		return fmt.Sprintf("%d of %d reports come from networks of servers and count as %.0f.", s.machines, s.problems, math.Round(s.machine))
	case lockstep:
		return fmt.Sprintf("%.0f of %d reports look made by few hands: %s.", c.reports, s.problems, c.words())
	case led:
		return fmt.Sprintf("%d of %d reports follow a link elsewhere and come from where this service is not usually reported.", s.elsewhere, s.problems)
	case t.blind(t.w):
		return "Networks are not known here: each prefix counts once, and 24 are needed for an incident."
	}
	return ""
}

// words names the signs that stand out.
func (c *cluster) words() string {
	var out []string
	for _, x := range []struct {
		sign float64
		text string
	}{
		{c.regular, "evenly spaced"}, {c.alike, "the same browser"}, {c.text, "the same words"},
		{c.even, "as many from each network"}, {c.fresh, "from networks that do not usually report"}, {c.part, "the same problem"},
	} {
		if x.sign >= 0.3 {
			out = append(out, x.text)
		}
	}
	return strings.Join(out, ", ")
}
