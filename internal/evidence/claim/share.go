package claim

import (
	"fmt"
	"math"
	"slices"

	"floodmark/internal/model"
	"floodmark/internal/text"
)

// Thresholds of the gates, from the methods: below them no share is assessed.
const (
	minSamples = 100
	minSources = 30
	// suspectGate is the suspect share from which the report names it as a gate.
	// The part joins the unlocated one at any size: leaving out up to a tenth
	// would let claims within ten points of their threshold be decided wrongly.
	suspectGate = 0.10
	// trace is the largest share that still contradicts "some".
	trace = 0.001
	// staleDays is the age from which address data is named as old.
	staleDays = 90
)

// outcome is the verdict on one way of drawing the place.
type outcome struct {
	verdict model.Verdict
	lo, hi  float64
	rival   string
}

// share assesses a claim about the part that came from a place, for each way
// of drawing contested territory; ways that disagree determine nothing.
func (a *answer) share() {
	a.byPackets()
	p := gather(a.data, a.reading)
	a.shareMeasured(&p)
	a.gate(&p)
	ways := a.ways()
	var out []outcome
	for _, w := range ways {
		out = append(out, w.assess())
	}
	a.verdict = out[0].verdict
	lo, hi := out[0].lo, out[0].hi
	for _, o := range out[1:] {
		if o.verdict != a.verdict {
			a.verdict = model.CannotBeDetermined
		}
		lo, hi = math.Min(lo, o.lo), math.Max(hi, o.hi)
	}
	if a.blindPlace(&p) == "" {
		a.limits(lo, hi)
		a.shareBounds(&p, out, ways)
		a.baseRate(lo, hi)
	}
	a.addDisclaimer()
}

// blindPlace says why nothing at all is known of places; "" where it is.
func (a *answer) blindPlace(p *pool) string {
	prefixes := len(a.reading.Place.Prefixes) > 0
	switch {
	case a.data.Anonymised:
		return "The addresses in this recording are anonymised, so that they lead to no place."
	case !a.data.GeoDone && !prefixes:
		return "Addresses were not looked up: no address data was at hand."
	case p.located <= 0:
		return "No packet here has a source address that is shown to be real and could be located."
	}
	return ""
}

// gate adds the gates in a fixed order.
func (a *answer) gate(p *pool) {
	d, r := a.data, a.reading
	if p.reflected > 0 {
		a.reflection(p)
	}
	if p.suspect > suspectGate {
		a.note(fmt.Sprintf("%s of the %s come from vectors whose source addresses may be forged; that part could be from anywhere and widens the bounds.", percent(p.suspect), r.Quantity))
	} else if p.suspect > 0 {
		a.note(fmt.Sprintf("%s of the %s may have forged sources and widen the bounds by as much.", percent(p.suspect), r.Quantity))
	}
	if why := a.blindPlace(p); why != "" {
		a.block(why)
		return
	}
	if p.unlocatable > 0 {
		a.note(a.unlocatable(p))
	}
	if p.seen.Samples < minSamples || p.seen.Sources < minSources {
		a.block(fmt.Sprintf("Too little to judge a share: %s sampled packets from %s located sources (at least %d and %d are needed).",
			count(float64(p.seen.Samples)), count(float64(p.seen.Sources)), minSamples, minSources))
	}
	a.viewGate()
	a.sourcesGate(p)
	if d.GeoDone && d.GeoAgeDays > staleDays && len(r.Place.Prefixes) == 0 {
		a.note(fmt.Sprintf("The address data (%s) is %d days from the recording; blocks change hands.", d.GeoDate, d.GeoAgeDays))
	}
	if !p.effKnown && r.Quantity != Sources {
		a.note("How unequal the sources are is not known; the error of the address data is computed as if they were equally loud.")
	}
	if d.Lossy {
		a.note("The capture dropped packets; the shares are of what it kept.")
	}
}

func (a *answer) unlocatable(p *pool) string {
	if len(a.reading.Place.Countries) > 0 || a.reading.Kind != kindShare {
		return fmt.Sprintf("%s of the %s come from CDNs, proxies, VPN exits or anycast addresses; these say little of where a device is and count as not located.", percent(p.unlocatable), a.reading.Quantity)
	}
	return fmt.Sprintf("%s of the %s come from CDNs, proxies, VPN exits or anycast addresses: the network is theirs, the user may be elsewhere.", percent(p.unlocatable), a.reading.Quantity)
}

func (a *answer) reflection(p *pool) {
	where := a.reflectors()
	if p.reflected >= 1-1e-9 {
		a.block("The sources are reflectors, which answered requests that carried the target's address: where packets came from is not where the attack came from." + where)
		return
	}
	a.note(fmt.Sprintf("%s of the %s are reflected: their origin is unknown and widens the bounds.%s", percent(p.reflected), a.reading.Quantity, where))
}

