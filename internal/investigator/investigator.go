package investigator

import (
	"context"
	"log/slog"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"floodmark/internal/clock"
	"floodmark/internal/engine"
	"floodmark/internal/geo"
	"floodmark/internal/model"
	"floodmark/internal/telemetry/histogram"
)

// Config of an Investigator.
type Config struct {
	Clock     *clock.Clock
	Dir       string // of documents; "" keeps none, and no claims
	Version   string
	Synthetic bool                 // all traffic is of a scenario
	Seconds   *histogram.Histogram // of a job
	Log       *slog.Logger
}

// Records are those that the pipeline still has.
type Records interface {
	Gather(since int64, match func(*model.Record) bool) []model.Record
	// Rates are what a target gets and sends now.
	Rates(t model.TargetID) (in, out model.Rates)
	// Lost counts what exporters sent that did not arrive.
	Lost() uint64
}

// Captures keep records of the targets of incidents under way.
type Captures interface {
	Start(t model.CaptureTarget) bool
	Stop(incident string)
	// Captured returns what was kept since a time; false where nothing is.
	Captured(incident string) (since int64, records []model.Record, ok bool)
}

// Scope is what the configuration says of targets, and the address data.
type Scope interface {
	// Customer returns the prefixes and the number of a customer.
	Customer(t model.TargetID) ([]netip.Prefix, uint16)
	// Prefixes are the addresses of a target.
	Prefixes(t model.TargetID) []netip.Prefix
	// Allowed are sources that are known to send much.
	Allowed() []netip.Prefix
	Geo() *geo.DB
}

// Engine takes findings.
type Engine interface {
	Send(engine.Message)
}

// Incidents are those of services and of traffic, as everybody sees them.
type Incidents interface {
	Get(id string) (model.Incident, []model.NumberedChange, bool)
	Services(keep func(*model.Incident) bool, limit int) []model.Incident
	Traffic() []model.Incident
	IDs() []string
}

// Services are what is known of services now.
type Services interface {
	Service(slug string) (*model.ServiceNow, bool)
}

// Journal keeps claims.
type Journal interface {
	Put(ctx context.Context, key string, value []byte) error
	Get(ctx context.Context, key string) ([]byte, error)
}

// Deps are what an Investigator is connected to. Without a directory of documents
// it needs no Incidents, Services and Journal.
type Deps struct {
	Records   Records
	Captures  Captures
	Scope     Scope
	Engine    Engine
	Incidents Incidents
	Services  Services
	Journal   Journal
}

// Investigator examines incidents. Make it with New.
type Investigator struct {
	c           Config
	d           Deps
	documents   *Documents // nil where none are kept
	claims      *Claims    // nil with it
	disclosures *disclosures
	services    *serviceWorker
	looks       chan look
	jobs        chan string

	done    atomic.Uint64
	dropped atomic.Uint64 // jobs that found the queue full
	failed  atomic.Uint64
	busy    atomic.Int32 // workers with a job

	mu       sync.Mutex // guards what follows
	underway map[string]*examination
}

// New looks which documents and claims there are.
func New(ctx context.Context, c Config, d Deps) (*Investigator, error) {
	v := &Investigator{c: c, d: d, looks: make(chan look, looksQueued), jobs: make(chan string, jobsQueued), underway: make(map[string]*examination)}
	if c.Dir == "" {
		return v, nil
	}
	var err error
	if v.documents, err = openDocuments(c.Dir); err != nil {
		return nil, err
	}
	if v.claims, err = openClaims(ctx, d.Journal, d.Incidents.IDs()); err != nil {
		return nil, err
	}
	v.disclosures = &disclosures{documents: v.documents, by: make(map[string]*Disclosure)}
	v.services = newServiceWorker(v)
	return v, nil
}

// scheduleEvery is how often it is looked what is due, by the server's clock.
const scheduleEvery = 250 * time.Millisecond

// Run works until ctx is done.
func (v *Investigator) Run(ctx context.Context) error {
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			select {
			case l := <-v.looks:
				v.triage(l)
			case <-ctx.Done():
				return
			}
		}
	})
	wg.Go(func() {
		for {
			select {
			case id := <-v.jobs:
				v.examine(ctx, id)
			case <-ctx.Done():
				return
			}
		}
	})
	if v.documents != nil {
		wg.Go(func() { v.services.run(ctx) })
		wg.Go(func() { v.claims.run(ctx) })
	}
	for clock.Sleep(ctx, v.c.Clock.Real(scheduleEvery)) {
		v.Schedule()
	}
	wg.Wait()
	return nil
}

// Work does what waits, for a caller that has no goroutines; false where there was
// nothing.
func (v *Investigator) Work(ctx context.Context) (some bool) {
	for ; len(v.looks) > 0; some = true {
		v.triage(<-v.looks)
	}
	for ; len(v.jobs) > 0; some = true {
		v.examine(ctx, <-v.jobs)
	}
	return some
}

// AddClaim keeps a claim about an incident, which is durable when the error is
// nil, and has it checked.
func (v *Investigator) AddClaim(ctx context.Context, id string, x model.EnteredClaim) (model.EnteredClaim, error) {
	x, err := v.claims.add(ctx, id, x)
	if err == nil {
		v.services.signal()
	}
	return x, err
}

// Claims are those about an incident.
func (v *Investigator) Claims(id string) []model.EnteredClaim { return v.claims.Of(id) }

// Documents are the evidence documents.
func (v *Investigator) Documents() *Documents { return v.documents }

// Disclosure is the redacted report of an incident, nil where there is none.
func (v *Investigator) Disclosure(id string) (*Disclosure, error) { return v.disclosures.of(id) }

// Stats counts jobs since the start.
type Stats struct {
	Busy, Queued, Capacity     int
	Completed, Failed, Dropped uint64
}

// Stats returns the counts as they are now.
func (v *Investigator) Stats() Stats {
	return Stats{Busy: int(v.busy.Load()), Queued: len(v.jobs), Capacity: cap(v.jobs), Completed: v.done.Load(), Failed: v.failed.Load(), Dropped: v.dropped.Load()}
}
