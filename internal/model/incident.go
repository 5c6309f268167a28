package model

// State of an incident.
type State string

// The states of an incident.
const (
	Suspected State = "suspected" // noticed; not yet told from something ordinary
	Open      State = "open"
	Easing    State = "easing" // the anomaly has ended; held in case it comes back
	Closed    State = "closed"
)

// Severity of an incident.
type Severity string

// The severities, from light to heavy.
const (
	Info     Severity = "info"
	Warning  Severity = "warning"
	Critical Severity = "critical"
)

// Incident is what happened to one target, from first suspicion to the end.
// It is a value: a change makes a new one with the next Revision. Times are
// Unix ns, 0 for "not yet".
type Incident struct {
	ID        string     `json:"id"`
	Revision  uint64     `json:"revision"`
	State     State      `json:"state"`
	Severity  Severity   `json:"severity"`
	Target    TargetID   `json:"target"`
	Direction Direction  `json:"direction"`
	Customer  string     `json:"customer,omitempty"`
	Group     string     `json:"group,omitempty"`
	Started   int64      `json:"started"`   // estimated start of the excess
	Noticed   int64      `json:"noticed"`   // first anomaly
	Opened    int64      `json:"opened"`    // left suspicion
	LastSeen  int64      `json:"last_seen"` // last anomaly
	Ended     int64      `json:"ended"`     // end of the last wave, once easing
	ClosedAt  int64      `json:"closed_at"`
	Excesses  []Excess   `json:"excesses"` // by kind and metric; which thresholds, all of them
	Rates     Rates      `json:"rates"`    // now
	Peak      Rates      `json:"peak"`
	Waves     []Wave     `json:"waves"` // bounded; WaveCount counts all
	WaveCount int        `json:"wave_count"`
	Hosts     []TargetID `json:"hosts"` // anomalous addresses of a prefix or customer, bounded; HostCount counts all
	HostCount int        `json:"host_count"`
	Untrusted bool       `json:"untrusted,omitempty"` // rests on an exporter in bad health
	Delay     float64    `json:"delay"`               // seconds by which exporters' timers delay the sight of it

	// What evidence says; empty until it has been heard.
	Presence  Presence `json:"presence,omitempty"`
	Because   string   `json:"because,omitempty"` // one sentence: why it is (not) an attack, or what it waits for
	Vectors   []Weight `json:"vectors"`           // by packets
	Spoofing  Spoofing `json:"spoofing,omitempty"`
	Sources   uint64   `json:"sources"`   // distinct addresses seen, a lower bound
	Countries []Weight `json:"countries"` // of the sources, bounded
	Networks  []Weight `json:"networks"`
	Evidence  uint64   `json:"evidence"` // revision of the evidence document, 0 for none

	// Of a service: what people report, and what other signals add to it.
	Crowd      *Crowd         `json:"crowd,omitempty"`
	Assessment *Assessment    `json:"assessment,omitempty"` // what brought it about
	Outside    *Assessment    `json:"outside,omitempty"`    // the same from reports alone: what everybody could know
	Phases     []Phase        `json:"phases,omitempty"`     // by their beginning, bounded
	Traffic    []TrafficPart  `json:"traffic,omitempty"`    // incidents of its networks' traffic, bounded
	Probes     []ProbeNow     `json:"probes,omitempty"`
	Claims     []EnteredClaim `json:"claims,omitempty"`  // bounded
	PartOf     string         `json:"part_of,omitempty"` // of traffic: the service's incident that it belongs to

	// What the operator said.
	Acknowledged *Remark `json:"acknowledged,omitempty"`
	FalseAlarm   *Remark `json:"false_alarm,omitempty"`
	SilencedTo   int64   `json:"silenced_to,omitempty"`
	Maintenance  string  `json:"maintenance,omitempty"` // name of the window that it fell into

	MergedInto string   `json:"merged_into,omitempty"`
	Merged     []string `json:"merged,omitempty"`     // incidents that became part of this one
	SplitFrom  string   `json:"split_from,omitempty"` // incident that this one was a part of
}