// viewGate says what part of the attack the recording can hold.
func (a *answer) viewGate() {
	d := a.data
	switch {
	case a.reading.Here || d.View == viewWhole:
	case d.View == viewPart && d.Part <= 0:
		a.block("Only a part of the attack passed this point, and how large a part is unknown; the figures are of that part.")
	case d.View == viewPart:
		a.note(fmt.Sprintf("About %s of the attack passed this point; the rest could be from anywhere and widens the bounds.", percent(d.Part)))
	default:
		a.note("The verdict is on the attack traffic in this recording; what may have gone elsewhere was not seen.")
	}
}

// byPackets reads a sentence about addresses as one about their packets where
// not all addresses are known: nobody who says it has counted addresses, and a
// share of packets is known from a sample.
func (a *answer) byPackets() {
	r := &a.reading
	if a.claim.Vague && r.Quantity == Sources && r.Relation != quantSome && !a.data.NoTraffic && (a.data.Sampled || !a.data.SourcesComplete) {
		r.Quantity = Packets
		a.note("The sentence speaks of addresses. A sample misses quiet ones, so it is judged by the packets that addresses there sent.")
	}
}

// sourcesGate blocks shares of sources where not all sources are known:
// loud sources are sampled more often than quiet ones.
func (a *answer) sourcesGate(p *pool) {
	if a.reading.Quantity != Sources {
		return
	}
	if a.reading.Vector == "" && len(a.data.Vectors) > 1 && a.data.Union == nil {
		a.block("Sources that took part in several vectors were not counted once, so no share of all sources can be given.")
		return
	}
	if a.reading.Relation != quantSome && (a.data.Sampled || !a.data.SourcesComplete) {
		a.block("Not every source is in the data, and quiet sources are missed more often than loud ones; the figures are of the sources seen.")
	}
}

// way is one drawing of the place over one version of the counts.
type way struct {
	name  string
	place Place
	pool  pool
	r     Reading
	mean  bool // the rivals are single places, so that a plurality can be lost
}

func (w *way) assess() outcome {
	switch w.r.Relation {
	case quantPlurality:
		return w.plurality()
	case quantSome:
		return w.some()
	}
	in, _ := w.pool.split(w.place)
	lo, hi := w.pool.bounds(in.weight, level)
	return outcome{verdict: decide(w.r.Relation, lo, hi, w.r.Amount), lo: lo, hi: hi}
}

// some is supported where more sources are labelled with the place than wrong
// labels alone would give, and contradicted where none is and at most a trace
// could hide.
func (w *way) some() outcome {
	in, _ := w.pool.split(w.place)
	lo, hi := w.pool.bounds(in.weight, level)
	real := in.sources > 0
	if w.pool.sample.acc != exact {
		real = tail(int(in.sources), int(w.pool.labels), 1-w.pool.sample.acc.spLow) < level/2
	}
	return outcome{verdict: pick(real, in.sources == 0 && hi <= trace), lo: lo, hi: hi}
}

// plurality compares the place with every other single place, with one
// interval each at a level that covers all of them together (Bonferroni).
func (w *way) plurality() outcome {
	in, others := w.pool.split(w.place)
	alpha := level / float64(min(len(others), 10)+2)
	lo, hi := w.pool.bounds(in.weight, alpha)
	_, rivalHi := w.pool.bounds(0, alpha) // a place that no label names
	o := outcome{lo: lo, hi: hi}
	lost := false
	for i, x := range others {
		l, h := w.pool.bounds(x.weight, alpha)
		rivalHi = math.Max(rivalHi, h)
		if i == 0 {
			o.rival = x.label
		}
		lost = lost || (w.mean && l > hi)
	}
	o.verdict = pick(lo > rivalHi, lost)
	return o
}

// ways lists the drawings of the place: one, or two for an "area".
func (a *answer) ways() []way {
	r := a.reading
	single := len(r.Place.Prefixes) == 0
	plain := way{place: r.Place, pool: gather(a.data, r), r: r, mean: single}
	if !r.Place.Area || len(r.Place.Countries) == 0 {
		return []way{plain}
	}
	if regions(a.data, r.Place) {
		without, with := plain, plain
		without.name, without.pool = "without contested territory", gather(resampled(a.data, r.Place, false), r)
		with.name, with.pool = "with contested territory", gather(resampled(a.data, r.Place, true), r)
		return []way{without, with}
	}
	wide := r.Place
	wide.Countries = slices.Clone(wide.Countries)
	for _, c := range r.Place.Countries {
		wide.Countries = append(wide.Countries, contestedWith[c]...)
	}
	slices.Sort(wide.Countries)
	wide.Countries = slices.Compact(wide.Countries)
	if len(wide.Countries) == len(r.Place.Countries) {
		return []way{plain}
	}
	plain.name = "as the address data labels it"
	return []way{plain, {name: "with everything labelled " + text.List(wide.Countries), place: wide, pool: plain.pool, r: r, mean: single}}
}
