package claim

import (
	"cmp"
	"math"
	"slices"
	"strconv"

	"floodmark/internal/evidence/share"
	"floodmark/internal/model"
)

// pool is the part of the attack that a reading is about, in one quantity.
type pool struct {
	total, located float64 // in units of the quantity
	parts          []part  // by country or network, largest first, then by label
	seen           Count   // draws and sources of what is located
	totalSamples   float64
	labels         uint64 // located sources, summed over vectors; seen.Sources is the largest vector's
	sample         sample

	reflected, suspect                float64 // shares of total that say nothing of an origin
	noLocation, disagree, unlocatable float64 // shares of total
	view                              float64 // share of the attack that is seen; 1 where nothing is known
	vectors                           int
	effKnown                          bool
}

// part is one label's share of a pool.
type part struct {
	label   string
	weight  float64
	sources uint64
}

func (c Count) in(q Quantity) float64 {
	switch q {
	case Bytes:
		return c.Bytes
	case Sources:
		return float64(c.Sources)
	}
	return c.Packets
}

// trusted reports whether the sources of v say where packets came from.
func (v *Vector) trusted() bool { return !v.Reflection && v.Spoof == model.SpoofReal }

// labelled returns v's parts by the kind of place.
func (v *Vector) labelled(p Place) []Located {
	switch {
	case len(p.Networks) > 0:
		return v.Networks
	case len(p.Prefixes) > 0:
		var c Count
		for _, pre := range p.Prefixes {
			c = c.plus(v.Prefixes[pre])
		}
		return []Located{{Label: prefixLabel, Count: c}, {Label: "", Count: v.Total.minus(c)}}
	}
	return v.Countries
}

const prefixLabel = "prefix"

func (c Count) plus(d Count) Count {
	return Count{c.Packets + d.Packets, c.Bytes + d.Bytes, c.Samples + d.Samples, c.Sources + d.Sources, c.SqBytes + d.SqBytes}
}

func (c Count) minus(d Count) Count {
	return Count{math.Max(0, c.Packets-d.Packets), math.Max(0, c.Bytes-d.Bytes), c.Samples - min(c.Samples, d.Samples),
		c.Sources - min(c.Sources, d.Sources), math.Max(0, c.SqBytes-d.SqBytes)}
}

// gather sums the vectors that a reading is about.
func gather(d *Data, r Reading) pool {
	vs := chosen(d, r)
	p := pool{vectors: len(vs), view: 1}
	if d.View == viewPart && d.Part > 0 && !r.Here {
		p.view = math.Min(1, d.Part)
	}
	sums := map[string]part{}
	root := 0.0 // sum of share/sqrt(effective sources), see effective
	for i := range vs {
		p.add(&vs[i], r, sums, &root)
	}
	for _, s := range sums {
		p.parts = append(p.parts, s)
	}
	p.sort()
	p.total = math.Max(p.total, p.located)
	p.shares()
	p.sample = p.basis(d, r, root)
	return p
}

// chosen returns the vectors a reading is about; for sources over several
// vectors the union, in which each source counts once.
func chosen(d *Data, r Reading) []Vector {
	var out []Vector
	for _, v := range d.Vectors {
		if r.Vector == "" || v.Name == r.Vector {
			out = append(out, v)
		}
	}
	if r.Quantity == Sources && len(out) > 1 && d.Union != nil {
		u := *d.Union
		u.Reflection, u.Spoof = false, model.SpoofReal
		return []Vector{u}
	}
	return out
}

func (p *pool) add(v *Vector, r Reading, sums map[string]part, root *float64) {
	w := v.Total.in(r.Quantity)
	p.total += w
	p.totalSamples += float64(v.Total.Samples)
	switch {
	case v.Reflection:
		p.reflected += w
		return
	case !v.trusted():
		p.suspect += w
		return
	}
	located, sum := 0.0, Count{}
	for _, l := range v.labelled(r.Place) {
		x := l.in(r.Quantity)
		located += x
		s := sums[l.Label]
		// A source may take part in several vectors: it counts in one.
		sums[l.Label] = part{l.Label, s.weight + x, max(s.sources, l.Sources)}
		sum = sum.plus(l.Count)
	}
	p.labels += sum.Sources
	sources := max(p.seen.Sources, sum.Sources)
	p.seen = p.seen.plus(sum)
	p.seen.Sources = sources
	p.located += located
	p.noLocation += v.NoLocation.in(r.Quantity)
	p.disagree += v.Disagree.in(r.Quantity)
	p.unlocatable += v.Unlocatable.in(r.Quantity)
	eff := v.EffPackets
	if r.Quantity == Bytes && v.EffBytes > 0 {
		eff = v.EffBytes
	}
	if eff > 0 && r.Quantity != Sources {
		p.effKnown = true
		*root += w / math.Sqrt(eff)
	} else if v.Total.Sources > 0 {
		*root += w / math.Sqrt(float64(v.Total.Sources))
	}
}

