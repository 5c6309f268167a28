package detector

import (
	"slices"

	"floodmark/internal/model"
)

// Views returns what is known of every service, in their order. What has not
// changed since the last call is the same pointer.
func (l *Detector) Views(now int64) []*model.ServiceNow {
	out := make([]*model.ServiceNow, len(l.tracks))
	for i, t := range l.tracks {
		if t.dirty || t.view == nil {
			t.view, t.around, t.dirty = t.show(l.judge, now), t.surroundings(now), false
		}
		out[i] = t.view
	}
	return out
}

// judged is what a view asks of the judge.
type judged interface {
	Incident(slug string) *model.Incident
}

func (t *track) show(j judged, now int64) *model.ServiceNow {
	v := &model.ServiceNow{Service: t.service, At: now, Why: t.total.Why(), Since: t.since, Day: slices.Clone(t.day), Fraud: t.window.Forgery}
	v.Last15m = t.minutes.quarterOf()
	if t.minutes.Last == 0 { // no minute is over yet
		v.Last15m.At = now - quarter
	}
	// Reports of the minute that goes on are seen at once.
	w := t.tally.Window()
	v.Last15m.Problems, v.Last15m.Works, v.Last15m.Effective = max(v.Last15m.Problems, w.Problems), max(v.Last15m.Works, w.Works), max(v.Last15m.Effective, float32(w.Effective))
	e := t.total.Expect(now, 15)
	v.Last15m.Known, v.Last15m.Expected, v.Last15m.Low, v.Last15m.High = t.total.Why() == "", float32(e.Mean), float32(e.Low), float32(e.High)
	v.Top = t.top(w.Parts)
	v.Probes, v.Flows = slices.Clone(t.joined.Probes), slices.Clone(t.flows.Day)
	if in := j.Incident(t.service.Slug); in != nil && in.State != model.Closed {
		c := *in
		crowd := *in.UserReports
		c.UserReports, c.Waves = &crowd, slices.Clone(in.Waves)
		v.Incident, v.State, v.Severity = &c, in.State, in.Severity
		v.Parts, v.Places = crowd.Parts, crowd.Places
	}
	return v
}

// top is the component that the last 15 minutes name most.
func (t *track) top(parts []float64) model.PartShare {
	best, sum := -1, 0.0
	for i, c := range parts {
		if i >= len(t.service.Components) {
			break
		}
		sum += c
		if c > 0 && (best < 0 || c > parts[best]) {
			best = i
		}
	}
	if best < 0 {
		return model.PartShare{}
	}
	c := t.service.Components[best]
	return model.PartShare{Slug: c.Slug, Name: c.Name, Reports: uint64(parts[best] + 0.5), Share: parts[best] / sum}
}
