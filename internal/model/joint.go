package model

// Signal is a kind of observation that an incident rests on.
type Signal string

// The kinds of signal.
const (
	SignalReport Signal = "report" // what people say
	SignalProbe  Signal = "probe"  // what this server measures when it asks the service
	SignalFlow   Signal = "flow"   // what the network carries
)

// CauseName is what brought an incident about.
type CauseName string

// The causes, a closed list. NoCause is said where none is likely enough.
const (
	Attack       CauseName = "attack"
	OwnFault     CauseName = "own-fault"
	Dependency   CauseName = "dependency" // a supplier failed
	NetworkFault CauseName = "network"    // the way between some people and the service
	Elsewhere    CauseName = "elsewhere"  // somebody else's outage, reported here
	FalseReports CauseName = "false-reports"
	Demand       CauseName = "demand" // more people at once than it bears
	NoCause      CauseName = "undecided"
)

// Confidence is the quality of the evidence of an assessment (ICD 203), which is
// another thing than how likely its cause is.
type Confidence string

// The grades of confidence.
const (
	LowConfidence      Confidence = "low"
	ModerateConfidence Confidence = "moderate"
	HighConfidence     Confidence = "high"
)

// Assessment says what brought an incident about, and what that rests on.
type Assessment struct {
	Cause      CauseName     `json:"cause"`
	Likelihood float64       `json:"likelihood"` // of Cause, or of the likeliest one where Cause is undecided
	Words      string        `json:"words"`      // of Likelihood, after ICD 203: "very likely"
	Confidence Confidence    `json:"confidence"`
	Signals    []Signal      `json:"signals"` // that had something to say
	Causes     []CauseWeight `json:"causes"`  // all, the likeliest first
	Reasons    []Reason      `json:"reasons"` // for and against, the heaviest first, bounded
	Changes    []string      `json:"changes"` // what would change it
	Text       string        `json:"text"`    // one sentence
}

// CauseWeight is how likely one cause is.
type CauseWeight struct {
	Cause      CauseName `json:"cause"`
	Likelihood float64   `json:"likelihood"` // 0 to 1; all together are 1
	Words      string    `json:"words"`
}

// Reason is one observation that moved an assessment.
type Reason struct {
	Signal Signal    `json:"signal,omitempty"` // "" for history, duration and time
	Cause  CauseName `json:"cause"`            // that it speaks of
	Weight float64   `json:"weight"`           // log10 of the likelihood ratio of that cause against all others; below 0 it speaks against it
	Text   string    `json:"text"`             // one sentence
}

// Phase is a stretch of one kind of signal in an incident of a service.
type Phase struct {
	Signal   Signal  `json:"signal"`
	Incident string  `json:"incident,omitempty"` // of traffic, whose wave it is
	Part     string  `json:"part,omitempty"`     // component that was probed
	Start    int64   `json:"start"`              // Unix ns
	End      int64   `json:"end"`                // 0 while it lasts
	Peak     float64 `json:"peak"`
	Unit     string  `json:"unit"`           // of Peak: bits/s, packets/s, flows/s, or "reports in 15 minutes"; "" for probes
	Text     string  `json:"text,omitempty"` // of probes: what they said
}

// TrafficPart is an incident of traffic towards a service's networks, as part of
// the service's own incident.
type TrafficPart struct {
	ID            string        `json:"id"`
	Target        string        `json:"target"` // never shown to the public
	State         State         `json:"state"`
	AttackVerdict AttackVerdict `json:"presence"` // is it an attack?
	Because       string        `json:"because"`
	Started       int64         `json:"started"` // Unix ns
	Ended         int64         `json:"ended"`   // 0 while it lasts
	Waves         []Wave        `json:"waves"`
	Unit          string        `json:"unit"` // of the peaks of the first of Waves; others tell their own
	Peak          Rates         `json:"peak"`
	Vectors       []Weight      `json:"vectors"`
	Spoofing      Spoofing      `json:"spoofing,omitempty"`
	Sources       uint64        `json:"sources"` // a lower bound
	Countries     []Weight      `json:"countries"`
	Networks      []Weight      `json:"networks"`
	Evidence      uint64        `json:"evidence"` // revision of its document, 0 for none
}

