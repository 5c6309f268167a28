package scenario

import (
	"fmt"
	"io"
	"math/rand/v2"
	"time"

	"floodmark/internal/model"
	"floodmark/internal/scenario/topology"
	"floodmark/internal/scenario/wire"
)

// Options shape a recording. The zero value is the recipe as it stands.
type Options struct {
	Seed     uint64          // 0 is 1
	Scale    float64         // multiplies rates and sizes of crowds; 0 is 1
	Duration time.Duration   // 0 is the recipe's own; rates stay as they are
	Start    time.Time       // zero is 15 June 2026, 12:00 UTC; 00:00 for days
	Places   topology.Places // address data; nil is the built-in plan
}

func (o Options) withDefaults(r *recipe) Options {
	if o.Seed == 0 {
		o.Seed = 1
	}
	if o.Scale <= 0 {
		o.Scale = 1
	}
	if o.Duration <= 0 {
		o.Duration = r.length
	}
	if o.Start.IsZero() {
		o.Start = startOf(r.length)
	}
	return o
}

// DefaultStart is the time that a scenario begins at where none is chosen:
// noon of 15 June 2026 (UTC), midnight for those that last a day.
func DefaultStart(i Info) time.Time { return startOf(i.Length) }

func startOf(length time.Duration) time.Time {
	noon := time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC)
	if length >= 24*time.Hour {
		return noon.Add(-12 * time.Hour)
	}
	return noon
}

// sim is one run: the queue of actors, the file and the counts.
type sim struct {
	rec        *recipe
	r          *rand.Rand
	out        func(now int64, p *wire.Packet) int // takes each packet, returns its bytes
	err        func() error                        // why out cannot go on
	q          queue
	opt        Options
	plan       *topology.Plan
	oneIn      float64 // one packet in so many is drawn
	strikes    []*strike
	start, end int64
	last       int64 // time of the last packet written
	first      int64
	truth      Truth
	vectors    []*counter
	background counter
	responses  counter
	countries  map[string]uint64
	conns      []*conn // finished ones, for use again
	scratch    []byte
	pieces     []byte
	parts      []wire.Packet // of the packet that is cut
}

// Write writes the recording of the named scenario and returns its truth. An
// unknown name gives an *UnknownError; everything else is an error of w.
func Write(w io.Writer, name string, opt Options) (Truth, error) {
	rec, err := find(name)
	if err != nil {
		return Truth{}, err
	}
	s := newSim(rec, opt)
	file := wire.NewWriter(w, wire.Header{
		Application: fmt.Sprintf("floodmark scenario %s seed %d", name, s.opt.Seed),
		Comment:     "synthetic", Interface: rec.vantage, Snap: rec.snap, VLAN: rec.vlan,
	})
	s.out, s.err = file.Packet, file.Err
	rec.play(s)
	s.run()
	if err := file.Flush(); err != nil {
		return Truth{}, fmt.Errorf("write scenario %s: %w", name, err)
	}
	s.settle()
	return s.truth, nil
}

func newSim(rec *recipe, opt Options) *sim {
	opt = opt.withDefaults(rec)
	s := &sim{
		rec: rec, r: rand.New(rand.NewPCG(opt.Seed, nameSeed(rec.name))), opt: opt, plan: topology.Build(opt.Places),
		start: opt.Start.UnixNano(), countries: map[string]uint64{}, oneIn: float64(max(rec.sampling, 1)),
	}
	s.end = s.start + int64(opt.Duration)
	s.truth = Truth{
		Schema: truthSchema, Scenario: rec.name, Title: rec.title, Synthetic: true, Seed: opt.Seed, Scale: opt.Scale,
		Attack: rec.attack, Vector: rec.vector, LooksLike: rec.looksLike, Sampling: rec.sampling,
		Target: []string{}, Own: []string{}, Claims: []TruthClaim{}, Notes: []string{"synthetic: written by floodmark scenario, not recorded from any network"},
		AddressData: s.plan.Source(),
	}
	return s
}

// nameSeed makes two scenarios with one seed differ (FNV-1a).
func nameSeed(name string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(name) {
		h = (h ^ uint64(name[i])) * 1099511628211
	}
	return h
}

func (s *sim) run() {
	for len(s.q) > 0 && s.err() == nil {
		e := s.q[0]
		if e.at >= s.end {
			break // the earliest event lies after the recording
		}
		next := e.what.step(s, e.at)
		// step may have added actors, but only with later times, so e is still first.
		if next < 0 {
			s.q.pop()
		} else {
			s.q.fix(event{max(next, e.at), e.what})
		}
	}
}

