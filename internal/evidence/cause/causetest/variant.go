package causetest

import (
	"math"
	"math/rand/v2"
	"time"

	"floodmark/internal/evidence/cause"
	"floodmark/internal/model"
)

var names = [kinds]model.CauseName{model.Attack, model.OwnFault, model.Dependency, model.NetworkFault, model.Elsewhere, model.FalseReports, model.Demand}

const (
	attack = iota
	own
	dependency
	network
	elsewhere
	forged
	demand
)

const (
	minute = int64(time.Minute)
	lead   = 40                            // minutes before an incident that are played
	zero   = 1_750_000_000 * 1_000_000_000 // Unix ns, when trouble begins
)

// Variant is an incident and what brought it about.
type Variant struct {
	Observation cause.Observation
	Truth       model.CauseName
}

// play is a variant in the making. Times within are minutes since trouble
// began.
type play struct {
	*Ranges
	r       *rand.Rand
	kind    int
	silent  bool // nobody reports
	mix     [kinds]float64
	waves   [][2]float64 // of trouble
	flood   [][2]float64 // of the attack that is the cause
	rush    float64      // when real clients began to come in numbers
	rushed  bool
	now     float64
	onePart bool
	place   bool // in one place only
	noTTL   bool
	opened  float64 // when something but reports showed it first
	missed  bool    // traffic does not show the attack that is the cause
	o       cause.Observation
}

// in draws from a range.
func (p *play) in(x Range) float64 { return x.Low + (x.High-x.Low)*p.r.Float64() }

// chance draws whether something happens whose probability is drawn first.
func (p *play) chance(x Range) bool { return p.r.Float64() < p.in(x) }

func (p *play) log(x Range) float64 { return math.Pow(10, p.in(x)) }

// of draws an index by weight.
func (p *play) of(weights []float64) int {
	sum := 0.0
	for _, w := range weights {
		sum += w
	}
	x := p.r.Float64() * sum
	for i, w := range weights {
		if x -= w; x < 0 {
			return i
		}
	}
	return len(weights) - 1
}

// New plays a variant.
func New(seed uint64, ranges *Ranges) Variant {
	p := &play{Ranges: ranges, r: rand.New(rand.NewPCG(seed, 0xca05e))}
	for i := range p.mix {
		p.mix[i] = p.in(p.Mix[i])
	}
	p.kind = p.of(p.mix[:])
	// Without reports there is nothing that is only said.
	p.silent = p.kind != elsewhere && p.kind != forged && p.chance(p.Silent)
	p.o.Name = "Example"
	p.trouble()
	p.history()
	p.traffic()
	p.probes()
	p.silent = p.silent && p.noticed()
	p.started()
	if !p.silent {
		p.reports()
	}
	return Variant{p.o, names[p.kind]}
}

// trouble draws when it hurts.
func (p *play) trouble() {
	hours := p.log(p.Hours)
	switch p.kind {
	case attack:
		n := 1 + int(p.in(p.Waves))
		at := 0.0
		for range n {
			long := max(3, 60*hours/float64(n)*(0.4+0.8*p.r.Float64()))
			p.flood = append(p.flood, [2]float64{at, at + long})
			// It takes a while until it hurts, and sometimes it does not at all.
			begin := at + 4*p.r.Float64()
			if p.r.Float64() < p.in(p.Hurts) || len(p.waves) == 0 {
				p.waves = append(p.waves, [2]float64{begin, begin + max(2, long*p.in(p.Hurts))})
			}
			at += long + 5 + 60*p.r.Float64()
		}
		shift := p.waves[0][0]
		for i := range p.flood {
			p.flood[i][0], p.flood[i][1] = p.flood[i][0]-shift, p.flood[i][1]-shift
		}
		for i := range p.waves {
			p.waves[i][0], p.waves[i][1] = p.waves[i][0]-shift, p.waves[i][1]-shift
		}
	default:
		at := 0.0
		for range 1 + p.of([]float64{8, 1, 1}) { // some faults come back
			p.waves = append(p.waves, [2]float64{at, at + max(5, 60*hours*(0.5+p.r.Float64()))})
			at = p.waves[len(p.waves)-1][1] + 10 + 90*p.r.Float64()
		}
	}
	end := p.waves[len(p.waves)-1][1]
	p.now = max(8, end*p.in(p.Seen))
	p.onePart = (p.kind == own || p.kind == dependency || p.kind == demand && p.r.Float64() < 0.5 || p.kind == attack && p.r.Float64() < 0.3) && p.chance(p.OnePart)
	p.place = p.kind == network && p.chance(p.OnePlace)
	p.noTTL = p.chance(p.NoTTL)
	p.missed = p.chance(p.Unseen)
	p.o.Now = at(p.now)
}

func at(m float64) int64 { return zero + int64(m*float64(minute)) }

// hurt is how much trouble there is at a time, 0 to 1.
func (p *play) hurt(m float64) float64 {
	for _, w := range p.waves {
		if m >= w[0] && m < w[1] {
			return 1
		}
	}
	return 0
}

// noticed tells whether anything but reports shows it, and when first.
func (p *play) noticed() bool {
	p.opened = math.Inf(1)
	for _, t := range p.o.Traffic {
		if t.ID == "cause" || t.ID == "rush" {
			p.opened = min(p.opened, float64(t.Started-zero)/float64(minute))
		}
	}
	for _, f := range p.o.Failing {
		p.opened = min(p.opened, float64(f.Start-zero)/float64(minute))
	}
	return p.opened < p.now
}

// started estimates when it began.
func (p *play) started() {
	first := p.in(p.Late) + p.in(p.Lag)
	if p.silent {
		first = p.opened
	}
	p.o.Started = min(at(first), p.o.Now-minute)
}

// history draws what is known of the service from before.
func (p *play) history() {
	h := &p.o.History
	h.Earlier = map[model.CauseName]int{}
	for range p.r.IntN(40) {
		h.Earlier[names[p.of(p.mix[:])]]++
	}
	if p.r.IntN(3) == 0 {
		h.Earlier = nil
	}
}
