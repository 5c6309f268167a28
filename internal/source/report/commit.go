package report

import (
	"context"
	"errors"
	"time"

	"floodmark/internal/model"
)

// What is written in one step: an entry of the journal has 1 MiB.
const (
	batchMost  = 4096
	batchBytes = 512 << 10
)

// Run writes reports until ctx ends; then those that wait are refused, and later
// ones as well. It returns nil.
func (in *Intake) Run(ctx context.Context) error {
	tick := time.NewTicker(in.c.Tick)
	defer tick.Stop()
	w := writer{in: in}
	for {
		select {
		case <-ctx.Done():
			in.close()
			return nil
		case t := <-in.queue:
			w.write(ctx, t)
		case <-tick.C:
			in.stats.salted(in.renew(ctx, in.clock.read()))
			in.c.Sink(nil, in.clock.read(), 0)
		}
	}
}

// writer has the memory that is used again for each batch.
type writer struct {
	in      *Intake
	tickets []*ticket
	reports []model.Report
	encoded []byte
}

// write makes first and what else waits durable in one step, and answers.
func (w *writer) write(ctx context.Context, first *ticket) {
	in := w.in
	at := in.clock.read()
	w.tickets, w.reports, w.encoded = w.tickets[:0], w.reports[:0], AppendBatch(w.encoded[:0])
	for t := first; t != nil; {
		t.report.At = at
		w.tickets, w.reports = append(w.tickets, t), append(w.reports, t.report)
		w.encoded = AppendReport(w.encoded, &t.report)
		if t = nil; len(w.tickets) < batchMost && len(w.encoded) < batchBytes {
			select {
			case t = <-in.queue:
			default:
			}
		}
	}
	// A write that has begun is not broken off: nobody would know how it ended.
	began := in.c.Real()
	seq, err := in.c.Journal.Append(context.WithoutCancel(ctx), w.encoded)
	in.stats.writes.Observe(in.c.Real().Sub(began).Seconds())
	if err == nil {
		in.c.Sink(w.reports, at, seq)
		for i := range w.reports {
			in.stats.kept(&w.reports[i])
		}
	}
	w.answer(err)
	clear(w.tickets) // they are the callers' now
}

// answer tells everybody of the batch how it went.
func (w *writer) answer(err error) {
	in := w.in
	switch {
	case errors.Is(err, ErrFull):
		in.stats.diskFull.Add(uint64(len(w.tickets)))
		err = full(afterDisk)
	case err != nil:
		in.stats.down.Add(uint64(len(w.tickets)))
		err = full(afterDown)
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	for _, t := range w.tickets {
		in.done(t, err)
	}
}

// done answers one ticket; the lock is held.
func (in *Intake) done(t *ticket, err error) {
	key := said{t.report.Person, t.report.Kind}
	if in.pending[key] == t {
		delete(in.pending, key)
	}
	if err != nil {
		in.refuse(t, true)
	}
	t.err = err
	close(t.done)
}

// close refuses what waits and what comes.
func (in *Intake) close() {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.closed = true
	for {
		select {
		case t := <-in.queue:
			in.stats.down.Add(1)
			in.done(t, full(afterDown))
		default:
			return
		}
	}
}
