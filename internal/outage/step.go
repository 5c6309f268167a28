package outage

import (
	"slices"
	"time"

	"floodmark/internal/model"
)

const (
	// sustained is how long an incident is open before it is called so.
	sustained = time.Hour
	// updateEvery is how often figures alone are told.
	updateEvery = 5 * time.Minute
	// maxShape and maxWaves bound what an incident remembers of its course.
	maxShape = 96
	maxWaves = 50
)

// Step takes one minute of one service and returns what changed. Minutes of one
// service come in order.
func (j *Evaluate) Step(o *Observation) []model.Change {
	l := j.live[o.Service.Slug]
	if l == nil {
		if o.State != model.Suspected && o.State != model.Open {
			return nil
		}
		return j.notice(o)
	}
	if l.Ignored {
		if o.State == "" || o.State == model.Closed {
			delete(j.live, o.Service.Slug)
		}
		return nil
	}
	l.take(o)
	out := j.turn(l, o)
	if len(out) == 0 {
		if c, ok := l.news(o); ok {
			out = append(out, c)
		}
	}
	return out
}

// notice begins an incident.
func (j *Evaluate) notice(o *Observation) []model.Change {
	start := o.Since
	if start == 0 || start > o.At {
		start = o.At
	}
	in := model.Incident{
		Header: model.Header{
			ID: j.name(o.Service.Slug, start, o.At), State: model.Suspected, Severity: model.Info,
			Target: model.ServiceID(o.Service.Slug), Started: start, Noticed: o.At,
		},
		ServiceIncident: model.ServiceIncident{
			UserReports: &model.UserReports{Service: o.Service.Slug, Name: o.Service.Name, Budget: j.c.Budget},
		},
	}
	l := &Live{Incident: in}
	l.add(&o.Earlier)
	l.take(o)
	j.live[o.Service.Slug] = l
	out := []model.Change{l.change(o.At, model.Noticed)}
	return append(out, j.turn(l, o)...)
}

// take adds a minute to the figures.
func (l *Live) take(o *Observation) {
	in, c := &l.Incident, l.Incident.UserReports
	l.add(&o.Minute)
	c.Evidence, c.Limit = o.Score, o.Limit
	c.Strongest = max(c.Strongest, o.Score)
	c.Networks = max(c.Networks, o.Networks)
	c.Fraud, c.Cause = o.Fraud, o.Cause
	if o.Parts != nil {
		c.Parts = slices.Clone(o.Parts)
	}
	if o.Places != nil {
		c.Places = slices.Clone(o.Places)
	}
	if o.Bucket.Problems >= c.Peak.Problems {
		c.Peak = o.Bucket
	}
	l.shape(o)
	l.join(o)
	if o.State == model.Open || o.State == model.Suspected {
		in.LastSeen = o.At
	}
	c.Sustained = c.Sustained || in.State == model.Open && in.Opened != 0 && o.At-in.Opened >= int64(sustained)
	if n := len(in.Waves); n > 0 && in.Waves[n-1].End == 0 {
		in.Waves[n-1].Peak = max(in.Waves[n-1].Peak, float64(o.Bucket.Problems))
	}
}

func (l *Live) add(n *Counts) {
	c := l.Incident.UserReports
	c.Total += n.Problems
	c.Works += n.Works
	c.Refused += n.Refused
	c.Effective += n.Effective
}

// shape notes the effective reports of the bucket that the minute is in.
func (l *Live) shape(o *Observation) {
	c := l.Incident.UserReports
	last15m := int64(15 * time.Minute)
	first := l.Incident.Started - l.Incident.Started%last15m
	i := int((o.Bucket.At - first) / last15m)
	if i < 0 || i >= maxShape {
		return
	}
	for len(c.Shape) <= i {
		c.Shape = append(c.Shape, 0)
	}
	c.Shape[i] = o.Bucket.Effective
}

