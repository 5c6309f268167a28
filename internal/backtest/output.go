package backtest

import "floodmark/internal/model"

// Output is what a configuration said of a recording. Times are Unix ns.
type Output struct {
	Inputs      []Input
	Synthetic   bool
	First, Last int64 // what the clock showed at the first and at the last record
	Records     uint64
	Datagrams   uint64     // of exports
	Undecoded   uint64     // datagrams that could not be decoded
	Late        uint64     // packets, datagrams and flows whose time lay more than ten seconds before one already read
	Skipped     int64      // ns of silence, beyond the first hour of each, that were not played
	Targets     int        // watched addresses that had traffic
	Incidents   []Reported // in the order in which they were noticed
	Conditions  []Condition
}

// Reported is an incident as it was reported last.
type Reported struct {
	model.Incident
	Worst     model.Severity // the heaviest that it was reported with
	Dismissed bool           // taken back without having been opened
}

// Input is one file of the recording.
type Input struct {
	Name    string       `json:"name"`
	SHA256  string       `json:"sha256"`
	Bytes   int64        `json:"bytes"`
	Format  string       `json:"format"`  // pcap, pcapng, nfdump or nfdump-csv; "" where it was not recognized
	Kind    string       `json:"kind"`    // packets or flows
	Skipped []model.Skip `json:"skipped"` // what could not be read, by reason
}

// Condition is a time during which the line was blind or its values doubtful.
type Condition struct {
	Code     string         `json:"code"`
	Subject  string         `json:"subject"`
	Severity model.Severity `json:"severity"`
	Since    string         `json:"since"`
	Until    string         `json:"until"` // the end of the recording where it stood until then
	Text     string         `json:"text"`
}
