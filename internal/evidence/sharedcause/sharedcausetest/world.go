package sharedcausetest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"floodmark/internal/evidence/sharedcause"
	"floodmark/internal/model"
)

// World is services as they are at End, and what is true of those with excess.
type World struct {
	Services []sharedcause.Service
	Truth    map[string]Truth // by slug; services with excess only
	End      int64            // Unix ns
	Kind     string           // of the seeded outage
}

// Truth is whose outage the reports of a service are about.
type Truth struct {
	Kind model.CauseKind // CauseUndecided for a rise that all share
	By   string          // a slug or an owner; "" for own
}

// Kinds of seeded outages.
const (
	Own      = "own"      // one service by itself
	Supplier = "supplier" // a supplier, felt at those who depend on it
	Owner    = "owner"    // all that one owner has
	Spill    = "spill"    // one service; people blame others of its category too
	Two      = "two"      // two services by themselves within the same hour
	Flash    = "flash"    // all services at once: news, a crowd on the site
)

// Kinds are all of them.
var Kinds = []string{Own, Supplier, Owner, Spill, Two, Flash}

const bins = 72 // six hours

// maker makes one world.
type maker struct {
	r     *rand.Rand
	w     World
	level []float64   // usual reports of five minutes
	add   [][]float64 // expected excess, bin by bin
	from  []int       // bin in which the excess begins, -1 for none
	noise float64     // variance / mean
}

// Random makes 10 to 60 services with suppliers, owners and categories, and an
// outage of that kind among them.
func Random(seed uint64, kind string) World {
	m := &maker{r: rand.New(rand.NewPCG(seed, 0x5eed)), w: World{Kind: kind, Truth: map[string]Truth{}, End: 1760000000 * 1e9}}
	m.graph(10 + m.r.IntN(51))
	m.noise = 1 + 2*m.r.Float64()
	switch kind {
	case Own:
		m.outage(m.ordinary(), m.onset(), m.between(8, 300))
	case Supplier:
		m.supplier()
	case Owner:
		m.owner()
	case Spill:
		m.spill()
	case Two:
		a, start := m.ordinary(), m.onset()
		b := m.ordinary()
		for b == a {
			b = m.ordinary()
		}
		m.outage(a, start, m.between(8, 300))
		m.outage(b, min(max(start+m.r.IntN(13)-6, 20), bins-8), m.between(8, 300))
	case Flash:
		m.flash()
	}
	m.count()
	return m.w
}

// between draws evenly on a logarithmic scale.
func (m *maker) between(low, high float64) float64 {
	return low * math.Exp(m.r.Float64()*math.Log(high/low))
}

// onset is a bin that leaves the outage 30 minutes to four hours.
func (m *maker) onset() int { return 24 + m.r.IntN(bins-24-6) }

// ordinary is a service that is no supplier.
func (m *maker) ordinary() int { return 3 + m.r.IntN(len(m.level)-3) }

// graph makes n services, of which the first three are suppliers.
func (m *maker) graph(n int) {
	categories, owners := 3+m.r.IntN(6), 2+n/4
	for i := range n {
		s := sharedcause.Service{Slug: fmt.Sprintf("s%02d", i), Name: fmt.Sprintf("Service %d", i),
			Category: fmt.Sprintf("c%d", m.r.IntN(categories)), Dispersion: 2}
		if i < 3 {
			s.Category = "cloud"
		} else {
			if m.r.Float64() < 0.4 {
				s.Owner = fmt.Sprintf("Owner %d", m.r.IntN(owners))
			}
			for k := range 3 {
				if m.r.Float64() < 0.3 {
					s.DependsOn = append(s.DependsOn, m.w.Services[k].Slug)
				}
			}
		}
		m.w.Services = append(m.w.Services, s)
		m.level = append(m.level, m.between(0.2, 12))
		m.add = append(m.add, make([]float64, bins))
		m.from = append(m.from, -1)
	}
}

// shape is how an outage of one service goes: a rise of 5 to 40 minutes, a
// plateau that wanders, and a fall with a half-life of 15 to 120 minutes.
func (m *maker) shape(start int) []float64 {
	out := make([]float64, bins)
	rise, flat, half := 1+m.r.IntN(8), m.r.IntN(24), float64(3+m.r.IntN(22))
	walk := 0.0
	for k := start; k < bins; k++ {
		walk += 0.12 * m.r.NormFloat64()
		t := k - start
		switch {
		case t < rise:
			out[k] = float64(t+1) / float64(rise)
		case t < rise+flat:
			out[k] = 1
		default:
			out[k] = math.Exp2(-float64(t-rise-flat) / half)
		}
		out[k] *= math.Exp(walk)
	}
	return out
}

// outage gives service i an outage of its own, of that many times its usual.
func (m *maker) outage(i, start int, times float64) []float64 {
	shape := m.shape(start)
	m.put(i, start, shape, times*m.level[i])
	m.w.Truth[m.w.Services[i].Slug] = Truth{Kind: model.CauseOwn}
	return shape
}

