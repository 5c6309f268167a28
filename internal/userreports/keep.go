package userreports

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"floodmark/internal/datadir"
	"floodmark/internal/journal"
	"floodmark/internal/model"
	"floodmark/internal/source/report"
)

// mark says which report was the last at some time.
type mark struct {
	At  int64  `json:"at"` // Unix ns
	Seq uint64 `json:"seq"`
}

const (
	keyMarks  = "report-marks"
	stateFile = "state"
	// windowsKept is how long ago a person's last report may be and still count
	// once, over a restart as well.
	windowsKept = 65 * time.Minute
)

// load reads what the last run kept. Without it the journal has all that it
// still holds.
func (s *Service) load() {
	f, err := os.Open(filepath.Join(s.c.Dir, stateFile))
	if errors.Is(err, os.ErrNotExist) {
		return
	}
	if err == nil {
		defer f.Close()
		s.seq, err = s.detector.Load(f)
	}
	if err != nil {
		s.c.Log.Warn("state of user reports not readable; counting again from the journal", "error", err)
		s.detector, s.seq = s.newDetector(), 0
	}
	changes, ahead := s.detector.Rewind(s.c.Now())
	s.pending = append(s.pending, changes...)
	if ahead > 0 {
		s.c.Log.Warn("the clock was ahead at the last run; counting goes on from now", "ahead", ahead)
	}
}

// replay counts the reports that the journal has and the detector does not, and
// has the intake know who reported in the last hour.
func (s *Service) replay(ctx context.Context) error {
	from := s.seq
	if b, err := s.d.Journal.Get(ctx, keyMarks); err == nil {
		var marks []mark
		if json.Unmarshal(b, &marks) == nil && len(marks) > 0 && s.seq != 0 {
			s.marks, from = marks, min(from, marks[0].Seq)
		}
	} else if !errors.Is(err, journal.ErrNotFound) {
		return err
	}
	after, now := s.seq, s.c.Now()
	err := s.d.Journal.Read(ctx, journal.Reports, from, func(seq uint64, _ time.Time, data []byte) error {
		return report.ParseBatch(data, func(r *model.Report) error {
			r.At = min(r.At, now) // of a clock that was ahead
			s.intake.Restore(r)
			if seq > after {
				s.pending = append(s.pending, s.detector.Advance(r.At)...)
				s.detector.Add(r)
				s.seq = seq
			}
			return nil
		})
	})
	if errors.Is(err, journal.ErrTrimmed) {
		s.c.Log.Warn("journal lacks reports since the last snapshot")
		err = nil
	}
	if err != nil {
		return fmt.Errorf("read reports: %w", err)
	}
	s.pending = append(s.pending, s.detector.Skip(now)...)
	// What was written before the crash is not written again.
	s.pending = slices.DeleteFunc(s.pending, func(x model.Change) bool {
		now, _, ok := s.d.Incidents.Get(x.Incident.ID)
		return ok && now.Revision >= x.Incident.Revision
	})
	return nil
}

// addRecentTraffic has the detector know the incidents of traffic of the last
// day: after a start it knows of none.
func (s *Service) addRecentTraffic() {
	now := s.c.Now()
	for _, in := range s.d.Incidents.Traffic() {
		if in.State != model.Closed || now-in.ClosedAt < int64(24*time.Hour) {
			s.SendTraffic(&in)
		}
	}
	s.applyMessages()
}

// SendTraffic sends an incident of traffic, where it is about addresses that
// somebody may answer from.
func (s *Service) SendTraffic(in *model.Incident) {
	if where := s.d.Network.Prefixes(in.Target); len(where) > 0 && in.Direction == model.In {
		x := *in
		s.Send(trafficIncident{&x, where})
	}
}

// Save keeps the detector, so that a start has few reports to count again. One
// goroutine at a time may call it.
func (s *Service) Save(ctx context.Context) {
	var b bytes.Buffer
	marks, ok := s.snapshot(&b)
	if !ok {
		return
	}
	if err := datadir.WriteFile(filepath.Join(s.c.Dir, stateFile), b.Bytes()); err != nil {
		s.c.Log.Warn("state of user reports not kept", "error", err)
		return
	}
	encoded, err := json.Marshal(marks)
	if err == nil {
		err = s.d.Journal.Put(ctx, keyMarks, encoded)
	}
	if err != nil {
		s.c.Log.Warn("marks in the journal of reports not kept", "error", err)
	}
}

// snapshot encodes the detector in memory. There is none while changes are
// pending: a start from it would not write them again.
func (s *Service) snapshot(b *bytes.Buffer) ([]mark, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.pending) > 0 {
		return nil, false
	}
	if err := s.detector.Save(b, s.seq); err != nil {
		s.c.Log.Warn("state of user reports not kept", "error", err)
		return nil, false
	}
	now := s.c.Now()
	s.marks = append(s.marks, mark{now, s.seq})
	for len(s.marks) > 1 && now-s.marks[1].At > int64(windowsKept) {
		s.marks = s.marks[1:]
	}
	return slices.Clone(s.marks), true
}
