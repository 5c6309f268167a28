package detector

import (
	"slices"
	"time"

	"floodmark/internal/evidence/cause"
	"floodmark/internal/model"
	"floodmark/internal/outage"
)

// Config of a Detector.
type Config struct {
	Services []*model.Service // in the order that they are shown in
	Budget   model.Budget
	// Similar returns earlier incidents that were like one; nil for none.
	Similar func(in *model.Incident) []model.Similar
	// History returns what is known of a service's earlier days; nil for nothing.
	History func(s *model.Service, now int64) cause.History
}

// Detector finds outages in what people report. Make it with New.
type Detector struct {
	c      Config
	tracks []*track
	by     map[string]*track
	index  map[string]int // in tracks
	judge  *outage.Evaluate
	next   int64 // the minute that is open, 0 before the first
}

// New returns a Detector that has heard nothing.
func New(c Config) *Detector {
	l := &Detector{c: c, by: make(map[string]*track, len(c.Services)), index: make(map[string]int, len(c.Services)), judge: outage.New(outage.Config{Budget: words(c.Budget), Similar: c.Similar})}
	perYear := c.Budget.PerYear(len(c.Services))
	for i, s := range c.Services {
		t := newTrack(s, perYear)
		l.index[s.Slug] = i
		l.tracks, l.by[s.Slug] = append(l.tracks, t), t
	}
	return l
}

// words is the promise as incidents carry it.
func words(p model.Budget) string {
	if p.All {
		return "at most " + p.String()
	}
	return "at most " + p.String() + " for each service"
}

// Promise is the promise in words.
func (l *Detector) Promise() string { return words(l.c.Budget) }

// Add takes one report. Reports come in order of time; minutes before that of
// the report must have been closed by Advance. It reports whether the service is
// known: others are left out.
func (l *Detector) Add(r *model.Report) bool {
	t := l.by[r.Service]
	if t == nil {
		return false
	}
	t.add(r)
	return true
}

// Reject notes that so many people could not be taken.
func (l *Detector) Reject(slug string, at int64, n uint32) {
	if t := l.by[slug]; t != nil {
		t.tally.Refuse(at, n)
		t.dirty = true
	}
}

// mostMinutes bounds what Advance catches up with; what is longer is a gap.
const mostMinutes = 30

// Advance closes all minutes that are over at a time and returns what changed.
// A jump over more than mostMinutes is a gap in what is known.
func (l *Detector) Advance(now int64) []model.Change {
	open := now - now%minute
	if l.next == 0 || open-l.next > mostMinutes*minute {
		return l.Skip(now)
	}
	var out []model.Change
	for ; l.next < open; l.next += minute {
		out = append(out, l.close(l.next)...)
	}
	return out
}

// Skip notes that nobody could report up to a time: that is neither calm nor
// news. The minute that was open is closed if it has reports; those after it are
// left out.
func (l *Detector) Skip(now int64) (out []model.Change) {
	open := now - now%minute
	if l.next != 0 && l.next < open && l.pending() {
		out = l.close(l.next)
	}
	if l.next == 0 || l.next < open {
		l.open(open)
	}
	return out
}

// Rewind goes on from now where the clock was ahead of it before, and returns by
// how much it was. What people reported meanwhile stays where it was counted.
func (l *Detector) Rewind(now int64) (out []model.Change, ahead time.Duration) {
	open := now - now%minute
	if l.next <= open {
		return nil, 0
	}
	ahead = time.Duration(l.next - open)
	if l.pending() {
		out = l.close(l.next)
	}
	l.open(open)
	for _, t := range l.tracks {
		t.rewind(open)
	}
	return out, ahead
}

// pending reports whether the open minute has reports of any service.
func (l *Detector) pending() bool {
	return slices.ContainsFunc(l.tracks, func(t *track) bool { return t.tally.Pending() })
}

// open begins a minute without closing another.
func (l *Detector) open(at int64) {
	l.next = at
	for _, t := range l.tracks {
		t.tally.Skip(at)
	}
}

// close ends one minute: every service is counted and judged by itself, then
// those with an incident beside each other.
func (l *Detector) close(at int64) []model.Change {
	for _, t := range l.tracks {
		t.close(at)
	}
	l.explain(at + minute)
	var out []model.Change
	for _, t := range l.tracks {
		if t.episode.State == "" && l.judge.Incident(t.service.Slug) == nil && !t.told {
			continue
		}
		o := t.observe(at)
		l.join(t, &o)
		changes := l.judge.Step(&o)
		out = append(out, changes...)
		t.told = t.episode.State != ""
		t.dirty = true
	}
	return out
}

// Command does what an operator asks.
func (l *Detector) Command(c model.Command) ([]model.Change, error) {
	changes, err := l.judge.Command(c)
	for _, x := range changes {
		if t := l.by[x.Incident.Target.Name]; t != nil {
			t.dirty = true
		}
	}
	return changes, err
}

// Grave reports that a service has an open incident that is not suspected of
// being made up: then honest phones are asked for less work.
func (l *Detector) Grave(slug string) bool {
	in := l.judge.Incident(slug)
	return in != nil && in.State == model.Open && !in.UserReports.Fraud.Suspected
}

// Services returns the services in their order.
func (l *Detector) Services() []*model.Service { return slices.Clone(l.c.Services) }

// Parsed is the promise.
func (l *Detector) Parsed() model.Budget { return l.c.Budget }
