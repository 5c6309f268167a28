package incident

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"floodmark/internal/model"
)

// Machine holds all incidents under way. The zero Machine is of no use; see New
// and Restore.
type Machine struct {
	c       Config
	now     int64
	live    map[key]*Live
	byID    map[string]*Live
	order   []*Live         // as they came
	under   map[key][]*Live // those inside a wider target, as they came
	past    []model.Incident
	names   []Name
	named   map[string]int
	windows []Window
	blind   []Silence
	stats   Stats
	out     []model.Change

	forgetAt int
	stale    map[key]bool // lists of under that hold some that are gone
	swept    bool
}

// key is what has one incident at a time.
type key struct {
	target model.TargetID
	dir    model.Direction
}

// New makes a machine that knows of nothing.
func New(c Config) *Machine {
	return &Machine{c: c.withDefaults(), live: make(map[key]*Live), byID: make(map[string]*Live),
		under: make(map[key][]*Live), stale: make(map[key]bool), swept: true, named: make(map[string]int)}
}

// Stats returns what was not taken.
func (m *Machine) Stats() Stats { return m.stats }

// Step takes what was heard and returns what changed, in the order in which it
// was decided. Input that makes no sense is counted, never an error.
func (m *Machine) Step(in Input) []model.Change {
	m.now = max(m.now, in.Now)
	m.out = nil
	if in.Windows != nil {
		m.plan(in.Windows)
	}
	if in.Blind != nil {
		m.sight(in.Blind)
	}
	m.giveUp()
	m.expire()
	for i := range in.Commands {
		m.applyCommand(&in.Commands[i])
	}
	for i := range in.Findings {
		m.listen(&in.Findings[i])
	}
	// Hosts come before the prefixes that hold them: a narrow cause explains a
	// wide anomaly, not the other way round.
	received := slices.Clone(in.Anomalies)
	slices.SortStableFunc(received, func(a, b model.Anomaly) int {
		return cmp.Or(cmp.Compare(a.Target.Kind, b.Target.Kind), cmp.Compare(b.Target.Bits, a.Target.Bits))
	})
	for i := range received {
		m.notice(&received[i])
	}
	m.review()
	m.sweep()
	return m.out
}

// plan replaces the maintenance windows.
func (m *Machine) plan(w []Window) {
	if len(w) > maxWindows {
		m.stats.Dropped += uint64(len(w) - maxWindows)
		w = w[:maxWindows]
	}
	m.windows = cloneWindows(w)
}

// Open returns the incidents that are not closed, as they came. They share no
// memory with the machine.
func (m *Machine) Open() []model.Incident {
	var out []model.Incident
	for _, l := range m.order {
		if !l.Muted {
			out = append(out, clone(&l.Incident))
		}
	}
	return out
}

// parents lists what a target lies in: prefix levels, customers, the network.
func (m *Machine) parents(t model.TargetID) []model.TargetID {
	out := levels(t)
	if t.Kind <= model.PrefixTarget {
		for _, c := range m.c.Customers(t) {
			out = append(out, model.CustomerID(c))
		}
	}
	if t.Kind != model.NetworkTarget {
		out = append(out, model.NetworkID())
	}
	return out
}

// levels lists the prefixes under watch that hold a target, narrow ones first.
func levels(t model.TargetID) []model.TargetID {
	if t.Kind > model.PrefixTarget {
		return nil
	}
	out := make([]model.TargetID, 0, 5) // and a customer and the network
	bits := [3]int{64, 56, 48}
	if t.Addr.Is4() {
		bits = [3]int{24, 22, 20}
	}
	for _, b := range bits {
		if b < int(t.Bits) {
			out = append(out, model.PrefixID(t.Addr, b))
		}
	}
	return out
}

// enter puts an incident into every index.
func (m *Machine) enter(l *Live) {
	k := key{l.Incident.Target, l.Incident.Direction}
	m.live[k] = l
	m.byID[l.Incident.ID] = l
	m.order = append(m.order, l)
	for _, p := range m.parents(k.target) {
		k := key{p, k.dir}
		m.under[k] = append(m.under[k], l)
	}
}

// leave takes an incident out of the indexes; the lists follow in sweep, since
// thousands may end at the same time.
func (m *Machine) leave(l *Live) {
	if l.gone {
		return
	}
	l.gone = true
	k := key{l.Incident.Target, l.Incident.Direction}
	delete(m.live, k)
	delete(m.byID, l.Incident.ID)
	for _, p := range m.parents(k.target) {
		m.stale[key{p, k.dir}] = true
	}
	m.swept = false
}

// sweep takes what is gone out of the lists.
func (m *Machine) sweep() {
	if m.swept {
		return
	}
	gone := func(l *Live) bool { return l.gone }
	m.order = slices.DeleteFunc(m.order, gone)
	for k := range m.stale { // each list by itself: the order does not matter
		if m.under[k] = slices.DeleteFunc(m.under[k], gone); len(m.under[k]) == 0 {
			delete(m.under, k)
		}
	}
	clear(m.stale)
	m.swept = true
}

// change states what happened to an incident: every step of a life goes through
// here.
func (m *Machine) change(l *Live, t model.ChangeType, text string) {
	in := &l.Incident
	in.Revision++
	l.Reported.At, l.Reported.Severity, l.Dirty = m.now, in.Severity, false
	if t != model.Updated {
		l.Reported.Hosts, l.Reported.Vectors = in.HostCount, nil
	}
	for _, v := range in.Vectors {
		if v.Share >= newVector && t != model.Updated {
			l.Reported.Vectors = append(l.Reported.Vectors, v.Value)
		}
	}
	m.out = append(m.out, model.Change{At: m.now, Type: t, Incident: clone(in), Text: text})
}

// close ends an incident. Where the anomaly goes on, the incident engine keeps it, muted,
// so that the same thing does not come back under another id.
func (m *Machine) close(l *Live, t model.ChangeType, text string) {
	in := &l.Incident
	in.State, in.ClosedAt = model.Closed, m.now
	m.endWave(l, m.now)
	m.change(l, t, text)
	m.bury(clone(in))
	l.Blind, l.SeeAgain = nil, 0
	if in.MergedInto != "" || !m.active(l) && m.now >= m.calmSince(l)+int64(m.c.Hold) {
		m.leave(l)
		return
	}
	l.Muted, l.MutedAt = true, l.multiple()
}

// bury keeps a closed incident for a while.
func (m *Machine) bury(in model.Incident) {
	if len(m.past) >= maxPast {
		m.past = slices.Delete(m.past, 0, len(m.past)-maxPast+1)
	}
	m.past = append(m.past, in)
}

// numberOf reads the number of an id that name gave.
func numberOf(id, base string) int {
	if n, err := strconv.Atoi(strings.TrimPrefix(id, base+"-")); err == nil && n > 1 {
		return n
	}
	return 1
}
