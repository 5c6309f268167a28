package duckdb

import "floodmark/internal/model"

// AddPoints copies points of one second each, and never blocks: where the queue
// is full they are dropped and counted.
func (s *Store) AddPoints(p []model.Point) {
	if len(p) == 0 {
		return
	}
	if s.closed.Load() || len(s.points) == cap(s.points) {
		s.count.pointsLost.Add(uint64(len(p)))
		return
	}
	select {
	case s.points <- append([]model.Point(nil), p...):
	default:
		s.count.pointsLost.Add(uint64(len(p)))
	}
}

func (s *Store) writePoints(p []model.Point) {
	now := s.cfg.Now()
	for i := range p {
		if !s.means.add(&p[i]) {
			s.count.meansLost.Add(1)
		}
	}
	if s.low > 1 {
		s.count.pointsLost.Add(uint64(len(p)))
		return
	}
	k := s.sinks[Seconds]
	err := k.put(now, len(p), func() error {
		for i := range p {
			if err := k.to[0].addPoint(&p[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		s.report("keep series", err)
	}
}
