package api

import (
	"slices"
	"time"

	"floodmark/internal/model"
	"floodmark/internal/view"
)

// Target is one target and its current traffic.
type Target struct {
	Target    string        `json:"target" doc:"Address, prefix, customer:NAME or network"`
	Kind      string        `json:"kind" enum:"host,prefix,customer,network" doc:"Kind of the target"`
	Group     string        `json:"group,omitempty" doc:"Group of targets whose thresholds apply"`
	Customer  string        `json:"customer,omitempty" doc:"Customer that the target belongs to"`
	At        *time.Time    `json:"at" doc:"End of the second that the rates refer to"`
	Delay     float64       `json:"delay_seconds" doc:"Seconds by which exporters' flow timeouts may delay detection"`
	QualityOK bool          `json:"quality_ok" doc:"Whether all exporters that the rates rest on deliver reliable data"`
	In        TargetTraffic `json:"in" doc:"Traffic towards the target"`
	Out       TargetTraffic `json:"out" doc:"Traffic from the target"`
	Incidents []string      `json:"incidents" doc:"IDs of the target's incidents that are not closed"`
}

// TargetTraffic is one direction of a target.
type TargetTraffic struct {
	Rates      view.Rates `json:"rates" doc:"Current rates, corrected for sampling"`
	Thresholds view.Rates `json:"thresholds" doc:"Configured thresholds; 0 for none"`
	Samples    float64    `json:"samples" doc:"Number of independent samples that the rates rest on"`
	Baseline   *Baseline  `json:"baseline,omitempty" doc:"Expected range of bits per second now; absent while there is too little history"`
}

// Baseline is the expected range of a target's traffic.
type Baseline struct {
	Low  float64 `json:"low" doc:"Lower edge of the expected range in bits per second"`
	High float64 `json:"high" doc:"Upper edge of the expected range in bits per second"`
}

// kindsOf are the kinds of target of such names.
func kindsOf(names []string) []model.TargetKind {
	var out []model.TargetKind
	for k := model.HostTarget; k <= model.ServiceTarget; k++ {
		if slices.Contains(names, view.KindName(k)) {
			out = append(out, k)
		}
	}
	return out
}

func viewTarget(t *TargetNow) Target {
	return Target{t.Target.String(), view.KindName(t.Target.Kind), t.Group, t.Customer, view.Time(t.At), view.Finite(t.Delay), !t.Untrusted,
		viewTraffic(&t.In), viewTraffic(&t.Out), view.List(t.Incidents)}
}

func viewTraffic(t *TrafficNow) TargetTraffic {
	out := TargetTraffic{Rates: view.NewRates(&t.Rates), Thresholds: view.NewRates(&t.Bounds), Samples: view.Finite(t.Samples)}
	if t.Known {
		out.Baseline = &Baseline{view.Finite(t.Low), view.Finite(t.High)}
	}
	return out
}

// SeriesPoint is the traffic of a target during one step.
type SeriesPoint struct {
	Time     time.Time  `json:"time" doc:"Start of the step"`
	Rates    view.Rates `json:"rates" doc:"Mean rates over the step, corrected for sampling"`
	Samples  float64    `json:"samples" doc:"Number of independent samples that the rates rest on"`
	Baseline *Baseline  `json:"baseline,omitempty" doc:"Expected range at that time; absent where there was too little history"`
}

// Exporter is a device that sends flows or samples, with times instead of numbers.
type Exporter struct {
	model.ExporterStatus
	LastSeen *time.Time `json:"last_seen" doc:"Arrival of the last datagram; null for none"`
}

// Condition is a known data-quality problem.
type Condition struct {
	Code     string     `json:"code" doc:"Code of the condition, one of those in docs/conditions.md"`
	Subject  string     `json:"subject" doc:"Exporter, file or queue that is affected; empty for the whole server"`
	Severity string     `json:"severity" enum:"info,warning,critical" doc:"Severity of the condition"`
	Text     string     `json:"text" doc:"Description of the missing or wrong data, and the remedy"`
	Since    *time.Time `json:"since" doc:"Time at which the condition was raised"`
}

func viewConditions(l []model.Condition) []Condition {
	out := make([]Condition, 0, len(l))
	for _, c := range l {
		out = append(out, Condition{c.Code, c.Subject, string(c.Severity), c.Text, view.Time(c.Since)})
	}
	return out
}

// Receiver is the delivery status of one receiver of alerts.
type Receiver struct {
	Name      string     `json:"name" doc:"Name of the receiver in the configuration"`
	Kind      string     `json:"kind" enum:"webhook,alertmanager,pagerduty,syslog,shoutrrr,exec" doc:"Way in which the receiver is notified"`
	Sent      uint64     `json:"sent" doc:"Messages delivered since the server started"`
	Failed    uint64     `json:"failed" doc:"Failed delivery attempts since the server started"`
	Pending   int        `json:"pending" doc:"Messages waiting for delivery or for another attempt"`
	LastSent  *time.Time `json:"last_sent" doc:"Time of the last delivery; null before the first"`
	LastError string     `json:"last_error,omitempty" doc:"Error of the last attempt; absent after a success"`
}

func viewReceiver(r *ReceiverStatus) Receiver {
	return Receiver{r.Name, r.Kind, r.Sent, r.Failed, r.Pending, view.Time(r.LastSent), r.LastError}
}
