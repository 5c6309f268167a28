package model

import "net/netip"

// Submission is a report as it comes in, before anybody decided whether it
// counts. Nothing of it is kept as it is: what is kept is a Report.
type Submission struct {
	Service   string
	Component string // "" where it was not said
	Kind      ReportKind
	Via       Via
	Referral  Referral
	Country   string // as the visitor said, "" where not
	Region    string
	Text      string
	Address   netip.Addr // of the visitor, forwarding headers of trusted proxies followed
	Agent     string     // User-Agent
	Languages string     // Accept-Language
	Solution  string     // of a Challenge, "" for none
}

// ReceiptState is the outcome of an accepted submission.
type ReceiptState uint8

// Outcomes of an accepted submission.
const (
	Counted   ReceiptState = iota // stored durably; also when a limit keeps it from being counted, which is never disclosed
	Duplicate                     // this person reported the same recently and counts once
)

// Receipt is the answer to an accepted submission.
type Receipt struct {
	State ReceiptState
	At    int64 // Unix ns
}

// Challenge is a proof of work that is asked of a visitor before a report.
type Challenge struct {
	Token string `json:"token"` // names service, prefix and minute; signed; used once
	Bits  uint8  `json:"bits"`  // leading zero bits that SHA-256(token + ":" + nonce) must have; 0 for no work
	Until int64  `json:"until"` // Unix ns
}
