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

// ReceiptState tells what became of a submission.
type ReceiptState uint8

// What becomes of a submission.
const (
	Counted  ReceiptState = iota // durable, and it counts
	Already                      // this person has reported this service lately: durable before, counts once
	Withheld                     // durable, and does not count: over a limit for its network or prefix
)

// Receipt is the answer to a submission that was taken.
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
