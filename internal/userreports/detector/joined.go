package detector

import (
	"cmp"
	"net/netip"
	"slices"
	"time"

	"floodmark/internal/model"
)

// joined is what signals other than reports tell of a service. It is exported
// to be kept only.
type joined struct {
	Traffic []model.TrafficPart // by their beginning, those of the last day
	Probes  []model.ProbeNow    // of its components
	Failing []model.Phase       // when probes failed, oldest first
}

const (
	mostTraffic = 32
	mostFailing = 32
	mostPhases  = 96
	// remembered is how long what has ended is kept: waves of one day are one
	// incident.
	remembered = 24 * time.Hour
	// reach is how long before an excess of reports something may end, or after it
	// begin, and still be taken for a part of it. People report within minutes,
	// and go on for a while.
	reach = 20 * time.Minute
)

// Traffic hears of an incident of traffic as it is now. Where a service answers
// from one of the addresses, it becomes a part of what is known of it.
func (l *Detector) Traffic(in *model.Incident, where []netip.Prefix) {
	for _, t := range l.tracks {
		if t.answersFrom(where) {
			t.hearTraffic(in)
		}
	}
}

// Probes hears what the probes of a service's components say now.
func (l *Detector) Probes(slug string, at int64, now []model.ProbeNow) {
	t := l.by[slug]
	if t == nil {
		return
	}
	t.joined.failures(at, now)
	t.joined.Probes = slices.Clone(now)
	t.dirty = true
}

func (t *track) answersFrom(where []netip.Prefix) bool {
	for _, own := range t.service.Networks {
		for _, p := range where {
			if own.Overlaps(p) {
				return true
			}
		}
	}
	return false
}

func (t *track) hearTraffic(in *model.Incident) {
	j := &t.joined
	p := partOf(in)
	i := slices.IndexFunc(j.Traffic, func(x model.TrafficPart) bool { return x.ID == p.ID })
	merged := in.MergedInto != "" || in.FalseAlarm != nil
	switch {
	case i >= 0 && merged:
		j.Traffic = slices.Delete(j.Traffic, i, i+1)
	case merged:
		return
	case i >= 0:
		j.Traffic[i] = p
	default:
		j.Traffic = append(j.Traffic, p)
		slices.SortFunc(j.Traffic, func(a, b model.TrafficPart) int {
			return cmp.Or(cmp.Compare(a.Started, b.Started), cmp.Compare(a.ID, b.ID))
		})
		j.forget(in.LastSeen)
	}
	t.dirty = true
}

// forget drops what ended long ago, and the oldest where there is too much.
func (j *joined) forget(now int64) {
	old := now - int64(remembered)
	j.Traffic = slices.DeleteFunc(j.Traffic, func(p model.TrafficPart) bool { return p.Ended != 0 && p.Ended < old })
	j.Traffic = j.Traffic[max(0, len(j.Traffic)-mostTraffic):]
	j.Failing = slices.DeleteFunc(j.Failing, func(p model.Phase) bool { return p.End != 0 && p.End < old })
	j.Failing = j.Failing[max(0, len(j.Failing)-mostFailing):]
}

// partOf is an incident of traffic as others' parts carry it.
func partOf(in *model.Incident) model.TrafficPart {
	p := model.TrafficPart{ID: in.ID, Target: in.Target.String(), State: in.State, AttackVerdict: in.AttackVerdict, Because: in.Because, Started: in.Started,
		Ended: in.Ended, Waves: slices.Clone(in.Waves), Unit: unitOf(in.Waves), Peak: in.Peak, Vectors: slices.Clone(in.Vectors), Spoofing: in.Spoofing,
		Sources: in.Sources, Countries: slices.Clone(in.Countries), Networks: slices.Clone(in.Networks), Evidence: in.Evidence}
	if p.Ended == 0 && in.State == model.Closed {
		p.Ended = max(in.LastSeen, in.Started)
	}
	return p
}

func unitOf(waves []model.Wave) string {
	if len(waves) == 0 {
		return ""
	}
	return waves[0].Unit
}

// failures notes when components begin and cease to fail.
func (j *joined) failures(at int64, now []model.ProbeNow) {
	for i := range now {
		p := &now[i]
		open := slices.IndexFunc(j.Failing, func(x model.Phase) bool { return x.Part == p.Component && x.End == 0 })
		switch {
		case p.State == model.ProbeFailing && open < 0:
			j.Failing = append(j.Failing, model.Phase{Signal: model.SignalProbe, Part: p.Component, Start: p.Since, Text: p.Text})
		case p.State == model.ProbeFailing:
			j.Failing[open].Text = p.Text
		case open >= 0 && p.State != model.ProbeUnknown:
			j.Failing[open].End = max(p.Since, j.Failing[open].Start)
		}
	}
	j.forget(at)
}

// during returns the incidents of traffic that touch a span of time.
func (j *joined) during(from, to int64) []model.TrafficPart {
	var out []model.TrafficPart
	for _, p := range j.Traffic {
		if p.Started <= to+int64(reach) && (p.Ended == 0 || p.Ended >= from-int64(reach)) {
			out = append(out, p)
		}
	}
	return out
}

// phases lists the waves of such incidents and the failures of probes, by their
// beginning.
func (j *joined) phases(parts []model.TrafficPart, from int64) []model.Phase {
	var out []model.Phase
	for _, p := range parts {
		for _, w := range p.Waves {
			out = append(out, model.Phase{Signal: model.SignalFlow, Incident: p.ID, Start: w.Start, End: w.End, Peak: w.Peak, Unit: w.Unit})
		}
	}
	for _, p := range j.Failing {
		if p.End == 0 || p.End >= from-int64(reach) {
			out = append(out, p)
		}
	}
	slices.SortStableFunc(out, func(a, b model.Phase) int { return cmp.Compare(a.Start, b.Start) })
	return out[:min(len(out), mostPhases)]
}
