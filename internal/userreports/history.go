package userreports

import (
	"net/netip"
	"time"

	"floodmark/internal/evidence/cause"
	"floodmark/internal/evidence/similar"
	"floodmark/internal/model"
)

// likelyEnough is how sure an assessment must have been to count as what an
// earlier incident was.
const likelyEnough = 0.8

// Bounds of what is looked at of earlier incidents, and how many are named.
const (
	maxEarlier = 20000
	maxRanked  = 200
	maxSimilar = 3
)

// history is what is known of a service's earlier days: how often it was
// attacked, and what its incidents were.
func (s *Service) history(x *model.Service, now int64) cause.History {
	h := cause.History{Earlier: make(map[model.CauseName]int)}
	days := make(map[int64]bool)
	var minutes, bits float64
	for _, in := range s.d.Incidents.Traffic() {
		if in.AttackVerdict != model.AttackYes || in.MergedInto != "" || in.FalseAlarm != nil || in.State != model.Closed || !answersFrom(x, s.d.Network.Prefixes(in.Target)) {
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
	for _, in := range s.d.Incidents.Services(func(in *model.Incident) bool {
		return in.Target.Name == x.Slug && in.State == model.Closed && in.ClosedAt < now && in.Opened != 0 && in.FalseAlarm == nil
	}, maxEarlier) {
		if a := in.Assessment; a != nil && a.Cause != model.NoCause && a.Likelihood >= likelyEnough {
			h.Earlier[a.Cause]++
		}
	}
	return h
}

// answersFrom reports whether a service answers from one of the addresses.
func answersFrom(s *model.Service, where []netip.Prefix) bool {
	for _, own := range s.Networks {
		for _, p := range where {
			if own.Overlaps(p) {
				return true
			}
		}
	}
	return false
}

// similar returns earlier incidents of a service that were like one.
func (s *Service) similar(in *model.Incident) []model.Similar {
	earlier := s.d.Incidents.Services(func(x *model.Incident) bool {
		return x.Target == in.Target && x.ID != in.ID && x.Opened != 0 && x.State == model.Closed
	}, maxRanked)
	return similar.Rank(in, earlier, maxSimilar)
}
