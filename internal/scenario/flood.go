package scenario

import (
	"math/rand/v2"
	"sort"
	"time"

	"floodmark/internal/scenario/topology"
	"floodmark/internal/scenario/wire"
)

// phase is a stretch of time with a mean rate of events.
type phase struct {
	from, to time.Duration // since the start of the recording
	rate     float64       // events a second, before scaling
}

// steady is one phase over the whole recording.
func steady(rate float64) []phase { return []phase{{0, 1 << 62, rate}} }

// stream calls emit at Poisson times whose rate follows the phases, with the
// small swings from one tenth of a second to the next that real rates have.
type stream struct {
	phases []phase
	scale  float64
	begin  int64 // of the recording
	cur    int
	inside bool
	enter  func(p phase, now int64)
	emit   func(now int64)
}

func (t *stream) step(s *sim, now int64) int64 {
	for t.cur < len(t.phases) && now >= t.begin+int64(t.phases[t.cur].to) {
		t.cur++
		t.inside = false
	}
	if t.cur == len(t.phases) {
		return -1
	}
	p := t.phases[t.cur]
	if from := t.begin + int64(p.from); now < from {
		return from
	}
	if t.inside {
		t.emit(now)
	} else {
		t.inside = true
		if t.enter != nil {
			t.enter(p, now)
		}
	}
	rate := p.rate * t.scale * swing(now/1e8+int64(t.cur))
	return now + int64(s.r.ExpFloat64()/rate*1e9) + 1
}

// swing is between 0.9 and 1.1, different for every n.
func swing(n int64) float64 {
	x := uint64(n) * 0x9e3779b97f4a7c15
	x ^= x >> 31
	x *= 0xd6e8feb86659fd93
	return 0.9 + 0.2*float64(x>>11)/(1<<53)
}

// each calls emit at Poisson times; the rates are scaled.
func (s *sim) each(phases []phase, emit func(now int64)) {
	s.at(s.start, &stream{phases: phases, scale: s.opt.Scale, begin: s.start, emit: emit})
}

// flood is one vector: a crowd of real sources, or a forger of addresses.
type flood struct {
	name        string
	userReports []topology.Host // sources, or reflectors; nil with forge
	forge       topology.Forger // source addresses of a spoofed flood
	phases      []phase
	ttl         func(r *rand.Rand) uint8 // of forged packets; nil: three senders far away
	// emit sends what one event consists of; p has the source filled in.
	emit func(s *sim, f *flood, now int64, h *topology.Host, p *wire.Packet)

	counter *counter
	pick    alias
	alive   []int32
	joins   []int64 // when each source hears the command of this phase
	pkt     wire.Packet
}

// flood adds f to the recording.
func (s *sim) flood(f *flood) *flood {
	f.counter = s.vector(f.name, f.forge != nil)
	if f.ttl == nil {
		f.ttl = fewSenders(s.r)
	}
	s.at(s.start, &stream{
		phases: f.phases, scale: s.opt.Scale, begin: s.start,
		enter: func(p phase, now int64) { f.rally(s, now) },
		emit:  func(now int64) { f.fire(s, now) },
	})
	return f
}

// rally decides which sources take part in this phase: most, but not all, and
// not all at the same moment.
func (f *flood) rally(s *sim, now int64) {
	f.alive = f.alive[:0]
	weights := make([]float64, 0, len(f.userReports))
	f.joins = f.joins[:0]
	for i := range f.userReports {
		if len(f.userReports) > 20 && s.r.Uint32()%14 == 0 {
			continue
		}
		f.alive = append(f.alive, int32(i))
		f.joins = append(f.joins, now+int64(s.r.ExpFloat64()*0.9e9))
		weights = append(weights, f.userReports[i].Weight)
	}
	f.pick = newAlias(weights)
}

func (f *flood) fire(s *sim, now int64) {
	p := &f.pkt
	*p = wire.Packet{In: true}
	if f.forge != nil {
		p.Src, p.TTL = f.forge(s.r), f.ttl(s.r)
		f.emit(s, f, now, nil, p)
		return
	}
	if len(f.alive) == 0 {
		return
	}
	k := f.pick.draw(s.r)
	if now < f.joins[k] {
		return
	}
	h := &f.userReports[f.alive[k]]
	p.Src, p.TTL = h.Addr, h.TTL(s.r)
	f.emit(s, f, now, h, p)
}

// fewSenders gives hop limits as of a handful of servers that forge.
func fewSenders(r *rand.Rand) func(*rand.Rand) uint8 {
	base := [4]uint8{64 - 9, 64 - 13, 255 - 11, 255 - 14}
	for i := range base {
		base[i] -= uint8(r.Uint32() % 4)
	}
	return func(r *rand.Rand) uint8 { return base[r.Uint32()%4] }
}

// alias draws an index with given weights in constant time (Walker, Vose).
type alias struct {
	keep  []float64
	other []int32
}

func newAlias(w []float64) alias {
	n := len(w)
	a := alias{make([]float64, n), make([]int32, n)}
	sum := 0.0
	for _, x := range w {
		sum += x
	}
	var small, large []int32
	for i, x := range w {
		a.keep[i] = x / sum * float64(n)
		if a.keep[i] < 1 {
			small = append(small, int32(i))
		} else {
			large = append(large, int32(i))
		}
	}
	for len(small) > 0 && len(large) > 0 {
		l, g := small[len(small)-1], large[len(large)-1]
		small = small[:len(small)-1]
		a.other[l] = g
		a.keep[g] -= 1 - a.keep[l]
		if a.keep[g] < 1 {
			large = large[:len(large)-1]
			small = append(small, g)
		}
	}
	for _, i := range append(small, large...) {
		a.keep[i] = 1
	}
	return a
}

func (a alias) draw(r *rand.Rand) int {
	i := int(r.Uint64N(uint64(len(a.keep))))
	if r.Float64() < a.keep[i] {
		return i
	}
	return int(a.other[i])
}

// burst sends left packets of one event, gap apart on average.
type burst struct {
	left, n int
	gap     float64 // ns
	h       *topology.Host
	emit    func(now int64, h *topology.Host, i int)
}

func (b *burst) step(s *sim, now int64) int64 {
	b.emit(now, b.h, b.n)
	b.n++
	if b.left--; b.left <= 0 {
		return -1
	}
	return now + int64(b.gap*(0.4+s.r.ExpFloat64()*0.6)) + 1
}

// weightOf draws one of a few values by weight.
func weightOf(r *rand.Rand, weights ...float64) int {
	sum := 0.0
	for _, w := range weights {
		sum += w
	}
	x := r.Float64() * sum
	i := sort.Search(len(weights), func(i int) bool {
		c := 0.0
		for _, w := range weights[:i+1] {
			c += w
		}
		return c > x
	})
	return min(i, len(weights)-1)
}
