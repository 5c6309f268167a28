package server

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"floodmark/internal/act/alert"
	"floodmark/internal/act/alert/outbox"
	"floodmark/internal/api"
	"floodmark/internal/engine"
	"floodmark/internal/exporters"
	"floodmark/internal/journal"
	"floodmark/internal/pipeline"
	"floodmark/internal/probes"
	"floodmark/internal/settings"
	"floodmark/internal/store/duckdb"
)

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
	s.alerts, err = alert.New(alertConfig(s.settings, s.link()), outbox.New(s.journal, s.log), s.log.With("room", "alert"), s.clock.Time)
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
)

// openAccess makes what both listeners need besides their sockets.
func (s *Server) openAccess(ctx context.Context) error {
	s.auth = api.NewAuth(tokensOf(s.settings), time.Now)
	var err error
	for i, t := range []settings.TLS{s.settings.HTTP.Operator.TLS, s.settings.HTTP.Public.TLS} {
		if !t.On() {
			continue
		}
		if s.certs[i], err = api.LoadCertificates(string(t.Cert), string(t.Key)); err != nil {
			return err
		}
	}
	s.publicKey, err = s.journal.Get(ctx, keyPublic)
	if errors.Is(err, journal.ErrNotFound) {
		s.publicKey = make([]byte, 32)
		rand.Read(s.publicKey)
		err = s.journal.Put(ctx, keyPublic, s.publicKey)
	}
	return err
}

// openProbes makes what probes the services of the configuration.
func (s *Server) openProbes(ctx context.Context) error {
	var err error
	s.probes, err = probes.New(ctx, probes.Config{Settings: s.settings, Version: s.opt.Version, Seed: uint64(s.real.UnixNano()), Clock: s.clock,
		Dial: s.opt.Network.Dial, Log: s.log.With("room", "probes")}, probes.Deps{UserReports: s.reports, Conditions: s.conditions, Journal: s.journal})
	return err
}
