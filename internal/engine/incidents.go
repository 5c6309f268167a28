package engine

import (
	"cmp"
	"slices"
	"sync"

	"floodmark/internal/model"
)

// Incidents is what everybody may see: the fold of the journal's changes. A
// change is folded in only after it was written and synced. The writer folds, any
// goroutine reads.
type Incidents struct {
	mu        sync.RWMutex // guards what follows
	incidents map[string]*history
	seq       uint64 // of the last change folded in
	waiting   chan struct{}
}

// history is an incident and how it became what it is.
type history struct {
	Now     model.Incident         `json:"now"`
	Changes []model.NumberedChange `json:"changes"` // the first ones and the latest
}

// Bounds of what is kept in memory, of all incidents and of the changes of one;
// the journal keeps all until it is trimmed.
const (
	MaxIncidents = 20000
	maxChanges   = 200
)

func newIncidents() *Incidents {
	return &Incidents{incidents: make(map[string]*history), waiting: make(chan struct{})}
}

// fold takes in one change of the journal.
func (s *Incidents) fold(seq uint64, c model.Change) {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := s.incidents[c.Incident.ID]
	if h == nil {
		h = &history{}
		s.incidents[c.Incident.ID] = h
	}
	if c.Incident.Revision <= h.Now.Revision && h.Now.ID != "" {
		s.seq = max(s.seq, seq)
		return // written twice
	}
	h.Now = c.Incident
	c.Incident = brief(&c)
	nc := model.NumberedChange{Number: seq, Change: c}
	if n := len(h.Changes); n > 0 && c.Type == model.Updated && h.Changes[n-1].Change.Type == model.Updated {
		h.Changes[n-1] = nc // of updates only the latest
	} else if n < maxChanges {
		h.Changes = append(h.Changes, nc)
	} else { // the first ones say how it began
		copy(h.Changes[maxChanges/2:], h.Changes[maxChanges/2+1:])
		h.Changes[n-1] = nc
	}
	s.seq = max(s.seq, seq)
	if len(s.incidents) > MaxIncidents {
		s.forgetOldest()
	}
	close(s.waiting)
	s.waiting = make(chan struct{})
}

// feedComponents is how many components feeds name at one change.
const feedComponents = 3

// brief is what is kept of an incident as it was at a change: what feeds show of
// it, and nothing of changes that only update numbers.
func brief(c *model.Change) model.Incident {
	in := &c.Incident
	out := model.Incident{Header: model.Header{ID: in.ID, Target: in.Target, Revision: in.Revision, State: in.State, Severity: in.Severity}}
	if in.UserReports == nil || c.Type == model.Updated {
		return out
	}
	out.Started, out.Opened, out.Ended, out.ClosedAt = in.Started, in.Opened, in.Ended, in.ClosedAt
	out.UserReports = &model.UserReports{Service: in.UserReports.Service, Name: in.UserReports.Name, Peak: in.UserReports.Peak, Confirmed: in.UserReports.Confirmed, Cause: in.UserReports.Cause, Fraud: in.UserReports.Fraud}
	for _, p := range in.UserReports.Parts {
		if p.StandsOut && len(out.UserReports.Parts) < feedComponents {
			out.UserReports.Parts = append(out.UserReports.Parts, p)
		}
	}
	return out
}

// foldAll takes in changes that were appended together, the last of them under
// seq.
func (s *Incidents) foldAll(seq uint64, all []model.Change) {
	for i, c := range all {
		s.fold(seq-uint64(len(all)-1-i), c)
	}
}

// forgetOldest drops a tenth of the closed incidents, those that closed first.
func (s *Incidents) forgetOldest() {
	var closed []*history
	for _, h := range s.incidents {
		if h.Now.State == model.Closed {
			closed = append(closed, h)
		}
	}
	slices.SortFunc(closed, func(a, b *history) int { return cmp.Compare(a.Now.ClosedAt, b.Now.ClosedAt) })
	for _, h := range closed[:min(len(closed), MaxIncidents/10)] {
		delete(s.incidents, h.Now.ID)
	}
}

// All returns every incident, in no order.
func (s *Incidents) All() []model.Incident {
	s.mu.RLock()
	defer s.mu.RUnlock()
	out := make([]model.Incident, 0, len(s.incidents))
	for _, h := range s.incidents {
		out = append(out, h.Now)
	}
	return out
}

// IDs returns the names of all incidents, in no order.
func (s *Incidents) IDs() []string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	out := make([]string, 0, len(s.incidents))
	for id := range s.incidents {
		out = append(out, id)
	}
	return out
}

// Parts returns the names of the incidents of traffic that are parts of a
// service's incident which has opened.
func (s *Incidents) Parts() map[string]bool {
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

// Traffic returns the incidents of traffic, as they were noticed.
func (s *Incidents) Traffic() []model.Incident {
	return slices.DeleteFunc(inOrder(s.All()), func(in model.Incident) bool { return in.Target.Kind == model.ServiceTarget })
}

// Open returns the incidents of traffic that are not closed, as they were
// noticed.
func (s *Incidents) Open() []model.Incident {
	return slices.DeleteFunc(s.Traffic(), func(in model.Incident) bool { return in.State == model.Closed })
}

// Last returns the number of the latest change.
func (s *Incidents) Last() uint64 {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.seq
}

// Get returns an incident and its changes, false where there is none.
func (s *Incidents) Get(id string) (model.Incident, []model.NumberedChange, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	h := s.incidents[id]
	if h == nil {
		return model.Incident{}, nil, false
	}
	return h.Now, slices.Clone(h.Changes), true
}

// Changed returns a channel that is closed at the next change.
func (s *Incidents) Changed() <-chan struct{} {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.waiting
}

// snapshot returns everything, for the journal: the fold up to a sequence.
func (s *Incidents) snapshot() folded {
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
func (s *Incidents) restore(f folded) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seq = f.Seq
	for i := range f.Incidents {
		h := f.Incidents[i]
		s.incidents[h.Now.ID] = &h
	}
}

// Services returns incidents of services that keep asks for, the newest first.
func (s *Incidents) Services(keep func(*model.Incident) bool, limit int) []model.Incident {
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
