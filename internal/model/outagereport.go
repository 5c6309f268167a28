package model

// OutageReport is the part of an Analysis that tells of an incident of a
// service: what people reported, what other signals said, and what brought it
// about. It holds no address. Times are RFC 3339 in UTC; lists are never null.
type OutageReport struct {
	Incident   string          `json:"incident"`
	Service    string          `json:"service"` // slug
	Name       string          `json:"name"`
	State      State           `json:"state"`
	Started    string          `json:"started"`
	Ended      string          `json:"ended,omitempty"`
	Budget     string          `json:"promise"`  // of false incidents
	Peak       ReportBucket    `json:"peak"`     // the 15 minutes with the most problems
	Total      uint64          `json:"total"`    // problems in all, a running total
	Works      uint64          `json:"works"`    // "works for me"
	Refused    uint64          `json:"refused"`  // not taken: the server was full
	Networks   int             `json:"networks"` // of those who reported
	Buckets    []ReportBucket  `json:"buckets"`  // 15 minutes each, oldest first
	Traffic    []TrafficBucket `json:"traffic"`  // towards the service's networks, 15 minutes each; empty where none is seen
	Phases     []ReportPhase   `json:"phases"`
	Parts      []PartShare     `json:"parts"`
	Places     []PlaceShare    `json:"places"`
	Probes     []ReportProbe   `json:"probes"`
	Assessment *Assessment     `json:"assessment"`
	Outside    *Assessment     `json:"outside"` // from reports alone: what everybody could know; null where reports are all there is
	Claims     []ReportClaim   `json:"claims"`
}

// ReportBucket is what people reported in 15 minutes, beside what is normal.
type ReportBucket struct {
	At        string  `json:"at"`
	Problems  uint32  `json:"problems"`
	Effective float64 `json:"effective"`
	Expected  float64 `json:"expected"`
	Low       float64 `json:"low"`
	High      float64 `json:"high"`
	Known     bool    `json:"known"` // Expected, Low and High have a meaning
}

// TrafficBucket is the traffic towards a service in 15 minutes, bits per second.
type TrafficBucket struct {
	At    string  `json:"at"`
	Mean  float64 `json:"mean"`
	Peak  float64 `json:"peak"`
	Usual float64 `json:"usual"` // 0 where not known
}

// ReportPhase is a Phase in a document.
type ReportPhase struct {
	Signal Signal  `json:"signal"`
	Part   string  `json:"part,omitempty"`
	Start  string  `json:"start"`
	End    string  `json:"end,omitempty"`
	Peak   float64 `json:"peak"`
	Unit   string  `json:"unit,omitempty"`
	Text   string  `json:"text,omitempty"`
}

// ReportProbe is what the probes of a component said last.
type ReportProbe struct {
	Name    string     `json:"name"`
	Vantage string     `json:"vantage"`
	State   ProbeState `json:"state"`
	Since   string     `json:"since"`
	Text    string     `json:"text"`
}

// ReportClaim is a public claim with its source and how its verdicts changed.
// What the data says of it now is in Analysis.Claims under the same text.
type ReportClaim struct {
	Text   string        `json:"text"`
	Source string        `json:"source"`
	Stated string        `json:"said"`
	Checks []ReportCheck `json:"checks"`
}

// ReportCheck is the verdict on each reading of a claim at some time.
type ReportCheck struct {
	At       string         `json:"at"`
	Verdicts []ReportAnswer `json:"verdicts"`
}

// ReportAnswer is the verdict on one reading.
type ReportAnswer struct {
	Reading string  `json:"reading"`
	Verdict Verdict `json:"verdict"`
}
