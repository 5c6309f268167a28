package report

import (
	"sync/atomic"

	"floodmark/internal/model"
)

// Stats are counts since the start. Durable are Counted + Withheld.
type Stats struct {
	Submitted  uint64
	Counted    uint64 // durable
	Withheld   uint64 // durable, over a limit
	Already    uint64 // had said so before
	Refused    uint64 // the server was full
	Invalid    uint64 // or of an unknown service
	WorkNeeded uint64 // no proof of work, or not enough
	Replayed   uint64 // a proof of work was used before
	TooMany    uint64 // far over a limit
	Waiting    int    // for the journal, now
	SaltStuck  bool   // a salt could not be kept or deleted; tried again every second
}

type counters struct {
	submitted, counted, withheld, already, refused, invalid, workNeeded, replayed, tooMany atomic.Uint64

	saltErrors atomic.Bool
}

func (c *counters) kept(r *model.Report) {
	if r.Withheld {
		c.withheld.Add(1)
	} else {
		c.counted.Add(1)
	}
}

// Stats returns how much became of what.
func (in *Intake) Stats() Stats {
	c := &in.stats
	return Stats{Submitted: c.submitted.Load(), Counted: c.counted.Load(), Withheld: c.withheld.Load(), Already: c.already.Load(),
		Refused: c.refused.Load(), Invalid: c.invalid.Load(), WorkNeeded: c.workNeeded.Load(), Replayed: c.replayed.Load(),
		TooMany: c.tooMany.Load(), Waiting: len(in.queue), SaltStuck: c.saltErrors.Load()}
}
