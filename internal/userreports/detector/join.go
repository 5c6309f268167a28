package detector

import (
	"floodmark/internal/evidence/cause"
	"floodmark/internal/model"
	"floodmark/internal/outage"
)

// mostCourse bounds the minutes of an episode that are weighed.
const mostCourse = 24 * 60

// join puts beside a minute's reports what other signals tell of the same time,
// and weighs all of it while there is something to weigh.
func (l *Detector) join(t *track, o *outage.Observation) {
	if o.State == "" {
		t.course = nil
		return
	}
	t.follow()
	from := o.Since
	if in := l.judge.Incident(t.service.Slug); in != nil {
		from = in.Started
	}
	if from == 0 || from > o.At {
		from = o.At
	}
	parts := t.joined.during(from, o.At)
	o.Traffic, o.Phases = parts, t.joined.phases(parts, from)
	if o.State != model.Suspected && o.State != model.Open {
		return // what it was stays
	}
	x := l.observation(t, o, from)
	a := cause.Evaluate(x)
	o.Assessment = &a
	if len(x.Probes) > 0 || x.Watched || len(x.Traffic) > 0 {
		x.Watched, x.Ordinary, x.Traffic, x.Probes, x.Failing = false, 0, nil, nil, nil
		x.History.Days, x.History.AttackDays, x.History.Attacks = 0, 0, 0
		outside := cause.Evaluate(x)
		o.Outside = &outside
	}
}

// follow remembers the newest minute; of a new episode also those before it.
func (t *track) follow() {
	first := 0
	if t.course == nil {
		first = min(2*int(reach/1e9/60), kept-1)
	}
	for back := first; back >= 0; back-- {
		p := t.minutes.at(back)
		t.course = append(t.course, cause.Minute{At: (t.minutes.Last - int64(back)) * minute, Effective: float64(p.Effective), Expected: float64(p.Expected)})
	}
	if len(t.course) > mostCourse {
		t.course = t.course[len(t.course)-mostCourse:]
	}
}

// observation is what there is to weigh.
func (l *Detector) observation(t *track, o *outage.Observation, from int64) *cause.Observation {
	c := model.UserReports{Total: o.Earlier.Problems}
	if in := l.judge.Incident(t.service.Slug); in != nil {
		c = *in.UserReports
	}
	c.Total += o.Minute.Problems
	c.Service, c.Name = t.service.Slug, t.service.Name
	c.Parts, c.Places, c.Cause, c.Fraud, c.Networks = o.Parts, o.Places, o.Cause, o.Fraud, max(c.Networks, o.Networks)
	if o.Bucket.Problems >= c.Peak.Problems {
		c.Peak = o.Bucket
	}
	x := &cause.Observation{Now: o.At, Started: from, Name: t.service.Name, UserReports: &c, Minutes: t.course,
		Watched: t.flows.seen != 0 && o.At-t.flows.seen < int64(watched), Traffic: t.joined.Traffic,
		Probes: o.Probes, Failing: t.joined.Failing}
	if x.Watched {
		x.Ordinary = t.flows.ratio
	}
	if l.c.History != nil {
		x.History = l.c.History(t.service, o.At)
	}
	x.History.Days = t.flows.days
	return x
}
