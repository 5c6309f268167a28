package document

import (
	"floodmark/internal/aggregate"
	"floodmark/internal/evidence/attackverdict"
	"floodmark/internal/evidence/claim"
	"floodmark/internal/model"
)

// Input is everything that is known of a recording once it was read twice.
type Input struct {
	Tool      model.Tool
	Settings  model.Settings
	Inputs    []model.Input
	Synthetic bool
	NoTraffic bool // there are no records at all: the document is about an incident that is seen from outside

	Audit      aggregate.Audit
	Profile    *model.Profile
	Assessment attackverdict.Assessment
	Spoofs     *Spoofs

	// Locate is nil where there is no address data.
	Locate func(model.Addr) model.Place
	Geo    model.GeoInfo

	Claims []claim.Claim
	Names  claim.Names

	Scan      Scan
	Recording Recording
}

// Scan is what the recording holds of scanning by the Mirai mark.
type Scan struct {
	Tested, Marked uint64                                  // SYNs
	Of             func(model.Addr) (port uint16, ok bool) // of a source
}

// Recording is what the files say of themselves.
type Recording struct {
	Dropped        uint64 // packets that the capturing program lost
	LengthFromWire uint64
	LostRecords    uint64 // that sequence numbers of exporters miss
	SFlowDrops     uint64
	RatesFrom      map[string]uint64
	Exports        bool
}