// turn follows the state of the episode.
func (j *Evaluate) turn(l *Live, o *Observation) []model.Change {
	in := &l.Incident
	was, at := in.State, o.At
	switch {
	case o.State == model.Open && was == model.Suspected:
		in.State, in.Opened, in.Severity = model.Open, at, severity(l)
		in.WaveCount, in.Waves = 1, []model.Wave{{Start: in.Started, Peak: float64(in.UserReports.Peak.Problems)}}
		j.compare(l)
		return []model.Change{l.change(at, model.Opened)}
	case o.State == model.Open && was == model.Easing:
		in.State, in.Ended = model.Open, 0
		in.WaveCount++
		if len(in.Waves) < maxWaves {
			in.Waves = append(in.Waves, model.Wave{Start: max(o.Since, in.Waves[len(in.Waves)-1].End), Peak: float64(o.Bucket.Problems)})
		}
		return []model.Change{l.change(at, model.Resumed)}
	case (o.State == model.Easing || o.State == model.Suspected) && was == model.Open:
		// An open incident never becomes a suspicion again.
		if o.State == model.Suspected {
			return nil
		}
		in.State = model.Easing
		l.endWave()
		j.compare(l)
		return []model.Change{l.change(at, model.Eased)}
	case o.State == "" || o.State == model.Closed:
		return []model.Change{j.close(l, at)}
	}
	return nil
}

func (l *Live) endWave() {
	in := &l.Incident
	in.Ended = max(in.LastSeen, in.Started)
	if n := len(in.Waves); n > 0 && in.Waves[n-1].End == 0 {
		in.Waves[n-1].End = in.Ended
	}
}

// close ends an incident: as one, or as a suspicion that came to nothing.
func (j *Evaluate) close(l *Live, at int64) model.Change {
	in := &l.Incident
	kind := model.Ended
	if in.Opened == 0 {
		kind = model.Dismissed
	} else if in.Ended == 0 {
		l.endWave()
	}
	in.State, in.ClosedAt = model.Closed, at
	j.compare(l)
	delete(j.live, in.Target.Name)
	return l.change(at, kind)
}

// compare looks for earlier incidents that were like this one.
func (j *Evaluate) compare(l *Live) {
	if j.c.Similar != nil {
		l.Incident.UserReports.Similar = slices.Clone(j.c.Similar(&l.Incident))
	}
}

// news tells what became clearer, or figures now and then.
func (l *Live) news(o *Observation) (model.Change, bool) {
	in, c := &l.Incident, l.Incident.UserReports
	if in.State == model.Suspected {
		return model.Change{}, false
	}
	if s := severity(l); rank(s) > rank(in.Severity) {
		in.Severity = s
		return l.change(o.At, model.Escalated), true
	}
	if cause(in) != l.Assessed || c.Cause.Kind != l.Cause || c.Cause.By != l.By || c.Fraud.Suspected != l.Forged || !slices.Equal(standing(c), l.Standing) {
		// What flickers from minute to minute is no news.
		if o.At-l.Updated >= int64(time.Minute) {
			return l.change(o.At, model.Changed), true
		}
	}
	if o.At-l.Updated >= int64(updateEvery) {
		return l.change(o.At, model.Updated), true
	}
	return model.Change{}, false
}

// change makes the next revision.
func (l *Live) change(at int64, kind model.ChangeType) model.Change {
	in, c := &l.Incident, l.Incident.UserReports
	in.Revision++
	l.Updated = at
	if kind != model.Updated {
		l.Cause, l.By, l.Forged, l.Standing = c.Cause.Kind, c.Cause.By, c.Fraud.Suspected, standing(c)
		l.Assessed = cause(in)
	}
	in.Because = because(in)
	return model.Change{At: at, Type: kind, Incident: clone(in), Text: progress(in, kind)}
}

// standing returns the slugs of the parts that stand out, in their order.
func standing(c *model.UserReports) []string {
	var out []string
	for _, p := range c.Parts {
		if p.StandsOut {
			out = append(out, p.Slug)
		}
	}
	slices.Sort(out)
	return out
}

// Sizes from which an incident is more than a warning. They are people who took
// the trouble to report in 15 minutes, some thousandths of those concerned.
const (
	criticalReports = 200
	criticalTimes   = 10
)

func severity(l *Live) model.Severity {
	p := &l.Incident.UserReports.Peak
	switch {
	case l.Incident.UserReports.Cause.Kind == model.CauseElsewhere, l.Incident.UserReports.Fraud.Suspected:
		return model.Info
	case p.Effective >= criticalReports && float64(p.Effective) >= criticalTimes*float64(p.Expected):
		return model.Critical
	}
	return model.Warning
}

func rank(s model.Severity) int {
	return slices.Index([]model.Severity{model.Info, model.Warning, model.Critical}, s)
}
