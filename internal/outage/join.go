package outage

import (
	"cmp"
	"slices"

	"floodmark/internal/model"
)

// maxPhases bounds the phases of an incident.
const maxPhases = 128

// join takes what other signals tell of the minute.
func (l *Live) join(o *Observation) {
	in := &l.Incident
	if o.State == "" || o.State == model.Closed {
		in.Phases = l.phases(slices.DeleteFunc(slices.Clone(in.Phases), func(p model.Phase) bool { return p.Signal == model.SignalReport }))
		return // it is over, and stays what it was
	}
	in.Traffic, in.Probes = slices.Clone(o.Traffic), slices.Clone(o.Probes)
	if o.Assessment != nil {
		in.Assessment, in.Outside = o.Assessment, o.Outside
	}
	in.Phases = l.phases(o.Phases)
	in.UserReports.Confirmed = in.UserReports.Confirmed || confirms(o)
}

// phases puts the waves of reports beside the phases of other signals.
func (l *Live) phases(others []model.Phase) []model.Phase {
	out := slices.Clone(others)
	for _, w := range l.Incident.Waves {
		out = append(out, model.Phase{Signal: model.SignalReport, Start: w.Start, End: w.End, Peak: w.Peak, Unit: "reports in 15 minutes"})
	}
	slices.SortStableFunc(out, func(a, b model.Phase) int { return cmp.Compare(a.Start, b.Start) })
	return out[:min(len(out), maxPhases)]
}

// confirms reports whether another kind of signal says that something is wrong:
// a probe that fails, or traffic that is an attack.
func confirms(o *Observation) bool {
	return slices.ContainsFunc(o.Probes, func(p model.ProbeNow) bool { return p.State == model.ProbeFailing }) ||
		slices.ContainsFunc(o.Traffic, func(p model.TrafficPart) bool { return p.AttackVerdict == model.AttackYes })
}

// cause is what an incident is said to be.
func cause(in *model.Incident) model.CauseName {
	if in.Assessment == nil {
		return model.NoCause
	}
	return in.Assessment.Cause
}
