package model

// Condition is a known data-quality problem: data is missing, or a value may be
// wrong. It is shown next to the data it affects.
type Condition struct {
	Code     string   `json:"code"`    // closed set: docs/conditions.md
	Subject  string   `json:"subject"` // exporter, file or queue; "" for the whole program
	Severity Severity `json:"severity"`
	Text     string   `json:"text"`  // one sentence with numbers and a remedy
	Since    int64    `json:"since"` // Unix ns
}
