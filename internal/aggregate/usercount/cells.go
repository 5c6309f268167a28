package usercount

import (
	"math"

	"floodmark/internal/model"
)

// cell is the reports of one browser that name one component.
type cell struct {
	client    uint32
	part      uint16
	others    bool // browsers that found no room
	text      uint32
	votes     uint32 // for text, by Boyer's and Moore's votes
	gaps      gaps
	reports   [slots]uint32
	fresh     [slots]uint32
	effective [slots]float32
}

// forget clears a slot and says whether anything is left.
func (c *cell) forget(slot int) bool {
	c.reports[slot], c.fresh[slot], c.effective[slot] = 0, 0, 0
	c.gaps.forget(slot)
	c.votes -= c.votes / slots
	return total(&c.reports) > 0
}

// gaps measures how evenly reports are spaced: the local variation of Shinomoto,
// Shima and Tanji (Neural Computation 15, 2003), the mean of 3((a-b)/(a+b))² over
// gaps a and b that follow each other. It is 1 for arrivals at random, whatever
// their rate and however it rises, and 0 for a clock.
type gaps struct {
	last, gap int64
	sum       [slots]float32
	n         [slots]uint32
}

// leastGaps is what two gaps must last to say something, in ns: below 50 ms it is
// the server that spaces reports.
const leastGaps = 50e6

func (g *gaps) add(at int64, slot int) {
	if g.last != 0 {
		gap := max(0, at-g.last)
		if both := float64(gap + g.gap); g.gap > 0 && both >= leastGaps {
			d := float64(gap-g.gap) / both
			g.sum[slot] += float32(3 * d * d)
			g.n[slot]++
		}
		g.gap = gap
	}
	g.last = at
}

func (g *gaps) forget(slot int) { g.sum[slot], g.n[slot] = 0, 0 }

// regular is 0 for arrivals at random and 1 where chance would space them so
// evenly less than once in 10,000: Chernoff's bound on the mean of uniform squares,
// -(1+ln(π l/6))/2 nats a pair at small l, over 1.5 because pairs overlap.
func (g *gaps) regular() float64 {
	var sum float64
	for _, x := range g.sum {
		sum += float64(x)
	}
	n := float64(total(&g.n))
	if n < 6 {
		return 0
	}
	l := max(sum/n, 0.01)
	nats := n * max(0, -(1+math.Log(math.Pi*l/6))/2) / 1.5
	return part1(nats/9.2) * part1((0.6-l)/0.2)
}

// part1 keeps x between 0 and 1.
func part1(x float64) float64 { return min(1, max(0, x)) }

// leastText is the length from which the same words are unlikely by chance.
const leastText = 12

// hashText is FNV-1a of the first 64 octets.
func hashText(s string) uint32 {
	h := uint32(2166136261)
	for i := range min(len(s), 64) {
		h = (h ^ uint32(s[i])) * 16777619
	}
	return h
}

// note keeps what the judgement of forgeries rests on, and the place.
func (w *window) note(r *model.Report, n *network, part int, added float64) {
	w.gaps.add(r.At, w.slot)
	c := w.cell(r.Client, part)
	c.reports[w.slot]++
	c.effective[w.slot] += float32(added)
	c.gaps.add(r.At, w.slot)
	if n.fresh {
		c.fresh[w.slot]++
	}
	if len(r.Text) >= leastText {
		vote(&c.text, &c.votes, hashText(r.Text))
	}
	vote(&n.client, &n.votes, r.Client)
	p := w.place(r)
	p.reports[w.slot]++
	p.effective[w.slot] += float32(added)
}

// vote is one step of Boyer's and Moore's search for what more than half are.
func vote(who, votes *uint32, x uint32) {
	switch {
	case *who == x:
		*votes++
	case *votes == 0:
		*who, *votes = x, 1
	default:
		*votes--
	}
}

// cell returns the entry of a browser and a component. When there is no room it
// takes the place of one of the next eight that has few reports, so that a crowd
// of rare browsers cannot keep a common one out.
func (w *window) cell(client uint32, part int) *cell {
	key := uint64(client)<<16 | uint64(part)
	if c := w.cells.at(key); c != nil {
		return c
	}
	c := w.cells.add(key)
	for i := 0; c == nil && i < 8; i++ {
		w.hand = (w.hand + 1) % len(w.cells.items)
		if x := &w.cells.items[w.hand]; !x.others && total(&x.reports) <= 2 {
			c = w.cells.replace(w.hand, key)
		}
	}
	if c != nil {
		c.client, c.part = client, uint16(part)
		return c
	}
	key = 1<<60 | uint64(part)
	if c = w.cells.at(key); c == nil {
		c = w.cells.replace(w.hand, key)
		c.part, c.others = uint16(part), true
	}
	return c
}

// place returns the entry of the report's place, of its country or of none where
// there is no room.
func (w *window) place(r *model.Report) *place {
	key := placeKey(r.Country, r.Region)
	if p := w.places.at(key); p != nil {
		return p
	}
	// The last entries are for countries alone, the very last for the rest.
	if p := w.places; len(p.items) < p.most-64 || key&0xffffff == 0 && len(p.items) < p.most-1 {
		return w.places.add(key)
	}
	for _, key := range []uint64{key &^ 0xffffff, 0} {
		if p := w.places.at(key); p != nil {
			return p
		}
		if p := w.places; len(p.items) < p.most-1 || key == 0 {
			return w.places.add(key)
		}
	}
	return w.places.at(0)
}