// settle fills the counts of the truth.
func (s *sim) settle() {
	t := &s.truth
	t.First, t.Last = stamp(s.first), stamp(s.last)
	t.Background = TruthTraffic{s.background.packets + s.responses.packets, s.background.bytes + s.responses.bytes}
	t.Responses = TruthTraffic{s.responses.packets, s.responses.bytes}
	t.Packets, t.Bytes = t.Background.Packets, t.Background.Bytes
	t.Vectors = []TruthVector{}
	for _, v := range s.vectors {
		if v.packets > 0 {
			t.Vectors = append(t.Vectors, v.truth())
			t.Packets += v.packets
			t.Bytes += v.bytes
		}
	}
	t.Packets += t.Duplicates
	t.Countries = shares(s.countries)
	s.settleStrikes()
}

// at adds an actor whose first turn is at now or later.
func (s *sim) at(when int64, a actor) {
	if len(s.q) > 0 {
		when = max(when, s.q[0].at) // never before the turn that is being taken
	}
	s.q.push(event{when, a})
}

// vector starts counting a vector of the attack.
func (s *sim) vector(name string, spoofed bool) *counter {
	t := &counter{name: name, attack: true, spoofed: spoofed}
	s.vectors = append(s.vectors, t)
	return t
}

// send writes one packet. Where a packet would lie before the last one written
// it is moved behind it, as on a link that carries one packet at a time.
func (s *sim) send(now int64, t *counter, p *wire.Packet) {
	if s.rec.inbound && !p.In {
		return
	}
	if now < s.last {
		now = s.last
	}
	if s.first == 0 {
		s.first = now
	}
	s.last = now
	n := s.out(now, p)
	t.count(now, n, p.Src)
	if s.rec.doubled {
		s.last += 1_500 + int64(p.Seq%900)
		s.out(s.last, p)
		s.truth.Duplicates++
	}
}

// sendFrom is send for an attack packet of a real host: its country counts.
func (s *sim) sendFrom(now int64, t *counter, h *topology.Host, p *wire.Packet) {
	s.send(now, t, p)
	if t.attack && !t.spoofed && h != nil && p.In {
		s.countries[h.Country]++
	}
}

// fragments cuts p where it exceeds mtu.
func (s *sim) fragments(p *wire.Packet, mtu int) []wire.Packet {
	const maxParts = 48
	parts := s.parts[:0]
	s.pieces = wire.Fragments(p, mtu, s.pieces, func(f *wire.Packet) {
		if len(parts) < maxParts {
			parts = append(parts, *f)
		}
	})
	s.parts = parts
	return parts
}

// sendAll writes the fragments of a packet, some microseconds apart. One machine
// in eight sends the last fragment first, as some systems do.
func (s *sim) sendAll(now int64, t *counter, h *topology.Host, parts []wire.Packet) {
	for i := range parts {
		k := i
		if h != nil && h.Seed%8 == 0 {
			k = len(parts) - 1 - i
		}
		s.sendFrom(now, t, h, &parts[k])
		now += 12_000
	}
}

// scaled multiplies a size of a crowd, but keeps at least a few dozen, or all.
func (s *sim) scaled(n int) int {
	return max(int(float64(n)*s.opt.Scale), min(n, 60))
}

// few scales a number of things that each make the same amount of traffic.
func (s *sim) few(n int) int { return max(int(float64(n)*s.opt.Scale), 2) }

// hosts invents a crowd of about n, scaled.
func (s *sim) hosts(n int, c topology.UserReports) []topology.Host {
	c.N = s.scaled(n)
	return s.plan.Hosts(s.r, c)
}

// own names a machine of the watched network 203.0.113.0/24.
func own(last byte) *topology.Host {
	return &topology.Host{Addr: model.Addr4(203<<24 | 113<<8 | uint32(last)), OS: topology.Linux, Seed: uint64(last) * 0x9e3779b97f4a7c15, ID: uint16(last) * 977}
}

// target notes what is attacked.
func (s *sim) target(prefixes ...string) { s.truth.Target = append(s.truth.Target, prefixes...) }

func (s *sim) note(text string) { s.truth.Notes = append(s.truth.Notes, text) }

func (s *sim) claim(text string, v model.Verdict) {
	s.truth.Claims = append(s.truth.Claims, TruthClaim{text, v})
}
