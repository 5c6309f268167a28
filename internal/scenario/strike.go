package scenario

import (
	"math"
	"time"

	"floodmark/internal/scenario/topology"
	"floodmark/internal/scenario/wire"
)

// TruthAttack is one attack of a run: what whoever watches should have said.
type TruthAttack struct {
	Name      string   `json:"name"`
	Vector    string   `json:"vector"`
	Direction string   `json:"direction"` // in, or out for attacks by the network's own hosts
	Target    []string `json:"target"`    // what should be named: an address or a prefix; of attacks that go out the hosts that make them
	Start     string   `json:"start"`
	End       string   `json:"end"`
	Bursts    int      `json:"bursts"`      // stretches of traffic with silence between them
	PeakPPS   float64  `json:"peak_pps"`    // real packets/s at the peak, as planned
	PeakBPS   float64  `json:"peak_bps"`    // bits/s of IP packets, from the packets drawn
	Sampled   uint64   `json:"sampled"`     // packets drawn
	Sampling  uint32   `json:"sampling"`    // one packet in so many was drawn; 1: all
	Spoofed   bool     `json:"spoofed"`     // sources are forged
	MeanBytes float64  `json:"mean_octets"` // of a packet
}

// TruthEvent is something ordinary that is large: a speed test, a backup.
type TruthEvent struct {
	Kind    string  `json:"kind"`
	Host    string  `json:"host"`
	Start   string  `json:"start"`
	End     string  `json:"end"`
	PeakPPS float64 `json:"peak_pps"` // real packets/s in both directions, as planned
}

// strike is an attack under way.
type strike struct {
	truth   TruthAttack
	counter *counter
	phases  []phase // rates are of samples
}

// strike adds an attack. The rates of its phases are of real packets a second;
// emit draws one sampled packet.
func (s *sim) strike(a TruthAttack, f *flood, phases []phase) {
	k := &strike{truth: a}
	for _, p := range phases {
		k.truth.PeakPPS = math.Max(k.truth.PeakPPS, p.rate*s.opt.Scale)
		k.phases = append(k.phases, phase{p.from, p.to, p.rate / s.oneIn})
	}
	k.truth.Bursts, k.truth.Sampling, k.truth.Spoofed = bursts(phases), uint32(s.oneIn), f.forge != nil
	k.truth.Start, k.truth.End = s.stampAt(phases[0].from), s.stampAt(min(phases[len(phases)-1].to, s.opt.Duration))
	f.name, f.phases = a.Vector, k.phases
	s.flood(f)
	k.counter = f.counter
	s.strikes = append(s.strikes, k)
	s.target(a.Target...)
}

func (s *sim) stampAt(d time.Duration) string { return stamp(s.start + int64(d)) }

func bursts(phases []phase) int {
	n := 1
	for i := 1; i < len(phases); i++ {
		if phases[i].from > phases[i-1].to {
			n++
		}
	}
	return n
}

// underWay lists the attacks that are going on.
func (s *sim) underWay(dst []string, now int64) []string {
	for _, k := range s.strikes {
		first, last := k.phases[0].from, k.phases[len(k.phases)-1].to
		if d := time.Duration(now - s.start); d >= first && d < last {
			dst = append(dst, k.truth.Name)
		}
	}
	return dst
}

func (s *sim) settleStrikes() {
	for _, k := range s.strikes {
		if k.counter.packets == 0 {
			continue // the run ended before
		}
		a := k.truth
		a.Sampled = k.counter.packets
		a.MeanBytes = float64(k.counter.bytes) / float64(k.counter.packets)
		a.PeakBPS = a.PeakPPS * a.MeanBytes * 8
		s.truth.Attacks = append(s.truth.Attacks, a)
	}
}

// direct makes a flood whose every event is one packet that fill completes.
func direct(fill func(s *sim, h *topology.Host, p *wire.Packet)) *flood {
	return &flood{emit: func(s *sim, f *flood, now int64, h *topology.Host, p *wire.Packet) {
		fill(s, h, p)
		s.sendFrom(now, f.counter, h, p)
	}}
}
