package normalise

import "floodmark/internal/model"

// mostSampling is above every sampling rate in use; what tells more is taken
// for a lie or a defect, since it would make every packet an attack.
const mostSampling = 1 << 24

// RateFrom tells where the factor of a record comes from.
type RateFrom uint8

// The origins, the strongest last.
const (
	RateNotTold  RateFrom = iota // nobody told it; 1 is used and the record is untrusted
	RateDefault                  // configuration, since the exporter tells nothing
	RateTold                     // the exporter: record, options, header or sample
	RateOverride                 // configuration, whatever the exporter tells
)

// String returns not-told, default, told or override.
func (f RateFrom) String() string {
	return [...]string{"not-told", "default", "told", "override"}[min(f, RateOverride)]
}

// Verdict tells what to do with a record.
type Verdict uint8

// The verdicts. Only Counted has Seen.In or Seen.Out set.
const (
	Counted   Verdict = iota // counts towards the destination, from the source, or both
	Unwatched                // neither end is watched: to be stored only
	Inside                   // a watched end, but seen on an internal interface: to be stored only
	Repeated                 // another exporter, or another place of this one, told it already: do not sum up
	Dropped                  // on an interface that is ignored: not to be stored
	verdicts
)

// String returns counted, unwatched, inside, repeated or dropped.
func (v Verdict) String() string {
	return [...]string{"counted", "unwatched", "inside", "repeated", "dropped"}[min(v, verdicts-1)]
}

// Seen is the one meaning of a record.
type Seen struct {
	InWatch, OutWatch Watch // of the destination and of the source
	In, Out           bool  // counts towards the destination as a target, and as sent by the source
	Direction         model.Direction
	First, Last       int64  // Unix ns by our clock; First <= Last <= arrival, within the exporter's horizon
	Sampling          uint32 // factor, never 0
	RateFrom          RateFrom
	Untrusted         bool // no rate was told, or the exporter is in bad health
	AllowListed       bool // the source is on the list of allowed sources; In and Out are set all the same
	Duplicate         bool // the verdict is Repeated
}

// Traffic is what was seen on one side of an interface by samples: estimates,
// corrected for sampling. Octets are of IP packets.
type Traffic struct {
	Packets, Octets uint64
	Samples         uint64  // packets that were sampled one by one
	Squares         float64 // sum of the squared octets that each sample stands for, for the sampling error
}

// Iface is what is known of an interface of an exporter.
type Iface struct {
	Index   uint32
	Name    string
	Speed   uint64 // bits a second, 0 not known
	Role    Role
	In, Out Traffic // received on it, sent on it
}

// Rate counts records by sampling factor.
type Rate struct {
	Rate    uint32
	From    RateFrom
	Records uint64
}

// Pair counts what an exporter told after another one had told it.
type Pair struct {
	Owner    uint32 // number of the other exporter; equal to one's own for interfaces of one exporter
	Repeated uint64 // records not counted
	Flows    uint64 // flows met for the first time, fading with time
	Known    bool   // enough of them to take repetitions for duplicates
}

// Stats counts what became of the records of one exporter, in this Normaliser.
type Stats struct {
	Records           uint64
	By                [verdicts]uint64 // by Verdict
	Future, Old       uint64           // times put right, beyond what clocks are allowed to differ
	UnknownRole       uint64           // records on interfaces without role, of an exporter that has roles
	RateImplausible   uint64
	InterfacesRefused uint64 // records on interfaces beyond the bound
	Rates             [mostRates]Rate
	RatesFull         bool   // the last of Rates holds several
	Considered        uint64 // records that were looked up for duplicates
}
