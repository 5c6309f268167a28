package live

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"floodmark/internal/clock"
	"floodmark/internal/incident"
	"floodmark/internal/journal"
	"floodmark/internal/model"
)

// judge owns the state machine. It gathers what shards, baselines, evidence and
// operators say, steps the machine, and hands inputs and changes to the writer
// behind a bounded queue; it waits for no disk until that is full.
type judge struct {
	log     *slog.Logger
	clock   *clock.Clock
	machine *incident.Machine
	queue   chan verdict
	inbox   chan struct{} // something waits in pending

	snapAt int64         // when the next snapshot is due
	inputs atomic.Uint64 // taken since the start

	mu      sync.Mutex
	pending incident.Input // gathered since the last step, without time
	answers []answer
}

// verdict is one step: what the judge was told and what it said.
type verdict struct {
	input   incident.Input
	changes []model.Change
	state   *incident.Snapshot // now and then, for the journal
	answers []answer
}

// answer tells an operator's request that its command is on the disk.
type answer struct {
	command model.Command
	done    chan error
}

// judgeQueue is how many steps may wait for the disk before the judge does.
const judgeQueue = 256

func newJudge(log *slog.Logger, clock *clock.Clock, m *incident.Machine) *judge {
	return &judge{log: log, clock: clock, machine: m, queue: make(chan verdict, judgeQueue), inbox: make(chan struct{}, 1)}
}

// hear adds to what the next step is told. It does not block.
func (j *judge) hear(add func(*incident.Input)) {
	j.mu.Lock()
	add(&j.pending)
	j.mu.Unlock()
	j.wake()
}

// wake makes the judge look at what waits.
func (j *judge) wake() {
	select {
	case j.inbox <- struct{}{}:
	default:
	}
}

// command hands over an operator's command and waits until what it changed is
// on the disk. The error says that there is no such incident, or that the
// journal could not keep it.
func (j *judge) command(ctx context.Context, c model.Command) error {
	done := make(chan error, 1)
	j.mu.Lock()
	j.pending.Commands = append(j.pending.Commands, c)
	j.answers = append(j.answers, answer{c, done})
	j.mu.Unlock()
	j.wake()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return fmt.Errorf("%s incident %s: %w", c.Type, c.Incident, ctx.Err())
	}
}

// step takes what was heard, at now, and decides.
func (j *judge) step(now int64) {
	j.mu.Lock()
	in := j.pending
	answers := j.answers
	j.pending, j.answers = incident.Input{}, nil
	if len(in.Anomalies) > mostAnomalies {
		j.pending.Anomalies = in.Anomalies[mostAnomalies:]
		in.Anomalies = in.Anomalies[:mostAnomalies:mostAnomalies]
		j.wake()
	}
	j.mu.Unlock()
	in.Now = now
	due := j.machine.Next()
	empty := len(in.Anomalies)+len(in.Findings)+len(in.Commands) == 0 && in.Blind == nil && in.Windows == nil
	if empty && (due == 0 || due > now) {
		return
	}
	for i := range answers {
		if err := j.machine.Check(answers[i].command); err != nil {
			answers[i].done <- err
			answers[i].done = nil
		}
	}
	j.inputs.Add(1)
	v := verdict{input: in, changes: j.machine.Step(in), answers: answers}
	if now >= j.snapAt {
		snap := j.machine.Snapshot()
		v.state, j.snapAt = &snap, now+int64(snapshotEvery)
	}
	j.queue <- v
}

// snapshotEvery bounds how many inputs a start has to replay.
const snapshotEvery = 5 * time.Minute

// mostAnomalies bounds one input, so that it fits in an entry of the journal.
const mostAnomalies = 1000

// recorder writes verdicts: first to the journal, then to everybody. It is one
// goroutine.
type recorder struct {
	log     *slog.Logger
	journal *journal.Journal
	state   *state
	publish func([]model.Change) // after they are safe
	trouble func(error)          // nil: all is well again
	inputs  uint64               // sequence of the last input kept
	unkept  bool                 // the last inputs were not kept, which was logged
	ending  <-chan struct{}      // closed when the program is told to stop
}

