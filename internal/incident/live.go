package incident

import (
	"slices"

	"floodmark/internal/model"
)

// Live is an incident under way, with what the incident engine remembers of it beyond
// what everybody may read. Times are Unix ns.
type Live struct {
	Incident model.Incident `json:"incident"`
	Signals  []Signal       `json:"signals"` // in the order of Incident.Excesses
	Members  []Member       `json:"members"` // anomalous targets inside, at most 4,096
	Overflow int64          `json:"crowd"`   // last word of a target inside that is not in Members
	Word     Word           `json:"word"`
	WaveAt   int64          `json:"wave_at"`  // when this or the last wave was noticed
	QuietAt  int64          `json:"quiet_at"` // since when the target itself is within its bounds, 0 while it is not
	CalmAt   int64          `json:"calm_at"`  // when the incident engine saw the last wave end
	Reported Reported       `json:"told"`
	Dirty    bool           `json:"dirty"`     // values differ from those told last
	Blind    []string       `json:"blind"`     // exporters that fell silent while this went on
	SeeAgain int64          `json:"see_again"` // calm counts from here on
	Muted    bool           `json:"muted"`     // closed while the anomaly goes on
	MutedAt  float64        `json:"muted_at"`  // multiple of the bound at that time
	member   map[model.TargetID]int
	gone     bool // in no index any more
}

// Signal is the last word on one excess.
type Signal struct {
	At       int64   `json:"at"`    // as the anomaly says
	Received int64   `json:"heard"` // when the incident engine heard it
	Rate     float64 `json:"rate"`
}

// Member is an anomalous target inside a wider incident.
type Member struct {
	Target   model.TargetID    `json:"target"`
	Active   uint32            `json:"active"` // bits: kind and metric of what is out of bounds
	At       int64             `json:"at"`
	Received int64             `json:"heard"`
	Since    int64             `json:"since"`
	Kind     model.AnomalyKind `json:"kind"` // of the last word
	Metric   model.Metric      `json:"metric"`
	Rate     float64           `json:"rate"`
	Bound    float64           `json:"bound"`
	Rates    model.Rates       `json:"rates"`
}

// Word is what evidence said last.
type Word struct {
	At            int64               `json:"at"` // when it was heard, 0 for never
	Findings      int64               `json:"said"`
	Revision      uint64              `json:"revision"`
	AttackVerdict model.AttackVerdict `json:"presence"`
	Hold          bool                `json:"hold"`
}

// Reported is what the last changes brought.
type Reported struct {
	At       int64          `json:"at"`
	Severity model.Severity `json:"severity"`
	Hosts    int            `json:"hosts"`
	Vectors  []string       `json:"vectors"` // those with a tenth of the packets
}

// Silence is an exporter that is not heard.
type Silence struct {
	Exporter string `json:"exporter"`
	Since    int64  `json:"since"`
}

// Snapshot is all that a machine knows, but for its Config. It belongs to the
// caller and survives JSON.
type Snapshot struct {
	Now     int64            `json:"now"`
	Live    []Live           `json:"live"`
	Past    []model.Incident `json:"past"` // closed lately
	Names   []Name           `json:"names"`
	Windows []Window         `json:"windows"`
	Blind   []Silence        `json:"blind"`
	Stats   Stats            `json:"stats"`
}

// Snapshot copies the machine's state: Restore of it goes on as if the machine
// had never stopped.
func (m *Machine) Snapshot() Snapshot {
	s := Snapshot{Now: m.now, Names: slices.Clone(m.names), Windows: cloneWindows(m.windows), Blind: slices.Clone(m.blind), Stats: m.stats}
	for _, l := range m.order {
		c := *l
		c.Incident = clone(&l.Incident)
		c.Signals, c.Members, c.Blind = slices.Clone(l.Signals), slices.Clone(l.Members), slices.Clone(l.Blind)
		c.Reported.Vectors = slices.Clone(l.Reported.Vectors)
		c.member = nil
		s.Live = append(s.Live, c)
	}
	for i := range m.past {
		s.Past = append(s.Past, clone(&m.past[i]))
	}
	return s
}

// Restore makes a machine that goes on where the snapshot was taken. It takes
// over the snapshot's memory.
func Restore(c Config, s Snapshot) *Machine {
	m := New(c)
	m.now, m.names, m.windows, m.blind, m.stats, m.past = s.Now, s.Names, s.Windows, s.Blind, s.Stats, s.Past
	for i, n := range m.names {
		m.named[n.Base] = i
	}
	for i := range s.Live {
		l := &s.Live[i]
		l.member = make(map[model.TargetID]int, len(l.Members))
		for k := range l.Members {
			l.member[l.Members[k].Target] = k
		}
		m.enter(l)
	}
	return m
}

// Adopt takes over incidents that are known from their changes alone, where no
// snapshot could be read: what only the incident engine remembers starts anew. Closed
// incidents are kept as past ones.
func (m *Machine) Adopt(all []model.Incident) {
	for i := range all {
		in := clone(&all[i])
		base := ID(in.Target, in.Direction, in.Started)
		if _, ok := m.named[base]; !ok {
			m.named[base] = len(m.names)
			m.names = append(m.names, Name{base, numberOf(in.ID, base), m.now})
		} else if n := &m.names[m.named[base]]; numberOf(in.ID, base) > n.Last {
			n.Last = numberOf(in.ID, base)
		}
		if in.State == model.Closed {
			m.bury(in)
			continue
		}
		if m.live[key{in.Target, in.Direction}] != nil {
			continue
		}
		l := &Live{Incident: in, WaveAt: in.Noticed, Reported: Reported{At: in.LastSeen, Severity: in.Severity, Hosts: in.HostCount}, member: make(map[model.TargetID]int)}
		for range in.Excesses {
			l.Signals = append(l.Signals, Signal{At: in.LastSeen, Received: in.LastSeen})
		}
		m.enter(l)
		m.now = max(m.now, in.LastSeen)
	}
}

// clone copies an incident with everything it points to.
func clone(in *model.Incident) model.Incident {
	c := *in
	c.Excesses, c.Waves, c.Hosts = copied(in.Excesses), copied(in.Waves), copied(in.Hosts)
	c.Vectors, c.Countries, c.Networks = copied(in.Vectors), copied(in.Countries), copied(in.Networks)
	c.Merged = slices.Clone(in.Merged)
	if in.Acknowledged != nil {
		r := *in.Acknowledged
		c.Acknowledged = &r
	}
	if in.FalseAlarm != nil {
		r := *in.FalseAlarm
		c.FalseAlarm = &r
	}
	return c
}

// copied is a copy that is never nil, so that documents have no null lists.
func copied[T any](s []T) []T { return append(make([]T, 0, len(s)), s...) }

func cloneWindows(all []Window) []Window {
	out := slices.Clone(all)
	for i := range out {
		out[i].Targets = slices.Clone(out[i].Targets)
	}
	return out
}
