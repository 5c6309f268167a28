package detector

import (
	"hash/fnv"
	"math/rand/v2"

	"floodmark/internal/detect/eprocess"
	"floodmark/internal/model"
)

// History is what was usual in the past, learned apart from a Detector until it
// is adopted as a whole. One goroutine may use it, beside the one that uses the
// Detector.
type History struct {
	services map[string]*model.Service
	until    int64 // Unix ns; what is not over by then is not taken, 0 for no limit
	perYear  map[lessonKey]float64
	lessons  map[lessonKey]*lesson
}

type lessonKey struct{ slug, component string }

type lesson struct {
	series *eprocess.Series
	rows   int
}

// NewHistory begins to learn what is older than the minute that is open now.
func (l *Detector) NewHistory() *History {
	h := &History{services: make(map[string]*model.Service, len(l.tracks)), until: l.next,
		perYear: make(map[lessonKey]float64), lessons: make(map[lessonKey]*lesson)}
	for _, t := range l.tracks {
		slug := t.service.Slug
		h.services[slug] = t.service
		h.perYear[lessonKey{slug, ""}] = t.total.Promise()
		for i, c := range t.service.Components {
			h.perYear[lessonKey{slug, c.Slug}] = t.parts[i].Promise()
		}
	}
	return h
}

// Service returns a service that can be learned of.
func (h *History) Service(slug string) (*model.Service, bool) {
	s, ok := h.services[slug]
	return s, ok
}

// Add takes the count of 15 minutes of the past, of a service or of one of its
// components. Counts come in order of time for each; what is not before the
// server's own time is not taken.
//
// The minutes of the count are drawn from a seed of its own, the same each time,
// since nobody knows them and reports do not come evenly.
func (h *History) Add(slug, component string, at int64, count uint32) bool {
	key := lessonKey{slug, component}
	perYear, ok := h.perYear[key]
	if !ok || at%minute != 0 || h.until != 0 && at+quarter > h.until {
		return false
	}
	x := h.lessons[key]
	if x == nil {
		x = &lesson{series: eprocess.New(configOf(h.services[slug], perYear))}
		h.lessons[key] = x
	}
	if at <= x.series.Last {
		return false
	}
	f := fnv.New64a()
	f.Write([]byte(slug + "\x00" + component)) // never an error
	r := rand.New(rand.NewPCG(f.Sum64(), uint64(at)))
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
		learn(x.series, at+int64(m)*minute, y)
	}
	x.rows++
	return true
}

// learn takes one minute, but for what is out of all bounds: an outage of the
// past is no example of what is usual.
func learn(s *eprocess.Series, at int64, y float64) {
	v, state := s.Judge(at, y), model.State("")
	if v.Over && v.High {
		state = model.Open
	}
	s.Heed(at, y, v.High, state, state)
}

// Adopt takes over what was learned of services that nobody has reported on yet:
// their silence until now gives way to it. It returns how many counts were left
// out, of other services. History opens no incidents.
func (l *Detector) Adopt(h *History) (late int) {
	for key, x := range h.lessons {
		t := l.by[key.slug]
		s := t.total
		for i, c := range t.service.Components {
			if key.component != "" && c.Slug == key.component {
				s = t.parts[i]
			}
		}
		if t.since != 0 || !s.Silent() {
			late += x.rows
			continue
		}
		*s = *x.series
		t.dirty = true
	}
	return late
}
