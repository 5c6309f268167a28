package public

import (
	"time"

	"floodmark/internal/model"
)

// withdrawn is told of a false alarm, whatever the operator noted.
const withdrawn = "Withdrawn: this was a false alarm."

// publicly returns an incident of a service as the public may know it: without
// what operators said and did, and of other signals what joined lets pass.
func publicly(in model.Incident) model.Incident {
	out := model.Incident{
		Header: model.Header{
			ID: in.ID, Revision: in.Revision, State: in.State, Severity: in.Severity, Target: in.Target,
			Started: in.Started, Noticed: in.Noticed, Opened: in.Opened, LastSeen: in.LastSeen, Ended: in.Ended,
			ClosedAt: in.ClosedAt, Waves: in.Waves, WaveCount: in.WaveCount,
		},
		TrafficIncident: model.TrafficIncident{
			Direction: in.Direction, Because: in.Because, MergedInto: in.MergedInto, Merged: in.Merged,
		},
		ServiceIncident: model.ServiceIncident{UserReports: in.UserReports},
	}
	if in.FalseAlarm != nil {
		out.FalseAlarm = &model.Remark{At: in.FalseAlarm.At}
	}
	joined(&out, &in)
	return out
}

// reported reports changes that people hear of: the operator's own steps are not
// among them.
func reported(t model.ChangeType) bool {
	return t != model.AcknowledgedNow && t != model.SilencedNow
}

// incidents returns incidents of services that have opened, the newest first.
func (s *site) incidents(slug string, since time.Time, limit int) []model.Incident {
	var out []model.Incident
	for _, in := range s.Backend.ServiceIncidents(slug, since, limit) {
		if in.Target.Kind == model.ServiceTarget && in.Opened != 0 && in.MergedInto == "" {
			out = append(out, publicly(in))
		}
	}
	return out
}

// incident returns one and its changes, oldest first.
func (s *site) incident(id string) (model.Incident, []model.Change, bool) {
	in, changes, ok := s.Backend.ServiceIncident(id)
	if !ok || in.Target.Kind != model.ServiceTarget {
		return model.Incident{}, nil, false
	}
	var out []model.Change
	for _, c := range changes {
		if !reported(c.Type) {
			continue
		}
		c.Incident = publicly(c.Incident)
		if c.Type == model.MarkedFalse {
			c.Text = withdrawn
		}
		out = append(out, c)
	}
	return publicly(in), out, true
}

// changes are those of an incident, for feeds.
func (s *site) changes(id string) []model.Change {
	_, changes, _ := s.incident(id)
	return changes
}
