package investigator

import (
	"maps"
	"slices"
	"time"

	"floodmark/internal/model"
)

// examination is what is known of one incident's evidence.
type examination struct {
	incident model.Incident
	started  int64 // ns, when it was first asked for
	revision uint64
	next     int // index in schedule
	busy     bool
	last     bool  // it has closed: one more document, then it is let go
	looked   int64 // when it was last looked at while it is suspected
	until    int64 // dismissed: examined on so long, in case it turns into something else
}

// look asks for triage.
type look struct {
	incident model.Incident
	anomaly  model.Anomaly
}

// schedule is how long after it was detected an incident is examined again;
// afterwards it is every examineEvery.
var schedule = []time.Duration{time.Second, 3 * time.Second, 10 * time.Second, 30 * time.Second, time.Minute, 2 * time.Minute}

const (
	examineEvery   = 5 * time.Minute
	reachBack      = 60 * time.Second // before the start, from the readers' rings
	lookBack       = 10 * time.Second
	lookEvery      = 2 * time.Second
	afterDismissal = 2 * time.Minute
	looksQueued    = 256
	jobsQueued     = 256
	maxUnderway    = 1024
	minRecords     = 5 // below which nothing is worth saying
)

// Follow takes a change after it is safe.
func (v *Investigator) Follow(c *model.Change) {
	in := c.Incident
	v.mu.Lock()
	defer v.mu.Unlock()
	x := v.underway[in.ID]
	if x == nil {
		if in.State == model.Closed || len(v.underway) >= maxUnderway {
			return
		}
		x = &examination{started: v.c.Clock.Now(), revision: in.Evidence}
		v.underway[in.ID] = x
		_, customer := v.d.Scope.Customer(in.Target)
		v.d.Captures.Start(model.CaptureTarget{Incident: in.ID, Target: in.Target, Direction: in.Direction, Customer: customer, Since: x.started})
		v.requestLook(x, in)
	}
	x.incident = in
	switch {
	case in.State != model.Closed || x.last:
	case c.Type == model.Dismissed:
		x.until = v.c.Clock.Now() + int64(afterDismissal)
	default:
		x.last = true
		v.submit(in.ID, x)
	}
}

// lookAt asks for triage.
func (v *Investigator) requestLook(x *examination, in model.Incident) {
	x.looked = v.c.Clock.Now()
	select {
	case v.looks <- look{in, anomalyOf(&in)}:
	default:
		v.dropped.Add(1)
	}
}

// anomalyOf gives the anomaly that an incident stands for now: of its excesses
// the one that is furthest out.
func anomalyOf(in *model.Incident) model.Anomaly {
	a := model.Anomaly{Target: in.Target, Direction: in.Direction, Group: in.Group, Rates: in.Rates, At: in.Noticed, Since: in.Started, Sampling: 1}
	best := -1.0
	for _, x := range in.Excesses {
		if ratio := x.Peak / max(x.Bound, 1e-9); ratio > best {
			best = ratio
			a.Kind, a.Metric, a.Bound, a.Rate = x.Kind, x.Metric, x.Bound, x.Peak
		}
	}
	return a
}

// Schedule submits what is due.
func (v *Investigator) Schedule() {
	now := v.c.Clock.Now()
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, id := range slices.Sorted(maps.Keys(v.underway)) { // the same order each time a recording is replayed
		x := v.underway[id]
		if x.incident.State == model.Suspected && now-x.looked >= int64(lookEvery) {
			v.requestLook(x, x.incident) // a held suspicion must be renewed
		}
		if x.until != 0 && now > x.until && !x.last {
			x.last = true
			if !x.busy {
				v.submit(id, x)
			}
		}
		if x.busy || x.last {
			continue
		}
		due := examineEvery * time.Duration(x.next-len(schedule)+1)
		if x.next < len(schedule) {
			due = schedule[x.next]
		}
		if now-x.started >= int64(due) {
			x.next++
			v.submit(id, x)
		}
	}
}

// submit queues a full examination; what finds the queue full is due again
// later.
func (v *Investigator) submit(id string, x *examination) {
	select {
	case v.jobs <- id:
		x.busy = true
	default:
		v.dropped.Add(1)
	}
}
