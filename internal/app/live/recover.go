package live

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

// recoverState brings back what the journal keeps: what everybody saw, and the
// judge as it was. Changes that were decided but not yet written when the last
// run ended are written now and returned, to be published.
func recoverState(ctx context.Context, log *slog.Logger, j *journal.Journal, c incident.Config) (*state, *incident.Machine, []model.Change, error) {
	s := newState()
	if b, err := j.Get(ctx, keyIncidents); err == nil {
		var f folded
		if err := json.Unmarshal(b, &f); err != nil {
			log.Warn("snapshot of incidents cannot be read; folding from the start", "err", err)
		} else {
			s.restore(f)
		}
	} else if !errors.Is(err, journal.ErrNotFound) {
		return nil, nil, nil, err
	}
	err := j.Read(ctx, journal.Changes, s.seq, func(seq uint64, _ time.Time, data []byte) error {
		var change model.Change
		if err := json.Unmarshal(data, &change); err != nil {
			log.Warn("a change in the journal cannot be read", "seq", seq, "err", err)
			return nil
		}
		s.fold(seq, change)
		return nil
	})
	if err != nil && !errors.Is(err, journal.ErrTrimmed) {
		return nil, nil, nil, fmt.Errorf("read changes: %w", err)
	}
	m, missing, err := recoverJudge(ctx, log, j, c, s)
	if err != nil {
		return nil, nil, nil, err
	}
	return s, m, missing, nil
}

// recoverJudge replays the inputs since the last snapshot.
func recoverJudge(ctx context.Context, log *slog.Logger, j *journal.Journal, c incident.Config, s *state) (*incident.Machine, []model.Change, error) {
	var js judgeState
	b, err := j.Get(ctx, keyJudge)
	if err == nil {
		err = json.Unmarshal(b, &js)
	}
	if err != nil {
		if !errors.Is(err, journal.ErrNotFound) {
			log.Warn("snapshot of the judge cannot be read; incidents are taken over as last seen", "err", err)
		}
		m := incident.New(c)
		m.Adopt(s.traffic())
		return m, nil, nil
	}
	m := incident.Restore(c, js.Snapshot)
	var missing []model.Change
	err = j.Read(ctx, journal.Inputs, js.After, func(seq uint64, _ time.Time, data []byte) error {
		var in incident.Input
		if err := json.Unmarshal(data, &in); err != nil {
			log.Warn("an input in the journal cannot be read", "seq", seq, "err", err)
			return nil
		}
		for _, change := range m.Step(in) {
			if now, _, ok := s.get(change.Incident.ID); !ok || now.Revision < change.Incident.Revision {
				missing = append(missing, change)
			}
		}
		return nil
	})
	if errors.Is(err, journal.ErrTrimmed) {
		log.Warn("the journal lacks inputs since the last snapshot; incidents are taken over as last seen")
		m = incident.New(c)
		m.Adopt(s.traffic())
		return m, nil, nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("read inputs: %w", err)
	}
	if behind(m, s, missing) {
		log.Warn("the journal lacks inputs of the last run; incidents are taken over as last seen")
		m = incident.New(c)
		m.Adopt(s.traffic())
		return m, nil, nil
	}
	if len(missing) > 0 {
		changes := make([][]byte, len(missing))
		for i := range missing {
			changes[i] = encode(&missing[i])
		}
		seq, err := j.Append(ctx, journal.Changes, changes...)
		if err != nil {
			return nil, nil, fmt.Errorf("write changes that a crash had cut off: %w", err)
		}
		s.foldAll(seq, missing)
	}
	return m, missing, nil
}

// behind reports whether the judge lacks what everybody has seen: a disk that is
// nearly full keeps changes but no inputs. missing is what it is ahead by.
func behind(m *incident.Machine, s *state, missing []model.Change) bool {
	open := make(map[string]uint64)
	for _, in := range m.Open() {
		open[in.ID] = in.Revision
		if now, _, ok := s.get(in.ID); ok && now.Revision > in.Revision {
			return true
		}
	}
	ahead := make(map[string]bool)
	for i := range missing {
		ahead[missing[i].Incident.ID] = true
	}
	for _, in := range s.open() {
		if open[in.ID] < in.Revision && !ahead[in.ID] {
			return true
		}
	}
	return false
}

// inOrder sorts incidents as they were noticed, so that the same journal gives
// the same judge.
func inOrder(all []model.Incident) []model.Incident {
	slices.SortFunc(all, func(a, b model.Incident) int {
		return cmp.Or(cmp.Compare(a.Noticed, b.Noticed), cmp.Compare(a.ID, b.ID))
	})
	return all
}
