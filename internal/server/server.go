package server

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"floodmark/internal/act/alert"
	"floodmark/internal/act/mail"
	"floodmark/internal/api"
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
	"floodmark/internal/probes"
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
	probes       *probes.Probes
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
