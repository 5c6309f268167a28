package live

import (
	"net/netip"
	"time"

	"floodmark/internal/engine"
	"floodmark/internal/evidence/cause"
	"floodmark/internal/model"
)

// likelyEnough is how sure an assessment must have been to count as what an
// earlier incident was.
const likelyEnough = 0.8

// history is what is known of a service's earlier days: how often it was
// attacked, and what its incidents were.
func (c *crowd) history(s *model.Service, now int64) cause.History {
	h := cause.History{Earlier: make(map[model.CauseName]int)}
	days := make(map[int64]bool)
	var minutes, bits float64
	for _, in := range c.s.incidents.Traffic() {
		if in.Presence != model.AttackYes || in.MergedInto != "" || in.FalseAlarm != nil || in.State != model.Closed || !answers(s, c.s.where(in.Target)) {
			continue
		}
		days[in.Started/int64(24*time.Hour)] = true
		h.Attacks++
		minutes += float64(max(in.Ended, in.LastSeen)-in.Started) / float64(time.Minute)
		bits += in.Peak[model.Bits]
	}
	if h.AttackDays = len(days); h.Attacks > 0 {
		h.AttackMins, h.AttackPeak = minutes/float64(h.Attacks), bits/float64(h.Attacks)
	}
	for _, in := range c.s.incidents.Services(func(in *model.Incident) bool {
		return in.Target.Name == s.Slug && in.State == model.Closed && in.ClosedAt < now && in.Opened != 0 && in.FalseAlarm == nil
	}, engine.MaxIncidents) {
		if a := in.Assessment; a != nil && a.Cause != model.NoCause && a.Likelihood >= likelyEnough {
			h.Earlier[a.Cause]++
		}
	}
	return h
}

// answers reports whether a service answers from one of the addresses.
func answers(s *model.Service, where []netip.Prefix) bool {
	for _, own := range s.Networks {
		for _, p := range where {
			if own.Overlaps(p) {
				return true
			}
		}
	}
	return false
}
