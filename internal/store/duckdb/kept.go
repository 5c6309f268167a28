package duckdb

// Kept tells which time a table holds whole, in Unix ms: from the start of the
// oldest file that can be read to where no more rows are to come but late ones.
// A table of which nothing is kept gives 0, 0, and so does an unknown one.
func (s *Store) Kept(table string) (from, to int64) {
	k, ok := kindOf[table]
	if !ok {
		return 0, 0
	}
	s.files.mu.Lock()
	for _, f := range s.files.list {
		if f.kind == k && f.refused == nil && !f.doomed && (from == 0 || f.start < from) {
			from = f.start
		}
	}
	s.files.mu.Unlock()
	if from == 0 {
		return 0, 0
	}
	const minute, hour = int64(60e9), int64(3600e9)
	to = s.cfg.Now() - int64(2*s.cfg.CommitAge)
	switch k {
	case Minutes:
		to = (s.cfg.Now() - int64(s.cfg.Lateness) - int64(2*s.cfg.CommitAge)) / minute * minute
	case Hours:
		to = (s.cfg.Now() - int64(s.cfg.Lateness) - int64(2*s.cfg.CommitAge) - hourSlack) / hour * hour
	}
	if to <= from {
		return 0, 0
	}
	return from / 1e6, to / 1e6
}
