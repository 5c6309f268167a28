package model

// AnalysisSchema names the form of an Analysis document.
const AnalysisSchema = "floodmark.analysis/1"

// AttackVerdict is the answer to "is there an attack at all?".
type AttackVerdict string

// The three answers.
const (
	AttackYes       AttackVerdict = "yes"
	AttackNo        AttackVerdict = "no"
	AttackUndecided AttackVerdict = "undecided"
)

// Spoofing is the verdict of a test of whether source addresses are real.
// Real means "from the networks they claim": spoofing a neighbor's address
// passes every test.
type Spoofing string

// Verdicts of a spoofing test.
const (
	SpoofReal          Spoofing = "real"
	SpoofSpoofed       Spoofing = "spoofed"
	SpoofUndecided     Spoofing = "undecided"
	SpoofNotApplicable Spoofing = "not-applicable"
)

// Verdict is the verdict on a public claim.
type Verdict string

// Verdicts of a claim.
const (
	Supported          Verdict = "supported"
	Contradicted       Verdict = "contradicted"
	CannotBeDetermined Verdict = "cannot-be-determined"
)

// Estimate is a value with its interval at 95 %. Low and High equal Value for
// a complete count. A nil bound is open: the data cannot limit it.
type Estimate struct {
	Value float64  `json:"value"`
	Low   *float64 `json:"low"`
	High  *float64 `json:"high"`
	// Basis says what the interval covers, for example "complete count",
	// "sampling of packets (Wilson)", "sources as the sampling unit (cluster)".
	Basis string `json:"basis,omitempty"`
}

// Evidence is one checkable statement. Every sentence of a report cites the
// evidence it stands on by ID.
type Evidence struct {
	ID           string   `json:"id"`        // "E1", "E2", ... in order of the report
	Statement    string   `json:"statement"` // one plain sentence
	Kind         string   `json:"kind"`      // measured, looked-up, reported or inferred
	Method       string   `json:"method"`    // names a section of docs/methods.md
	Version      int      `json:"version"`   // of the method
	Inputs       []string `json:"inputs"`    // SHA-256 of the inputs it was computed from, hexadecimal
	Value        *float64 `json:"value"`
	Unit         string   `json:"unit,omitempty"`
	N            int64    `json:"n"` // sampled packets, or records, that it rests on
	M            int64    `json:"m"` // distinct sources, 0 where that has no meaning
	Low          *float64 `json:"low"`
	High         *float64 `json:"high"`
	Alternatives []string `json:"alternatives"` // other explanations of the same value
	WouldChange  string   `json:"would_change,omitempty"`
	Subject      string   `json:"subject,omitempty"` // vector or claim that it is about
}

// Sentence is one sentence of the report and the evidence it cites.
type Sentence struct {
	Text     string   `json:"text"`
	Evidence []string `json:"evidence"`
}

// Analysis is the document that `floodmark analyze --json` prints. Counts are
// corrected for sampling; shares are of attack packets unless named otherwise;
// peaks are of one second; times are RFC 3339 in UTC. Lists are sorted by
// weight, then by name, and are never null.
type Analysis struct {
	Schema         string        `json:"schema"`
	Tool           Tool          `json:"tool"`
	Synthetic      bool          `json:"synthetic"`
	Redacted       bool          `json:"redacted"`
	Settings       Settings      `json:"settings"`
	Inputs         []Input       `json:"inputs"`
	Attack         AttackVerdict `json:"attack"`
	AttackReasons  []Sentence    `json:"attack_reasons"`
	Summary        []Sentence    `json:"summary"` // the story in a few sentences, most important first
	First          string        `json:"first"`   // of the attack; of the recording where there is none
	Last           string        `json:"last"`
	Target         *Target       `json:"target"` // nil where there is no attack
	Totals         Totals        `json:"totals"`
	Background     Background    `json:"background"`
	Series         Series        `json:"series"`
	Vectors        []Vector      `json:"vectors"`
	Spoofing       SpoofSummary  `json:"spoofing"` // the combined verdict over all vectors
	Countries      []Country     `json:"countries"`
	Networks       []Network     `json:"networks"`
	NetworkKinds   []KindShare   `json:"network_kinds"`
	Geo            GeoInfo       `json:"geo"`
	Families       []Family      `json:"families"`
	Claims         []Claim       `json:"claims"`
	Findings       []Finding     `json:"findings"` // about the recording itself: drops, duplicates, offloading
	NotAnswerable  []Unknown     `json:"not_answerable"`
	Evidence       []Evidence    `json:"evidence"`
	Integrity      *Integrity    `json:"integrity,omitempty"`
	SampledRecords []RecordLine  `json:"sampled_records"`

	// Outage is the incident of a service that the records belong to; nil for
	// recordings by themselves.
	Outage *OutageReport `json:"outage,omitempty"`
}

