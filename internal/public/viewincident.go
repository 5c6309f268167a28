package public

import (
	"time"

	"floodmark/internal/model"
)

// Incident is what reports told of one service, from first suspicion to the end.
type Incident struct {
	ID        string     `json:"id" doc:"Its name, the same in feeds and pages"`
	Service   string     `json:"service" doc:"Of which service"`
	Revision  uint64     `json:"revision" doc:"Counts its changes"`
	State     string     `json:"state" enum:"suspected,open,easing,closed" doc:"Where it stands"`
	Severity  string     `json:"severity" enum:"info,warning,critical" doc:"How heavy it is"`
	Withdrawn bool       `json:"withdrawn" doc:"It was a false alarm"`
	Started   *time.Time `json:"started" doc:"Estimated start of the excess"`
	Noticed   *time.Time `json:"noticed" doc:"First sign"`
	Opened    *time.Time `json:"opened" doc:"When it was more than a suspicion; null where it never was"`
	LastSeen  *time.Time `json:"last_seen" doc:"Last sign"`
	Ended     *time.Time `json:"ended" doc:"End of the last wave"`
	Closed    *time.Time `json:"closed" doc:"When it was closed"`
	Waves     []Wave     `json:"waves" doc:"Spikes, bounded"`
	WaveCount int        `json:"wave_count" doc:"All of them"`
	Merged    string     `json:"merged_into,omitempty" doc:"Incident that it became part of"`
	Crowd     *Crowd     `json:"crowd" doc:"What reports tell of it"`
	// What other signals tell of it.
	Assessment *Assessment `json:"assessment,omitempty" doc:"What brought it about; absent where nothing has been weighed"`
	Outside    *Assessment `json:"outside,omitempty" doc:"The same from reports alone: what everybody could know; absent where reports are all there is"`
	Phases     []Phase     `json:"phases" doc:"Waves of traffic and failures of probes, by their beginning, bounded"`
	Traffic    []Traffic   `json:"traffic" doc:"Unusual traffic towards the service, bounded; empty where none is seen or none is watched"`
	Probes     []Probe     `json:"probes" doc:"What asking the service says"`
	Claims     []Claim     `json:"claims" doc:"Public statements about it, checked, bounded"`
}

// Wave is one spike of an incident.
type Wave struct {
	Start *time.Time `json:"start" doc:"Its start"`
	End   *time.Time `json:"end" doc:"Its end; null while it lasts"`
	Peak  float64    `json:"peak" doc:"Effective problems in its highest bucket"`
}

// Crowd is what reports tell of an incident.
type Crowd struct {
	Evidence  float64   `json:"evidence" doc:"log10 of the e-value now"`
	Strongest float64   `json:"strongest" doc:"log10 of the e-value at its highest"`
	Limit     float64   `json:"limit" doc:"log10 of what the promise asks for"`
	Promise   string    `json:"promise" doc:"How rare false incidents are promised to be"`
	Peak      Bucket    `json:"peak" doc:"The 15 minutes with the most problems"`
	Total     uint64    `json:"total" doc:"Problems since it began, a running total: not to be mixed with peak"`
	Effective float64   `json:"effective" doc:"The same, with what looks made up discounted"`
	Works     uint64    `json:"works" doc:"Reports that it works"`
	Refused   uint64    `json:"refused" doc:"Reports that the server had no room for"`
	Networks  int       `json:"networks" doc:"Distinct networks of the reporters"`
	Sustained bool      `json:"sustained" doc:"It has lasted an hour"`
	Confirmed bool      `json:"confirmed" doc:"Another kind of signal says so too; without, it is reports only"`
	Parts     []Part    `json:"parts" doc:"Components by share"`
	Places    []Place   `json:"places" doc:"Places by excess"`
	Cause     Cause     `json:"cause" doc:"Whose outage it is, as far as other services tell"`
	Forgery   Forgery   `json:"forgery" doc:"Whether reports look made up"`
	Similar   []Similar `json:"similar" doc:"Earlier incidents of the service that looked like it"`
	Shape     []float32 `json:"shape" doc:"Effective problems in 15 minutes each, from its beginning, bounded"`
}

// Cause is what other services' incidents say of one.
type Cause struct {
	Kind  string  `json:"kind" enum:"own,elsewhere,shared,undecided" doc:"own: nothing else explains it; elsewhere: by the outage of another service; shared: several at once"`
	By    string  `json:"by,omitempty" doc:"Service or supplier that explains it, or owner"`
	Name  string  `json:"name,omitempty" doc:"Name of that"`
	Owner bool    `json:"owner" doc:"by is an owner, not a service"`
	Share float64 `json:"share" doc:"Of the excess that it explains, 0 to 1"`
	Low   float64 `json:"low" doc:"Lower end of the 95 % interval of share"`
	High  float64 `json:"high" doc:"Upper end of it"`
	Text  string  `json:"text" doc:"One sentence"`
}

// Similar is an earlier incident of the same service.
type Similar struct {
	ID      string     `json:"id" doc:"Which one"`
	Score   float64    `json:"score" doc:"0 to 1"`
	Started *time.Time `json:"started" doc:"Its start"`
	Seconds float64    `json:"seconds" doc:"How long it lasted"`
	Peak    float64    `json:"peak" doc:"Problems in its highest 15 minutes"`
	Text    string     `json:"text" doc:"What is alike"`
}

