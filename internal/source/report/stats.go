package report

import (
	"sync/atomic"

	"floodmark/internal/model"
	"floodmark/internal/telemetry/histogram"
)

// Stats are counts since the start. Durable are Counted + Suppressed.
type Stats struct {
	Submitted  uint64
	Counted    uint64           // durable
	Works      uint64           // of Counted: that it works
	Suppressed uint64           // durable, over a limit
	Duplicates uint64           // the person had reported the same before
	QueueFull  uint64           // not taken: too many wait for the journal
	DiskFull   uint64           // not taken: the journal has no space
	Down       uint64           // not taken: the journal failed, or the program stops
	Invalid    uint64           // or of an unknown service
	WorkNeeded uint64           // no proof of work, or not enough
	Replayed   uint64           // a proof of work was used before
	TooMany    uint64           // far over a limit
	Waiting    int              // for the journal, now
	Room       int              // how many may wait
	Write      histogram.Counts // seconds of a write to the journal
	SaltError  string           // why a salt could not be kept or deleted, which is tried again every second; "" where all is well
}

// Kept are the durable reports.
func (s *Stats) Kept() uint64 { return s.Counted + s.Suppressed }

// Refused are the reports that were not taken though nothing was wrong with them.
func (s *Stats) Refused() uint64 { return s.QueueFull + s.DiskFull + s.Down }

type counters struct {
	submitted, counted, works, suppressed, duplicates atomic.Uint64
	queueFull, diskFull, down                         atomic.Uint64
	invalid, workNeeded, replayed, tooMany            atomic.Uint64

	writes    *histogram.Histogram // seconds
	saltError atomic.Value         // a string
}

func (c *counters) kept(r *model.Report) {
	switch {
	case r.Suppressed:
		c.suppressed.Add(1)
		return
	case r.Kind == model.Works:
		c.works.Add(1)
	}
	c.counted.Add(1)
}

// salted notes how it went with salts.
func (c *counters) salted(err error) {
	text := ""
	if err != nil {
		text = err.Error()
	}
	c.saltError.Store(text)
}

// Stats returns how much became of what.
func (in *Intake) Stats() Stats {
	c := &in.stats
	salt, _ := c.saltError.Load().(string) // nil before the first look
	return Stats{Submitted: c.submitted.Load(), Counted: c.counted.Load(), Works: c.works.Load(), Suppressed: c.suppressed.Load(), Duplicates: c.duplicates.Load(),
		QueueFull: c.queueFull.Load(), DiskFull: c.diskFull.Load(), Down: c.down.Load(),
		Invalid: c.invalid.Load(), WorkNeeded: c.workNeeded.Load(), Replayed: c.replayed.Load(), TooMany: c.tooMany.Load(),
		Waiting: len(in.queue), Room: cap(in.queue), Write: c.writes.Counts(), SaltError: salt}
}
