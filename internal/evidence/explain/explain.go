package explain

import (
	"time"

	"floodmark/internal/model"
)

// Step is the length of one bin of a series.
const Step = 5 * time.Minute

// Service is one service as it is now. All services come with series over the
// same time: at most 288 bins of five minutes, oldest first, the last one being
// the last that is complete. Services without excess belong in too: that they
// are quiet is evidence.
type Service struct {
	Slug, Name string
	Category   string
	Owner      string
	DependsOn  []string
	Excess     bool      // it has an incident that is not closed and not easing
	Since      int64     // Unix ns, when its excess began; read where Excess is set
	Effective  []float64 // effective reports in each bin
	Expected   []float64 // what is usual there
	Dispersion float64   // variance / mean of ordinary bins, 1 where not known
	Followed   []Follow  // what earlier incidents taught; may be empty
}

// Follow is how often earlier incidents of a service fell into one of another.
type Follow struct {
	Slug string
	// Times is how many of Of earlier incidents began within 20 minutes of one
	// of Slug that was at least ten times larger.
	Times, Of int
}

// Judge returns the cause of each service's excess, in the order of services;
// for one without excess the zero Cause. End is the end of the last bin, Unix
// ns.
func Judge(services []Service, end int64) []model.Cause { return make([]model.Cause, len(services)) }

// CommonMode returns log10 of the e-value that a service has more reports than
// its usual part of all services' reports. Any rise that all share cancels. The
// series are of the service and of all others together, bin by bin.
func CommonMode(own, ownExpected, rest, restExpected []float64) float64 { return 0 }
