package incident

import (
	"slices"

	"floodmark/internal/model"
)

// expire ends what was calm for long enough before anything new is heard, so
// that a late step does not take a new attack for a wave of the last one.
func (m *Machine) expire() {
	for _, l := range m.order {
		if l.gone || m.active(l) || l.blinded(m.now) || m.now < m.calmSince(l)+int64(m.c.Hold) {
			continue
		}
		m.finish(l)
	}
	m.sweep()
}

// finish ends what has been calm for the time of Hold.
func (m *Machine) finish(l *Live) {
	switch {
	case l.Muted:
		m.leave(l)
	case l.Incident.State == model.Easing:
		m.close(l, model.Ended, m.textEnded(l))
	case l.Incident.State == model.Suspected:
		m.endWave(l, l.Incident.LastSeen)
		l.Incident.Ended = l.Incident.LastSeen
		m.close(l, model.Dismissed, m.textDismissed(l, "too short to judge"))
	}
}

// calmSince is since when nothing was out of bounds as far as could be seen.
func (m *Machine) calmSince(l *Live) int64 { return max(l.Incident.LastSeen, l.CalmAt, l.SeeAgain) }

// blinded reports whether calm means nothing, because who saw this is silent.
func (l *Live) blinded(now int64) bool { return len(l.Blind) > 0 || now < l.SeeAgain }

// review decides everything that follows from time and from what was heard.
func (m *Machine) review() {
	for i := 0; i < len(m.order); i++ { // a split appends
		l := m.order[i]
		if l.gone {
			continue
		}
		m.forgetLost(l)
		calm := !m.active(l) && !l.blinded(m.now)
		switch {
		case calm && m.now >= m.calmSince(l)+int64(m.c.Hold) && l.Incident.State != model.Open:
			m.finish(l)
		case l.Muted:
		case l.Incident.State == model.Suspected:
			m.suspect(l, calm)
		case l.Incident.State == model.Easing && m.active(l):
			l.Incident.State, l.Incident.Ended, l.Incident.Maintenance = model.Open, 0, m.window(l.Incident.Target)
			m.change(l, model.Resumed, m.textResumed(l))
		}
		if l.Incident.State == model.Open {
			m.carryOn(l, calm)
		}
	}
}

// forgetLost takes for over what was not heard of for a minute. Shards tell an
// anomaly every second: one that is not told was forgotten by its shard.
func (m *Machine) forgetLost(l *Live) {
	if l.blinded(m.now) {
		return
	}
	for i := range l.Signals {
		if e := &l.Incident.Excesses[i]; e.Active && m.now >= l.Signals[i].Received+lostAfter {
			e.Active = false
			if !l.loud() && l.QuietAt == 0 {
				l.QuietAt = m.now
			}
		}
	}
	for i := range l.Members {
		if w := &l.Members[i]; w.Active != 0 && m.now >= w.Received+lostAfter {
			w.Active = 0
		}
	}
}

// suspect decides whether a suspicion has lasted long enough.
func (m *Machine) suspect(l *Live, calm bool) {
	w := &l.Word
	held := w.At > 0 && w.Hold
	confirm := int64(m.c.Confirm)
	switch {
	case l.Incident.WaveCount >= pulses && !held:
		m.open(l, "short bursts come again and again")
	case calm && l.Incident.Waves[len(l.Incident.Waves)-1].End == 0:
		m.endWave(l, l.Incident.LastSeen)
		l.CalmAt = m.now
	case !m.active(l), m.now >= l.Incident.LastSeen+lostAfter: // not heard, as after a start
	case !held && m.now >= l.WaveAt+confirm:
		m.open(l, "it goes on, and nothing shows that it is ordinary")
	case held && m.now >= max(w.At, l.WaveAt)+confirm:
		m.open(l, "it goes on, and nothing more was heard of what looked ordinary")
	case held && m.now >= l.WaveAt+int64(m.c.MaxHold):
		m.open(l, "it looks ordinary, but has gone on for too long to be sure")
	}
}

