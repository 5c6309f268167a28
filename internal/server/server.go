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
	"floodmark/internal/aggregate/shard"
	"floodmark/internal/api"
	"floodmark/internal/app"
	"floodmark/internal/archive"
	"floodmark/internal/clock"
	"floodmark/internal/conditions"
	"floodmark/internal/conditions/evaluator"
	"floodmark/internal/conf"
	"floodmark/internal/datadir"
	"floodmark/internal/dedup"
	"floodmark/internal/engine"
	"floodmark/internal/geo"
	"floodmark/internal/incident"
	"floodmark/internal/investigator"
	"floodmark/internal/journal"
	"floodmark/internal/model"
	"floodmark/internal/moderation"
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

	dir          *datadir.Dir
	journal      *journal.Journal
	store        *duckdb.Store
	engine       *engine.Engine
	incidents    *engine.Incidents
	line         *Line
	reports      *userreports.Service
	archive      *archive.Archive
	desk         *moderation.Moderation
	mail         *mail.Mailer // nil where it is not configured
	investigator *investigator.Investigator
	probes       *probes
	watch        *evaluator.Evaluator
	conditions   *conditions.Registry
	auth         *api.Auth
	alerts       *alert.Dispatcher
	certs        [2]*api.Certificates // of the operator's and the public listener, nil for none
	publicKey    []byte               // of the public names of incidents
	real         time.Time
	ready        atomic.Bool

	collectors       []*collector
	captures         []*interfaceCapture
	operator, public net.Listener

	mu                 sync.Mutex
	settings           *settings.Settings
	statuses           []model.ExporterStatus
	sockets            []model.SocketStatus
	exporterConditions []model.Condition
	skipped            map[skip]uint64 // by decoders, as last looked
	blind              map[string]bool
	windowsTold        []incident.Window // to the judge; belongs to the health loop
	windowsAt          int64
	unheard            map[uint32]bool // exporters of earlier runs, not heard since the start
}

const shardCount = 16

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
	s = &Server{opt: opt, log: opt.Log, clock: opt.Clock, started: opt.Clock.Time(), real: time.Now(), settings: opt.Settings, watch: evaluator.New(), conditions: conditions.NewRegistry(conditions.Config{Now: opt.Clock.Now, Log: opt.Log}),
		blind: make(map[string]bool), unheard: make(map[uint32]bool)}
	opened := s
	defer func() {
		if err != nil {
			opened.release()
		}
	}()
	p, err := newPlan(opt.Settings)
	if err != nil {
		return nil, err
	}
	if s.dir, err = datadir.Open(datadir.Config{Path: opt.Dir, Program: "floodmark " + opt.Version}); err != nil {
		return nil, err
	}
	if err := s.openJournal(ctx); err != nil {
		return nil, err
	}
	if err := s.openStore(ctx); err != nil {
		return nil, err
	}
	if err := s.buildLine(ctx, p); err != nil {
		return nil, err
	}
	if err := s.openAccess(ctx); err != nil {
		return nil, err
	}
	if err := s.openReports(ctx); err != nil {
		return nil, err
	}
	if err := s.openEvidence(ctx); err != nil {
		return nil, err
	}
	if err := s.openProbes(ctx); err != nil {
		return nil, err
	}
	if err := s.openSources(ctx); err != nil {
		return nil, err
	}
	return s, s.listen()
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

// buildLine makes the rooms between the sockets and the journal.
func (s *Server) buildLine(ctx context.Context, p *plan) error {
	db, err := openGeo(p.settings.Geo.File)
	if err != nil {
		return err
	}
	var key [8]byte
	rand.Read(key[:])
	l := newLine(s.log, s.clock, p, binary.LittleEndian.Uint64(key[:]))
	s.line = l
	l.store = s.store
	l.baselines = newBaselines(filepath.Join(s.dir.Path(), "baselines"))
	l.geo.Store(db)
	if b, err := s.journal.Get(ctx, keyExporters); err == nil {
		if err := l.exporters.decode(b); err != nil {
			return fmt.Errorf("exporters of earlier runs: %w", err)
		}
	} else if !errors.Is(err, journal.ErrNotFound) {
		return err
	}
	for n := range l.exporters.known {
		s.unheard[uint32(n+1)] = true
	}
	s.engine, err = engine.New(ctx, engine.Config{Incidents: l.incidentConfig(), Now: s.clock.Now, Idle: s.clock.Real(time.Second),
		Log: s.log.With("room", "engine")}, engine.Deps{Journal: s.journal})
	if err != nil {
		return err
	}
	s.incidents, l.engine = s.engine.Incidents(), s.engine
	if err := l.baselines.load(p, s.clock.Now()); err != nil {
		s.log.Warn("what was learnt of normal traffic cannot be read; learning anew", "err", err)
	}
	s.noteGoing()
	s.alerts, err = alert.New(alertConfig(p.settings, s.link()), &outbox{s.journal, s.log}, s.log.With("room", "alert"), s.clock.Time)
	return err
}

// newLine makes a line without readers, engine, store and address data. key is
// the secret that flows are found by.
func newLine(log *slog.Logger, clock *clock.Clock, p *plan, key uint64) *Line {
	l := &Line{log: log, clock: clock, wake: make(chan struct{}, 1), exporters: newRegistry(), sums: newSums(), meters: newMeters(), key: key, owners: dedup.New(1<<19, 30*time.Second)}
	l.plan.Store(p)
	for range shardCount {
		l.shards = append(l.shards, &lockedShard{s: shard.New(shardConfig(p, 0))})
	}
	return l
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

// lost counts what exporters sent and did not arrive, by their sequences.
func (s *Server) lost() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := uint64(0)
	for i := range s.statuses {
		n += s.statuses[i].Lost
	}
	return n
}

// incidentConfig maps the configuration onto that of incidents.
func (l *Line) incidentConfig() incident.Config {
	i := &l.plan.Load().settings.Incidents
	return incident.Config{Hold: time.Duration(i.ResolveAfter), Confirm: time.Duration(i.PendingFor), MaxHold: time.Duration(i.MaxPending),
		Customers: func(t model.TargetID) []string { return l.plan.Load().customersOf(t) }}
}

// openGeo opens address data; none is no error unless it was named.
func openGeo(file conf.FilePath) (*geo.DB, error) {
	return app.OpenGeo(string(file))
}

// Keys of the journal's small state, besides those of the engine.
const (
	keyExporters = "exporters"
	keyTold      = "templates"
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
	for _, c := range s.collectors {
		c.listener.Close()
	}
	for _, c := range s.captures {
		c.close()
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
