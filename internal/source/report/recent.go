package report

import "floodmark/internal/model"

// What is remembered at most in one window; two windows are kept.
const (
	personsMost = 1 << 21
	countsMost  = 1 << 22 // a report has up to five
)

// recent remembers the last window and what is left of the one before it. The
// older is forgotten as a whole, which costs nothing and bounds the memory.
type recent[V any] struct {
	now, before map[uint64]V
	since       int64 // when now began
	at          int64
	most        int
}

func newRecent[V any](most int) recent[V] {
	return recent[V]{now: make(map[uint64]V), before: make(map[uint64]V), most: most}
}

// turn brings it up to a time, which never goes back.
func (t *recent[V]) turn(at int64) {
	t.at = at
	if at-t.since < window {
		return
	}
	t.before = t.now
	if at-t.since >= 2*window {
		t.before = make(map[uint64]V)
	}
	t.now, t.since = make(map[uint64]V), at-at%window
}

// get returns what is remembered of a key, which may be as old as two windows.
func (t *recent[V]) get(key uint64) V {
	if v, ok := t.now[key]; ok {
		return v
	}
	return t.before[key]
}

// put remembers v, or tells that there is no room.
func (t *recent[V]) put(key uint64, v V) bool {
	if _, ok := t.now[key]; !ok && len(t.now) >= t.most {
		return false
	}
	t.now[key] = v
	return true
}

// has tells whether put has room for a key.
func (t *recent[V]) has(key uint64) bool {
	_, ok := t.now[key]
	return ok || len(t.now) < t.most
}

// counted returns about how many there were of a key within the last window: of
// the window before, as much as still lies in it.
func counted(t *recent[uint32], key uint64) uint32 {
	n := t.now[key]
	if old := t.before[key]; old > 0 {
		left := max(window-(t.at-t.since), 0)
		n += uint32(int64(old) * (left >> 20) / (window >> 20))
	}
	return n
}

// person is what somebody said lately: of each kind, how many with this hash
// did, and since when.
type person struct {
	first   [2]uint32 // Unix seconds
	n       [2]uint8
	refused bool
}

// said returns how many people of a hash said so within the window.
func (in *Intake) said(key uint64, kind model.ReportKind, now int64) uint8 {
	p := in.persons.get(key)
	if now-int64(p.first[kind])*1e9 >= window {
		return 0
	}
	return p.n[kind]
}

// saidBy notes that one more did.
func (in *Intake) saidBy(key uint64, kind model.ReportKind, now int64) {
	p := in.persons.get(key)
	if now-int64(p.first[kind])*1e9 >= window || p.n[kind] == 0 {
		p.first[kind], p.n[kind] = uint32(now/1e9), 0
	}
	if p.n[kind] < 255 {
		p.n[kind]++
	}
	in.persons.put(key, p)
}

// unsaid undoes saidBy, and tells whether it is the first time for this person
// that a report was refused.
func (in *Intake) unsaid(key uint64, kind model.ReportKind, taken bool) (first bool) {
	p := in.persons.get(key)
	if taken && p.n[kind] > 0 {
		p.n[kind]--
	}
	first = !p.refused
	p.refused = true
	return in.persons.put(key, p) && first
}
