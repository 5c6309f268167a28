package api

import (
	"context"
	"encoding/json"
	"io"
	"time"

	"floodmark/internal/model"
)

// Backend is what the operator's API needs of the running program. Every
// method may be called from many goroutines at once and returns quickly, but
// for those that take a context, which end when it does. Slices returned are
// the caller's to read, not to change. A *fault.Error becomes an answer with its
// words; any other error is logged and told as a fault of the server.
type Backend interface {
	PublicBackend

	// Incident returns one incident and its changes, oldest first, bounded.
	Incident(id string) (model.Incident, []model.NumberedChange, bool)
	// Evidence returns a sealed document of form model.AnalysisSchema about an
	// incident as it is kept, octet by octet; revision 0 is the latest.
	Evidence(ctx context.Context, id string, revision uint64) (doc []byte, err error)
	// Disclosure returns the same document in its redacted form, which has the
	// same root and signature: third parties' addresses are shown as networks, and
	// of a service's incident its own are hidden.
	Disclosure(ctx context.Context, id string, revision uint64) (doc []byte, err error)
	// Samples returns sampled records of an incident, oldest first, bounded.
	Samples(ctx context.Context, id string) ([]model.RecordLine, error)

	// Changes returns at most limit changes of any incident with a number
	// greater than after, in order. Where changes after that number are kept no
	// more, the error is of kind fault.Gone.
	Changes(ctx context.Context, after uint64, limit int) ([]model.NumberedChange, error)
	// LastChange is the number of the latest change, 0 for none.
	LastChange() uint64

	// Command has happened, durably, when it returns nil.
	Command(ctx context.Context, c model.Command) error
	// AddClaim has kept a public claim about an incident, durably, when it returns
	// nil, and gives it its name and time.
	AddClaim(ctx context.Context, id string, c model.EnteredClaim) (model.EnteredClaim, error)

	// Targets returns the targets that a query asks for, the heaviest first, at
	// most q.Limit, and how many there are in all.
	Targets(q TargetQuery) (list []TargetNow, total int)
	// Target returns one target; false where it is not watched or never had traffic.
	Target(id model.TargetID) (TargetNow, bool)
	// Series returns points in order of time, at most q.Points() of them; steps
	// without traffic may be left out.
	Series(ctx context.Context, q SeriesQuery) ([]model.Point, error)

	// Flows answers a question in the language of docs/query.md.
	Flows(ctx context.Context, question string) (FlowAnswer, error)
	// FlowsCSV answers it as CSV with a line of titles. Nothing may have been
	// written to w where a *fault.Error is returned.
	FlowsCSV(ctx context.Context, question string, w io.Writer) error

	Exporters() []model.ExporterStatus
	Conditions() []model.Condition
	Receivers() []ReceiverStatus
	// ProbeStatuses lists the probed components of services in the order of the
	// configuration.
	ProbeStatuses() []ProbeStatus
	// TestReceiver sends a test message and waits for its outcome.
	TestReceiver(ctx context.Context, name string) error
	Health() Health
	// Settings is the configuration in effect as a JSON object, secrets removed.
	Settings() json.RawMessage
}

// PublicBackend is what the public listener needs: no more than incidents,
// whose public view package api makes.
type PublicBackend interface {
	// Clock tells the server's time: now, how fast it runs (1 is real time), and
	// when the program was started, by the same clock.
	Clock() (now time.Time, speed float64, start time.Time)
	// Incidents returns what a filter asks for: see IncidentFilter.Select.
	Incidents(f IncidentFilter) []model.Incident
	// Changed returns a channel that is closed at the next change of any incident.
	Changed() <-chan struct{}
}

// TargetQuery asks for targets by their traffic now.
type TargetQuery struct {
	Metric    model.Metric    // that they are ordered by
	Direction model.Direction // In or Out
	Kinds     []model.TargetKind
	Within    *model.TargetID // this target and those within it: hosts of a prefix, prefixes of a customer
	Group     string          // of thresholds; "" is any
	Limit     int             // 1 to MaxPage
}

// TargetNow is one target and its traffic now.
type TargetNow struct {
	Target    model.TargetID
	Group     string  // whose thresholds apply
	Customer  string  // "" for none
	At        int64   // Unix ns, end of the second that the rates are of
	Delay     float64 // seconds by which exporters' timers may delay the sight of it
	Untrusted bool    // rests on an exporter in bad health
	In, Out   TrafficNow
	Incidents []string // ids of those that are not closed
}

// TrafficNow is one direction of a target.
type TrafficNow struct {
	Rates   model.Rates // corrected for sampling
	Bounds  model.Rates // thresholds, 0 for none
	Samples float64     // independent samples that the rates rest on
	// Normal band of Bits now. Known is false while it is not learnt yet.
	Low, High float64
	Known     bool
}

// SeriesQuery asks for the traffic of one target over time.
type SeriesQuery struct {
	Target    model.TargetID
	Direction model.Direction
	From, To  int64 // Unix seconds; To is not included
	Step      int64 // seconds of one point, a multiple of 1
}

// Points is how many points the answer has at most.
func (q SeriesQuery) Points() int { return int((q.To - q.From + q.Step - 1) / q.Step) }

// FlowAnswer is the answer to a question over stored flows.
type FlowAnswer struct {
	Question  string       `json:"question" doc:"Query in canonical form"`
	Table     string       `json:"table" doc:"Table that the result was computed from, for example flows or networks_1m"`
	From      time.Time    `json:"from" doc:"Start of the queried period"`
	To        time.Time    `json:"to" doc:"End of the queried period, not included"`
	Columns   []FlowColumn `json:"columns" doc:"Columns of each row"`
	Rows      [][]any      `json:"rows" doc:"Rows of values: text, number or null"`
	Truncated bool         `json:"truncated" doc:"Whether the result has more rows than were returned"`
	Missing   []string     `json:"missing" doc:"Stored files of the period that could not be read"`
	Took      float64      `json:"took_seconds" doc:"Duration of the query in seconds"`
}

// FlowColumn is one column of a FlowAnswer.
type FlowColumn struct {
	Name string `json:"name" doc:"Field of the query or name of a measure"`
	Kind string `json:"kind" enum:"address,prefix,number,country,text,time" doc:"Type of the values"`
	Unit string `json:"unit,omitempty" doc:"Unit of a measure; absent for fields"`
}

// ReceiverStatus is one receiver of alerts and how it does.
type ReceiverStatus struct {
	Name      string
	Kind      string // webhook, alertmanager, ...
	Sent      uint64 // since the start
	Failed    uint64 // attempts that failed
	Pending   int    // alerts that wait to be sent or sent again
	LastSent  int64  // Unix ns, 0 for never
	LastError string // "" after a success
}

// Health tells whether the program does its work. Live is false where only a
// restart helps; Ready is false until it judges, and where it cannot.
type Health struct {
	Live, Ready bool
	Version     string
	Reasons     []string // why not, in words
}
