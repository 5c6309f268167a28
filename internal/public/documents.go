package public

import (
	"time"

	"floodmark/internal/model"
	"floodmark/internal/view"
)

// Services is the answer of the list of services.
type Services struct {
	Services  []view.Service `json:"services" doc:"All services in the order of the configuration"`
	Synthetic string         `json:"synthetic,omitempty" doc:"Name of the scenario that is replayed; present only if the data are simulated"`
}

// Incidents is the answer of the list of services' incidents.
type Incidents struct {
	Incidents []view.PublicIncident `json:"incidents" doc:"Active incidents and those that ended within a year, newest first; at most 100"`
	Synthetic string                `json:"synthetic,omitempty" doc:"Name of the scenario that is replayed; present only if the data are simulated"`
}

// incidentDetail is an incident of a service with its history.
type incidentDetail struct {
	view.PublicIncident
	Changes   []view.PublicChange `json:"changes" doc:"Changes of the incident, oldest first"`
	Synthetic string              `json:"synthetic,omitempty" doc:"Name of the scenario that is replayed; present only if the data are simulated"`
}

func newIncidentDetail(in *model.Incident, changes []model.Change, synthetic string) incidentDetail {
	v := incidentDetail{PublicIncident: view.NewPublicIncident(in), Changes: make([]view.PublicChange, 0, len(changes)), Synthetic: synthetic}
	for i := range changes {
		v.Changes = append(v.Changes, view.NewPublicChange(&changes[i]))
	}
	return v
}

// Attack is an incident of the monitored networks, reduced to what cannot
// identify a target.
type Attack struct {
	ID         string     `json:"id" doc:"Random-looking ID of the incident, the same for the life of this server"`
	State      string     `json:"state" enum:"ongoing,easing,resolved,withdrawn" doc:"State of the incident; withdrawn means that it was a false alarm"`
	Severity   string     `json:"severity" enum:"info,warning,critical" doc:"Severity of the incident"`
	StartedAt  *time.Time `json:"started_at" doc:"Start of the incident, to the minute"`
	ResolvedAt *time.Time `json:"resolved_at" doc:"End of the incident, to the minute; null while it lasts"`
	Text       string     `json:"text" doc:"One-sentence description of the incident"`
	Correction string     `json:"correction,omitempty" doc:"Correction of an earlier description; present only after a false alarm"`
}

// Attacks is the answer of the list of attacks.
type Attacks struct {
	Incidents []Attack  `json:"incidents" doc:"Incidents of the monitored networks, newest first"`
	Now       time.Time `json:"now" doc:"Current time of the server"`
}

func newAttacks(attacks []model.PublicAttack, now time.Time) Attacks {
	v := Attacks{Incidents: make([]Attack, 0, len(attacks)), Now: now.UTC().Truncate(time.Second)}
	for _, a := range attacks {
		out := Attack{ID: a.ID, State: a.State, Severity: a.Severity, StartedAt: instant(a.Started), ResolvedAt: instant(a.Ended), Text: a.Text}
		if a.State == "withdrawn" {
			out.Correction = "This was a false alarm. The earlier description was wrong."
		}
		v.Incidents = append(v.Incidents, out)
	}
	return v
}

// instant is a time in UTC, nil where it is not known.
func instant(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

// Receipt is the answer to an accepted report.
type Receipt struct {
	State string    `json:"state" enum:"counted,duplicate" doc:"counted: the report was stored; duplicate: this person reported the same within the last hour, and counts once"`
	At    time.Time `json:"at" doc:"Time at which the report was accepted"`
}

// notes are an operator's notes on the page of a service.
func (s *site) notes(slug string) []view.Note {
	var out []view.Note
	for _, n := range s.Backend.Notes(slug) {
		out = append(out, view.Note{By: n.By, At: time.Unix(0, n.At).UTC(), Text: n.Text})
	}
	return out
}