// run takes verdicts from the queue, several at a time, until it is closed.
func (r *recorder) run(queue <-chan verdict) {
	for v := range queue {
		batch := []verdict{v}
		for more := true; more && len(batch) < judgeQueue; {
			select {
			case next, ok := <-queue:
				if ok {
					batch = append(batch, next)
				}
				more = ok
			default:
				more = false
			}
		}
		r.write(batch)
	}
}

// write makes a batch safe and then visible. Inputs come first, so that after a
// crash between the two a replay gives the changes that are missing. Where the
// journal refuses changes it is asked again: nothing takes effect that was not
// written.
func (r *recorder) write(batch []verdict) {
	var changes, inputs [][]byte
	for i := range batch {
		for k := range batch[i].changes {
			changes = append(changes, encode(&batch[i].changes[k]))
		}
		inputs = append(inputs, encode(&batch[i].input))
	}
	ctx := context.Background()
	at, err := r.journal.Append(ctx, journal.Inputs, inputs...)
	switch {
	case err == nil:
		r.inputs, r.unkept = at, false
	case !r.unkept:
		r.unkept = true
		r.log.Warn("inputs of the judge are not kept: these incidents cannot be replayed", "err", err)
	}
	seq, err := r.appendChanges(ctx, changes)
	if err != nil {
		r.log.Error("changes of incidents were not written", "changes", len(changes), "err", err)
		r.answer(batch, err)
		return
	}
	var all []model.Change
	for i := range batch {
		all = append(all, batch[i].changes...)
	}
	r.state.foldAll(seq, all)
	r.answer(batch, nil)
	if len(all) > 0 {
		r.publish(all)
	}
	for i := range batch {
		if snap := batch[i].state; snap != nil && i == len(batch)-1 {
			r.keep(ctx, snap)
		}
	}
}

// appendChanges writes changes, however long it takes, and returns the sequence
// of the last. It gives up where they can never be written, and where the
// program is to stop: a full disk must not keep it from that.
func (r *recorder) appendChanges(ctx context.Context, changes [][]byte) (uint64, error) {
	if len(changes) == 0 {
		return 0, nil
	}
	for wait := 100 * time.Millisecond; ; wait = min(2*wait, 10*time.Second) {
		seq, err := r.journal.Append(ctx, journal.Changes, changes...)
		r.trouble(err)
		if err == nil || errors.Is(err, journal.ErrClosed) || errors.Is(err, journal.ErrTooLarge) {
			return seq, err
		}
		select {
		case <-r.ending:
			return seq, err
		case <-time.After(wait):
		}
	}
}

// Keys of the journal's small state.
const (
	keyJudge     = "judge"
	keyIncidents = "incidents"
)

// judgeState is the machine as it was after an input.
type judgeState struct {
	After    uint64            `json:"after"` // sequence in Inputs
	Snapshot incident.Snapshot `json:"snapshot"`
}

// keep writes both snapshots. Without them only the next start is slower.
func (r *recorder) keep(ctx context.Context, snap *incident.Snapshot) {
	if err := r.journal.Put(ctx, keyJudge, encode(judgeState{r.inputs, *snap})); err != nil {
		r.log.Warn("snapshot of the judge was not kept", "err", err)
	}
	if err := r.journal.Put(ctx, keyIncidents, encode(r.state.snapshot())); err != nil {
		r.log.Warn("snapshot of incidents was not kept", "err", err)
	}
}

func (r *recorder) answer(batch []verdict, err error) {
	for i := range batch {
		for _, a := range batch[i].answers {
			if a.done != nil {
				a.done <- err
			}
		}
	}
}

// encode gives the form that the journal keeps. The types are our own and
// always encode.
func encode(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("encode %T for the journal: %v", v, err))
	}
	return b
}
