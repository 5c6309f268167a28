package incident

import (
	"cmp"
	"slices"

	"floodmark/internal/model"
)

// add takes the word on an incident's own target.
func (m *Machine) add(l *Live, a *model.Anomaly) {
	i := l.signal(a)
	if i < 0 {
		if a.Phase == model.Cleared {
			return
		}
		i = l.addSignal(a)
	}
	e, s := &l.Incident.Excesses[i], &l.Signals[i]
	if a.At < s.At {
		m.stats.Late++
		return
	}
	s.At, s.Received, s.Rate = a.At, m.now, a.Rate
	if a.Phase == model.Cleared {
		e.Active = false
		if !l.loud() && l.QuietAt == 0 {
			l.QuietAt = m.now
		}
		return
	}
	if !e.Active {
		e.Since = a.Since
	}
	e.Active, e.Bound, e.Peak, l.QuietAt = true, a.Bound, max(e.Peak, a.Rate), 0
	if l.Muted && multiple(a.Rate, a.Bound) >= outgrows*l.MutedAt {
		m.revive(l, a)
		return
	}
	m.rates(l, a)
	m.alive(l, a.At)
}

// rates takes the rates of an anomaly of the incident's own target.
func (m *Machine) rates(l *Live, a *model.Anomaly) {
	in := &l.Incident
	in.Rates, in.Untrusted, in.Delay, in.Group = a.Rates, in.Untrusted || a.Untrusted, max(in.Delay, a.Delay), cmp.Or(in.Group, a.Group)
	for i, r := range a.Rates {
		in.Peak[i] = max(in.Peak[i], r)
	}
	l.Dirty = true
}

// alive notes that something is out of bounds: a first or a further wave.
func (m *Machine) alive(l *Live, at int64) {
	in := &l.Incident
	in.LastSeen = max(in.LastSeen, at)
	if l.Muted {
		return
	}
	if n := len(in.Waves); n == 0 || in.Waves[n-1].End > 0 {
		start := at
		if in.WaveCount == 0 {
			start = in.Started
		}
		if n == maxWaves {
			in.Waves = slices.Delete(in.Waves, 1, 2) // the first one describes how it began
		}
		in.Waves = append(in.Waves, model.Wave{Start: start})
		in.WaveCount++
		l.WaveAt = m.now
	}
	w := &in.Waves[len(in.Waves)-1]
	lead := l.lead().Metric
	if w.Unit == "" {
		w.Unit = lead.Unit()
	}
	if lead.Unit() == w.Unit {
		w.Peak = max(w.Peak, in.Rates[lead])
	}
	in.Severity = m.severity(l)
}

// endWave closes the wave under way.
func (m *Machine) endWave(l *Live, at int64) {
	in := &l.Incident
	if n := len(in.Waves); n > 0 && in.Waves[n-1].End == 0 {
		in.Waves[n-1].End = max(at, in.Waves[n-1].Start)
	}
}

// severity never falls while an incident lasts, unless evidence says that it is
// ordinary traffic.
func (m *Machine) severity(l *Live) model.Severity {
	switch {
	case l.Incident.AttackVerdict == model.AttackNo:
		return model.Info
	case l.Incident.Severity == model.Critical || l.multiple() >= m.c.Critical:
		return model.Critical
	}
	return model.Warning
}

// addMember takes the word on a target inside a wider incident.
func (m *Machine) addMember(l *Live, a *model.Anomaly) {
	i, ok := l.member[a.Target]
	if !ok {
		if a.Phase == model.Cleared {
			return
		}
		if i, ok = l.addMember(a.Target); !ok {
			l.Overflow = m.now
			m.alive(l, a.At)
			return
		}
	}
	w := &l.Members[i]
	if a.At < w.At {
		m.stats.Late++
		return
	}
	bit := uint32(1) << a.Metric
	if a.Kind == model.ByBaseline {
		bit <<= model.Metrics
	}
	w.At, w.Received = a.At, m.now
	if a.Phase == model.Cleared {
		w.Active &^= bit
		return
	}
	if w.Active == 0 {
		w.Since = a.Since
	}
	w.Active |= bit
	w.Kind, w.Metric, w.Rate, w.Bound, w.Rates = a.Kind, a.Metric, a.Rate, a.Bound, a.Rates
	m.alive(l, a.At)
}

func (l *Live) addMember(t model.TargetID) (int, bool) {
	if len(l.Members) >= maxMembers {
		return 0, false
	}
	l.member[t] = len(l.Members)
	l.Members = append(l.Members, Member{Target: t})
	in := &l.Incident
	in.HostCount = len(l.Members)
	if len(in.Hosts) < maxHosts {
		in.Hosts = append(in.Hosts, t)
	}
	return len(l.Members) - 1, true
}

// signal finds the excess that an anomaly is about, -1 for a new one.
func (l *Live) signal(a *model.Anomaly) int {
	return slices.IndexFunc(l.Incident.Excesses, func(e model.Excess) bool { return e.Kind == a.Kind && e.Metric == a.Metric })
}

// addSignal keeps excesses in the order of metric, thresholds first.
func (l *Live) addSignal(a *model.Anomaly) int {
	in := &l.Incident
	i := slices.IndexFunc(in.Excesses, func(e model.Excess) bool {
		return e.Metric > a.Metric || e.Metric == a.Metric && a.Kind == model.ByThreshold
	})
	if i < 0 {
		i = len(in.Excesses)
	}
	in.Excesses = slices.Insert(in.Excesses, i, model.Excess{Kind: a.Kind, Metric: a.Metric, Bound: a.Bound, Since: a.Since})
	l.Signals = slices.Insert(l.Signals, i, Signal{})
	return i
}

// loud reports whether the target itself is out of bounds.
func (l *Live) loud() bool {
	return slices.ContainsFunc(l.Incident.Excesses, func(e model.Excess) bool { return e.Active })
}

// active reports whether anything of an incident is out of bounds.
func (m *Machine) active(l *Live) bool {
	return l.loud() || l.Overflow > 0 && m.now-l.Overflow < lostAfter ||
		slices.ContainsFunc(l.Members, func(w Member) bool { return w.Active != 0 })
}

// lead is the excess that stands out most now, or stood out most where all are
// over.
func (l *Live) lead() model.Excess {
	var best model.Excess
	largest, loud := -1.0, l.loud()
	for i, e := range l.Incident.Excesses {
		rate := e.Peak
		if loud {
			rate = l.Signals[i].Rate
		}
		if x := multiple(rate, e.Bound); x > largest && e.Active == loud {
			best, largest = e, x
		}
	}
	return best
}

// multiple is how often the bound the target is now, by what stands out most.
func (l *Live) multiple() float64 {
	largest := 0.0
	for i, e := range l.Incident.Excesses {
		if e.Active {
			largest = max(largest, multiple(l.Signals[i].Rate, e.Bound))
		}
	}
	return largest
}