// ProbeFailure is why a probe did not get what it asked for.
type ProbeFailure string

// The failures, in the order of what a request does.
const (
	NoFailure         ProbeFailure = ""
	OwnLink           ProbeFailure = "own-link" // the control was not reached either: nothing is known of the service
	NameFailed        ProbeFailure = "dns"
	ConnectRefused    ProbeFailure = "refused"
	ConnectTimeout    ProbeFailure = "connect-timeout"
	ConnectFailed     ProbeFailure = "connect" // reset, or no way there
	TLSFailed         ProbeFailure = "tls"     // the handshake or the certificate
	ResponseTimeout   ProbeFailure = "response-timeout"
	ResponseFailed    ProbeFailure = "response"     // cut off, or not HTTP
	ResponseServer    ProbeFailure = "server-error" // status 500 to 599
	ResponseRefused   ProbeFailure = "client-error" // status 400 to 499 where none was expected
	ResponseUnlike    ProbeFailure = "unexpected"   // another status, or words are missing
	ResponseThrottled ProbeFailure = "rate-limited" // status 429
)

// ProbeResult is one request of one component from one vantage.
type ProbeResult struct {
	At        int64        `json:"at"` // Unix ns, when it began
	Service   string       `json:"service"`
	Component string       `json:"component"`
	Vantage   string       `json:"vantage"`
	Failure   ProbeFailure `json:"failure,omitempty"`
	Status    int          `json:"status,omitempty"` // of HTTP, 0 where there was no answer
	// Durations of the phases, ns, 0 for those that were not reached or not needed.
	DNS      int64  `json:"dns"`
	Connect  int64  `json:"connect"`
	TLS      int64  `json:"tls"`
	Response int64  `json:"response"`
	Slow     bool   `json:"slow,omitempty"` // it came, much later than usual
	Text     string `json:"text"`           // one sentence, without addresses
}

// ProbeNow is what the probes of one component say now.
type ProbeNow struct {
	Component string       `json:"component"`
	Name      string       `json:"name"`
	Vantage   string       `json:"vantage"`
	State     ProbeState   `json:"state"`
	Failure   ProbeFailure `json:"failure,omitempty"`
	Status    int          `json:"status,omitempty"` // of HTTP, of the last answer that says so; 0 where there was none
	Since     int64        `json:"since"`            // Unix ns, when State began
	Last      int64        `json:"last"`             // Unix ns, of the last result
	Median    int64        `json:"median"`           // ns to the answer, usual; 0 where not known
	Text      string       `json:"text"`
}

// ProbeState is what several probes in a row say.
type ProbeState string

// The states of a probed component.
const (
	ProbeUnknown ProbeState = "unknown" // not probed yet, or our own link is down
	ProbeOK      ProbeState = "ok"
	ProbeSlow    ProbeState = "slow"
	ProbeFailing ProbeState = "failing"
)

// EnteredClaim is a public statement about an incident and what became of it.
type EnteredClaim struct {
	ID      string       `json:"id"`
	Text    string       `json:"text"`
	Source  string       `json:"source"`  // who said it and where
	Stated  int64        `json:"said"`    // Unix ns, when it was made
	By      string       `json:"by"`      // who entered it here
	At      int64        `json:"at"`      // Unix ns, when it was entered
	History []ClaimCheck `json:"history"` // oldest first, one for each change of what is said; bounded
}

// ClaimCheck is what the data said of a claim at some time.
type ClaimCheck struct {
	At       int64   `json:"at"`       // Unix ns
	Evidence uint64  `json:"evidence"` // revision of the document of traffic that it was checked against, 0 for none
	Claims   []Claim `json:"claims"`   // every reading of the sentence with its verdict
}

// FlowBucket is the traffic towards a service's networks in 15 minutes, in bits
// per second.
type FlowBucket struct {
	At    int64   `json:"at"` // Unix ns, its beginning
	Mean  float64 `json:"mean"`
	Peak  float64 `json:"peak"`  // busiest ten seconds
	Usual float64 `json:"usual"` // at its beginning; Low and High are the edges of one minute
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
	Known bool    `json:"known"` // Usual, Low and High have a meaning
}
