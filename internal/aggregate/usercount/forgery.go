package usercount

import (
	"cmp"
	"slices"

	"floodmark/internal/model"
)

// Points of the signs of lockstep. None reaches suspected alone, and no two of
// those that real outages show (one browser, one component, networks about once
// each) do together with a third.
const (
	pointsRegular = 3.5
	pointsAlike   = 2
	pointsText    = 2
	pointsEven    = 1.5
	pointsFresh   = 1.5
	pointsPart    = 1

	suspectedAt = 5
	fullAt      = 6.5 // points of a score of 1

	leastCluster = 8 // reports, below which nothing is judged
)

// signs are how much a cluster of reports looks made by few hands, 0 to 1 each.
type signs struct {
	regular, alike, text, even, fresh, part float64
}

func (s *signs) points() float64 {
	return pointsRegular*s.regular + pointsAlike*s.alike + pointsText*s.text + pointsEven*s.even + pointsFresh*s.fresh + pointsPart*s.part
}

// cluster is reports that may have been made by few hands: those of one browser,
// or all.
type cluster struct {
	client  uint32
	reports float64
	signs
	cut, cutNow float64 // what it adds to the effective count beyond the usual, in the window and in the open minute
}

// verdict is the forgery of a window and what to take off.
type verdict struct {
	model.Fraud
	cut, cutNow float64
}

// judge looks for forgery in the window.
func (t *Tally) judge() verdict {
	w := t.w
	s := w.sum()
	if s.problems < leastCluster {
		return verdict{}
	}
	all := t.clusters(&s)
	all = append(all, t.whole(&s))
	worst := slices.MaxFunc(all, func(a, b cluster) int { return cmp.Compare(a.points(), b.points()) })
	v := verdict{Fraud: model.Fraud{Synchronized: part1(worst.points() / fullAt)}}
	bar := max(leastReporters, 3*slots*t.usual.level())
	for i, c := range all {
		if c.points() < suspectedAt {
			continue
		}
		if i == len(all)-1 { // everything: the browsers' shares are part of it
			v.cut, v.cutNow = max(v.cut, c.cut), max(v.cutNow, c.cutNow)
		} else {
			v.cut, v.cutNow = v.cut+c.cut, v.cutNow+c.cutNow
		}
	}
	// A real outage that a program joins stays one: then what is left is out of the
	// usual, and more than what would be taken off.
	rest := s.effective - v.cut
	lockstep := v.cut > 0 && (rest < bar || rest < v.cut)
	if !lockstep {
		v.cut, v.cutNow = 0, 0
	}
	b := t.brigade(&s)
	v.Brigading = b.score()
	led := b.led() && s.effective-s.linked < bar
	if led {
		v.cut, v.cutNow = max(v.cut, s.linked), max(v.cutNow, w.minutes[w.slot].linked)
	}
	rest = s.effective - v.cut
	served := b.machines >= 0.5 && (rest < bar || 2*rest < float64(s.machines))
	v.Suspected = lockstep || led || served
	v.Text = t.text(&s, &worst, lockstep, led, served)
	return v
}

// clusters are the browsers of at least a tenth of the reports.
func (t *Tally) clusters(s *counts) []cluster {
	w := t.w
	order := make([]int32, 0, len(w.cells.items))
	for i := range w.cells.items {
		if !w.cells.items[i].others {
			order = append(order, int32(i))
		}
	}
	slices.SortFunc(order, func(a, b int32) int { return cmp.Compare(w.cells.keys[a], w.cells.keys[b]) })
	var out []cluster
	for i := 0; i < len(order); {
		j := i + 1
		for j < len(order) && w.cells.items[order[j]].client == w.cells.items[order[i]].client {
			j++
		}
		if c, ok := t.cluster(s, order[i:j]); ok {
			out = append(out, c)
		}
		i = j
	}
	return out
}

// cluster makes the cluster of one browser from its cells.
func (t *Tally) cluster(s *counts, cells []int32) (cluster, bool) {
	w := t.w
	var c cluster
	var fresh, effective, now, most float64
	var biggest *cell
	for _, i := range cells {
		x := &w.cells.items[i]
		n := float64(total(&x.reports))
		c.reports += n
		fresh += float64(total(&x.fresh))
		for _, e := range x.effective {
			effective += float64(e)
		}
		now += float64(x.effective[w.slot])
		if n > most {
			most, biggest = n, x
		}
	}
	if c.reports < leastCluster || 10*c.reports < float64(s.problems) {
		return c, false
	}
	c.client = biggest.client
	usual := t.usual.client(c.client)
	expected := 0.5
	if t.usual.enough() {
		expected = min(0.95, 0.1+1.5*usual)
	} else {
		usual = 0
	}
	c.alike = part1((c.reports/float64(s.problems) - expected) / (1 - expected))
	c.regular = biggest.gaps.regular()
	if c.reports >= 0.8*float64(s.problems) { // a program that changes the component
		c.regular = max(c.regular, w.gaps.regular())
	}
	c.part = t.onePart(most/c.reports, int(biggest.part))
	c.fresh = t.strange(fresh / c.reports)
	c.even = w.even(func(n *network) bool { return n.votes > 0 && n.client == c.client })
	c.text = part1((float64(biggest.votes)/most - 0.2) / 0.3)
	rest := usual / max(1-usual, 0.05) * (s.effective - effective)
	if effective > 0 {
		c.cut = max(0, effective-rest)
		c.cutNow = now * c.cut / effective
	}
	return c, true
}

// whole is all reports as one cluster, for forgers that change the browser.
func (t *Tally) whole(s *counts) cluster {
	w := t.w
	n := float64(s.problems)
	c := cluster{reports: n}
	c.regular = w.gaps.regular()
	c.fresh = t.strange(float64(s.fresh) / n)
	c.even = w.even(func(*network) bool { return true })
	byPart := make([]float64, t.parts())
	for i := range w.cells.items {
		byPart[w.cells.items[i].part] += float64(total(&w.cells.items[i].reports))
	}
	top := 0
	for i, x := range byPart {
		if x > byPart[top] {
			top = i
		}
	}
	c.part = t.onePart(byPart[top]/n, top)
	c.cut = max(0, s.effective-slots*t.usual.level())
	if s.effective > 0 {
		c.cutNow = w.minutes[w.slot].effective * c.cut / s.effective
	}
	return c
}

// onePart tells how far one component is all there is. Where a service has one, or
// where it is always the same, that says nothing.
func (t *Tally) onePart(share float64, part int) float64 {
	if t.parts() < 3 {
		return 0
	}
	if u := t.Usual(); u != nil && u[part] > 0.9 {
		return 0
	}
	return part1((share - 0.95) / 0.04)
}

// strange tells how far reports come from networks that are not usual, beyond
// what is usual of that.
func (t *Tally) strange(share float64) float64 {
	u := t.usual.strangers()
	if u >= 0.95 {
		return 0
	}
	return part1(((share-u)/(1-u) - 0.3) / 0.5)
}

// even tells how far networks have about as many reports each: people's networks
// differ in size by orders (the inverse of Simpson's index over the number of
// networks is then near 0; each once gives 1).
func (w *window) even(of func(*network) bool) float64 {
	var networks, sum, squares float64
	for i := range w.networks.items {
		n := &w.networks.items[i]
		if n.asn == 0 || !of(n) {
			continue
		}
		x := n.reports()
		networks, sum, squares = networks+1, sum+x, squares+x*x
	}
	if networks < 20 {
		return 0
	}
	return part1((sum*sum/squares/networks - 0.6) / 0.25)
}