// put adds a shape of that height to service i, with its own roughness.
func (m *maker) put(i, start int, shape []float64, height float64) {
	for k, x := range shape {
		m.add[i][k] += x * height * math.Exp(0.12*m.r.NormFloat64())
	}
	m.from[i] = start
}

// late returns a shape that comes n bins later.
func late(shape []float64, n int) []float64 {
	out := make([]float64, len(shape))
	copy(out[n:], shape)
	return out
}

func (m *maker) supplier() {
	for i := 3; i < 6; i++ { // at least three depend on it
		m.w.Services[i].DependsOn = []string{"s00"}
	}
	start := m.onset()
	shape := m.shape(start)
	if m.r.Float64() < 0.6 { // else nobody reports on the supplier itself
		m.put(0, start, shape, m.between(5, 100)*m.level[0])
		m.w.Truth["s00"] = Truth{Kind: model.CauseOwn}
	}
	felt := 0
	for i := 3; i < len(m.level); i++ {
		if depends(m.w.Services[i], "s00") && (felt < 3 || m.r.Float64() < 0.85) {
			felt++
			lag := m.r.IntN(3)
			m.put(i, start+lag, late(shape, lag), m.between(5, 60)*m.level[i])
			m.w.Truth[m.w.Services[i].Slug] = Truth{Kind: model.CauseShared, By: "s00"}
		}
	}
}

func depends(s sharedcause.Service, on string) bool {
	for _, d := range s.DependsOn {
		if d == on {
			return true
		}
	}
	return false
}

func (m *maker) owner() {
	for i := 3; i < 5+m.r.IntN(3); i++ { // two to four services
		m.w.Services[i].Owner, m.w.Services[i].DependsOn = "Group", nil
	}
	start := m.onset()
	shape := m.shape(start)
	for i, s := range m.w.Services {
		if s.Owner == "Group" {
			lag := m.r.IntN(3)
			m.put(i, start+lag, late(shape, lag), m.between(10, 100)*m.level[i])
			m.w.Truth[s.Slug] = Truth{Kind: model.CauseShared, By: "Group"}
		}
	}
}

func (m *maker) spill() {
	a := m.ordinary()
	m.level[a] = m.between(2, 12)
	m.w.Services[a].Category = "spilled"
	start := m.onset()
	shape := m.outage(a, start, m.between(100, 1000))
	height := 0.0
	for _, x := range m.add[a] {
		height = max(height, x)
	}
	left := 1 + m.r.IntN(3)
	for i := 3; i < len(m.level) && left > 0; i++ {
		if i == a {
			continue
		}
		left--
		lag := m.r.IntN(3)
		m.w.Services[i].Category = "spilled"
		m.put(i, start+lag, late(shape, lag), max(height/m.between(10, 100), 4*m.level[i]))
		m.w.Truth[m.w.Services[i].Slug] = Truth{Kind: model.CauseElsewhere, By: m.w.Services[a].Slug}
	}
}

func (m *maker) flash() {
	start := m.onset()
	shape := m.shape(start)
	times := m.between(3, 20)
	for i := range m.level {
		m.put(i, start, shape, times*m.between(0.7, 1.4)*m.level[i])
		m.w.Truth[m.w.Services[i].Slug] = Truth{Kind: model.CauseUndecided}
	}
}

// count draws the reports, and leaves without excess what nobody would notice.
func (m *maker) count() {
	for i := range m.w.Services {
		s := &m.w.Services[i]
		excess, usual := 0.0, 0.0
		for k := range bins {
			mu := m.level[i]
			y := draw(m.r, mu+m.add[i][k], m.noise)
			s.Effective, s.Expected = append(s.Effective, y), append(s.Expected, mu)
			if m.from[i] >= 0 && k >= m.from[i] && k < m.from[i]+12 {
				excess, usual = excess+y-mu, usual+mu
			}
		}
		if m.from[i] < 0 || excess < 10 || excess < 5*math.Sqrt(m.noise*usual) {
			delete(m.w.Truth, s.Slug)
			continue
		}
		s.Excess = true
		// Where a small excess began is known to some minutes only.
		at := m.w.End - int64(bins-m.from[i])*int64(sharedcause.Step)
		s.Since = at + int64(m.r.NormFloat64()*float64(4*time.Minute))
	}
}

// draw returns a negative binomial count: Poisson with a gamma mean.
func draw(r *rand.Rand, mean, ratio float64) float64 {
	// The extra variance is that of ordinary bins; crowds are smoother.
	sd := math.Sqrt(max(ratio-1, 0) * min(mean, 12))
	return poisson(r, max(mean+sd*r.NormFloat64(), 0))
}

func poisson(r *rand.Rand, mean float64) float64 {
	if mean > 50 {
		return math.Round(max(mean+math.Sqrt(mean)*r.NormFloat64(), 0))
	}
	n, p := 0.0, r.Float64()
	for limit := math.Exp(-mean); p > limit; n++ {
		p *= r.Float64()
	}
	return n
}
