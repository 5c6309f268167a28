package claim

import "net/netip"

// Kind is what a reading is about.
type Kind string

// The kinds of readings.
const (
	kindShare     Kind = "share"     // which part came from a place
	kindSize      Kind = "size"      // packets or bits per second
	kindMagnitude Kind = "magnitude" // "massive": a size without a number
	kindWorldwide Kind = "worldwide" // many countries, none above half
	kindCountries Kind = "countries" // number of countries
	kindNetworks  Kind = "networks"  // number of autonomous systems
	kindSources   Kind = "sources"   // number of source addresses
	kindDevices   Kind = "devices"   // number of devices, which no address count gives
	kindDuration  Kind = "duration"  // seconds
	kindActor     Kind = "actor"     // who ran it: never answerable from traffic
)

// Relation compares a share or a number with the claim.
type Relation string

// The relations. Some, quantPlurality and quantMajority are for shares only.
const (
	quantSome       Relation = "some"
	quantPlurality  Relation = "plurality"
	quantMajority   Relation = "majority"
	quantNoLessThan Relation = "at-least"
	quantOver       Relation = "over"
	quantNoMoreThan Relation = "at-most"
	quantUnder      Relation = "under"
)

// Quantity is what a share is a share of.
type Quantity string

// The quantities.
const (
	Packets Quantity = "packets"
	Bytes   Quantity = "bytes"
	Sources Quantity = "sources"
)

// Place is a set of countries, of networks or of prefixes; exactly one list is
// filled, sorted and free of repetitions.
type Place struct {
	Countries []string       // ISO 3166-1 alpha-2, upper case
	Networks  []uint32       // autonomous system numbers
	Prefixes  []netip.Prefix // masked; none lies within another
	// Area is set where the text speaks of an "area" or "region": the claim is
	// then computed with and without contested territory.
	Area bool
}

// Reading is one exact meaning of a claim.
type Reading struct {
	Kind     Kind
	Place    Place
	Relation Relation
	Quantity Quantity
	// Amount is a share of 1 (kindShare), packets or bits a second (kindSize),
	// a number (countries, networks, sources, devices) or seconds.
	Amount  float64
	Unit    string // of Amount as in model.Claim.Unit
	Average bool   // kindSize: the mean over the attack, not the peak second
	Here    bool   // about what reached this point, not about the whole attack
	Vector  string // slug; "" is all vectors together
	Note    string // a sentence on how the words were read; may be empty
}

// Claim is a parsed claim. Where a text can be read in several ways there are
// several readings, and none of them is "the" verdict.
type Claim struct {
	Text     string
	Vague    bool // an English sentence rather than the structured form
	Readings []Reading
}

// Prefixes lists every prefix that the readings ask for. The caller counts
// them into Vector.Prefixes before Check.
func (c Claim) Prefixes() []netip.Prefix {
	var out []netip.Prefix
	for _, r := range c.Readings {
		out = append(out, r.Place.Prefixes...)
	}
	return mergePrefixesKeepNested(out)
}

// Names is what the parser must know of the world. Code is required; the rest
// only improves messages.
type Names struct {
	Code    func(name string) (code string, ok bool) // country name, adjective or code, in any case, to ISO 3166-1 alpha-2
	Name    func(code string) string                 // English name of a code; "" where unknown
	Known   []string                                 // country names, for "did you mean"
	Vectors []string                                 // slugs; nil accepts any well-formed slug
}
