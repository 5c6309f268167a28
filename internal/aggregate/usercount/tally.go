package usercount

import (
	"math"
	"time"

	"floodmark/internal/model"
)

// slots are the minutes of a window: 15 closed ones and the open one.
const slots = 16

const minute = int64(time.Minute)

// Minute is what one closed minute brought.
type Minute struct {
	At        int64     // Unix ns, its beginning
	Problems  uint32    // persons who reported a problem and had not in this window
	Works     uint32    // the same, for whom it works
	Followed  uint32    // of Problems: came after our alert or from a link elsewhere
	Withheld  uint32    // taken and not counted: over a limit
	Refused   uint32    // not taken: the server was full
	Effective float64   // what the minute added to the effective count of the window
	Parts     []float32 // Effective by component, in the order of the service; the last one is for none named. Valid until the next call; nil where Effective is 0
}

// Tally counts the reports of one service. The zero value is not of use: New.
type Tally struct {
	service  *model.Service
	open     int64 // Unix ns, beginning of the open minute, 0 before the first call
	quiet    uint32
	ordinary uint16 // a bit for each closed minute, the latest lowest
	forged   bool   // the last closed minute was suspected
	w        *window
	usual    *usual
	out      []float32 // of Minute.Parts
}

// New makes an empty Tally. The service is read and kept.
func New(s *model.Service) *Tally { return &Tally{service: s} }

// parts is the number of components and one for none named.
func (t *Tally) parts() int { return len(t.service.Components) + 1 }

// Add counts one report in the open minute: whoever calls has closed the minutes
// before it. Once warm it allocates nothing.
func (t *Tally) Add(r *model.Report) {
	w := t.started(r.At)
	m := &w.minutes[w.slot]
	if r.Suppressed {
		m.withheld++
		return
	}
	key := mix(r.Person)
	if r.Kind == model.Works {
		key = mix(^r.Person)
	}
	if !w.persons.add(key, w.slot, true) {
		return
	}
	if r.Kind == model.Works {
		m.works++
		return
	}
	m.problems++
	if r.Referral != model.NoReferral {
		m.followed++
	}
	if r.Referral == model.FromElsewhere {
		m.elsewhere++
	}
	part := t.part(r.Component)
	n := t.network(w, r)
	added := t.weigh(w, n, r)
	m.effective += added
	w.parts[w.slot*t.parts()+part] += float32(added)
	w.note(r, n, part, added)
}

// Refuse counts n reports that were not taken, at any time of the open minute.
func (t *Tally) Refuse(at int64, n uint32) {
	if n > 0 {
		t.started(at).minutes[t.w.slot].refused += n
	}
}

// begin is the beginning of the minute, kept where a minute can be added.
func begin(at int64) int64 {
	at = min(max(at, 0), math.MaxInt64/2)
	return at - at%minute
}

// started makes the window at the first report after a quiet time.
func (t *Tally) started(at int64) *window {
	if t.open == 0 {
		t.open = begin(at)
	}
	if t.w == nil {
		t.w = newWindow(t.parts(), t.open)
	}
	return t.w
}

// part is the component's place, the last one for none that the service has.
func (t *Tally) part(slug string) int {
	if slug != "" {
		for i := range t.service.Components {
			if t.service.Components[i].Slug == slug {
				return i
			}
		}
	}
	return len(t.service.Components)
}

// Close closes the minute that begins at at, and opens the next. Minutes are
// closed in order; one that was closed before gives an empty Minute, and those
// that were left out are taken as quiet. A quiet minute costs nothing.
func (t *Tally) Close(at int64) Minute {
	at = begin(at)
	out := Minute{At: at}
	if at < t.open {
		return out
	}
	if w := t.w; w != nil {
		if at > t.open {
			t.roll(at)
		}
		if t.w != nil {
			t.read(&out)
		}
	}
	t.roll(at + minute)
	return out
}

// Pending reports whether the open minute holds anything that Close would return.
func (t *Tally) Pending() bool {
	return t.w != nil && t.w.minutes[t.w.slot] != (window{}).minutes[0]
}

// Skip opens the minute of a time, which may lie before the open one: then what
// lies ahead is forgotten. What the open minute holds is lost where it was not
// closed.
func (t *Tally) Skip(at int64) {
	switch at = begin(at); {
	case t.open == 0:
	case at > t.open:
		t.roll(at)
	case at < t.open:
		t.w, t.forged, t.open = nil, false, at
	}
}

// read fills in the open minute, as it is about to be closed.
func (t *Tally) read(out *Minute) {
	w := t.w
	m := &w.minutes[w.slot]
	out.Problems, out.Works, out.Followed, out.Withheld, out.Refused = m.problems, m.works, m.followed, m.withheld, m.refused
	v := t.judge()
	t.forged = v.Suspected
	if m.effective <= 0 {
		return
	}
	keep := 1.0
	if v.Suspected {
		keep = max(0, 1-v.cutNow/m.effective)
	}
	out.Effective = keep * m.effective
	if t.out == nil {
		t.out = make([]float32, t.parts())
	}
	for i, x := range w.parts[w.slot*t.parts():][:t.parts()] {
		t.out[i] = float32(keep) * x
	}
	out.Parts = t.out
}

// roll opens the minute that begins at to and forgets what has left the window.
func (t *Tally) roll(to int64) {
	if w := t.w; w != nil {
		for at := max(t.open+minute, to-(slots-1)*minute); at <= to; at += minute {
			w.forget(int(at/minute)%slots, t.usual)
		}
		w.slot = int(to/minute) % slots
		if w.empty() {
			t.w, t.forged = nil, false
		}
	}
	t.open = to
}
