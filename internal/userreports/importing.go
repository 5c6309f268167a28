package userreports

import (
	"fmt"
	"io"
	"maps"
	"slices"

	"floodmark/internal/model"
	"floodmark/internal/opendata"
	"floodmark/internal/userreports/detector"
)

// Imported is what came of a file of history.
type Imported struct {
	opendata.Reported
	Late int `json:"late"` // rows that are not before what the server has seen itself
}

// Import learns what was usual from a CSV of counts of 15 minutes, or of single
// reports, whole or not at all. It is learned apart, however slowly it comes, and
// taken over in one step: minutes go on being counted meanwhile.
func (s *Service) Import(r io.Reader, singleReports bool) (Imported, error) {
	s.mu.Lock()
	h := s.detector.NewHistory()
	s.mu.Unlock()
	var out Imported
	add := func(slug, component string, at int64, n uint32) {
		if !h.Add(slug, component, at-at%int64(60e9), n) {
			out.Late++
		}
	}
	var err error
	if singleReports {
		out.Reported, err = countReports(r, h, add)
	} else {
		out.Reported, err = opendata.ReadCounts(r, h.Service, func(n opendata.Count) error {
			add(n.Service, n.Component, n.Time, n.Count)
			return nil
		})
	}
	if err != nil {
		return out, err
	}
	s.mu.Lock()
	out.Late += s.detector.Adopt(h)
	s.mu.Unlock()
	return out, nil
}

// countReports counts single reports, which come in order of time for each
// service, in 15 minutes, empty ones between them included.
func countReports(r io.Reader, h *detector.History, add func(slug, component string, at int64, n uint32)) (opendata.Reported, error) {
	const step = int64(15 * 60e9)
	type run struct {
		at int64
		n  uint32
	}
	runs := make(map[string]*run)
	result, err := opendata.ReadReports(r, h.Service, func(x opendata.Report) error {
		if x.Kind != model.Problem {
			return nil
		}
		at := x.Time - x.Time%step
		o := runs[x.Service]
		if o == nil {
			runs[x.Service] = &run{at, 1}
			return nil
		}
		if at-o.at > 366*24*4*step {
			return fmt.Errorf("reports of %s are more than a year apart", x.Service)
		}
		for o.at < at {
			add(x.Service, "", o.at, o.n)
			o.at, o.n = o.at+step, 0
		}
		o.n++
		return nil
	})
	for _, slug := range slices.Sorted(maps.Keys(runs)) {
		add(slug, "", runs[slug].at, runs[slug].n)
	}
	return result, err
}
