package simday

import (
	"slices"
	"time"
)

// Stretch is a time that is played at one speed.
type Stretch struct {
	From, To time.Time // simulated
	Speed    float64   // simulated seconds in a second
}

// Costs of what is played, in seconds of one machine's time: what a quarter of
// an hour costs by itself, a report with its proof of work, and a sampled packet.
const (
	bucketCost = 0.4
	costReport = 1.0 / 4000
	costPacket = 1.0 / 60_000
)

// Pace plans speeds so that the days last about a total: quiet hours go fast,
// and where much happens time is slow. A total that is too short for what
// happens is exceeded.
func (d *Day) Pace(total time.Duration, seed uint64) []Stretch {
	costs := d.costs(seed)
	need, fixed := 0.0, 0.0
	for _, c := range costs {
		need += c
		fixed += bucketCost
	}
	// What is not needed is given to quarters in proportion to what happens in
	// them; what is missing is taken from the quiet ones first.
	spare := total.Seconds() - need - fixed
	each, more := bucketCost, 1.0
	if spare < 0 {
		each = max(bucketCost+spare/float64(len(costs)), bucketCost/8)
	} else if need > 0 {
		more = 1 + spare/need/2
		each += spare / 2 / float64(len(costs))
	} else {
		each += spare / float64(len(costs))
	}
	var out []Stretch
	for i, c := range costs {
		from := d.Begin().Add(time.Duration(i) * last15m)
		speed := last15m.Seconds() / (each + c*more)
		if n := len(out); n > 0 && speed > out[n-1].Speed*0.9 && speed < out[n-1].Speed*1.1 {
			out[n-1].To = from.Add(last15m)
			continue
		}
		out = append(out, Stretch{from, from.Add(last15m), speed})
	}
	return out
}

// costs is what happens in each quarter of an hour.
func (d *Day) costs(seed uint64) []float64 {
	out := make([]float64, int(d.End().Sub(d.Begin())/last15m))
	for _, counts := range d.Counts(seed) {
		for at, n := range counts {
			out[int(at.Sub(d.Begin())/last15m)] += float64(n) * costReport
		}
	}
	if d.Traffic.Export == "none" {
		return out
	}
	for i := range d.Services {
		s := &d.Services[i]
		for q := range out {
			out[q] += s.Packets.Value * s.level(d.Begin().Add(time.Duration(q)*last15m)) / float64(d.Traffic.Sampling) * last15m.Seconds() * costPacket
		}
	}
	for i := range d.Events {
		e := &d.Events[i]
		for _, b := range e.Traffic {
			from := d.When(e).Add(b.After.Std()).Sub(d.Begin())
			for q := range out {
				lo, hi := max(from, time.Duration(q)*last15m), min(from+b.For.Std(), time.Duration(q+1)*last15m)
				if hi > lo {
					out[q] += b.Rate.Value / float64(d.Traffic.Sampling) * (hi - lo).Seconds() * costPacket
				}
			}
		}
	}
	return out
}

// due gives the moment at which a simulated time is played, where the first
// stretch begins at a moment. Before the first stretch and after the last one
// time goes as in them.
func due(pace []Stretch, begin time.Time) func(at time.Time) time.Time {
	starts := moments(pace, begin)
	return func(at time.Time) time.Time {
		i, _ := slices.BinarySearchFunc(pace, at, func(s Stretch, t time.Time) int { return s.To.Compare(t) })
		i = min(i, len(pace)-1)
		return starts[i].Add(time.Duration(float64(at.Sub(pace[i].From)) / pace[i].Speed))
	}
}

// moments are those at which the stretches begin.
func moments(pace []Stretch, begin time.Time) []time.Time {
	out := make([]time.Time, len(pace))
	for i, s := range pace {
		out[i] = begin
		begin = begin.Add(time.Duration(float64(s.To.Sub(s.From)) / s.Speed))
	}
	return out
}
