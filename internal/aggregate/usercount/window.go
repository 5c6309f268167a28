package usercount

import (
	"cmp"
	"slices"

	"floodmark/internal/model"
)

// Limits of one window. Beyond them: persons are believed to be new (the intake
// lets one report a person through), prefixes to be known, networks share one
// entry a class, browsers the entry of all others, places that of their country.
const (
	mostPersons  = 1 << 20 // cells, of which three quarters are filled
	mostPrefixes = 1 << 18
	mostNetworks = 4096
	mostCells    = 512
	mostPlaces   = 256
)

// counts are the figures of one minute.
type counts struct {
	problems, works, followed, elsewhere, withheld, refused uint32
	known, nowhere                                          uint32  // of problems: with and without a network
	machines, fresh                                         uint32  // of problems: from networks of machines, from networks never seen
	effective                                               float64 // with
	people, machine, linked                                 float64 // of effective: direct from people's networks, from machines, from a link elsewhere
}

func (c *counts) add(o *counts) {
	c.problems += o.problems
	c.works += o.works
	c.followed += o.followed
	c.elsewhere += o.elsewhere
	c.withheld += o.withheld
	c.refused += o.refused
	c.known += o.known
	c.nowhere += o.nowhere
	c.machines += o.machines
	c.fresh += o.fresh
	c.effective += o.effective
	c.people += o.people
	c.machine += o.machine
	c.linked += o.linked
}

// window is what is kept of the last minutes.
type window struct {
	slot     int // of the open minute
	minutes  [slots]counts
	closed   counts    // sum of all minutes but the open one
	parts    []float32 // effective, by slot and component
	persons  set
	prefixes set
	networks table[network]
	cells    table[cell]
	places   table[place]
	gaps     gaps // of all reports
	hand     int  // next cell that may be replaced
}

// place is one country or region.
type place struct {
	reports   [slots]uint32
	effective [slots]float32
}

func newWindow(parts int, open int64) *window {
	return &window{slot: int(open/minute) % slots, parts: make([]float32, slots*parts), persons: set{most: mostPersons}, prefixes: set{most: mostPrefixes},
		networks: table[network]{most: mostNetworks}, cells: table[cell]{most: mostCells}, places: table[place]{most: mostPlaces}}
}

// sum is the figures of the whole window.
func (w *window) sum() counts {
	s := w.closed
	s.add(&w.minutes[w.slot])
	return s
}

func (w *window) empty() bool {
	var none counts
	return w.closed == none && w.minutes[w.slot] == none
}

// forget clears a slot for a new minute and counts anew what is closed: sums that
// are taken back and forth would drift.
func (w *window) forget(slot int, u *usual) {
	w.minutes[slot] = counts{}
	w.closed = counts{}
	for i := range w.minutes {
		w.closed.add(&w.minutes[i])
	}
	n := len(w.parts) / slots
	clear(w.parts[slot*n:][:n])
	w.persons.forget(slot)
	w.prefixes.forget(slot)
	w.gaps.forget(slot)
	w.networks.sweep(func(x *network) bool { return x.forget(slot, u) })
	w.cells.sweep(func(x *cell) bool { return x.forget(slot) })
	w.places.sweep(func(x *place) bool {
		x.reports[slot], x.effective[slot] = 0, 0
		return total(&x.reports) > 0
	})
	w.hand = 0
}

func total(a *[slots]uint32) uint32 {
	var n uint32
	for _, x := range a {
		n += x
	}
	return n
}

// placeKey packs a country and a subdivision of at most three characters; a
// longer one is none.
func placeKey(country model.Code2, region string) uint64 {
	k := uint64(country)
	if len(region) > 3 {
		region = ""
	}
	for i := range 3 {
		k <<= 8
		if i < len(region) {
			k |= uint64(region[i])
		}
	}
	return k
}

func placeOf(k uint64) (model.Code2, string) {
	b := []byte{byte(k >> 16), byte(k >> 8), byte(k)}
	n := 0
	for n < 3 && b[n] != 0 {
		n++
	}
	return model.Code2(k >> 24), string(b[:n])
}

// PlaceCount is one place of a Window.
type PlaceCount struct {
	Country   model.Code2 // 0 where not known
	Region    string      // "" where not known, and for the rest of a country
	Reports   uint32
	Effective float64 // what looks made up is not taken off
}

// Window is what the last 15 closed minutes and the open one say together.
type Window struct {
	Problems, Works, Followed, Withheld, Refused uint32 // as in Minute

	Effective float64      // reporters that the reports are worth; without what is suspected
	Breadth   float64      // how many networks that is like: see docs/methods.md, tally/enough
	Networks  int          // distinct ones with a number, at most 4,096
	Prefixes  int          // distinct ones, at most 196,608
	Parts     []float64    // Effective by component; the last one is for none named
	Places    []PlaceCount // by reports, at most 256
	Forgery   model.Fraud
	Enough    bool // no incident without it
}

// Window returns the window as it is. Its slices are the caller's.
func (t *Tally) Window() Window {
	out := Window{Parts: make([]float64, t.parts())}
	w := t.w
	if w == nil {
		return out
	}
	s := w.sum()
	v := t.judge()
	out.Problems, out.Works, out.Followed, out.Withheld, out.Refused = s.problems, s.works, s.followed, s.withheld, s.refused
	out.Effective = s.effective
	keep := 1.0
	if v.Suspected && s.effective > 0 {
		keep = max(0, 1-v.cut/s.effective)
		out.Effective *= keep
	}
	for i, x := range w.parts {
		out.Parts[i%t.parts()] += keep * float64(x)
	}
	out.Breadth, out.Networks = t.breadth(w)
	out.Prefixes = w.prefixes.n
	out.Places = w.placeCounts()
	out.Forgery = v.Fraud
	out.Enough = out.Effective >= leastReporters && out.Breadth >= leastBreadth
	return out
}

func (w *window) placeCounts() []PlaceCount {
	out := make([]PlaceCount, 0, len(w.places.items))
	for i := range w.places.items {
		p := PlaceCount{Reports: total(&w.places.items[i].reports)}
		for _, e := range w.places.items[i].effective {
			p.Effective += float64(e)
		}
		p.Country, p.Region = placeOf(w.places.keys[i])
		out = append(out, p)
	}
	slices.SortFunc(out, func(a, b PlaceCount) int {
		return cmp.Or(cmp.Compare(b.Reports, a.Reports), cmp.Compare(a.Country, b.Country), cmp.Compare(a.Region, b.Region))
	})
	return out
}