// Excess is one bound that was exceeded.
type Excess struct {
	Kind   AnomalyKind `json:"kind"`
	Metric Metric      `json:"metric"`
	Bound  float64     `json:"bound"`
	Peak   float64     `json:"peak"`
	Since  int64       `json:"since"` // Unix ns
	Active bool        `json:"active"`
}

// Wave is one burst of an incident.
type Wave struct {
	Start int64   `json:"start"`          // Unix ns
	End   int64   `json:"end"`            // 0 while it lasts
	Peak  float64 `json:"peak"`           // of the metric that stands out most when it begins, or of another in the same unit
	Unit  string  `json:"unit,omitempty"` // of Peak, of traffic: packets/s, bits/s or flows/s
}

// Remark is what a person said of an incident.
type Remark struct {
	By   string `json:"by"`
	At   int64  `json:"at"` // Unix ns
	Note string `json:"note,omitempty"`
}

// ChangeType tells what happened to an incident.
type ChangeType string

// The types of change. Opened, Escalated, Changed (what it is became clearer),
// Eased, Resumed and Ended are what alerts are made of.
const (
	Noticed         ChangeType = "noticed" // suspected
	Opened          ChangeType = "opened"
	Escalated       ChangeType = "escalated" // a higher severity
	Changed         ChangeType = "changed"   // vectors, evidence or extent
	Updated         ChangeType = "updated"   // figures only
	Eased           ChangeType = "eased"
	Resumed         ChangeType = "resumed"   // a further wave
	Ended           ChangeType = "ended"     // closed after an incident
	Dismissed       ChangeType = "dismissed" // closed without having been opened: ordinary traffic
	MergedAway      ChangeType = "merged"
	AcknowledgedNow ChangeType = "acknowledged"
	SilencedNow     ChangeType = "silenced"
	MarkedFalse     ChangeType = "marked-false-alarm"
)

// Change is one step of an incident's life: what happened, and the incident as
// it is afterwards. All state is a fold of changes.
type Change struct {
	At       int64      `json:"at"` // Unix ns
	Type     ChangeType `json:"type"`
	Incident Incident   `json:"incident"`
	Text     string     `json:"text"` // one sentence
}

// Findings is what evidence says of an incident, as workers hand it to the
// judge: the short form of an Analysis, or of a first look at few samples.
type Findings struct {
	Incident  string   `json:"incident"`
	Revision  uint64   `json:"revision"` // counts the documents of an incident from 1; 0 for a first look
	At        int64    `json:"at"`       // Unix ns
	Presence  Presence `json:"presence"`
	Because   string   `json:"because"`
	Hold      bool     `json:"hold"` // first look: wait for more before alarming, this may be ordinary
	Vectors   []Weight `json:"vectors"`
	Spoofing  Spoofing `json:"spoofing"`
	Sources   uint64   `json:"sources"`
	Countries []Weight `json:"countries"`
	Networks  []Weight `json:"networks"`
	Samples   uint64   `json:"samples"` // records it rests on
}

// CommandType is what an operator can do to an incident.
type CommandType string

// The commands.
const (
	Acknowledge    CommandType = "acknowledge"
	Silence        CommandType = "silence" // until Command.Until
	MarkFalseAlarm CommandType = "false-alarm"
	CloseNow       CommandType = "close"
)

// Command is an operator's word on an incident.
type Command struct {
	Type     CommandType `json:"type"`
	Incident string      `json:"incident"`
	By       string      `json:"by"`
	At       int64       `json:"at"`
	Note     string      `json:"note,omitempty"`
	Until    int64       `json:"until,omitempty"` // Unix ns
}

// Condition is one way in which the program itself is blind or broken, told
// beside the data: "no flows from edge-2 since 14:03: attacks there cannot be
// seen".
type Condition struct {
	Code     string   `json:"code"`    // closed set, see docs
	Subject  string   `json:"subject"` // exporter, file, queue; "" for the whole
	Severity Severity `json:"severity"`
	Text     string   `json:"text"`
	Since    int64    `json:"since"` // Unix ns
}

// NumberedChange is a change with its place among the changes of all
// incidents. Numbers grow, are not consecutive and survive a restart.
type NumberedChange struct {
	Number uint64
	Change Change
}
