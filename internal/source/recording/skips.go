package recording

import (
	"cmp"
	"slices"
	"time"

	"floodmark/internal/model"
)

// skips counts what was not read, by reason.
type skips struct {
	byReason map[string]*model.Skip
}

func (s *skips) add(reason string, records, bytes uint64, example string) {
	k := s.byReason[reason]
	if k == nil {
		if s.byReason == nil {
			s.byReason = make(map[string]*model.Skip)
		}
		k = &model.Skip{Reason: reason, Example: example}
		s.byReason[reason] = k
	}
	k.Records += records
	k.Bytes += bytes
}

func (s *skips) list() []model.Skip {
	out := make([]model.Skip, 0, len(s.byReason))
	for _, k := range s.byReason {
		out = append(out, *k)
	}
	slices.SortFunc(out, func(a, b model.Skip) int { return cmp.Compare(a.Reason, b.Reason) })
	return out
}

// formatTime prints Unix ns in RFC 3339, UTC, microseconds.
func formatTime(ns int64) string {
	return time.Unix(0, ns).UTC().Format("2006-01-02T15:04:05.000000Z")
}