// open makes an incident of a suspicion. why stands where evidence gave no
// reason.
func (m *Machine) open(l *Live, why string) {
	in := &l.Incident
	in.State, in.Opened, in.Maintenance = model.Open, m.now, m.window(in.Target)
	if in.Because == "" || why != "" {
		in.Because = why
	}
	in.Severity = m.severity(l)
	m.change(l, model.Opened, m.textOpened(l))
}

// carryOn states what is new of an open incident.
func (m *Machine) carryOn(l *Live, calm bool) {
	in := &l.Incident
	m.split(l)
	calm = calm || !m.active(l) && !l.blinded(m.now)
	if calm {
		in.State, in.Ended = model.Easing, in.LastSeen
		m.endWave(l, in.LastSeen)
		l.CalmAt = m.now
		m.change(l, model.Eased, m.textEased(l))
		return
	}
	if rank(in.Severity) > rank(l.Reported.Severity) {
		m.change(l, model.Escalated, m.textRates(l, "now "+string(in.Severity)))
	}
	if w := m.window(in.Target); w != in.Maintenance {
		in.Maintenance = w
		text := "maintenance is over, and it goes on"
		if w != "" {
			text = "now within the maintenance window " + w
		}
		m.change(l, model.Changed, m.textRates(l, text))
	}
	if in.HostCount >= 4 && in.HostCount >= 2*l.Reported.Hosts {
		m.change(l, model.Changed, m.textRates(l, "more and more addresses"))
	}
	if l.Dirty && m.now >= l.Reported.At+updateEvery {
		m.change(l, model.Updated, m.textRates(l, ""))
	}
}

// window names the maintenance window that a target is in now, "" for none.
func (m *Machine) window(t model.TargetID) string {
	for i := range m.windows {
		w := &m.windows[i]
		if m.now < w.From || m.now >= w.To {
			continue
		}
		for _, o := range w.Targets {
			if o == t || o.Contains(t) || o.Kind == model.NetworkTarget ||
				o.Kind == model.CustomerTarget && slices.Contains(m.c.Customers(t), o.Name) {
				return w.Name
			}
		}
	}
	return ""
}

// sight notes which exporters are silent now, and what they had seen going on.
func (m *Machine) sight(silent []string) {
	names := slices.Clone(silent)
	slices.Sort(names)
	names = slices.Compact(names)
	for _, n := range names {
		if !slices.ContainsFunc(m.blind, func(s Silence) bool { return s.Exporter == n }) {
			m.blind = append(m.blind, Silence{n, m.now})
			m.rest(n)
		}
	}
	m.blind = slices.DeleteFunc(m.blind, func(s Silence) bool {
		back := !slices.Contains(names, s.Exporter)
		if back {
			m.seen(s.Exporter)
		}
		return back
	})
}

// giveUp waits no longer for exporters that have been silent for too long.
func (m *Machine) giveUp() {
	for _, s := range m.blind {
		if m.now >= s.Since+blindAtMax {
			m.seen(s.Exporter)
		}
	}
}

// rest marks what goes on, or has just ceased, as resting on an exporter.
func (m *Machine) rest(exporter string) {
	for _, l := range m.order {
		if !l.Muted && (m.active(l) || m.now-l.Incident.LastSeen < lostAfter) {
			l.Blind = append(l.Blind, exporter)
		}
	}
}

// seen lets calm count again, a little later, for what rested on an exporter.
func (m *Machine) seen(exporter string) {
	for _, l := range m.order {
		if i := slices.Index(l.Blind, exporter); i >= 0 {
			l.Blind = slices.Delete(l.Blind, i, i+1)
			if len(l.Blind) == 0 {
				l.Blind, l.SeeAgain = nil, m.now+int64(m.c.Confirm)
			}
		}
	}
}
