package live

import (
	"cmp"
	"slices"
	"sync"

	"floodmark/internal/model"
)

// state is what everybody may see of incidents: the fold of the journal's
// changes. A change is folded in only after it was written and synced. The
// judge's writer folds, any goroutine reads.
type state struct {
	mu        sync.RWMutex
	incidents map[string]*history
	seq       uint64 // of the last change folded in
	waiting   chan struct{}
}

// history is an incident and how it became what it is.
type history struct {
	Now     model.Incident       `json:"now"`
	Changes []model.NumberedChange `json:"changes"` // the first ones and the latest
}

// Bounds of what is kept in memory; the journal keeps all until it is trimmed.
const (
	keptIncidents = 20000
	keptChanges   = 200
)

func newState() *state {
	return &state{incidents: make(map[string]*history), waiting: make(chan struct{})}
}

// fold takes in one change of the journal.
func (s *state) fold(seq uint64, c model.Change) {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := s.incidents[c.Incident.ID]
	if h == nil {
		h = &history{}
		s.incidents[c.Incident.ID] = h
	}
	if c.Incident.Revision <= h.Now.Revision && h.Now.ID != "" {
		return // told twice
	}
	h.Now = c.Incident
	c.Incident = brief(&c)
	nc := model.NumberedChange{Number: seq, Change: c}
	if n := len(h.Changes); n > 0 && c.Type == model.Updated && h.Changes[n-1].Change.Type == model.Updated {
		h.Changes[n-1] = nc // of figures only the latest
	} else if n < keptChanges {
		h.Changes = append(h.Changes, nc)
	} else { // the first ones tell how it began
		copy(h.Changes[keptChanges/2:], h.Changes[keptChanges/2+1:])
		h.Changes[n-1] = nc
	}
	s.seq = max(s.seq, seq)
	if len(s.incidents) > keptIncidents {
		s.forgetOldest()
	}
	close(s.waiting)
	s.waiting = make(chan struct{})
}

// toldParts is how many components feeds name of one change.
const toldParts = 3

// brief is what is kept of an incident as it was at a change: what feeds tell of
// it, and no figures of changes that are of figures alone.
func brief(c *model.Change) model.Incident {
	in := &c.Incident
	out := model.Incident{ID: in.ID, Target: in.Target, Revision: in.Revision, State: in.State, Severity: in.Severity}
	if in.Crowd == nil || c.Type == model.Updated {
		return out
	}
	out.Started, out.Opened, out.Ended, out.ClosedAt = in.Started, in.Opened, in.Ended, in.ClosedAt
	out.Crowd = &model.Crowd{Service: in.Crowd.Service, Name: in.Crowd.Name, Peak: in.Crowd.Peak, Confirmed: in.Crowd.Confirmed, Cause: in.Crowd.Cause, Forgery: in.Crowd.Forgery}
	for _, p := range in.Crowd.Parts {
		if p.StandsOut && len(out.Crowd.Parts) < toldParts {
			out.Crowd.Parts = append(out.Crowd.Parts, p)
		}
	}
	return out
}

// foldAll takes in changes that were appended together, the last of them under
// seq.
func (s *state) foldAll(seq uint64, all []model.Change) {
	for i, c := range all {
		s.fold(seq-uint64(len(all)-1-i), c)
	}
}

// forgetOldest drops a tenth of the closed incidents, those that closed first.
func (s *state) forgetOldest() {
	var closed []*history
	for _, h := range s.incidents {
		if h.Now.State == model.Closed {
			closed = append(closed, h)
		}
	}
	slices.SortFunc(closed, func(a, b *history) int { return cmp.Compare(a.Now.ClosedAt, b.Now.ClosedAt) })
	for _, h := range closed[:min(len(closed), keptIncidents/10)] {
		delete(s.incidents, h.Now.ID)
	}
}

// all returns every incident, in no order.
func (s *state) all() []model.Incident {
	s.mu.RLock()
	defer s.mu.RUnlock()
	out := make([]model.Incident, 0, len(s.incidents))
	for _, h := range s.incidents {
		out = append(out, h.Now)
	}
	return out
}

// ids returns the names of all incidents, in no order.
func (s *state) ids() []string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	out := make([]string, 0, len(s.incidents))
	for id := range s.incidents {
		out = append(out, id)
	}
	return out
}

// parts returns the names of the incidents of traffic that are parts of a
// service's incident which has opened.
func (s *state) parts() map[string]bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	out := make(map[string]bool)
	for _, h := range s.incidents {
		if h.Now.Target.Kind == model.ServiceTarget && h.Now.Opened != 0 {
			for i := range h.Now.Traffic {
				out[h.Now.Traffic[i].ID] = true
			}
		}
	}
	return out
}

// traffic returns the incidents of traffic, as they were noticed.
func (s *state) traffic() []model.Incident {
	return slices.DeleteFunc(inOrder(s.all()), func(in model.Incident) bool { return in.Target.Kind == model.ServiceTarget })
}

// open returns the incidents of traffic that are not closed, as they were
// noticed.
func (s *state) open() []model.Incident {
	return slices.DeleteFunc(s.traffic(), func(in model.Incident) bool { return in.State == model.Closed })
}

// last returns the number of the latest change.
func (s *state) last() uint64 {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.seq
}

// get returns an incident and its changes, false where there is none.
func (s *state) get(id string) (model.Incident, []model.NumberedChange, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	h := s.incidents[id]
	if h == nil {
		return model.Incident{}, nil, false
	}
	return h.Now, slices.Clone(h.Changes), true
}

// changed returns a channel that is closed at the next change.
func (s *state) changed() <-chan struct{} {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.waiting
}

// snapshot returns everything, for the journal: the fold up to a sequence.
func (s *state) snapshot() folded {
	s.mu.RLock()
	defer s.mu.RUnlock()
	f := folded{Seq: s.seq}
	for _, h := range s.incidents {
		f.Incidents = append(f.Incidents, history{h.Now, slices.Clone(h.Changes)})
	}
	slices.SortFunc(f.Incidents, func(a, b history) int { return cmp.Compare(a.Now.ID, b.Now.ID) })
	return f
}

// folded is a snapshot of the fold, which carries the sequence it folds.
type folded struct {
	Seq       uint64    `json:"seq"`
	Incidents []history `json:"incidents"`
}

// restore begins from a snapshot.
func (s *state) restore(f folded) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seq = f.Seq
	for i := range f.Incidents {
		h := f.Incidents[i]
		s.incidents[h.Now.ID] = &h
	}
}

// services returns incidents of services that keep asks for, the newest first.
func (s *state) services(keep func(*model.Incident) bool, limit int) []model.Incident {
	s.mu.RLock()
	var out []model.Incident
	for _, h := range s.incidents {
		if h.Now.Target.Kind == model.ServiceTarget && keep(&h.Now) {
			out = append(out, h.Now)
		}
	}
	s.mu.RUnlock()
	slices.SortFunc(out, func(a, b model.Incident) int {
		return cmp.Or(cmp.Compare(b.Noticed, a.Noticed), cmp.Compare(a.ID, b.ID))
	})
	return out[:min(len(out), max(limit, 0))]
}
