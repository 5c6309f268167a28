package shard

import (
	"floodmark/internal/detect"
	"floodmark/internal/model"
)

// active is one anomaly.
type active struct {
	level    int8 // -1 for a host, else of the prefix
	slot     uint8
	entry    uint32
	since    int64
	raised   int64
	over     int64 // when the ring was last over the threshold
	recovery detect.Recovery
}

// room reports whether one more anomaly can be raised and told.
func (s *Shard) room() bool {
	if len(s.active) >= maxActive || len(s.waiting) >= maxWaiting {
		s.stats.Refused++
		return false
	}
	return true
}

// raise begins an anomaly of a host.
func (s *Shard) raise(i uint32, k int) {
	e := &s.hosts[i]
	t := s.groupAt(e.group).host[k]
	if !s.room() {
		e.evid[k] = min(e.evid[k], 2*detect.Limit(t, e.weightOf(k), s.near, s.spreadSeconds))
		return
	}
	d := slotTable[k].dir
	sum, age := s.excursion(e, k, t)
	if e.evidence(k) == 0 { // found in the ring alone
		sum, age = 0, s.ringAge(e, k, t)
	}
	a := active{level: -1, slot: uint8(k), entry: i, since: s.now - int64(age*1e9), raised: s.now}
	v := s.anomaly(&a, model.Raised)
	// A lump at one instant is no rate: the smoothed one holds, which is at least
	// the threshold.
	rate := t
	if sum > 0 {
		s.discount(e.addr(), k, sum)
		if age >= e.minAge() {
			rate = sum / age
		}
	}
	scale(&v, float64(rate))
	e.evid[k] = live
	e.bits = e.bits&^(1<<k) | [2]uint32{hasActiveIn, hasActiveOut}[d]
	s.active = append(s.active, a)
	s.waiting = append(s.waiting, v)
}

// ringAge returns the seconds since the first bucket of the ring that is over.
func (s *Shard) ringAge(e *host, k int, threshold float32) float32 {
	if r := ringOf(k); r >= 0 {
		newest := s.now >> tickBits / s.bucket
		for n := int64(ringBuckets - 1); n >= 0; n-- {
			if full(e.ring[r][(newest-n+ringBuckets)%ringBuckets]) >= threshold*float32(s.bucket)*tickSecond {
				return float32(s.now>>tickBits-(newest-n)*s.bucket) * tickSecond
			}
		}
	}
	return s.age(e, slotTable[k].dir)
}

// scale corrects rates that are still rising, since they are smoothed, to what
// the evidence says of the metric that was raised.
func scale(v *model.Anomaly, rate float64) {
	if v.Rate <= 0 || rate <= v.Rate {
		return
	}
	f := rate / v.Rate
	for m := range v.Rates {
		v.Rates[m] *= f
	}
	v.Rate = rate
}

// raisePrefix begins an anomaly of a prefix while it is turned.
func (s *Shard) raisePrefix(n int, i uint32, k int) {
	e := &s.levels[n].entries[i]
	t := s.groupAt(e.group).prefix[k]
	if !s.room() {
		e.evid[k] = min(e.evid[k], 2*detect.Limit(t, e.weightOf(k), s.near, 0))
		return
	}
	rate := e.cur[k] / float32(s.walk.dt)
	age := max(float32(s.walk.dt), detect.Since(e.evid[k], rate, t))
	a := active{level: int8(n), slot: uint8(k), entry: i, since: s.now - int64(age*1e9), raised: s.now}
	for m := n + 1; m < len(s.levels); m++ {
		l := &s.levels[m]
		if j, ok := l.find(e.addr.Mask(width(e.addr, m))); ok && l.entries[j].evid[k] > 0 {
			l.entries[j].evid[k] = max(0, l.entries[j].evid[k]-e.evid[k])
		}
	}
	e.evid[k] = live
	e.active[slotTable[k].dir] = true
	kept := e.last // what is told are the rates of this second, not closed yet
	for m, v := range e.cur {
		e.last[m] = v / float32(s.walk.dt)
	}
	s.active = append(s.active, a)
	s.waiting = append(s.waiting, s.anomaly(&a, model.Raised))
	e.last = kept
}

