package telemetry

type storeMetrics struct{ rows, dropped, points, droppedPoints, errors, bytes, files, free, degradation, lag, flush series }

func newStore(b *book) storeMetrics {
	return storeMetrics{
		rows:          b.counter("floodmark_store_rows_total", "Flow records stored."),
		dropped:       b.counter("floodmark_store_dropped_rows_total", "Flow records not stored, by reason: queue_full (the writer did not keep up) or disk (low on space, or failed).", "reason"),
		points:        b.counter("floodmark_store_points_total", "Points of series stored."),
		droppedPoints: b.counter("floodmark_store_dropped_points_total", "Points of series not stored."),
		errors:        b.counter("floodmark_store_errors_total", "Errors of the database engine."),
		bytes:         b.gauge("floodmark_store_disk_bytes", "Size of the files."),
		files:         b.gauge("floodmark_store_files", "Number of files."),
		free:          b.gauge("floodmark_store_free_bytes", "Free space of their disk."),
		degradation:   b.gauge("floodmark_store_degradation_level", "0: everything is stored, 1: raw flows are not, 2: nor are series of one second."),
		lag:           b.gauge("floodmark_store_lag_seconds", "Age of the oldest rows that are not committed."),
		flush:         b.histogram("floodmark_store_flush_duration_seconds", "Time to commit buffered rows to disk."),
	}
}

func (m storeMetrics) collect(ch *scrape, s *Snapshot) {
	v := &s.Store
	m.rows.send(ch, float64(v.Rows))
	m.dropped.send(ch, float64(v.DroppedQueue), "queue_full")
	m.dropped.send(ch, float64(v.DroppedDisk), "disk")
	m.points.send(ch, float64(v.Points))
	m.droppedPoints.send(ch, float64(v.DroppedPoints))
	m.errors.send(ch, float64(v.Errors))
	m.bytes.send(ch, float64(v.Bytes))
	m.files.send(ch, float64(v.Files))
	m.free.send(ch, float64(v.Free))
	m.degradation.send(ch, float64(v.Degradation))
	m.lag.send(ch, v.Lag)
	m.flush.sendHistogram(ch, v.Flush)
}

type journalMetrics struct{ commits, bytes, lost, free, full, down, appendSeconds, syncSeconds series }

func newJournal(b *book) journalMetrics {
	return journalMetrics{
		commits:       b.counter("floodmark_journal_commits_total", "Commits to the journal since it was created.", "stream"),
		bytes:         b.gauge("floodmark_journal_disk_bytes", "Size of a stream.", "stream"),
		lost:          b.counter("floodmark_journal_lost_commits_total", "Commits that could not be read back when the journal was opened.", "stream"),
		free:          b.gauge("floodmark_journal_free_bytes", "Free space of its disk."),
		full:          b.gauge("floodmark_journal_full", "1 while the free space of the disk is below its minimum."),
		down:          b.gauge("floodmark_journal_down", "1 while its store has failed and is being reopened."),
		appendSeconds: b.histogram("floodmark_journal_append_duration_seconds", "Time until appended entries are durable: waiting for the writer, and the commit."),
		syncSeconds:   b.histogram("floodmark_journal_sync_duration_seconds", "Time to write and sync one commit."),
	}
}

func (m journalMetrics) collect(ch *scrape, s *Snapshot) {
	for _, v := range s.Journal.Streams {
		m.commits.send(ch, float64(v.Commits), v.Name)
		m.bytes.send(ch, float64(v.Bytes), v.Name)
		m.lost.send(ch, float64(v.Lost), v.Name)
	}
	m.free.send(ch, float64(s.Journal.Free))
	m.full.flag(ch, s.Journal.Full)
	m.down.flag(ch, s.Journal.Down)
	m.appendSeconds.sendHistogram(ch, s.Journal.Append)
	m.syncSeconds.sendHistogram(ch, s.Journal.Sync)
}