func (p *pool) shares() {
	if p.total <= 0 {
		return
	}
	for _, s := range []*float64{&p.reflected, &p.suspect, &p.noLocation, &p.disagree, &p.unlocatable} {
		*s /= p.total
	}
}

// basis says what the shares of a pool rest on. The effective number of
// located sources is bounded from below: with w_v the weight of vector v and
// N_v its effective number, sum p² <= (sum w_v/sqrt(N_v))² (Minkowski), and the
// located part has at most that concentration over its own weight.
func (p *pool) basis(d *Data, r Reading, root float64) sample {
	s := sample{acc: lookedUp, sources: math.Max(1, float64(p.seen.Sources))}
	if len(r.Place.Prefixes) > 0 {
		s.acc = exact
	}
	if r.Quantity != Sources && root > 0 {
		s.sources = math.Max(1, math.Min(s.sources, p.located*p.located/(root*root)))
	}
	if !d.Sampled || r.Quantity == Sources {
		p.totalSamples = 0
		return s
	}
	scale := 1.0
	if d.EffSamples > 0 {
		scale = math.Min(1, d.EffSamples)
	}
	if r.Quantity == Bytes {
		scale *= byteScale(d, p.seen)
	}
	s.samples = math.Max(1, float64(p.seen.Samples)*scale)
	p.totalSamples *= scale
	return s
}

// byteScale is the ratio of effective to actual samples for byte shares, Kish's
// (sum b)²/sum b² over n. Without the squares it is bounded: no length exceeds
// the longest, so sum b² <= longest × sum b.
func byteScale(d *Data, c Count) float64 {
	if c.Samples == 0 || c.Bytes <= 0 || c.Packets <= 0 {
		return 1
	}
	mean := c.Bytes / c.Packets
	largest := 1514.0
	if d.MaxLen > 0 {
		largest = float64(d.MaxLen)
	}
	scale := mean / math.Max(mean, largest)
	if c.SqBytes > 0 {
		n := float64(c.Samples)
		scale = float64(mean*mean) * n / c.SqBytes
	}
	return math.Min(1, scale)
}

// bounds returns Manski's bounds on a part's share of the whole pool: none or
// all of the unlocated part, and of what was not seen, may belong to it.
func (p *pool) bounds(weight, alpha float64) (lo, hi float64) {
	if p.located <= 0 || p.total <= 0 {
		return 0, 1
	}
	w, alpha := p.known(alpha)
	tl, th := p.sample.limits(math.Min(1, weight/p.located), alpha)
	return float64(w * tl), 1 - float64(w*(1-th))
}

// known returns a lower limit of the share of the attack that was located, and
// what is left of alpha: one half pays for that limit where it is needed.
func (p *pool) known(alpha float64) (w, rest float64) {
	if p.located <= 0 || p.total <= 0 {
		return 0, alpha
	}
	w = p.located / p.total
	if w < 1 {
		alpha /= 2
		if p.totalSamples > 0 {
			w, _ = share.Wilson(w*p.totalSamples, p.totalSamples, alpha)
		}
	}
	return w * p.view, alpha
}

// memberOf reports whether a label belongs to the place.
func (p Place) memberOf(label string) bool {
	switch {
	case len(p.Networks) > 0:
		n, err := strconv.ParseUint(label, 10, 32)
		_, ok := slices.BinarySearch(p.Networks, uint32(n))
		return err == nil && ok
	case len(p.Prefixes) > 0:
		return label == prefixLabel
	}
	_, ok := slices.BinarySearch(p.Countries, label)
	return ok
}

// split returns the weight and sources of the place, and the other parts.
func (p *pool) split(place Place) (in part, others []part) {
	for _, x := range p.parts {
		if place.memberOf(x.label) {
			in.weight += x.weight
			in.sources += x.sources
		} else {
			others = append(others, x)
		}
	}
	return in, others
}

// merge adds to the part with this label.
func (p *pool) merge(label string, weight float64) {
	for i := range p.parts {
		if p.parts[i].label == label {
			p.parts[i].weight += weight
			return
		}
	}
	p.parts = append(p.parts, part{label: label, weight: weight})
}

func (p *pool) sort() {
	slices.SortFunc(p.parts, func(a, b part) int {
		return cmp.Or(cmp.Compare(b.weight, a.weight), cmp.Compare(a.label, b.label))
	})
}
