package engine

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"floodmark/internal/incident"
	"floodmark/internal/journal"
	"floodmark/internal/model"
)

// recovered is what the journal kept of the last run.
type recovered struct {
	incidents *Incidents
	machine   *incident.Machine
	waiting   Group          // written and not handed over then
	missing   []model.Change // decided but not written then, written now
}

// recoverFrom brings back what everybody saw, and the machine as it was. Changes
// that were decided but not written when the last run ended are written now.
func recoverFrom(ctx context.Context, log *slog.Logger, j Journal, c incident.Config) (*recovered, error) {
	s := newIncidents()
	if b, err := j.Get(ctx, keyIncidents); err == nil {
		var f folded
		if err := json.Unmarshal(b, &f); err != nil {
			log.Warn("snapshot of incidents not readable; folding from the start", "error", err)
		} else {
			s.restore(f)
		}
	} else if !errors.Is(err, journal.ErrNotFound) {
		return nil, err
	}
	r := &recovered{incidents: s}
	if err := r.readChanges(ctx, log, j); err != nil {
		return nil, fmt.Errorf("read changes: %w", err)
	}
	if err := r.recoverMachine(ctx, log, j, c); err != nil {
		return nil, err
	}
	return r, r.writeMissing(ctx, j)
}

// readChanges folds what is newer than the snapshot, and collects what was not
// handed over.
func (r *recovered) readChanges(ctx context.Context, log *slog.Logger, j Journal) error {
	read := func(after uint64, each func(seq uint64, c model.Change)) error {
		err := j.Read(ctx, journal.Changes, after, func(seq uint64, _ time.Time, data []byte) error {
			var change model.Change
			if err := json.Unmarshal(data, &change); err != nil {
				log.Warn("change not readable", "seq", seq, "error", err)
				return nil
			}
			each(seq, change)
			return nil
		})
		if errors.Is(err, journal.ErrTrimmed) {
			return nil
		}
		return err
	}
	if err := read(r.incidents.seq, r.incidents.fold); err != nil {
		return err
	}
	handed, err := handedOver(ctx, log, j, r.incidents.seq)
	if err != nil {
		return err
	}
	return read(handed, func(seq uint64, c model.Change) {
		r.waiting.Changes, r.waiting.last = append(r.waiting.Changes, c), seq
	})
}

// recoverMachine replays the inputs since the last snapshot.
func (r *recovered) recoverMachine(ctx context.Context, log *slog.Logger, j Journal, c incident.Config) error {
	adopt := func() {
		r.machine, r.missing = incident.New(c), nil
		r.machine.Adopt(r.incidents.Traffic())
	}
	var kept machineState
	b, err := j.Get(ctx, keyMachine)
	if err == nil {
		err = json.Unmarshal(b, &kept)
	}
	if err != nil {
		if !errors.Is(err, journal.ErrNotFound) {
			log.Warn("snapshot of the incident machine not readable; incidents are taken over as last seen", "error", err)
		}
		adopt()
		return nil
	}
	r.machine = incident.Restore(c, kept.Snapshot)
	err = j.Read(ctx, journal.Inputs, kept.After, func(seq uint64, _ time.Time, data []byte) error {
		var in incident.Input
		if err := json.Unmarshal(data, &in); err != nil {
			log.Warn("input not readable", "seq", seq, "error", err)
			return nil
		}
		for _, change := range r.machine.Step(in) {
			if now, _, ok := r.incidents.Get(change.Incident.ID); !ok || now.Revision < change.Incident.Revision {
				r.missing = append(r.missing, change)
			}
		}
		return nil
	})
	switch {
	case errors.Is(err, journal.ErrTrimmed):
		log.Warn("journal lacks inputs since the last snapshot; incidents are taken over as last seen")
		adopt()
	case err != nil:
		return fmt.Errorf("read inputs: %w", err)
	case behind(r.machine, r.incidents, r.missing):
		log.Warn("journal lacks inputs of the last run; incidents are taken over as last seen")
		adopt()
	}
	return nil
}

// writeMissing writes what a crash had cut off.
func (r *recovered) writeMissing(ctx context.Context, j Journal) error {
	for rest := r.missing; len(rest) > 0; {
		n, entries := chunk(rest)
		seq, err := j.Append(ctx, journal.Changes, entries...)
		if err != nil {
			return fmt.Errorf("write changes that a crash had cut off: %w", err)
		}
		r.incidents.foldAll(seq, rest[:n])
		rest = rest[n:]
	}
	return nil
}

// behind reports whether the machine lacks what everybody has seen: a disk that is
// nearly full keeps changes but no inputs. missing is what it is ahead by.
func behind(m *incident.Machine, s *Incidents, missing []model.Change) bool {
	open := make(map[string]uint64)
	for _, in := range m.Open() {
		open[in.ID] = in.Revision
		if now, _, ok := s.Get(in.ID); ok && now.Revision > in.Revision {
			return true
		}
	}
	ahead := make(map[string]bool)
	for i := range missing {
		ahead[missing[i].Incident.ID] = true
	}
	for _, in := range s.Open() {
		if open[in.ID] < in.Revision && !ahead[in.ID] {
			return true
		}
	}
	return false
}

// inOrder sorts incidents as they were noticed, so that the same journal gives
// the same machine.
func inOrder(all []model.Incident) []model.Incident {
	slices.SortFunc(all, func(a, b model.Incident) int {
		return cmp.Or(cmp.Compare(a.Noticed, b.Noticed), cmp.Compare(a.ID, b.ID))
	})
	return all
}
