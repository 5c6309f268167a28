package outage

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"floodmark/internal/model"
)

// Config of a Judge.
type Config struct {
	Budget string // in words, for incidents to carry
	// Similar returns earlier incidents of the service that looked like this one,
	// the most similar first; nil for none.
	Similar func(in *model.Incident) []model.Similar
}

// Evaluate keeps the incidents of services that are not closed.
type Evaluate struct {
	c     Config
	live  map[string]*Live // by slug
	names map[string]int64 // ids of the last day, and when they were given, Unix ns
}

// Live is an incident that is not closed. It is exported for snapshots only.
type Live struct {
	Incident model.Incident `json:"incident"`
	// What the incident was when the last change but Updated was told.
	Reported float64         `json:"told"` // problems in the peak bucket
	Cause    model.CauseKind `json:"cause"`
	By       string          `json:"by"`
	Forged   bool            `json:"forged"`
	Assessed model.CauseName `json:"assessed"`
	Standing []string        `json:"standing"` // slugs of parts that stand out
	Updated  int64           `json:"updated"`  // Unix ns
	Ignored  bool            `json:"ignored"`  // an operator closed it: nothing is told until the episode is over
}

// New returns a Judge without incidents.
func New(c Config) *Evaluate {
	return &Evaluate{c: c, live: make(map[string]*Live), names: make(map[string]int64)}
}

// Incident returns the incident of a service that is not closed, nil for none.
// It is valid until the next call of Step or Command.
func (j *Evaluate) Incident(slug string) *model.Incident {
	if l := j.live[slug]; l != nil && !l.Ignored {
		return &l.Incident
	}
	return nil
}

// Open returns the slugs of services with an incident that is not closed, sorted.
func (j *Evaluate) Open() []string {
	out := make([]string, 0, len(j.live))
	for slug := range j.live {
		out = append(out, slug)
	}
	slices.Sort(out)
	return out
}

// Snapshot is a Judge as it can be kept.
type Snapshot struct {
	Live  []Live           `json:"live"`
	Names map[string]int64 `json:"names"`
}

// Snapshot returns a copy of everything, in order of services.
func (j *Evaluate) Snapshot() Snapshot {
	s := Snapshot{Names: make(map[string]int64, len(j.names))}
	for id, at := range j.names {
		s.Names[id] = at
	}
	for _, l := range j.live {
		c := *l
		c.Incident = clone(&l.Incident)
		c.Standing = slices.Clone(l.Standing)
		s.Live = append(s.Live, c)
	}
	slices.SortFunc(s.Live, func(a, b Live) int { return cmp.Compare(a.Incident.Target.Name, b.Incident.Target.Name) })
	return s
}

// Restore begins from a snapshot.
func (j *Evaluate) Restore(s Snapshot) {
	for id, at := range s.Names {
		j.names[id] = at
	}
	for i := range s.Live {
		l := s.Live[i]
		if l.Incident.UserReports == nil {
			continue // not ours
		}
		j.live[l.Incident.Target.Name] = &l
	}
}

// clone copies an incident so that it shares no memory that is written to.
func clone(in *model.Incident) model.Incident {
	c := *in
	c.Waves = slices.Clone(in.Waves)
	c.Phases, c.Traffic, c.Probes = slices.Clone(in.Phases), slices.Clone(in.Traffic), slices.Clone(in.Probes)
	userReports := *in.UserReports
	userReports.Parts, userReports.Places = slices.Clone(userReports.Parts), slices.Clone(userReports.Places)
	userReports.Similar, userReports.Shape = slices.Clone(userReports.Similar), slices.Clone(userReports.Shape)
	c.UserReports = &userReports
	return c
}

// idStep is what starts are rounded to in ids, as in those of traffic.
const idStep = 5 * time.Minute

// name gives an id that was not given in the last day: the slug and the start,
// rounded to five minutes, as x-20250310T1000Z.
func (j *Evaluate) name(slug string, start, now int64) string {
	for id, at := range j.names {
		if now-at > int64(24*time.Hour) {
			delete(j.names, id)
		}
	}
	base := slug + "-" + time.Unix(0, start).UTC().Truncate(idStep).Format("20060102T1504Z")
	id := base
	for n := 2; j.names[id] != 0; n++ {
		id = fmt.Sprintf("%s-%d", base, n)
	}
	j.names[id] = max(now, 1)
	return id
}
