package incident

import (
	"math"

	"floodmark/internal/model"
)

// notice takes one anomaly.
func (m *Machine) notice(a *model.Anomaly) {
	if !m.sane(a) {
		m.stats.Strange++
		return
	}
	k := key{a.Target, a.Direction}
	l := m.live[k]
	switch {
	case l != nil:
		m.add(l, a)
	case a.Phase == model.Cleared:
		if p := m.holder(a); p != nil {
			m.addMember(p, a)
		}
	default:
		m.place(a)
	}
}

// sane bounds what an anomaly says, and reports whether it says anything.
func (m *Machine) sane(a *model.Anomaly) bool {
	if a.Metric >= model.Metrics || a.Target.Kind > model.NetworkTarget || a.Target.Kind <= model.PrefixTarget && a.Target.Addr.IsZero() {
		return false
	}
	if a.Phase != model.Raised && a.Phase != model.Ongoing && a.Phase != model.Cleared || a.Kind != model.ByThreshold && a.Kind != model.ByBaseline {
		return false
	}
	if a.At <= 0 || a.At > m.now {
		a.At = m.now
	}
	a.At = max(a.At, m.now-oldest)
	if a.Since > a.At || a.Since < a.At-oldest {
		a.Since = a.At
	}
	a.Rate, a.Bound, a.Delay = finite(a.Rate), finite(a.Bound), finite(a.Delay)
	for i := range a.Rates {
		a.Rates[i] = finite(a.Rates[i])
	}
	a.Rates[a.Metric] = max(a.Rates[a.Metric], a.Rate)
	return true
}

func finite(v float64) float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) || v < 0 {
		return 0
	}
	return v
}

func multiple(rate, bound float64) float64 {
	if bound <= 0 {
		return 1
	}
	return rate / bound
}

// place finds out what an anomaly of a target without an incident belongs to.
func (m *Machine) place(a *model.Anomaly) {
	var young *Live // a wider incident that this one explains
	if p := m.holder(a); p != nil {
		_, known := p.member[a.Target]
		part := m.part(p, a)
		switch {
		case p.Muted && known:
			m.addMember(p, a)
			return
		case p.Muted:
		case part >= explains && m.now-p.Incident.Noticed <= mergeWithin && (p.Incident.State == model.Suspected || len(p.Members) == 0):
			young = p
		case part >= explains && multiple(a.Rate, a.Bound) >= dominates:
		default:
			m.addMember(p, a)
			return
		}
	}
	if m.explained(a) {
		return
	}
	if len(m.live) >= m.c.Active && !(a.Target.Kind == model.NetworkTarget) {
		m.fold(a)
		return
	}
	l := m.create(a)
	if young != nil {
		m.merge(young, l)
	}
	for _, p := range m.parents(a.Target) {
		if o := m.live[key{p, a.Direction}]; o != nil && p.Kind > model.PrefixTarget && m.narrows(o, a) {
			m.merge(o, l)
		}
	}
	if a.Target.Kind == model.PrefixTarget {
		m.gather(l)
	}
}

// holder is the narrowest prefix incident around a target, nil for none. One
// that is muted counts for the members that it had.
func (m *Machine) holder(a *model.Anomaly) *Live {
	for _, p := range levels(a.Target) {
		if l := m.live[key{p, a.Direction}]; l != nil {
			return l
		}
	}
	if n := m.live[key{model.NetworkID(), a.Direction}]; n != nil {
		if _, folded := n.member[a.Target]; folded {
			return n
		}
	}
	return nil
}

// part is how much of a wider incident's rate an anomaly is.
func (m *Machine) part(l *Live, a *model.Anomaly) float64 {
	whole := l.Incident.Rates[a.Metric]
	if whole <= 0 {
		return 0
	}
	return a.Rate / whole
}

// narrows reports whether a customer's or the network's young incident is
// nothing but this anomaly.
func (m *Machine) narrows(o *Live, a *model.Anomaly) bool {
	return !o.Muted && m.now-o.Incident.Noticed <= mergeWithin && m.part(o, a) >= explains && len(o.Members) == 0
}

// explained reports whether the incidents inside a wider target are its
// anomaly: one of them for a prefix, all together for customer and network.
func (m *Machine) explained(a *model.Anomaly) bool {
	if a.Target.Kind == model.HostTarget || a.Rate <= 0 {
		return false
	}
	var heaviest *Live
	sum, largest := 0.0, 0.0
	for _, l := range m.under[key{a.Target, a.Direction}] {
		if l.gone || l.Muted || !m.active(l) || m.nested(l, a.Target) {
			continue
		}
		r := l.Incident.Rates[a.Metric]
		sum += r
		if r > largest {
			heaviest, largest = l, r
		}
	}
	if heaviest == nil {
		return false
	}
	if a.Target.Kind == model.PrefixTarget {
		return largest >= explains*a.Rate
	}
	if sum < explains*a.Rate {
		return false
	}
	if a.Target.Kind == model.CustomerTarget && heaviest.Incident.Customer == "" {
		heaviest.Incident.Customer = a.Target.Name
	}
	return true
}

// nested reports an incident that lies within another one inside of t, whose
// rate holds its own.
func (m *Machine) nested(l *Live, t model.TargetID) bool {
	for _, p := range levels(l.Incident.Target) {
		if p == t {
			return false
		}
		if o := m.live[key{p, l.Incident.Direction}]; o != nil && !o.Muted {
			return true
		}
	}
	return false
}

// create opens a suspicion.
func (m *Machine) create(a *model.Anomaly) *Live {
	l := &Live{WaveAt: m.now, member: make(map[model.TargetID]int)}
	customer := a.Target.Name
	if c := m.c.Customers(a.Target); a.Target.Kind <= model.PrefixTarget && len(c) > 0 {
		customer = c[0]
	}
	l.Incident = model.Incident{
		Header: model.Header{
			ID: m.name(a.Target, a.Direction, a.Since), State: model.Suspected, Severity: model.Info, Target: a.Target,
			Started: a.Since, Noticed: m.now, Waves: []model.Wave{},
		},
		TrafficIncident: model.TrafficIncident{
			Direction: a.Direction, Customer: customer, Group: a.Group, Excesses: []model.Excess{},
			Hosts: []model.TargetID{}, Vectors: []model.Weight{}, Countries: []model.Weight{},
			Networks: []model.Weight{},
		},
	}
	l.Incident.Maintenance = m.window(a.Target)
	m.enter(l)
	m.add(l, a)
	m.change(l, model.Noticed, m.textNoticed(l))
	return l
}

// fold tells an anomaly as part of a wider incident: there are too many.
func (m *Machine) fold(a *model.Anomaly) {
	m.stats.Folded++
	n := m.live[key{model.NetworkID(), a.Direction}]
	if n == nil {
		whole := *a
		whole.Target, whole.Phase, whole.Group = model.NetworkID(), model.Raised, ""
		n = m.create(&whole)
		n.Incident.Because = "more targets are out of their bounds at a time than are told one by one"
		n.Incident.Excesses[0].Active = false // the excess is its members'
		n.QuietAt = m.now
	}
	m.addMember(n, a)
}
