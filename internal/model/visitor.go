package model

import "time"

// PublicAttack is all that is public of an incident of traffic: closed words, times
// and a name that tells nothing.
type PublicAttack struct {
	ID       string
	State    string // ongoing, easing, resolved or withdrawn
	Severity string // info, warning or critical
	Started  time.Time
	Ended    time.Time // zero while it lasts
	Text     string
}

// Vicinity is what is known around a visitor.
type Vicinity struct {
	Network string  // name of the visitor's network, "" where it is not known
	Country string  // ISO 3166-1 alpha-2
	Near    int     // effective reports of this service from that network in the last 15 minutes
	Usual   float64 // the same on ordinary days, 0 where too little is known
	// Elsewhere is the number of other services that many people of this network
	// report problems with now: then the network may be the cause.
	Elsewhere int
}

// Suggestion is a service that a visitor misses.
type Suggestion struct {
	Name, URL, Text string
	From            Submission // whose address counts against a limit and is not kept
}

// Comment is a visitor's words about a service.
type Comment struct {
	ID      string
	Service string
	At      int64 // Unix ns
	Text    string
	Country string
	From    Submission `json:"-"`
}

// Note is the word of those who run a service.
type Note struct {
	By   string
	At   int64 // Unix ns
	Text string
}

// Features states what visitors may do.
type Features struct {
	Comments bool
	Mail     bool // subscriptions
	Parquet  bool
	Geo      GeoInfo
	Version  string
	BaseURL  string // of the public pages, without the slash at the end; "" where it is not configured
	// Address is BaseURL, or the URL of the listener where that is not configured.
	Address string
	// Instance is the UUID of this installation, the same for as long as its data
	// directory.
	Instance [16]byte
	// Budget is the operator's, in words; Measured says what was measured of it.
	Budget, Measured string
	// Synthetic is the name of the scenario that is replayed, "" for what really
	// happens.
	Synthetic string
}
