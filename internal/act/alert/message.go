package alert

import (
	"time"

	"floodmark/internal/model"
)

// Schema is the version of the JSON form of Message. A field may be added under
// the same version; none is taken away or changes its meaning.
const Schema = "floodmark.alert/1"

// Reason tells why a message is sent.
type Reason string

// The reasons.
const (
	ForChange   Reason = "change"   // something happened
	ForDigest   Reason = "digest"   // quiet hours are over
	ForReminder Reason = "reminder" // nobody acknowledged it yet
	ForTest     Reason = "test"     // nothing happened; somebody tries the receiver
)

// Message is what a receiver gets: one event, or several that were gathered. It
// is what the webhook sends; docs/alerts.md tells of its fields.
type Message struct {
	Schema   string  `json:"schema"`
	Key      string  `json:"key"` // the same over retries and restarts
	Reason   Reason  `json:"reason"`
	Receiver string  `json:"receiver"`
	Created  string  `json:"created"` // RFC 3339, when it was decided
	Subject  string  `json:"subject"` // one short line
	Text     string  `json:"text"`
	Events   []Event `json:"events"` // at least one; in order of time
}

// Event is one change of one incident, as one receiver hears of it.
type Event struct {
	Type     model.ChangeType `json:"type"`
	First    bool             `json:"first"` // the receiver has not heard of the incident before
	Last     bool             `json:"last"`  // it will hear no more of it
	At       string           `json:"at"`    // RFC 3339
	Subject  string           `json:"subject"`
	Text     string           `json:"text"`           // one sentence
	Link     string           `json:"link,omitempty"` // its page
	Was      model.Severity   `json:"previous_severity,omitempty"`
	Incident Incident         `json:"incident"`
}

// Incident is an incident as messages tell of it. Times are RFC 3339, "" for
// not yet; rates are per second by the names of model.Metric.
type Incident struct {
	ID           string             `json:"id"`
	Revision     uint64             `json:"revision"`
	State        model.State        `json:"state"`
	Severity     model.Severity     `json:"severity"`
	Target       string             `json:"target"`
	TargetKind   string             `json:"target_kind"`         // host, prefix, customer, network or service
	Direction    string             `json:"direction,omitempty"` // in, out or through; of a service none
	Customer     string             `json:"customer,omitempty"`
	Group        string             `json:"group,omitempty"`
	Started      string             `json:"started"`
	Opened       string             `json:"opened,omitempty"`
	LastSeen     string             `json:"last_seen"`
	Ended        string             `json:"ended,omitempty"`
	Closed       string             `json:"closed,omitempty"`
	Rates        map[string]float64 `json:"rates"`
	Peak         map[string]float64 `json:"peak"`
	Excesses     []Excess           `json:"excesses"`
	Waves        int                `json:"waves"`
	Hosts        []string           `json:"hosts,omitempty"` // some of host_count
	HostCount    int                `json:"host_count,omitempty"`
	Untrusted    bool               `json:"untrusted,omitempty"`
	Delay        float64            `json:"delay,omitempty"` // seconds
	Attack       model.Presence     `json:"attack,omitempty"`
	Because      string             `json:"because,omitempty"`
	Vectors      []Part             `json:"vectors"`
	Spoofing     model.Spoofing     `json:"spoofing,omitempty"`
	Sources      uint64             `json:"sources,omitempty"` // at least
	Countries    []Part             `json:"countries,omitempty"`
	Networks     []Part             `json:"networks,omitempty"`
	Acknowledged *Remark            `json:"acknowledged,omitempty"`
	FalseAlarm   *Remark            `json:"false_alarm,omitempty"`
	MergedInto   string             `json:"merged_into,omitempty"`
	Crowd        *Crowd             `json:"crowd,omitempty"` // of a service: what people report
}

// Excess is one bound that was exceeded.
type Excess struct {
	Kind   model.AnomalyKind `json:"kind"`
	Metric model.Metric      `json:"metric"`
	Bound  float64           `json:"bound"` // per second
	Peak   float64           `json:"peak"`
	Since  string            `json:"since"`
	Active bool              `json:"active"`
}

// Part is a share of packets, from 0 to 1.
type Part struct {
	Name  string  `json:"name"`
	Share float64 `json:"share"`
}

// Remark is what a person said of an incident.
type Remark struct {
	By   string `json:"by"`
	At   string `json:"at"`
	Note string `json:"note,omitempty"`
}

var kinds = [...]string{"host", "prefix", "customer", "network", "service"}

// incidentOf writes an incident for messages.
func incidentOf(in *model.Incident) Incident {
	out := Incident{
		ID: in.ID, Revision: in.Revision, State: in.State, Severity: in.Severity,
		Target: in.Target.String(), TargetKind: kinds[min(int(in.Target.Kind), len(kinds)-1)], Direction: in.Direction.String(),
		Customer: in.Customer, Group: in.Group,
		Started: stamp(in.Started), Opened: stamp(in.Opened), LastSeen: stamp(in.LastSeen), Ended: stamp(in.Ended), Closed: stamp(in.ClosedAt),
		Rates: rates(&in.Rates), Peak: rates(&in.Peak), Excesses: excesses(in.Excesses), Waves: in.WaveCount,
		Hosts: hosts(in.Hosts), HostCount: in.HostCount, Untrusted: in.Untrusted, Delay: in.Delay,
		Attack: in.Presence, Because: in.Because, Vectors: parts(in.Vectors), Spoofing: in.Spoofing, Sources: in.Sources,
		Countries: parts(in.Countries), Networks: parts(in.Networks),
		Acknowledged: remark(in.Acknowledged), FalseAlarm: remark(in.FalseAlarm), MergedInto: in.MergedInto, Crowd: crowdOf(in.Crowd),
	}
	if in.Target.Kind == model.ServiceTarget { // has no traffic
		out.Direction, out.Rates, out.Peak = "", map[string]float64{}, map[string]float64{}
	}
	return out
}

// stamp writes Unix ns as RFC 3339 in UTC, "" for 0.
func stamp(ns int64) string {
	if ns == 0 {
		return ""
	}
	return time.Unix(0, ns).UTC().Format(time.RFC3339)
}

func rates(r *model.Rates) map[string]float64 {
	out := make(map[string]float64, len(r))
	for m, v := range r {
		out[model.Metric(m).String()] = v
	}
	return out
}

func excesses(list []model.Excess) []Excess {
	out := []Excess{}
	for _, e := range list {
		out = append(out, Excess{e.Kind, e.Metric, e.Bound, e.Peak, stamp(e.Since), e.Active})
	}
	return out
}

func parts(w []model.Weight) []Part {
	out := []Part{}
	for _, v := range w[:min(len(w), 10)] {
		out = append(out, Part{v.Value, v.Share})
	}
	return out
}

func hosts(t []model.TargetID) []string {
	var out []string
	for _, h := range t[:min(len(t), 20)] {
		out = append(out, h.String())
	}
	return out
}

func remark(r *model.Remark) *Remark {
	if r == nil {
		return nil
	}
	return &Remark{By: r.By, At: stamp(r.At), Note: r.Note}
}
