package incident

import (
	"slices"

	"floodmark/internal/model"
)

// gather lets a new prefix incident take over the incidents inside that began
// shortly before it.
func (m *Machine) gather(l *Live) {
	k := key{l.Incident.Target, l.Incident.Direction}
	for _, o := range slices.Clone(m.under[k]) {
		if o != l && !o.gone && !o.Muted && m.now-o.Incident.Noticed <= mergeWithin {
			m.merge(o, l)
		}
	}
}

// merge makes from a part of into. What was known of from is not lost: its
// members, its evidence where into has none, and that it was open.
func (m *Machine) merge(from, into *Live) {
	a, b := &from.Incident, &into.Incident
	if len(b.Merged) < maxMerged {
		b.Merged = append(b.Merged, a.ID)
	}
	b.Started = min(b.Started, a.Started)
	if into.Incident.Target.Contains(a.Target) && a.Target.Kind <= model.PrefixTarget {
		m.takeMembers(from, into)
	}
	if from.Word.At > 0 && into.Word.At == 0 && from.Word.AttackVerdict == model.AttackYes {
		into.Word = Word{At: from.Word.At, AttackVerdict: from.Word.AttackVerdict}
		b.AttackVerdict, b.Because, b.Vectors = a.AttackVerdict, a.Because, copied(a.Vectors)
	}
	opened := a.State == model.Open || a.State == model.Easing
	a.MergedInto = b.ID
	m.close(from, model.MergedAway, textMerged(from, into))
	m.alive(into, m.now)
	if opened && b.State == model.Suspected {
		m.open(into, "part of it was told before")
	}
}

// takeMembers puts the target of an incident, or the members that it has, into
// a wider one.
func (m *Machine) takeMembers(from, into *Live) {
	all := from.Members
	if from.Incident.Target.Kind == model.HostTarget {
		e := from.lead()
		w := Member{Target: from.Incident.Target, At: from.Incident.LastSeen, Received: m.now, Since: from.Incident.Started, Kind: e.Kind, Metric: e.Metric,
			Rate: from.Incident.Rates[e.Metric], Bound: e.Bound, Rates: from.Incident.Rates}
		for _, e := range from.Incident.Excesses {
			if e.Active && e.Kind == model.ByBaseline {
				w.Active |= 1 << (uint32(e.Metric) + uint32(model.Metrics))
			} else if e.Active {
				w.Active |= 1 << e.Metric
			}
		}
		all = []Member{w}
	}
	for _, w := range all {
		if _, known := into.member[w.Target]; known {
			continue
		}
		if i, ok := into.addMember(w.Target); ok {
			into.Members[i] = w
		} else if w.Active != 0 {
			into.Overflow = m.now
		}
	}
}

// split gives a host an incident of its own where it alone goes on after the
// prefix around it has been within its bounds for a minute.
func (m *Machine) split(l *Live) {
	in := &l.Incident
	if in.Target.Kind != model.PrefixTarget || in.State != model.Open || l.QuietAt == 0 || m.now < l.QuietAt+splitAfter || l.loud() {
		return
	}
	if l.Overflow > 0 && m.now-l.Overflow < lostAfter || len(m.live) >= 2*m.c.Active {
		return
	}
	alone := -1
	for i := range l.Members {
		if l.Members[i].Active == 0 {
			continue
		}
		if alone >= 0 {
			return
		}
		alone = i
	}
	if alone < 0 {
		return
	}
	w := &l.Members[alone]
	if m.live[key{w.Target, in.Direction}] != nil {
		w.Active = 0 // it has an incident of its own
		return
	}
	a := model.Anomaly{At: w.At, Since: max(w.Since, l.QuietAt), Phase: model.Ongoing, Kind: w.Kind, Target: w.Target, Direction: in.Direction,
		Metric: w.Metric, Rate: w.Rate, Bound: w.Bound, Rates: w.Rates, Group: in.Group}
	w.Active = 0
	own := m.create(&a)
	own.Incident.SplitFrom = in.ID
	m.open(own, "it goes on alone after "+in.Target.String()+" was back to normal")
}

// revive starts an incident where one was closed while its anomaly went on:
// evidence changed its mind, or it grew far beyond what was closed. The closed
// id stays closed.
func (m *Machine) revive(old *Live, a *model.Anomaly) *Live {
	m.leave(old)
	fresh := *a
	fresh.Phase, fresh.Since = model.Ongoing, m.now
	return m.create(&fresh)
}
