package model

// TrafficIncident is the part of an Incident that only traffic has.
type TrafficIncident struct {
	Direction Direction  `json:"direction"`
	Customer  string     `json:"customer,omitempty"`
	Group     string     `json:"group,omitempty"`     // of targets, whose thresholds apply
	Excesses  []Excess   `json:"excesses"`            // by kind and metric
	Rates     Rates      `json:"rates"`               // now, corrected for sampling
	Peak      Rates      `json:"peak"`                // highest value of each metric so far
	Hosts     []TargetID `json:"hosts"`               // abnormal addresses of a prefix or customer, bounded
	HostCount int        `json:"host_count"`          // of all abnormal addresses
	Untrusted bool       `json:"untrusted,omitempty"` // rests on an exporter with a data-quality condition
	Delay     float64    `json:"delay"`               // seconds by which exporters' flow timeouts delay detection

	// Results of the evidence, empty until it has been computed.
	AttackVerdict AttackVerdict `json:"presence,omitempty"`
	Because       string        `json:"because,omitempty"` // one sentence: why it is (not) an attack, or what is missing to decide
	Vectors       []Weight      `json:"vectors"`           // by packets
	Spoofing      Spoofing      `json:"spoofing,omitempty"`
	Sources       uint64        `json:"sources"`   // distinct addresses observed, a lower bound
	Countries     []Weight      `json:"countries"` // of the sources, bounded
	Networks      []Weight      `json:"networks"`  // autonomous systems of the sources, bounded
	Evidence      uint64        `json:"evidence"`  // revision of the evidence document, 0 for none

	PartOf     string   `json:"part_of,omitempty"` // ID of the service's incident that it belongs to
	MergedInto string   `json:"merged_into,omitempty"`
	Merged     []string `json:"merged,omitempty"`     // IDs of incidents that became part of this one
	SplitFrom  string   `json:"split_from,omitempty"` // ID of the incident that this one was a part of
}

// Excess is one threshold that was exceeded.
type Excess struct {
	Kind   AnomalyKind `json:"kind"`
	Metric Metric      `json:"metric"`
	Bound  float64     `json:"bound"` // in Metric.Unit; of a baseline its upper edge
	Peak   float64     `json:"peak"`  // in Metric.Unit
	Since  int64       `json:"since"` // Unix ns
	Active bool        `json:"active"`
}

// Wave is one burst of an incident.
type Wave struct {
	Start int64   `json:"start"`          // Unix ns
	End   int64   `json:"end"`            // 0 while it lasts
	Peak  float64 `json:"peak"`           // of the metric that exceeds its threshold most at the start, or of another one in the same unit
	Unit  string  `json:"unit,omitempty"` // of Peak: packets/s, bits/s or flows/s; "" for reports in 15 minutes
}

// Findings is the summary of an evidence document, or of the triage of the
// first samples, as workers report it to the incident engine.
type Findings struct {
	Incident      string        `json:"incident"`
	Revision      uint64        `json:"revision"` // of the evidence document, counted from 1; 0 for triage
	At            int64         `json:"at"`       // Unix ns
	AttackVerdict AttackVerdict `json:"presence"`
	Because       string        `json:"because"`
	Hold          bool          `json:"hold"` // triage only: keep the incident suspected, this may be ordinary traffic
	Vectors       []Weight      `json:"vectors"`
	Spoofing      Spoofing      `json:"spoofing"`
	Sources       uint64        `json:"sources"`
	Countries     []Weight      `json:"countries"`
	Networks      []Weight      `json:"networks"`
	Samples       uint64        `json:"samples"` // records examined
}
