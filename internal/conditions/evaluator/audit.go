package evaluator

import (
	"fmt"
	"math"

	"floodmark/internal/conditions"
	"floodmark/internal/model"
)

// Counters are the byte counters of an interface, from an sFlow counter sample.
type Counters struct {
	Exporter, IfIndex uint32
	At                int64  // Unix ns
	Speed             uint64 // bits a second, 0 not known
	InBytes, OutBytes uint64
}

type ifKey struct{ exporter, index uint32 }

// audit compares samples with counters over windows of at least two minutes.
type audit struct {
	last    Counters // At is 0 before the first, and after a restart
	wide    bool     // counted beyond 32 bits, so that it does not wrap there
	begun   int64
	in, out uint64 // bytes counted in the window

	base, now         model.InterfaceStatus // by samples, at the window's begin and as last measured
	wrong             int                   // audits in a row that contradicted
	text              string
	sampled, counted  [2]float64 // bits/s in and out, of the last window
	interval          float64
	rate              uint32
	known, haveStatus bool
}

const (
	auditWindow = 120 * second
	linkBytes   = 18      // Ethernet header and check sum, which counters have and IP lengths have not
	auditMin    = 1 << 20 // bytes below which nothing is compared
	maxFrame    = 1518    // bytes: what a sample is taken for where the length of packets is not known
)

// Count takes a counter sample. Values that cannot be (a restart, more than the
// interface can carry) begin a new window.
func (v *Evaluator) Count(c Counters) {
	k := ifKey{c.Exporter, c.IfIndex}
	a := v.audits[k]
	if a == nil {
		if len(v.audits) >= maxInterfaces {
			return
		}
		a = &audit{}
		v.audits[k] = a
	}
	a.count(c)
}

func (a *audit) count(c Counters) {
	a.wide = a.wide || c.InBytes > math.MaxUint32 || c.OutBytes > math.MaxUint32
	last := a.last
	a.last = c
	if last.At == 0 {
		a.begin(c.At)
		return
	}
	if c.At <= last.At {
		return
	}
	in, okIn := a.grew(last.InBytes, c.InBytes, c, last.At)
	out, okOut := a.grew(last.OutBytes, c.OutBytes, c, last.At)
	if !okIn || !okOut {
		a.last = Counters{} // the next one is the first again
		return
	}
	a.in, a.out = a.in+in, a.out+out
	if c.At-a.begun >= auditWindow {
		a.compare(c.At)
		a.begin(c.At)
	}
}

func (a *audit) begin(at int64) {
	a.begun, a.in, a.out, a.base = at, 0, 0, a.now
}

// grew returns by how much a counter grew, and whether that can be.
func (a *audit) grew(old, now uint64, c Counters, since int64) (uint64, bool) {
	limit := uint64(math.MaxUint64)
	if c.Speed > 0 {
		limit = uint64(math.Min(float64(c.Speed)/8*float64(c.At-since)/1e9*1.1+1e6, 1<<63))
	}
	if !a.wide && c.Speed > 0 && limit > math.MaxUint32 {
		return 0, false // 32 bits may have wrapped more than once
	}
	d := now - old // wraps at 64 bits
	if now < old {
		switch {
		case !a.wide && old <= math.MaxUint32:
			d = now + 1<<32 - old
		case old < math.MaxUint64-1<<48: // no counter of 64 bits wraps from there
			return 0, false
		}
		if c.Speed == 0 && d > math.MaxInt32 {
			return 0, false
		}
	}
	return d, d <= limit
}

// compare ends a window: does what samples say of traffic that came in fit what
// the interface counted?
func (a *audit) compare(at int64) {
	if !a.haveStatus {
		return
	}
	secs := float64(at-a.begun) / 1e9
	in := less(a.now.In, a.base.In)
	out := less(a.now.Out, a.base.Out)
	a.sampled = [2]float64{bytesOf(in) * 8 / secs, bytesOf(out) * 8 / secs}
	a.counted = [2]float64{float64(a.in) * 8 / secs, float64(a.out) * 8 / secs}
	counted := float64(a.in)
	variance := max(in.Variance, counted*float64(a.rate)*maxFrame)
	a.interval = 1.96 * math.Sqrt(variance) * 8 / secs
	a.known = true
	if in.Samples == 0 || a.in < auditMin {
		a.wrong = 0 // not sampled at all, or too little to compare
		return
	}
	if math.Abs(a.sampled[0]-a.counted[0]) <= a.interval+0.1*a.counted[0] {
		a.wrong = 0
		return
	}
	a.wrong++
	a.text = fmt.Sprintf("%s by samples (± %s), %s by its own counters", bits(a.sampled[0]), bits(a.interval), bits(a.counted[0]))
}

func bytesOf(t model.InterfaceTraffic) float64 {
	return float64(t.Bytes) + linkBytes*float64(t.Packets)
}

func less(a, b model.InterfaceTraffic) model.InterfaceTraffic {
	return model.InterfaceTraffic{Packets: grown(a.Packets, b.Packets), Bytes: grown(a.Bytes, b.Bytes),
		Samples: grown(a.Samples, b.Samples), Variance: max(a.Variance-b.Variance, 0)}
}

// evaluateAudits hands the state of interfaces to their audits and raises what
// they found. A restart of the exporter ends all windows.
func (v *Evaluator) evaluateAudits(now int64, e *exporter, s *model.ExporterStatus) {
	again := s.Restarts != e.restarts
	e.restarts = s.Restarts
	for i := range s.Interfaces {
		f := &s.Interfaces[i]
		a := v.audits[ifKey{s.Number, f.Index}]
		if a == nil {
			continue
		}
		if again {
			*a = audit{}
		}
		a.now, a.rate = *f, max(e.rate, mainRate(s.Rates))
		if !a.haveStatus { // the window began before samples were known
			a.haveStatus = true
			a.last = Counters{}
			continue
		}
		if !a.known {
			continue
		}
		f.In.BitsSampled, f.Out.BitsSampled = a.sampled[0], a.sampled[1]
		f.In.BitsCounted, f.Out.BitsCounted = a.counted[0], a.counted[1]
		f.In.BitsInterval = a.interval
		if a.wrong >= 2 {
			name := f.Name
			if name == "" {
				name = fmt.Sprintf("interface %d", f.Index)
			}
			v.raise(now, conditions.SamplingRateMismatch, s.Name, fmt.Sprintf("%s of %s received %s: the advertised sampling rate, 1:%d, would have to be about 1:%.0f; set override_sampling_rate, or fix the exporter",
				name, s.Name, a.text, a.rate, float64(a.rate)*a.counted[0]/max(a.sampled[0], 1)))
		}
	}
}

// mainRate returns the rate that most records had.
func mainRate(rates []model.RateShare) uint32 {
	limit := model.RateShare{Rate: 1}
	for _, r := range rates {
		if r.Records > limit.Records {
			limit = r
		}
	}
	return max(limit.Rate, 1)
}

// bits prints bits a second.
func bits(v float64) string {
	for _, u := range [...]struct {
		unit string
		size float64
	}{{"Tbit/s", 1e12}, {"Gbit/s", 1e9}, {"Mbit/s", 1e6}, {"kbit/s", 1e3}} {
		if v >= u.size {
			return fmt.Sprintf("%.3g %s", v/u.size, u.unit)
		}
	}
	return fmt.Sprintf("%.0f bit/s", v)
}
