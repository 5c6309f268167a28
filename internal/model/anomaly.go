package model

// AnomalyKind states what found an anomaly.
type AnomalyKind string

// The kinds of anomaly.
const (
	ByThreshold AnomalyKind = "threshold" // a configured rate was exceeded, by the sequential test
	ByBaseline  AnomalyKind = "baseline"  // far from what is normal for this target now
)

// AnomalyPhase reports whether an anomaly begins, goes on or has ended.
type AnomalyPhase string

// The phases.
const (
	Raised  AnomalyPhase = "raised"
	Ongoing AnomalyPhase = "ongoing" // told again about every second while it lasts
	Cleared AnomalyPhase = "cleared" // the rate went under the threshold and stayed there
)

// Anomaly is one target whose rate is out of bounds, as a shard or a baseline
// tells it to the incident engine. It is not an incident: an incident is made of many.
type Anomaly struct {
	At        int64        `json:"at"`    // Unix ns, when it was noticed
	Since     int64        `json:"since"` // Unix ns, where the excess is estimated to have begun
	Phase     AnomalyPhase `json:"phase"`
	Kind      AnomalyKind  `json:"kind"`
	Target    TargetID     `json:"target"`
	Direction Direction    `json:"direction"`
	Metric    Metric       `json:"metric"`
	Rate      float64      `json:"rate"`      // now, per second, corrected for sampling
	Bound     float64      `json:"bound"`     // threshold, or the upper edge of what is normal
	Expected  float64      `json:"expected"`  // of a baseline; 0 otherwise
	Samples   float64      `json:"samples"`   // independent samples that Rate rests on
	Sampling  float64      `json:"sampling"`  // effective sampling factor, 1 for complete counts
	Delay     float64      `json:"delay"`     // seconds by which its exporters' timers may delay the sight of it
	Untrusted bool         `json:"untrusted"` // a value from an exporter in bad health
	Group     string       `json:"group"`     // of targets, whose thresholds apply
	Rates     Rates        `json:"rates"`     // all metrics of this direction now
}
