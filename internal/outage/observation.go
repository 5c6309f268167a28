package outage

import "floodmark/internal/model"

// Observation is one closed minute of one service.
type Observation struct {
	Service *model.Service
	At      int64       // Unix ns, the end of the minute
	State   model.State // of its episode, "" where there is none
	Since   int64       // Unix ns, where the excess is estimated to have begun
	Score   float64     // log10 of the e-value
	Limit   float64     // log10 of what the promise asks for
	Minute  Counts
	Earlier Counts // from Since to the minute before: read when an incident is noticed
	// Bucket is the 15 minutes of the clock that hold the minute, as far as they
	// have come.
	Bucket   model.Bucket
	Networks int // distinct networks of the last 15 minutes
	Parts    []model.PartShare
	Places   []model.PlaceShare
	Fraud    model.Fraud
	Cause    model.Cause

	// What other signals tell of the same time; empty where nothing.
	Traffic    []model.TrafficPart
	Phases     []model.Phase // of those signals, by their beginning
	Probes     []model.ProbeNow
	Assessment *model.Assessment // nil: as before
	Outside    *model.Assessment // the same from reports alone
}

// Counts are reports of some time.
type Counts struct {
	Problems, Works, Refused uint64
	Effective                float64
}
