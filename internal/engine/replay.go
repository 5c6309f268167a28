package engine

import (
	"cmp"

	"floodmark/internal/incident"
	"floodmark/internal/model"
)

// Replay is an engine without a journal, stepped by its caller: the same
// messages at the same times give the same changes. One goroutine may use it,
// but for Send.
type Replay struct {
	inbox     *inbox
	machine   *incident.Machine
	incidents *Incidents
	seq       uint64
}

// NewReplay makes one that knows of no incident.
func NewReplay(c incident.Config) *Replay {
	return &Replay{inbox: newInbox(), machine: incident.New(c), incidents: newIncidents()}
}

// Send adds to what the next step takes.
func (r *Replay) Send(m Message) { r.inbox.add(m) }

// Waiting reports whether a message came since the last step.
func (r *Replay) Waiting() bool { return len(r.inbox.wake) > 0 }

// Step takes what was sent, at a time in Unix ns, and returns what changed.
func (r *Replay) Step(now int64) []model.Change {
	select {
	case <-r.inbox.wake:
	default:
	}
	in, _ := r.inbox.take(true)
	in.Now = now
	if idle(r.machine, &in) {
		return nil
	}
	changes := r.machine.Step(in)
	r.seq += uint64(len(changes))
	r.incidents.foldAll(r.seq, changes)
	return changes
}

// Incidents is what came of all steps.
func (r *Replay) Incidents() *Incidents { return r.incidents }

func compareAnomalies(a, b model.Anomaly) int {
	return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Target.Kind, b.Target.Kind), a.Target.Addr.Compare(b.Target.Addr), cmp.Compare(a.Target.Bits, b.Target.Bits),
		cmp.Compare(a.Target.Name, b.Target.Name), cmp.Compare(a.Direction, b.Direction), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Metric, b.Metric))
}