func viewIncident(in *model.Incident) Incident {
	v := Incident{ID: in.ID, Service: in.Target.Name, Revision: in.Revision, State: string(in.State), Severity: string(in.Severity), Withdrawn: in.FalseAlarm != nil,
		Started: moment(in.Started), Noticed: moment(in.Noticed), Opened: moment(in.Opened), LastSeen: moment(in.LastSeen), Ended: moment(in.Ended), Closed: moment(in.ClosedAt),
		Waves: []Wave{}, WaveCount: in.WaveCount, Merged: in.MergedInto}
	for _, w := range in.Waves {
		v.Waves = append(v.Waves, Wave{moment(w.Start), moment(w.End), finite(w.Peak)})
	}
	if in.Crowd != nil {
		v.Crowd = viewCrowd(in.Crowd)
	}
	v.addJoined(in)
	return v
}

func viewCrowd(c *model.Crowd) *Crowd {
	v := &Crowd{Evidence: finite(c.Evidence), Strongest: finite(c.Strongest), Limit: finite(c.Limit), Promise: c.Promise, Peak: viewBucket(&c.Peak), Total: c.Total,
		Effective: finite(c.Effective), Works: c.Works, Refused: c.Refused, Networks: c.Networks, Sustained: c.Sustained, Confirmed: c.Confirmed,
		Parts: viewParts(c.Parts), Places: viewPlaces(c.Places), Forgery: viewForgery(c.Forgery), Similar: []Similar{}, Shape: make([]float32, 0, len(c.Shape))}
	k := c.Cause
	v.Cause = Cause{string(k.Kind), k.By, k.Name, k.Owner, finite(k.Share), finite(k.Low), finite(k.High), k.Text}
	if v.Cause.Kind == "" {
		v.Cause.Kind = string(model.CauseUndecided)
	}
	for _, s := range c.Similar {
		v.Similar = append(v.Similar, Similar{s.ID, finite(s.Score), moment(s.Started), time.Duration(s.Lasted).Seconds(), finite(s.Peak), s.Text})
	}
	for _, n := range c.Shape {
		v.Shape = append(v.Shape, finite(n))
	}
	return v
}

// Incidents is incidents of services.
type Incidents struct {
	Incidents []Incident `json:"incidents" doc:"The newest first, those that go on and those that ended within a year, bounded"`
	Synthetic string     `json:"synthetic,omitempty" doc:"Name of the scenario that is replayed: nothing of this happened"`
}

// IncidentStory is an incident and what happened to it.
type IncidentStory struct {
	Incident
	Changes   []Change `json:"changes" doc:"Oldest first"`
	Synthetic string   `json:"synthetic,omitempty" doc:"Name of the scenario that is replayed: nothing of this happened"`
}

// Change is one step of an incident's life.
type Change struct {
	At    *time.Time `json:"at" doc:"When"`
	Type  string     `json:"type" doc:"What happened: noticed, opened, escalated, changed, updated, eased, resumed, ended, dismissed, merged, marked-false-alarm"`
	State string     `json:"state" enum:"suspected,open,easing,closed" doc:"Where it stood afterwards"`
	Text  string     `json:"text" doc:"One sentence"`
}

func viewStory(in *model.Incident, changes []model.Change) IncidentStory {
	v := IncidentStory{Incident: viewIncident(in), Changes: make([]Change, 0, len(changes))}
	for i := range changes {
		c := &changes[i]
		v.Changes = append(v.Changes, Change{moment(c.At), string(c.Type), string(c.Incident.State), c.Text})
	}
	return v
}

// Attack is an incident of watched networks, of closed words alone.
type Attack struct {
	ID         string     `json:"id" doc:"A name that tells nothing"`
	State      string     `json:"state" enum:"ongoing,easing,over,withdrawn" doc:"Where it stands"`
	Severity   string     `json:"severity" enum:"light,considerable,heavy" doc:"How heavy it is"`
	Started    *time.Time `json:"started" doc:"To the minute"`
	Ended      *time.Time `json:"ended" doc:"To the minute; null while it lasts"`
	Text       string     `json:"text" doc:"One sentence"`
	Correction string     `json:"correction,omitempty" doc:"Of what was said before"`
}

// Attacks is what is public of watched networks.
type Attacks struct {
	Incidents []Attack  `json:"incidents" doc:"The newest first"`
	Now       time.Time `json:"now" doc:"Time of the server"`
}

func viewAttacks(attacks []model.PublicAttack, now time.Time) Attacks {
	v := Attacks{Incidents: make([]Attack, 0, len(attacks)), Now: now.UTC().Truncate(time.Second)}
	for _, a := range attacks {
		out := Attack{ID: a.ID, State: a.State, Severity: a.Severity, Started: known(a.Started), Ended: known(a.Ended), Text: a.Text}
		if a.State == "withdrawn" {
			out.Correction = "This was a false alarm. What was said here before was wrong."
		}
		v.Incidents = append(v.Incidents, out)
	}
	return v
}

func known(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}