// Tool identifies the program that wrote the document.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// Settings are the options that shape the result, so that `verify` can
// compute it again from the same inputs.
type Settings struct {
	Target   string   `json:"target,omitempty"`   // --target
	Claims   []string `json:"claims"`             // --claim
	Sampling uint32   `json:"sampling,omitempty"` // --sampling
	As       string   `json:"as,omitempty"`       // --as
	Seed     uint64   `json:"seed,string"`        // of every resampling; a string, for it needs all 64 bits
}

// Input is one file of the recording.
type Input struct {
	Name        string   `json:"name"` // base name only
	SHA256      string   `json:"sha256"`
	Bytes       int64    `json:"bytes"`
	Format      string   `json:"format"`      // pcap, pcapng, nfdump, nfdump-csv
	Compression string   `json:"compression"` // none, gzip, zstd
	Kind        string   `json:"kind"`        // packets or flows
	Exports     []string `json:"exports"`     // netflow5, netflow9, ipfix, sflow5
	Records     uint64   `json:"records"`     // packets or flow records read
	First       string   `json:"first,omitempty"`
	Last        string   `json:"last,omitempty"`
	Analysed    bool     `json:"analysed"`
	Skipped     []Skip   `json:"skipped"`
}

// Skip counts what was not analyzed, by reason.
type Skip struct {
	Reason  string `json:"reason"`
	Records uint64 `json:"records"`
	Bytes   uint64 `json:"bytes"`
	Example string `json:"example,omitempty"` // where it was first met: offset and what was expected
}

// Target is what was attacked.
type Target struct {
	Prefixes  []string `json:"prefixes"` // a host is a /32 or /128
	Hosts     int      `json:"hosts"`    // addresses that took attack packets
	Trait     string   `json:"trait"`    // host, hosts or carpet-bombing
	Given     bool     `json:"given"`    // set by --target
	Evidence  []string `json:"evidence"`
	TopHosts  []Weight `json:"top_hosts"`
	Reachable string   `json:"reachable"` // whether the other direction is in the recording: both, inbound-only, outbound-only
}

// Totals are of the attack, corrected for sampling.
type Totals struct {
	Packets Estimate `json:"packets"`
	Bytes   Estimate `json:"bytes"`
	PeakPPS float64  `json:"peak_pps"`
	PeakBPS float64  `json:"peak_bps"` // bits per second
	Seconds float64  `json:"seconds"`
	// Intervals holds the same values with their sampling error.
	Intervals Intervals `json:"intervals"`
	Sampling  Sampling  `json:"sampling"`
	Sources   Sources   `json:"sources"`
}

// Intervals are volumes with their sampling error: complete counts where
// nothing was sampled.
type Intervals struct {
	Packets Estimate `json:"packets"`
	Bytes   Estimate `json:"bytes"`
	PeakPPS Estimate `json:"peak_pps"` // packets in the busiest second
	PeakBPS Estimate `json:"peak_bps"` // bits in the busiest second
}

// Sampling states which sampling rate was used and where it came from.
type Sampling struct {
	Rates    []uint32 `json:"rates"`
	From     string   `json:"from"` // none, records, options, header, sflow, override, assumed
	Divided  uint32   `json:"divided,omitempty"`
	Evidence []string `json:"evidence"`
}

