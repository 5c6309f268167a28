package detector

import (
	"floodmark/internal/evidence/sharedcause"
	"floodmark/internal/model"
)

// bins are the five-minute bins that services are compared over.
const bins = kept / 5

// explain compares the services that have an episode with all others that
// anybody reported on lately.
func (l *Detector) explain(end int64) {
	var some []*track
	open := false
	for _, t := range l.tracks {
		if t.since == 0 {
			continue
		}
		some = append(some, t)
		open = open || t.episode.State == model.Suspected || t.episode.State == model.Open
		if t.episode.State == "" {
			t.cause = model.Cause{}
		}
	}
	if !open {
		return
	}
	list := make([]sharedcause.Service, 0, len(some))
	for _, t := range some {
		list = append(list, t.compared())
	}
	causes := sharedcause.Evaluate(list, end)
	for i, t := range some {
		if s := t.episode.State; s != model.Suspected && s != model.Open {
			continue
		}
		t.cause = causes[i]
		if t.cause.Kind == "" {
			t.cause.Kind = model.CauseUndecided
		}
	}
}

// compared is a service as the comparison takes it.
func (t *track) compared() sharedcause.Service {
	s := sharedcause.Service{Slug: t.service.Slug, Name: t.service.Name, Category: t.service.Category, Owner: t.service.Organization, DependsOn: t.service.DependsOn,
		Excess: t.episode.State == model.Suspected || t.episode.State == model.Open, Since: t.verdict.Since, Dispersion: 2,
		Effective: make([]float64, bins), Expected: make([]float64, bins)}
	for back := range kept {
		p, i := t.minutes.at(back), bins-1-back/5
		s.Effective[i] += float64(p.Effective)
		s.Expected[i] += float64(p.Expected)
	}
	return s
}
