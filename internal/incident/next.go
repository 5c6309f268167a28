package incident

import "floodmark/internal/model"

// soonest collects the earliest time that is still to come.
type soonest struct{ now, at int64 }

func (s *soonest) add(t int64) {
	if t > s.now && (s.at == 0 || t < s.at) {
		s.at = t
	}
}

// Next returns when Step must be called though nothing is heard, in Unix ns; 0
// where nothing is waited for.
func (m *Machine) Next() int64 {
	s := soonest{now: m.now}
	for i := range m.windows {
		s.add(m.windows[i].From)
		s.add(m.windows[i].To)
	}
	for _, b := range m.blind {
		s.add(b.Since + blindAtMax)
	}
	for _, l := range m.order {
		m.due(l, &s)
	}
	return s.at
}

// due adds all times at which something may happen to an incident by itself.
func (m *Machine) due(l *Live, s *soonest) {
	in := &l.Incident
	for i, e := range in.Excesses {
		if e.Active {
			s.add(l.Signals[i].Received + lostAfter)
		}
	}
	for i := range l.Members {
		if l.Members[i].Active != 0 {
			s.add(l.Members[i].Received + lostAfter)
		}
	}
	if l.Overflow > 0 {
		s.add(l.Overflow + lostAfter)
	}
	s.add(l.SeeAgain)
	s.add(m.calmSince(l) + int64(m.c.Hold))
	switch in.State {
	case model.Suspected:
		s.add(l.WaveAt + int64(m.c.Confirm))
		s.add(max(l.Word.At, l.WaveAt) + int64(m.c.Confirm))
		s.add(l.WaveAt + int64(m.c.MaxHold))
	case model.Open:
		if l.Dirty {
			s.add(l.Reported.At + updateEvery)
		}
		if l.QuietAt > 0 {
			s.add(l.QuietAt + splitAfter)
		}
	}
}
