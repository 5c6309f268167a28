package model

// State is the state of an incident in its life cycle.
type State string

// The states of an incident, in the order of its life.
const (
	Suspected State = "suspected" // detected; may still turn out to be ordinary traffic
	Open      State = "open"      // confirmed and ongoing
	Easing    State = "easing"    // the anomaly has ended; resumes if it comes back soon
	Closed    State = "closed"    // over; never reopened
)

// Severity is the severity of an incident or a condition.
type Severity string

// The severities, from the lowest to the highest.
const (
	Info     Severity = "info"
	Warning  Severity = "warning"
	Critical Severity = "critical"
)

// Incident is one abnormal event at one target, from its first anomaly until it
// is closed: of traffic, or of a service that people report problems with. The
// part for the other kind is zero; IsService states which one applies.
//
// An incident is a value: a change makes a new one with the next Revision, and
// slices are never written after that. The parts are embedded, so that the JSON
// stays the flat object that journals of version 0.1.0 hold.
type Incident struct {
	Header
	TrafficIncident
	ServiceIncident
}

// Header is what every incident has. Times are Unix ns, 0 for "not yet".
type Header struct {
	ID         string   `json:"id"`       // direction, target and start; docs/decisions/0014
	Revision   uint64   `json:"revision"` // counts changes from 1
	State      State    `json:"state"`
	Severity   Severity `json:"severity"`
	Target     TargetID `json:"target"`
	Started    int64    `json:"started"`   // estimated start
	Noticed    int64    `json:"noticed"`   // first anomaly
	Opened     int64    `json:"opened"`    // left Suspected
	LastSeen   int64    `json:"last_seen"` // last anomaly
	Ended      int64    `json:"ended"`     // end of the last burst, from Easing on
	ClosedAt   int64    `json:"closed_at"`
	Waves      []Wave   `json:"waves"`      // oldest first, bounded
	WaveCount  int      `json:"wave_count"` // of all bursts
	FalseAlarm *Remark  `json:"false_alarm,omitempty"`

	Acknowledged *Remark `json:"acknowledged,omitempty"`
	SilencedTo   int64   `json:"silenced_to,omitempty"` // no alerts are sent before
	Maintenance  string  `json:"maintenance,omitempty"` // name of the maintenance window it started in
}

// IsService reports whether the incident is of a service rather than of traffic.
func (h *Header) IsService() bool { return h.Target.Kind == ServiceTarget }

// Remark is an operator's action on an incident.
type Remark struct {
	By   string `json:"by"` // name of the operator's token
	At   int64  `json:"at"` // Unix ns
	Note string `json:"note,omitempty"`
}
