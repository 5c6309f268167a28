package server

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"floodmark/internal/act/alert"
	"floodmark/internal/act/mail"
	"floodmark/internal/api"
	"floodmark/internal/app"
	"floodmark/internal/archive"
	"floodmark/internal/clock"
	"floodmark/internal/conditions"
	"floodmark/internal/datadir"
	"floodmark/internal/engine"
	"floodmark/internal/exporters"
	"floodmark/internal/incident"
	"floodmark/internal/investigator"
	"floodmark/internal/journal"
	"floodmark/internal/moderation"
	"floodmark/internal/pipeline"
	"floodmark/internal/settings"
	"floodmark/internal/store/duckdb"
	"floodmark/internal/userreports"
)

// Options are what `floodmark serve` was asked for.
type Options struct {
	Settings *settings.Settings
	Dir      string       // of the data; "" takes that of the settings
	Clock    *clock.Clock // nil is the system's
	Version  string
	Log      *slog.Logger
	// Started is called once everything runs, with the addresses that are
	// really listened on.
	Started func(Addresses)
	Network Network // the zero value is the machine's
}

// Addresses are those that a server listens on.
type Addresses struct {
	Operator, Public string
	Collectors       []string
}

// Server is a running floodmark serve. New builds it, Run runs it.
type Server struct {
	opt     Options
	log     *slog.Logger
	clock   *clock.Clock
	started time.Time
	real    time.Time // when it was started, by the system's clock

	dir          *datadir.Dir
	journal      *journal.Journal
	store        *duckdb.Store
	inventory    *pipeline.Inventory
	registry     *exporters.Registry
	templates    *exporters.Templates
	engine       *engine.Engine
	incidents    *engine.Incidents
	alerts       *alert.Dispatcher
	reports      *userreports.Service
	archive      *archive.Archive
	moderation   *moderation.Moderation
	mail         *mail.Mailer // nil where it is not configured
	pipeline     *pipeline.Pipeline
	investigator *investigator.Investigator
	probes       *probes
	sources      *pipeline.Sources
	monitor      *exporters.Monitor
	conditions   *conditions.Registry
	meters       *meters

	auth             *api.Auth
	certs            [2]*api.Certificates // of the operator's and the public listener, nil for none
	publicKey        []byte               // of the public names of incidents
	operator, public net.Listener         // public is nil where it is not configured
	ready            atomic.Bool

	mu       sync.Mutex // guards settings
	settings *settings.Settings

	windows   []incident.Window // that the engine was last sent; of the health loop
	windowsAt int64             // Unix ns
}

// New opens everything that can fail: the data directory, the journal, the
// store and all sockets. What it opened is closed again where it fails.
func New(ctx context.Context, opt Options) (s *Server, err error) {
	if opt.Clock == nil {
		opt.Clock = clock.New()
	}
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	if opt.Dir == "" {
		opt.Dir = string(opt.Settings.Data.Dir)
	}
	s = &Server{opt: opt, log: opt.Log, clock: opt.Clock, started: opt.Clock.Time(), real: time.Now(), settings: opt.Settings, meters: newMeters(),
		registry: exporters.NewRegistry(), templates: new(exporters.Templates), conditions: conditions.NewRegistry(conditions.Config{Now: opt.Clock.Now, Log: opt.Log})}
	opened := s
	defer func() {
		if err != nil {
			opened.release()
		}
	}()
	if s.inventory, err = newInventory(opt.Settings); err != nil {
		return nil, err
	}
	if s.dir, err = datadir.Open(datadir.Config{Path: opt.Dir, Program: "floodmark " + opt.Version}); err != nil {
		return nil, err
	}
	for _, open := range []func(context.Context) error{s.openJournal, s.openStore, s.openRegistry, s.openEngine, s.openAccess, s.openReports,
		s.openPipeline, s.openEvidence, s.openProbes, s.openSources} {
		if err := open(ctx); err != nil {
			return nil, err
		}
	}
	return s, s.listen()
}

// newInventory reads what a configuration says of networks, and address data.
func newInventory(c *settings.Settings) (*pipeline.Inventory, error) {
	p, err := pipeline.NewPlan(c)
	if err != nil {
		return nil, err
	}
	db, err := app.OpenGeo(string(c.Geo.File))
	if err != nil {
		return nil, err
	}
	return pipeline.NewInventory(p, db), nil
}

func (s *Server) openJournal(ctx context.Context) error {
	var err error
	s.journal, err = journal.Open(ctx, journal.Config{Dir: filepath.Join(s.dir.Path(), "journal"), Reserve: int64(s.settings.Data.MinFreeSpace) / 2,
		Log: s.log.With("room", "journal"), Now: s.clock.Now, Limits: map[journal.Stream]journal.Limit{
			journal.Changes: {Bytes: journal.DefaultLimit(journal.Changes).Bytes, Age: time.Duration(s.settings.Data.IncidentRetention)},
		}})
	return err
}

