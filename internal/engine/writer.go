package engine

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"time"

	"floodmark/internal/incident"
	"floodmark/internal/journal"
	"floodmark/internal/model"
)

// writer makes batches safe and then visible. Nothing else appends to the stream
// of changes, folds, or takes snapshots. It is one goroutine.
type writer struct {
	log       *slog.Logger
	journal   Journal
	incidents *Incidents
	published chan<- Group
	inputs    uint64 // sequence of the last input kept
	unkept    bool   // the last inputs were not kept, which was logged

	err atomic.Pointer[error] // why changes are not written now
}

// run takes batches from the queue, several at a time, until stepped is closed and
// nothing waits. ctx ends earlier: then nothing is tried again.
func (w *writer) run(ctx context.Context, queue <-chan batch, stepped <-chan struct{}) {
	for {
		var first batch
		select {
		case first = <-queue:
		default:
			select {
			case first = <-queue:
			case <-stepped:
				return
			}
		}
		group := []batch{first}
		for more := true; more && len(group) < queueLength; {
			select {
			case next := <-queue:
				group = append(group, next)
			default:
				more = false
			}
		}
		w.write(ctx, group)
	}
}

// write makes a group safe and then visible. Inputs come first, so that after a
// crash between the two a replay gives the changes that are missing. Where the
// journal refuses changes it is asked again: nothing takes effect that was not
// written.
func (w *writer) write(ctx context.Context, group []batch) {
	w.keepInputs(group)
	var changes []model.Change
	for i := range group {
		changes = append(changes, group[i].changes...)
	}
	for len(changes) > 0 {
		n, entries := chunk(changes)
		seq, err := w.append(ctx, entries)
		if err != nil {
			w.log.Error("changes of incidents not written", "changes", len(changes), "error", err)
			answerAll(group, err)
			return
		}
		w.incidents.foldAll(seq, changes[:n])
		w.published <- Group{changes[:n:n], seq}
		changes = changes[n:]
	}
	answerAll(group, nil)
	if snapshot := lastSnapshot(group); snapshot != nil {
		w.keepSnapshots(snapshot)
	}
}

// What is appended in one step, whole or not at all; the journal takes more.
const (
	chunkBytes   = 2 << 20
	chunkEntries = 1000
)

// chunk encodes the first of some changes, at least one.
func chunk(changes []model.Change) (n int, entries [][]byte) {
	for size := 0; n < len(changes) && n < chunkEntries; n++ {
		b := encode(&changes[n])
		if size += len(b); n > 0 && size > chunkBytes {
			break
		}
		entries = append(entries, b)
	}
	return n, entries
}

// keepInputs writes what the machine was given. Without it only a replay of the
// incidents is missing.
func (w *writer) keepInputs(group []batch) {
	var inputs [][]byte
	for i := range group {
		if group[i].input != nil {
			inputs = append(inputs, encode(group[i].input))
		}
	}
	if len(inputs) == 0 {
		return
	}
	last, err := w.journal.Append(context.Background(), journal.Inputs, inputs...)
	switch {
	case err == nil:
		w.inputs, w.unkept = last, false
	case !w.unkept:
		w.unkept = true
		w.log.Warn("inputs of incidents not kept: these cannot be replayed", "error", err)
	}
}

// append writes changes, however long it takes, and returns the sequence of the
// last. It gives up where they can never be written, and where the program is to
// stop: a full disk must not keep it from that.
func (w *writer) append(ctx context.Context, entries [][]byte) (uint64, error) {
	for wait := 100 * time.Millisecond; ; wait = min(2*wait, 10*time.Second) {
		seq, err := w.journal.Append(context.Background(), journal.Changes, entries...)
		w.note(err)
		if err == nil || errors.Is(err, journal.ErrClosed) || errors.Is(err, journal.ErrTooLarge) {
			return seq, err
		}
		again := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			again.Stop()
			return seq, err
		case <-again.C:
		}
	}
}

func (w *writer) note(err error) {
	if err == nil {
		w.err.Store(nil)
		return
	}
	w.err.Store(&err)
}

func (w *writer) failure() error {
	if err := w.err.Load(); err != nil {
		return *err
	}
	return nil
}

// lastSnapshot is the machine after the last input of a group, nil where none
// was taken there: an older one would lack inputs that are written already.
func lastSnapshot(group []batch) *incident.Snapshot {
	for i := len(group) - 1; i >= 0; i-- {
		if group[i].input != nil {
			return group[i].snapshot
		}
	}
	return nil
}

// keepSnapshots writes both snapshots. Without them only the next start is slower.
func (w *writer) keepSnapshots(machine *incident.Snapshot) {
	ctx := context.Background()
	if err := w.journal.Put(ctx, keyMachine, encode(machineState{w.inputs, *machine})); err != nil {
		w.log.Warn("snapshot of the incident machine not kept", "error", err)
	}
	if err := w.journal.Put(ctx, keyIncidents, encode(w.incidents.snapshot())); err != nil {
		w.log.Warn("snapshot of incidents not kept", "error", err)
	}
}

func answerAll(group []batch, err error) {
	for i := range group {
		group[i].answer(err)
	}
}

func (b *batch) answer(err error) {
	for _, r := range b.replies {
		if r.done != nil {
			r.done <- err
		}
	}
}

// Keys of the journal's small state.
const (
	keyMachine   = "judge" // as version 0.1.0 wrote it
	keyIncidents = "incidents"
)

// machineState is the machine as it was after an input.
type machineState struct {
	After    uint64            `json:"after"` // sequence in Inputs
	Snapshot incident.Snapshot `json:"snapshot"`
}