// anomaly tells how an anomaly stands.
func (s *Shard) anomaly(a *active, phase model.AnomalyPhase) model.Anomaly {
	k := int(a.slot)
	d := slotTable[k]
	v := model.Anomaly{At: s.now, Since: a.since, Phase: phase, Kind: model.ByThreshold, Direction: d.dir, Metric: d.metric}
	var flows bool
	var threshold, samples float64
	if a.level < 0 {
		e := &s.hosts[a.entry]
		s.touch(e)
		v.Target = model.HostID(e.addr())
		for j, o := range &slotTable {
			if o.dir == d.dir {
				v.Rates[o.metric] = float64(s.rate(e, j))
			}
		}
		g := s.groupAt(e.group)
		v.Group, threshold = g.name, float64(g.host[k])
		v.Sampling, flows, v.Untrusted = float64(full(e.sampling)), e.bits&hasFlows != 0, e.bits&hasUntrusted != 0
		samples = float64(e.sum[k]) / float64(e.weightOf(k))
	} else {
		e := &s.levels[a.level].entries[a.entry]
		v.Target = model.PrefixID(e.addr, width(e.addr, int(a.level)))
		var other model.Rates
		if d.dir == model.In {
			e.rates(&v.Rates, &other)
		} else {
			e.rates(&other, &v.Rates)
		}
		g := s.groupAt(e.group)
		v.Group, threshold = g.name, float64(g.prefix[k])
		v.Sampling, flows, v.Untrusted = float64(e.sampling), e.flows, e.untrust
		samples = v.Rates[d.metric] / float64(e.weightOf(k))
	}
	v.Rate, v.Bound, v.Samples, v.Sampling = v.Rates[d.metric], threshold, samples, max(1, v.Sampling)
	if flows {
		v.Delay = float64(s.exportDelay)
	}
	return v
}

// stand tells of one anomaly once a second, and reports whether it is over.
func (s *Shard) stand(a *active) bool {
	k, dt := int(a.slot), float32(s.walk.dt)
	var evid *float32
	var t, weight float32
	held := false
	if a.level < 0 {
		e := &s.hosts[a.entry]
		t, weight, evid = s.groupAt(e.group).host[k], e.weightOf(k), &e.evid[k]
		s.touch(e)
		if s.ringOver(e, k, t) {
			a.over = s.now
		}
		// The bucket in which the last record ended was not full, nor is the next
		// one yet.
		held = a.over != 0 && s.now-a.over <= 2*s.bucket<<tickBits
	} else {
		e := &s.levels[a.level].entries[a.entry]
		t, weight, evid = s.groupAt(e.group).prefix[k], e.weightOf(k), &e.evid[k]
	}
	sum := -*evid
	*evid = live
	since := float32(s.now-a.raised) / 1e9
	over := a.recovery.Step(sum, t, weight, min(dt, since)) && !held || t == 0
	if over && len(s.waiting) < maxWaiting {
		s.waiting = append(s.waiting, s.anomaly(a, model.Cleared))
		*evid = 0
		return true
	}
	if len(s.waiting) >= maxWaiting/2 { // the rest is for what begins and ends
		s.stats.Dropped++
		return false
	}
	v := s.anomaly(a, model.Ongoing)
	if age := float64(s.now-a.since) / 1e9; a.level < 0 && sum > 0 && age < 6 && since >= dt {
		scale(&v, float64(sum/dt))
	}
	s.waiting = append(s.waiting, v)
	return false
}

// settle tells what a target without a further anomaly in this direction is.
func (s *Shard) settle(a *active) {
	d := slotTable[a.slot].dir
	for j := range s.active {
		if b := &s.active[j]; b.level == a.level && b.entry == a.entry && slotTable[b.slot].dir == d {
			return
		}
	}
	if a.level < 0 {
		s.hosts[a.entry].bits &^= [2]uint32{hasActiveIn, hasActiveOut}[d]
	} else {
		s.levels[a.level].entries[a.entry].active[d] = false
	}
}