func (s *Server) openStore(ctx context.Context) error {
	d := &s.settings.Data
	third := int64(d.Series.MaxSize) / 3
	commit := 5 * time.Second
	if !s.clock.System() { // a second of real time
		commit = time.Duration(float64(time.Second) * max(1, s.clock.Speed()))
	}
	var err error
	s.store, err = duckdb.Open(ctx, duckdb.Config{Dir: filepath.Join(s.dir.Path(), "store"), RawFlows: d.Flows.Raw, Reserve: int64(d.MinFreeSpace),
		CommitAge: commit, Now: s.clock.Now, Log: s.log.With("room", "store"),
		Retain: duckdb.Retain{
			Flows:   duckdb.Limit{Age: time.Duration(d.Flows.Retention), Bytes: int64(d.Flows.MaxSize)},
			Seconds: duckdb.Limit{Age: time.Duration(d.Series.Retention1s), Bytes: third},
			Minutes: duckdb.Limit{Age: time.Duration(d.Series.Retention1m), Bytes: third},
			Hours:   duckdb.Limit{Age: time.Duration(d.Series.Retention1h), Bytes: third},
		}})
	return err
}

// openRegistry takes over the numbers of exporters of earlier runs.
func (s *Server) openRegistry(ctx context.Context) error {
	b, err := s.journal.Get(ctx, keyExporters)
	if errors.Is(err, journal.ErrNotFound) {
		return nil
	}
	if err == nil {
		err = s.registry.Decode(b)
	}
	if err != nil {
		return fmt.Errorf("exporters of earlier runs: %w", err)
	}
	return nil
}

// openEngine builds what writes changes, and the alerts about them.
func (s *Server) openEngine(ctx context.Context) error {
	var err error
	s.engine, err = engine.New(ctx, engine.Config{Incidents: s.inventory.IncidentConfig(), Now: s.clock.Now, Idle: s.clock.Real(time.Second),
		Log: s.log.With("room", "engine")}, engine.Deps{Journal: s.journal})
	if err != nil {
		return err
	}
	s.incidents = s.engine.Incidents()
	s.alerts, err = alert.New(alertConfig(s.settings, s.link()), &outbox{s.journal, s.log}, s.log.With("room", "alert"), s.clock.Time)
	return err
}

// openPipeline builds what turns traffic into anomalies.
func (s *Server) openPipeline(context.Context) error {
	var key [8]byte
	rand.Read(key[:])
	s.pipeline = pipeline.New(pipeline.Config{Clock: s.clock, Key: binary.LittleEndian.Uint64(key[:]), Services: s.settings.ServiceList(),
		BaselineFile: filepath.Join(s.dir.Path(), "baselines"), Log: s.log.With("room", "pipeline")},
		pipeline.Deps{Inventory: s.inventory, Registry: s.registry, Templates: s.templates, Engine: s.engine, Incidents: s.incidents, Store: s.store, UserReports: s.reports})
	return nil
}

// openSources binds all collectors and interfaces, and gives their decoders the
// templates of earlier runs.
func (s *Server) openSources(ctx context.Context) error {
	var err error
	s.sources, err = pipeline.NewSources(pipeline.SourcesConfig{Collectors: s.settings.Collectors, Captures: s.settings.Capture, Clock: s.clock},
		pipeline.SourcesDeps{Pipeline: s.pipeline, Conditions: s.conditions, Listen: s.opt.Network.collect})
	if err != nil {
		return err
	}
	s.monitor = exporters.NewMonitor(exporters.Config{Clock: s.clock},
		exporters.Deps{Registry: s.registry, Readers: s.pipeline, Sockets: s.sources, Inventory: s.inventory, Engine: s.engine})
	b, err := s.journal.Get(ctx, keyTemplates)
	if errors.Is(err, journal.ErrNotFound) {
		return nil
	}
	if err == nil {
		err = s.templates.Decode(b, s.sources.Learn)
	}
	if err != nil {
		s.log.Warn("templates of earlier runs cannot be read; flows wait until exporters send them again", "error", err)
	}
	return nil
}

// link is the address of the operator's pages, for messages.
func (s *Server) link() string {
	h := &s.settings.HTTP.Operator
	scheme := "http"
	if h.TLS.On() {
		scheme = "https"
	}
	return scheme + "://" + h.Listen.String()
}

// Keys of the journal's small state, besides those of the engine.
const (
	keyExporters = "exporters"
	keyTemplates = "templates"
	keyPublic    = "public-key"
	keyProbes    = "probes"
)

// release closes what is open, in the order in which it must be.
func (s *Server) release() error {
	var errs []error
	for _, l := range []net.Listener{s.operator, s.public} {
		if l != nil {
			l.Close()
		}
	}
	if s.sources != nil {
		s.sources.Close()
	}
	if s.store != nil {
		errs = append(errs, s.store.Close())
	}
	if s.journal != nil {
		errs = append(errs, s.journal.Close())
	}
	if s.dir != nil {
		errs = append(errs, s.dir.Close())
	}
	return errors.Join(errs...)
}
