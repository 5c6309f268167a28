package normalize

import "floodmark/internal/model"

// maxSampling is above every sampling rate in use; a higher one is
// treated as a defect, since it would make every packet an attack.
const maxSampling = 1 << 24

// RateFrom is where the factor of a record comes from.
type RateFrom uint8

// The origins, the strongest last.
const (
	RateUnknown    RateFrom = iota // neither advertised nor configured; 1 is used and the record is of low quality
	RateDefault                    // configuration, since the exporter advertises none
	RateAdvertised                 // the exporter: record, options, header or sample
	RateOverride                   // configuration, whatever the exporter advertises
)

// String returns unknown, default, advertised or override.
func (f RateFrom) String() string {
	return [...]string{"unknown", "default", "advertised", "override"}[min(f, RateOverride)]
}

// Verdict is what to do with a record.
type Verdict uint8

// The verdicts. Only Counted has Result.In or Result.Out set.
const (
	Counted     Verdict = iota // counts towards the destination, from the source, or both
	Unmonitored                // neither end is monitored: to be stored only
	Inside                     // a monitored end, but seen on an internal interface: to be stored only
	Duplicate                  // another exporter, or another place of this one, has already reported it: not counted
	Dropped                    // on an interface that is ignored: not to be stored
	verdicts
)

// String returns counted, unmonitored, inside, duplicate or dropped.
func (v Verdict) String() string {
	return [...]string{"counted", "unmonitored", "inside", "duplicate", "dropped"}[min(v, verdicts-1)]
}

// Result is the meaning of a record.
type Result struct {
	Dst, Src      Monitored // of the destination and of the source
	In, Out       bool      // counts towards the destination as a target, and as sent by the source
	Direction     model.Direction
	First, Last   int64  // Unix ns by our clock; First <= Last <= arrival, within the exporter's export delay
	Sampling      uint32 // factor, never 0
	RateFrom      RateFrom
	LowQuality    bool // the rate is unknown, or the exporter has a quality issue
	IgnoredSource bool // the source is on the list of ignored sources; In and Out are set all the same
	Duplicate     bool // the verdict is Duplicate
}

// Traffic is what was seen on one side of an interface by samples: estimates,
// corrected for sampling. Bytes are of IP packets.
type Traffic struct {
	Packets, Bytes uint64
	Samples        uint64  // packets that were sampled one by one
	Variance       float64 // sum of the squared bytes that each sample stands for, for the sampling error
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

// Pair counts what an exporter reported after another one had.
type Pair struct {
	Primary   uint32 // number of the other exporter; equal to one's own for interfaces of one exporter
	Duplicate uint64 // records not counted
	Flows     uint64 // flows met for the first time, fading with time
	Known     bool   // enough of them to take repetitions for duplicates
}

// Stats counts what became of the records of one exporter, in this Normalizer.
type Stats struct {
	Records           uint64
	By                [verdicts]uint64 // by Verdict
	Future, Old       uint64           // times put right, beyond what clocks are allowed to differ
	UnknownRole       uint64           // records on interfaces without role, of an exporter that has roles
	RateImplausible   uint64
	InterfacesRefused uint64 // records on interfaces beyond the bound
	Rates             [maxRates]Rate
	RatesFull         bool   // the last of Rates holds several
	Considered        uint64 // records that were looked up for duplicates
}
