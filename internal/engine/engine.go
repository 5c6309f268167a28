package engine

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"floodmark/internal/incident"
	"floodmark/internal/model"
)

// Engine decides on incidents of traffic and writes the changes of all. Make it
// with New.
type Engine struct {
	c         Config
	inbox     *inbox
	machine   *incident.Machine // belongs to the stepping goroutine
	snapAt    int64             // when its next snapshot is due; belongs to it as well
	incidents *Incidents
	writer    *writer
	queue     chan batch
	published chan Group
	handover  *handover
	stopped   chan struct{} // closed when nothing is written any more

	steps     atomic.Uint64
	steppedAt atomic.Int64 // Unix ns
}

// Bounds of queues: steps that may wait for the disk before the machine does,
// and groups of changes that may wait to be taken from Published.
const (
	queueLength     = 256
	publishedLength = 256
	// snapshotEvery bounds how many inputs a start has to replay.
	snapshotEvery = 5 * time.Minute
)

// errStopped says that the engine writes no more.
var errStopped = errors.New("the engine has stopped")

// New brings back what the journal keeps. Changes that were not handed over when
// the last run ended, and those that were decided and not written, which are
// written now, are published first.
func New(ctx context.Context, c Config, d Deps) (*Engine, error) {
	r, err := recoverFrom(ctx, c.Log, d.Journal, c.Incidents)
	if err != nil {
		return nil, err
	}
	e := &Engine{c: c, inbox: newInbox(), machine: r.machine, incidents: r.incidents, queue: make(chan batch, queueLength),
		published: make(chan Group, publishedLength), handover: &handover{journal: d.Journal, log: c.Log}, stopped: make(chan struct{})}
	e.writer = &writer{log: c.Log, journal: d.Journal, incidents: e.incidents, published: e.published}
	for _, g := range []Group{r.waiting, {r.missing, r.incidents.seq}} {
		if len(g.Changes) > 0 {
			e.published <- g
		}
	}
	return e, nil
}

// Run steps and writes until ctx is done; then it writes what is queued. A
// journal that takes nothing is asked again until ctx is done.
func (e *Engine) Run(ctx context.Context) error {
	defer close(e.published)
	stepped := make(chan struct{})
	var writing sync.WaitGroup
	writing.Go(func() {
		defer close(e.stopped)
		e.writer.run(ctx, e.queue, stepped)
	})
	e.stepAll(ctx)
	close(stepped)
	writing.Wait()
	return nil
}

func (e *Engine) stepAll(ctx context.Context) {
	idle := time.NewTicker(e.c.Idle)
	defer idle.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-e.inbox.wake:
		case <-idle.C:
		}
		now := e.c.Now()
		e.step(now)
		e.steppedAt.Store(now)
	}
}

// step takes what was sent, at now, and decides.
func (e *Engine) step(now int64) {
	in, replies := e.inbox.take(false)
	in.Now = now
	if idle(e.machine, &in) {
		return
	}
	for i := range replies {
		if err := e.machine.Check(replies[i].command); err != nil {
			replies[i].done <- err
			replies[i].done = nil
		}
	}
	e.steps.Add(1)
	b := batch{input: &in, changes: e.machine.Step(in), replies: replies}
	if now >= e.snapAt {
		snapshot := e.machine.Snapshot()
		b.snapshot, e.snapAt = &snapshot, now+int64(snapshotEvery)
	}
	e.queue <- b // the writer takes until stepping has ended
}

// Send adds to what the next step takes. It does not block.
func (e *Engine) Send(m Message) { e.inbox.add(m) }

// Command hands over an operator's command and waits until what it changed is on
// the disk. The error says that there is no such incident, or that the journal
// could not keep it.
func (e *Engine) Command(ctx context.Context, c model.Command) error {
	select {
	case err := <-e.inbox.command(c):
		return err
	case <-e.stopped:
		return errStopped
	case <-ctx.Done():
		return fmt.Errorf("%s incident %s: %w", c.Type, c.Incident, ctx.Err())
	}
}

// Write appends changes of services' incidents, in their order, and returns when
// they are on the disk and folded in. Where ctx ends first nobody knows yet.
func (e *Engine) Write(ctx context.Context, changes []model.Change) error {
	done := make(chan error, 1)
	select {
	case e.queue <- batch{changes: changes, replies: []reply{{done: done}}}:
	case <-ctx.Done():
		return ctx.Err()
	case <-e.stopped:
		return errStopped
	}
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	case <-e.stopped:
	}
	select { // it may have been answered before
	case err := <-done:
		return err
	default:
		return errStopped
	}
}

// Published gives changes after they are safe and folded in, in order, each group
// once in a run. It is closed when Run ends, and must be read. Whoever has done
// with a group what must not be lost calls HandedOver: what was not handed over is
// published again by the next run.
func (e *Engine) Published() <-chan Group { return e.published }

// HandedOver keeps that a group needs no publication any more. One goroutine may
// call it, in the order of the groups.
func (e *Engine) HandedOver(ctx context.Context, g Group) { e.handover.keep(ctx, g) }

// Incidents is what everybody may see.
func (e *Engine) Incidents() *Incidents { return e.incidents }

// Steps counts the inputs that were taken since the start.
func (e *Engine) Steps() uint64 { return e.steps.Load() }

// SteppedAt is when it last looked at its inbox, Unix ns; 0 before the first time.
func (e *Engine) SteppedAt() int64 { return e.steppedAt.Load() }

// Err is why changes cannot be written now; nil where they can.
func (e *Engine) Err() error { return e.writer.failure() }