// Background is what the recording holds besides the attack.
type Background struct {
	Packets  uint64     `json:"packets"`
	Bytes    uint64     `json:"bytes"`
	How      []Sentence `json:"how"` // how attack and background were distinguished
	Ordinary []Weight   `json:"ordinary"`
}

// Series is traffic over time, in buckets of Step seconds from Start.
type Series struct {
	Start   string         `json:"start"`
	Step    int            `json:"step_seconds"`
	Vectors []VectorSeries `json:"vectors"` // "background" is the last
}

// VectorSeries is one line of a Series: estimates per bucket.
type VectorSeries struct {
	Name    string    `json:"name"`
	Packets []float64 `json:"packets"`
	Bytes   []float64 `json:"bytes"`
}

// Vector is one way in which the target was attacked.
type Vector struct {
	Name         string      `json:"name"` // slug, see docs/vectors.md
	Packets      uint64      `json:"packets"`
	Bytes        uint64      `json:"bytes"`
	SharePackets Estimate    `json:"share_packets"`
	ShareBytes   Estimate    `json:"share_bytes"`
	RankPackets  int         `json:"rank_packets"`
	RankBytes    int         `json:"rank_bytes"`
	First        string      `json:"first"`
	Last         string      `json:"last"`
	PeakPPS      float64     `json:"peak_pps"`
	PeakBPS      float64     `json:"peak_bps"`
	Intervals    Intervals   `json:"intervals"`
	Traits       []string    `json:"traits"`
	Fields       []FieldTop  `json:"fields"`
	Sources      VSources    `json:"sources"`
	Unsolicited  Unsolicited `json:"unsolicited"`
	Evidence     []string    `json:"evidence"`
	Attack       string      `json:"attack_technique"` // MITRE ATT&CK id
	Advice       []string    `json:"advice"`
}

// Unsolicited reports whether the target had asked for what it got.
type Unsolicited struct {
	Verdict string `json:"verdict"` // unsolicited, solicited, undecided or not-applicable
	Reason  string `json:"reason"`
}

// FieldTop is the most frequent values of one header field.
type FieldTop struct {
	Field    string   `json:"field"` // src_port, dst_port, tcp_flags, length, ttl, payload, ...
	Distinct int      `json:"distinct"`
	Values   []Weight `json:"values"`
}

// Weight is a value and its share of the packets it was counted over.
type Weight struct {
	Value   string  `json:"value"`
	Packets uint64  `json:"packets"`
	Bytes   uint64  `json:"bytes"`
	Share   float64 `json:"share"`
}

// Sources counts addresses. Observed is a lower bound wherever packets were
// sampled or the table was full.
type Sources struct {
	Observed  uint64    `json:"observed"`
	Bound     string    `json:"bound"` // complete or lower-bound
	Effective *Estimate `json:"effective"`
	Coverage  *float64  `json:"coverage"` // Good-Turing
	Note      string    `json:"note,omitempty"`
	Top       []Weight  `json:"top"`
}

// VSources are the sources of a vector and whether they are real.
type VSources struct {
	Sources
	Spoofing SpoofVerdict `json:"spoofing"`
}

// SpoofVerdict is the combined verdict of a vector and the tests behind it.
type SpoofVerdict struct {
	Verdict Spoofing    `json:"verdict"`
	Reason  string      `json:"reason"`
	Tests   []SpoofTest `json:"tests"`
	// Fraction is the estimated share of spoofed sources, where it can be estimated.
	Fraction *Estimate `json:"fraction"`
}

// SpoofTest is one test of whether source addresses are real.
type SpoofTest struct {
	Name      string   `json:"name"`
	Statistic *float64 `json:"statistic"`
	Low       *float64 `json:"low"`
	High      *float64 `json:"high"`
	N         int64    `json:"n"`
	Verdict   Spoofing `json:"verdict"`
	Reason    string   `json:"reason"`
	Evidence  string   `json:"evidence"`
}

// SpoofSummary is the verdict over all vectors, weighted by packets.
type SpoofSummary struct {
	Verdict Spoofing   `json:"verdict"`
	Text    []Sentence `json:"text"`
}
