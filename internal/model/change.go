package model

// ChangeType is the kind of a change to an incident.
type ChangeType string

// The types of change. Alerts are made of Opened, Escalated, Changed, Eased,
// Resumed and Ended.
const (
	Noticed         ChangeType = "noticed" // suspected
	Opened          ChangeType = "opened"
	Escalated       ChangeType = "escalated" // a higher severity
	Changed         ChangeType = "changed"   // vectors, evidence or extent
	Updated         ChangeType = "updated"   // rates and counts only
	Eased           ChangeType = "eased"
	Resumed         ChangeType = "resumed"   // a further burst
	Ended           ChangeType = "ended"     // closed after an incident
	Dismissed       ChangeType = "dismissed" // closed without having been opened: ordinary traffic
	MergedAway      ChangeType = "merged"
	AcknowledgedNow ChangeType = "acknowledged"
	SilencedNow     ChangeType = "silenced"
	MarkedFalse     ChangeType = "marked-false-alarm"
)

// Change is one change to an incident, with the incident after it. The state of
// all incidents is the fold of their changes.
type Change struct {
	At       int64      `json:"at"` // Unix ns
	Type     ChangeType `json:"type"`
	Incident Incident   `json:"incident"`
	Text     string     `json:"text"` // one sentence
}

// CommandType is the kind of an operator's action on an incident.
type CommandType string

// The commands.
const (
	Acknowledge    CommandType = "acknowledge"
	Silence        CommandType = "silence" // until Command.Until
	MarkFalseAlarm CommandType = "false-alarm"
	CloseNow       CommandType = "close"
)

// Command is an operator's action on an incident.
type Command struct {
	Type     CommandType `json:"type"`
	Incident string      `json:"incident"`
	By       string      `json:"by"`
	At       int64       `json:"at"`
	Note     string      `json:"note,omitempty"`
	Until    int64       `json:"until,omitempty"` // Unix ns
}

// NumberedChange is a change with its place among the changes of all
// incidents. Numbers grow, are not consecutive and survive a restart.
type NumberedChange struct {
	Number uint64
	Change Change
}
