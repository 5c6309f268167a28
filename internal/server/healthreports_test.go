package server

import (
	"log/slog"
	"slices"
	"testing"
	"time"

	"floodmark/internal/clock"
	"floodmark/internal/conditions"
	"floodmark/internal/model"
	"floodmark/internal/source/report"
)

// TestReportsAreJudged tells the judge of the program what intakes count, step
// by step: a queue cannot be filled by a machine that also has to ask.
func TestReportsAreJudged(t *testing.T) {
	s := &Server{log: slog.New(slog.DiscardHandler)}
	var err error
	if s.clock, err = clock.NewReplay(time.Unix(1_760_000_000, 0), 1); err != nil {
		t.Fatal(err)
	}
	s.conditions = conditions.NewRegistry(conditions.Config{Now: s.clock.Now, Log: s.log})
	const second = int64(time.Second)
	var h reportsHealth
	for _, step := range []struct {
		name  string
		at    int64
		stats report.Stats
		want  []string
	}{
		{"quiet", 1, report.Stats{Counted: 5}, nil},
		{"the queue is full", 2, report.Stats{Counted: 9, QueueFull: 3}, []string{conditions.UserReportsRejected}},
		{"it is not any more", 3, report.Stats{Counted: 99, QueueFull: 3}, []string{conditions.UserReportsRejected}},
		{"once more", 60, report.Stats{Counted: 99, QueueFull: 4}, []string{conditions.UserReportsRejected}},
		{"a minute after the first", 63, report.Stats{Counted: 99, QueueFull: 4}, []string{conditions.UserReportsRejected}},
		{"a minute after the last", 120, report.Stats{Counted: 99, QueueFull: 4}, nil},
		{"the disk is full", 130, report.Stats{Counted: 99, QueueFull: 4, DiskFull: 1}, []string{conditions.UserReportsNotStored}},
		{"nobody reports", 600, report.Stats{Counted: 99, QueueFull: 4, DiskFull: 1}, []string{conditions.UserReportsNotStored}},
		{"for long", 730, report.Stats{Counted: 99, QueueFull: 4, DiskFull: 1}, nil},
		{"the journal is down", 731, report.Stats{Counted: 99, QueueFull: 4, DiskFull: 1, Down: 7}, []string{conditions.UserReportsNotStored}},
		{"a report is kept though it does not count", 732, report.Stats{Counted: 99, Suppressed: 1, QueueFull: 4, DiskFull: 1, Down: 7}, nil},
		{"a key stays", 733, report.Stats{Counted: 99, Suppressed: 1, QueueFull: 4, DiskFull: 1, Down: 7, SaltError: "no"}, []string{conditions.KeyRotationFailed}},
		{"it is gone", 734, report.Stats{Counted: 99, Suppressed: 1, QueueFull: 4, DiskFull: 1, Down: 7}, nil},
	} {
		h = s.checkIntake(step.at*second, step.stats, h)
		for _, code := range []string{conditions.UserReportsRejected, conditions.UserReportsNotStored, conditions.KeyRotationFailed} {
			wanted := len(step.want) == 1 && step.want[0] == code
			if held := slices.ContainsFunc(s.conditions.List(), func(c model.Condition) bool { return c.Code == code }); held != wanted {
				t.Errorf("%s: %s holds: %v", step.name, code, held)
			}
		}
	}
}
