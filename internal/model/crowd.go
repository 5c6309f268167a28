package model

// ReportKind states what a report says.
type ReportKind uint8

// The kinds of report.
const (
	Problem ReportKind = iota // something does not work
	Works                     // it works for this person
)

// Via is the way that a report took.
type Via uint8

// The ways of a report.
const (
	ViaPage   Via = iota // the service's page
	ViaAPI               // the JSON API
	ViaButton            // the button on somebody's page
)

// Referral states what may have sent the reporter: such reports follow an alarm
// rather than make it, and are counted apart.
type Referral uint8

// The referrals of a report.
const (
	NoReferral    Referral = iota
	FromAlert              // a link in one of our own alerts, feeds or mails
	FromElsewhere          // a link on another site
)

// Report is what one person said of one service, as the journal keeps it. It
// holds no address: Person and Prefix are keyed hashes whose key is deleted
// after a day.
type Report struct {
	At         int64 // Unix ns, by the server's clock; never less than that of the report before
	Service    string
	Component  string // "" where it was not said
	Kind       ReportKind
	Via        Via
	Referral   Referral
	Country    Code2  // of address data, or as the visitor said; zero where not known
	Region     string // ISO 3166-2 subdivision without its country ("CA"), as the visitor said; "" where not
	ASN        uint32 // network of the address, 0 where not known
	Network    string // kind of the network: geo.Kinds
	Person     uint64 // keyed hash of service, address and browser
	Prefix     uint64 // keyed hash of service and /24 or /56
	Client     uint32 // hash of what the browser tells of itself; the same for all with that browser
	Work       uint8  // bits of the proof of work, 0 for none
	Suppressed bool   // kept and not counted: over a limit for its network or prefix
	Text       string // in the reporter's words, at most 280 characters; "" mostly
}

// Bucket is the counts of one service in one span of time, 15 minutes where
// people see it.
type Bucket struct {
	At         int64   `json:"at"`        // Unix ns, its beginning
	Problems   uint32  `json:"problems"`  // reports of problems, one a person
	Effective  float32 `json:"effective"` // the same, with what looks made up discounted
	Works      uint32  `json:"works"`     // "works for me"
	Followed   uint32  `json:"followed"`  // of Problems: came after our alert or from a link elsewhere
	Suppressed uint32  `json:"withheld"`  // taken and not counted: over a limit
	Refused    uint32  `json:"refused"`   // not taken: the server was full
	Expected   float32 `json:"expected"`  // mean of what is normal, of Effective
	Low        float32 `json:"low"`       // of what is normal in one bucket
	High       float32 `json:"high"`
	Known      bool    `json:"known"`   // Expected, Low and High have a meaning
	State      State   `json:"state"`   // "" outside an incident
	Partial    bool    `json:"partial"` // its time is not over
}

// PartShare is one component's share of the problems of an incident.
type PartShare struct {
	Slug      string  `json:"slug"` // "" for reports that name none
	Name      string  `json:"name"`
	Reports   uint64  `json:"reports"`
	Share     float64 `json:"share"` // of the reports that name a component, with its 95 % interval
	Low       float64 `json:"low"`
	High      float64 `json:"high"`
	Usual     float64 `json:"usual"`    // share on ordinary days
	Evidence  float64 `json:"evidence"` // log10 of the e-value that its share is above the usual one
	StandsOut bool    `json:"stands_out"`
}

// PlaceShare is one place's reports beside what its usual share lets expect.
type PlaceShare struct {
	Country   string  `json:"country"` // ISO 3166-1 alpha-2; "" for the rest, merged
	Region    string  `json:"region,omitempty"`
	Reports   uint64  `json:"reports"`
	Effective float64 `json:"effective"`
	Expected  float64 `json:"expected"` // Effective, had everybody their usual share
	Excess    float64 `json:"excess"`   // Effective / Expected, with its 95 % interval
	Low       float64 `json:"low"`
	High      float64 `json:"high"`
	Evidence  float64 `json:"evidence"` // log10 of the e-value that its share is above the usual one
	StandsOut bool    `json:"stands_out"`
}

