package userreports

import (
	"slices"
	"strings"
	"time"

	"floodmark/internal/opendata"
)

const oneDay = int64(24 * time.Hour)

// ClosedUntil is the time in Unix ns before which every minute is counted in what
// Days and Tables return.
func (s *Service) ClosedUntil() int64 { return s.view.Load().at }

// Days are the numbers since 1970 of the days of which whole 15 minutes are known,
// oldest first.
func (s *Service) Days() []int64 {
	var out []int64
	for _, v := range s.view.Load().services {
		for _, b := range v.Day {
			if day := b.At / oneDay; !b.Partial && !slices.Contains(out, day) {
				out = append(out, day)
			}
		}
	}
	slices.Sort(out)
	return out
}

// Tables makes the tables of a day.
func (s *Service) Tables(day int64) opendata.Tables {
	var t opendata.Tables
	from, to := day*oneDay, (day+1)*oneDay
	for _, v := range s.view.Load().services {
		for _, r := range opendata.Rows(v.Service.Slug, v.Day) {
			if r.Time >= from && r.Time < to {
				t.Rows = append(t.Rows, r)
			}
		}
	}
	s.mu.Lock()
	cells := s.detector.Cells(from, to)
	s.mu.Unlock()
	for _, x := range cells {
		for _, p := range x.Parts {
			t.Parts = append(t.Parts, opendata.Part{Service: x.Service, Time: x.At, Component: p.Key, Problems: p.Problems, Effective: p.Effective})
		}
		for _, p := range x.Places {
			country, region, _ := strings.Cut(p.Key, "-")
			t.Places = append(t.Places, opendata.Place{Service: x.Service, Time: x.At, Country: country, Region: region, Problems: p.Problems, Effective: p.Effective})
		}
	}
	return t
}
