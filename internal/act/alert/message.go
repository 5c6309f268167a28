package alert

import (
	"time"

	"floodmark/internal/model"
	"floodmark/internal/view"
)

// Schema is the version of the JSON form of Message. Fields may be added under
// the same version; none is removed or changes its meaning.
const Schema = "floodmark.alert/2"

// Reason is the reason for a message.
type Reason string

// The reasons.
const (
	forChange   Reason = "change"   // the incident changed
	forDigest   Reason = "digest"   // quiet hours are over
	forReminder Reason = "reminder" // not acknowledged yet
	forTest     Reason = "test"     // an operator tests the receiver
)

// Message is what a receiver gets: one event, or several that were grouped. The
// webhook sends it as JSON; docs/alerts.md describes its fields.
type Message struct {
	Schema   string  `json:"schema"`
	Key      string  `json:"key"` // the same over retries and restarts
	Reason   Reason  `json:"reason"`
	Receiver string  `json:"receiver"`
	Created  string  `json:"created"` // RFC 3339
	Subject  string  `json:"subject"` // one short line
	Text     string  `json:"text"`
	Events   []Event `json:"events"` // at least one; in order of time
}

// Event is one change of one incident for one receiver.
type Event struct {
	Type     model.ChangeType `json:"type"`
	First    bool             `json:"first"` // the first message about the incident to the receiver
	Last     bool             `json:"last"`  // the last one, corrections excepted
	At       string           `json:"at"`    // RFC 3339
	Subject  string           `json:"subject"`
	Text     string           `json:"text"`           // one sentence
	Link     string           `json:"link,omitempty"` // its page
	Was      model.Severity   `json:"previous_severity,omitempty"`
	Incident view.Incident    `json:"incident"`
}

const (
	maxItems   = 10 // of each ranking in a message
	maxHosts   = 20
	maxSimilar = 3
)

// incidentOf returns the operator's view of an incident with its lists cut short
// and without what is only in the answer about one incident.
func incidentOf(in *model.Incident) view.Incident {
	v := view.NewIncident(in)
	v.Hosts = v.Hosts[:min(len(v.Hosts), maxHosts)]
	v.Vectors, v.Countries, v.Networks = first(v.Vectors), first(v.Countries), first(v.Networks)
	v.Timeline, v.Claims, v.Probes = []view.TimelineEntry{}, []view.Claim{}, []view.Probe{}
	if r := v.UserReports; r != nil {
		r.Components, r.Places, r.Similar = first(r.Components), first(r.Places), r.Similar[:min(len(r.Similar), maxSimilar)]
	}
	return v
}

func first[T any](l []T) []T { return l[:min(len(l), maxItems)] }

// stamp writes Unix ns as RFC 3339 in UTC, "" for 0.
func stamp(ns int64) string { return stampTime(view.Time(ns)) }

func stampTime(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