// CauseKind tells whose outage the reports of a service are about.
type CauseKind string

// The causes that reports alone can distinguish.
const (
	CauseOwn       CauseKind = "own"       // nothing else explains it
	CauseElsewhere CauseKind = "elsewhere" // mostly explained by the outage of Cause.By
	CauseShared    CauseKind = "shared"    // several services at once: their supplier Cause.By, or their owner
	CauseUndecided CauseKind = "undecided"
)

// Cause is what other services' incidents say of this one.
type Cause struct {
	Kind  CauseKind `json:"kind"`
	By    string    `json:"by,omitempty"`   // slug of the explaining service or supplier; an owner's name where Owner is set
	Name  string    `json:"name,omitempty"` // of By, for people
	Owner bool      `json:"owner,omitempty"`
	Share float64   `json:"share"` // of the excess that it explains, with its 95 % interval
	Low   float64   `json:"low"`
	High  float64   `json:"high"`
	Text  string    `json:"text"` // one sentence
}

// Fraud is how much the reports look made by few hands.
type Fraud struct {
	Synchronized float64 `json:"lockstep"` // 0 to 1: how alike and how evenly spaced they are
	Brigading    float64 `json:"brigade"`  // 0 to 1: how much they follow one link, or come from networks that never report
	Suspected    bool    `json:"suspected"`
	Text         string  `json:"text"` // one sentence; "" where there is nothing to say
}

// Similar is an earlier incident of the same service that looked like this one.
type Similar struct {
	ID      string  `json:"id"`
	Score   float64 `json:"score"` // 0 to 1
	Started int64   `json:"started"`
	Lasted  int64   `json:"lasted"` // ns
	Peak    float64 `json:"peak"`   // problems in its highest 15 minutes
	Text    string  `json:"text"`   // what is alike
}

// UserReports is what reports tell of an incident of a service.
type UserReports struct {
	Service   string       `json:"service"`
	Name      string       `json:"name"`
	Evidence  float64      `json:"evidence"` // log10 of the e-value now, and at its highest
	Strongest float64      `json:"strongest"`
	Limit     float64      `json:"limit"`   // log10 of what the promise asks for
	Budget    string       `json:"promise"` // in words: "at most one false incident per service and year"
	Peak      Bucket       `json:"peak"`    // the 15 minutes with the most problems
	Total     uint64       `json:"total"`   // problems since it began, a running total: never to be mixed with Peak
	Effective float64      `json:"effective"`
	Works     uint64       `json:"works"`
	Refused   uint64       `json:"refused"`
	Networks  int          `json:"networks"` // distinct networks of its reporters
	Sustained bool         `json:"sustained"`
	Confirmed bool         `json:"confirmed"` // another kind of signal says so too
	Parts     []PartShare  `json:"parts"`     // by share
	Places    []PlaceShare `json:"places"`    // by excess, bounded
	Cause     Cause        `json:"cause"`
	Fraud     Fraud        `json:"forgery"`
	Similar   []Similar    `json:"similar"`
	Shape     []float32    `json:"shape"` // effective problems in 15 minutes each, from its beginning, bounded
}

// ServiceNow is a service and what is known of it now. Whoever gets one reads
// it and never changes it.
type ServiceNow struct {
	Service  *Service
	At       int64     // Unix ns, when this was made
	State    State     // of its incident, "" without one
	Severity Severity  // of its incident
	Incident *Incident // that is not closed, nil for none
	Why      string    // why nothing is known of what is normal: "not enough history: 2 of 7 days seen"; "" where it is
	Last15m  Bucket    // the last 15 minutes, sliding
	Day      []Bucket  // 15 minutes each, the last 24 hours, oldest first; the last one is Partial
	Top      PartShare // the most named component of the last hour; Slug "" for none
	Parts    []PartShare
	Places   []PlaceShare
	Fraud    Fraud
	Since    int64 // Unix ns, when its first report was seen, 0 for never
	Probes   []ProbeNow
	Flows    []FlowBucket // 15 minutes each, the last 24 hours, oldest first; nil where no traffic of its networks is seen
}
