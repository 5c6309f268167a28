package claim

import (
	"net/netip"

	"floodmark/internal/model"
)

// Count is how much of something was seen. Packets and Bytes are corrected for
// sampling; Samples are the sampled packets they rest on (equal to Packets in a
// complete count). Sources are distinct addresses among the samples.
type Count struct {
	Packets, Bytes   float64
	Samples, Sources uint64
	// SqBytes is the sum of squared lengths of the sampled packets, octets². It
	// gives the sampling error of byte shares; where it is 0 the error is
	// bounded from Data.MaxLen.
	SqBytes float64
}

// Located is what came from one country or network.
type Located struct {
	Label string // ISO 3166-1 alpha-2, or the AS number in decimal
	Count
}

// Contested is traffic from territory that address databases label differently.
type Contested struct {
	Territory string   // "Crimea"
	Label     string   // the country under which Countries holds it
	Claimants []string // every country under which a database may hold it
	Count
}

// Vector is one way of the attack and where it came from. Whatever of Total is
// in none of Countries (Networks) counts as unlocated, so that a list that was
// cut short makes bounds wider and never wrong.
type Vector struct {
	Name       string
	Reflection bool           // sources are reflectors: the origin is elsewhere
	Spoof      model.Spoofing // only SpoofReal sources count as located
	Total      Count
	Countries  []Located
	Networks   []Located
	Prefixes   map[netip.Prefix]Count // for Claim.Prefixes
	Contested  []Contested            // empty where the address data has no regions

	// The parts of what is in no country, for the explanation.
	NoLocation  Count // the address data does not know the address
	Disagree    Count // two sources of address data disagree
	Unlocatable Count // CDN, proxy, VPN or anycast: says little of where a device is

	// EffPackets and EffBytes are effective numbers of equally loud sources,
	// (sum c)²/sum c² over sources; 0 where not known.
	EffPackets, EffBytes float64

	Volume  Volume
	Seconds float64 // first to last packet of the vector
}

// Volume is rates with their intervals; a nil bound is open.
type Volume struct {
	PeakPPS, PeakBPS model.Estimate // of the highest second; packets and bits per second
	MeanPPS, MeanBPS model.Estimate // over the duration of the attack
}

// View is how much of the attack the recording can hold.
type View string

// The views. viewUnstated is the default: nothing is known of what went
// elsewhere.
const (
	viewUnstated View = ""
	viewWhole    View = "whole" // the operator states that all of it passed this point
	viewPart     View = "part"  // known to be a part: one of several sites, behind a filter
)

// Data is all that Check needs to know of a recording.
type Data struct {
	NoTraffic bool // nothing was recorded: the claim is about an incident seen from outside
	Attack    model.AttackVerdict
	Vectors   []Vector
	// Union counts each source once over all vectors: Total over everything,
	// Countries, Networks and Prefixes over the vectors that are no reflection
	// and whose sources are real. Needed for claims about sources where there is
	// more than one vector; nil otherwise.
	Union *Vector

	Sampled bool
	MaxLen  uint32 // longest packet on this link, bytes; 0 is 1514
	// EffSamples scales the number of draws where rates were mixed (Kish); 0 is 1.
	EffSamples float64

	View View
	Part float64 // viewPart: the share of the attack seen here; 0 where unknown
	// Lossy is set where the recording dropped packets: upper bounds are open.
	Lossy bool

	Anonymised bool
	GeoDone    bool
	GeoDate    string // YYYY-MM-DD of the address data
	GeoAgeDays int    // days between the address data and the recording, 0 or more
	// Base is each country's share of the address space in use, for the base
	// rate; nil where there is none.
	Base map[string]float64

	Volume Volume

	SourcesObserved uint64 // distinct addresses of the attack
	SourcesComplete bool   // false: a lower bound
	SourcesTrusted  uint64 // of them, from vectors whose sources are real and no reflectors

	Seconds    float64 // first to last packet of the attack
	Resolution float64 // error of either end, seconds
	CutStart   bool    // the recording begins within the attack
	CutEnd     bool    // the recording ends within the attack

	Inputs []string // SHA-256 of the inputs, for evidence
}

// Result is one reading's verdict and the evidence for it. The evidence has no
// ID yet: the caller numbers it and adds the number to Claim.Evidence.
type Result struct {
	Claim    model.Claim
	Evidence []model.Evidence
}
