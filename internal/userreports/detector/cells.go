package detector

import (
	"cmp"
	"slices"
	"strings"

	"floodmark/internal/aggregate/usercount"
	"floodmark/internal/evidence/localize"
)

// Cell is what one component or place of a service has in 15 minutes.
type Cell struct {
	Key       string  // a component's slug, or a place as stand.PlaceKey writes it; "" for the rest
	Problems  uint32  // reports of problems, one a person
	Effective float32 // the same, with what looks made up discounted
}

// Cells are those of one service in 15 minutes, by key. The cells of components
// add up to the service's total, and so do those of places.
type Cells struct {
	Service string
	At      int64 // Unix ns, the beginning
	Parts   []Cell
	Places  []Cell
}

// leastCell is the effective reporters from which a place of a quarter that is
// over is kept by itself. Smaller ones are published nowhere, so that they would
// only take memory, and could be lost with it.
const leastCell = 5

// Cells returns what components and places of all services have in the quarters
// that begin in [from, to), as far back as pages are shown. They are of any size.
func (l *Detector) Cells(from, to int64) []Cells {
	var out []Cells
	for _, t := range l.tracks {
		for _, c := range t.cells {
			if c.At >= from && c.At < to {
				out = append(out, Cells{t.service.Slug, c.At, slices.Clone(c.Parts), slices.Clone(c.Places)})
			}
		}
	}
	return out
}

// count adds a closed minute to the cells of its quarter.
func (t *track) count(at int64, m *usercount.Minute, places []localize.Count) {
	if m.Problems == 0 {
		return
	}
	begin := at - at%quarter
	n := len(t.cells)
	if n == 0 || t.cells[n-1].At != begin {
		if n > 0 {
			t.cells[n-1].Places = merged(t.cells[n-1].Places)
		}
		t.cells = append(slices.DeleteFunc(t.cells, func(c Cells) bool { return c.At <= begin-shown*quarter }), Cells{At: begin})
		n = len(t.cells)
	}
	c := &t.cells[n-1]
	rest := Cell{"", m.Problems, float32(m.Effective)}
	for i, x := range t.service.Components {
		if i < len(t.named) && t.named[i] > 0 {
			c.Parts = add1(c.Parts, rest.take(x.Slug, t.named[i], part(m.Parts, i)))
		}
	}
	c.Parts = add1(c.Parts, rest)
	rest = Cell{"", m.Problems, float32(m.Effective)}
	for _, p := range places {
		key := p.Key
		if len(c.Places) >= mostPlaces {
			key = ""
		}
		c.Places = add1(c.Places, rest.take(key, uint32(p.Reports), p.Effective))
	}
	c.Places = add1(c.Places, rest)
}

// take parts some reports from the rest, and never more than it has.
func (c *Cell) take(key string, n uint32, effective float64) Cell {
	out := Cell{key, min(n, c.Problems), min(float32(effective), c.Effective)}
	c.Problems -= out.Problems
	c.Effective -= out.Effective
	return out
}

// add1 adds a cell to a list that is sorted by key.
func add1(list []Cell, c Cell) []Cell {
	if c.Problems == 0 {
		return list
	}
	i, found := slices.BinarySearchFunc(list, c.Key, func(x Cell, key string) int { return cmp.Compare(x.Key, key) })
	if !found {
		return slices.Insert(list, i, c)
	}
	list[i].Problems += c.Problems
	list[i].Effective += c.Effective
	return list
}

// merged takes small regions into the rest of their country, and small countries
// into the rest: what is published of the cells is the same.
func merged(list []Cell) []Cell {
	var regions, out []Cell
	for _, c := range list {
		if c.Effective < leastCell {
			c.Key, _, _ = strings.Cut(c.Key, "-")
		}
		regions = add1(regions, c)
	}
	sums := make(map[string]float32)
	for _, c := range regions {
		country, _, _ := strings.Cut(c.Key, "-")
		sums[country] += c.Effective
	}
	for _, c := range regions {
		if country, _, _ := strings.Cut(c.Key, "-"); sums[country] < leastCell {
			c.Key = ""
		}
		out = add1(out, c)
	}
	return slices.Clip(out)
}
