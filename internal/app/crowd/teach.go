package crowd

import (
	"hash/fnv"
	"math/rand/v2"

	"floodmark/internal/detect/eprocess"
	"floodmark/internal/model"
)

// Teach takes the count of 15 minutes of the past, of a service or of one of its
// components, for what was usual then. It comes in order of time for each, and
// before anybody reports: silence until now gives way to it, later than that it
// is not taken. Nothing is said of it: history opens no incidents.
//
// The minutes of the count are drawn, the same each time, since nobody knows
// them and reports do not come evenly.
func (l *Line) Teach(slug, component string, at int64, count uint32) bool {
	t := l.by[slug]
	if t == nil || at%minute != 0 || l.next != 0 && at+quarter > l.next {
		return false
	}
	s := t.total
	if component != "" {
		s = nil
		for i, c := range t.service.Components {
			if c.Slug == component {
				s = t.parts[i]
			}
		}
	}
	if s == nil {
		return false
	}
	if t.since == 0 && s.Silent() {
		*s = *eprocess.New(configOf(t.service, s.Promise()))
	}
	if at <= s.Last {
		return false
	}
	h := fnv.New64a()
	h.Write([]byte(slug + "\x00" + component)) // never an error
	r := rand.New(rand.NewPCG(h.Sum64(), uint64(at)))
	var minutes [15]float64
	if count <= 100_000 {
		for range count {
			minutes[r.IntN(15)]++
		}
	} else {
		for m := range minutes {
			minutes[m] = float64(count) / 15
		}
	}
	for m, y := range minutes {
		teach(s, at+int64(m)*minute, y)
	}
	t.dirty = true
	return true
}

// teach learns one minute, but for what is out of all bounds: an outage of the
// past is no example of what is usual.
func teach(s *eprocess.Series, at int64, y float64) {
	v, state := s.Judge(at, y), model.State("")
	if v.Over && v.High {
		state = model.Open
	}
	s.Heed(at, y, v.High, state, state)
}
