package server

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"floodmark/internal/act/alert"
	"floodmark/internal/clock"
	"floodmark/internal/model"
	"floodmark/internal/settings"
)

// Run runs the server until ctx is done, then stops it in the order that loses
// nothing: judging ends before the sources do, or our own exit would look like
// silence; what was received is stored; what was decided is written. It returns
// the error of the first part that failed, which also stops everything.
func (s *Server) Run(ctx context.Context) error {
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	edges := newStage(fail) // HTTP, alerts, health: until the end
	sources := newStage(fail)
	judging := newStage(fail)
	reports := newStage(fail) // ends before the engine, which writes its changes
	var published sync.WaitGroup

	published.Go(func() {
		for group := range s.engine.Published() {
			s.publish(group.Changes)
			s.engine.HandedOver(context.Background(), group)
		}
	})
	edges.start("alerts", func(ctx context.Context) error { return s.alerts.Run(ctx) })
	if h := heartbeat(s); h != nil {
		edges.start("heartbeat", func(ctx context.Context) error { h.Run(ctx, s.log); return nil })
	}
	judging.start("engine", s.engine.Run)
	judging.start("pipeline", s.pipeline.Run)
	judging.start("evidence", s.investigator.Run)
	edges.start("control", s.serveControl)
	edges.start("health", func(ctx context.Context) error { s.watchHealth(ctx); return nil })
	edges.start("saver", func(ctx context.Context) error { s.save(ctx); return nil })
	sources.start("sources", s.sources.Run)
	reports.start("user reports", s.reports.Run)
	edges.start("archive", s.archive.Run)
	if s.mail != nil {
		edges.start("mail", s.mail.Run)
	}
	edges.start("probes", s.probes.Run)
	s.serveHTTP(edges)
	for _, in := range s.incidents.Open() { // of an earlier run
		s.investigator.Follow(&model.Change{Type: model.Updated, Incident: in})
	}
	s.ready.Store(true)
	if s.opt.Started != nil {
		s.opt.Started(s.Addresses())
	}

	<-ctx.Done()
	s.ready.Store(false)
	s.log.Info("stopping")
	reports.stop()
	judging.stop()
	published.Wait()
	sources.stop()
	s.pipeline.Status(s.clock.Now()) // hands over the last rows
	edges.stop()
	s.saveNow(context.Background())
	s.saveBaselines()
	s.reports.Save(context.Background())
	if err := context.Cause(ctx); err != nil && !errors.Is(err, context.Canceled) {
		s.release()
		return err
	}
	return s.release()
}

// stage is a group of goroutines that are stopped together.
type stage struct {
	ctx    context.Context
	cancel context.CancelFunc
	wg     sync.WaitGroup
	fail   context.CancelCauseFunc
}

func newStage(fail context.CancelCauseFunc) *stage {
	ctx, cancel := context.WithCancel(context.Background())
	return &stage{ctx: ctx, cancel: cancel, fail: fail}
}

// start runs f until the stage is stopped; an error stops the server.
func (g *stage) start(name string, f func(context.Context) error) {
	g.wg.Go(func() {
		if err := f(g.ctx); err != nil && g.ctx.Err() == nil {
			g.fail(fmt.Errorf("%s: %w", name, err))
		}
	})
}

func (g *stage) stop() {
	g.cancel()
	g.wg.Wait()
}

// publish tells everybody of changes that are safe.
func (s *Server) publish(changes []model.Change) {
	for i := range changes {
		c := &changes[i]
		s.meters.count(c)
		if c.Incident.Target.Kind != model.ServiceTarget {
			s.investigator.Follow(c)
			s.reports.SendTraffic(&c.Incident)
		}
		if c.Type == model.MarkedFalse && c.Incident.Target.Kind != model.ServiceTarget {
			s.pipeline.LearnFalseAlarm(c.Incident.Target, c.Incident.Started, c.At)
		}
		s.alerts.Handle(context.Background(), *c)
		s.notifySubscribers(c)
		if c.Type != model.Updated {
			s.log.Info("incident", "id", c.Incident.ID, "change", string(c.Type), "text", c.Text)
		}
	}
}

// saveEvery is how often small state is written.
const saveEvery = 10 * time.Second

// save writes small state now and then, until ctx is done.
func (s *Server) save(ctx context.Context) {
	for n := 1; clock.Sleep(ctx, saveEvery); n++ {
		s.saveNow(ctx)
		if n%baselinesEvery == 0 {
			s.saveBaselines()
			s.reports.Save(ctx)
			s.investigator.Documents().Sweep(time.Duration(s.current().Data.IncidentRetention))
		}
	}
}

// baselinesEvery is how many times small state is saved between two savings of
// what was learnt.
const baselinesEvery = 30

func (s *Server) saveBaselines() {
	if err := s.pipeline.SaveBaselines(); err != nil {
		s.log.Warn("baselines were not saved", "error", err)
	}
}

func (s *Server) saveNow(ctx context.Context) {
	for key, encode := range map[string]func() ([]byte, bool){keyExporters: s.registry.Encode, keyTemplates: s.templates.Encode} {
		if b, changed := encode(); changed {
			if err := s.journal.Put(ctx, key, b); err != nil {
				s.log.Warn("state was not saved", "key", key, "error", err)
			}
		}
	}
	if err := s.probes.Save(ctx); err != nil {
		s.log.Warn("state was not saved", "key", "probes", "error", err)
	}
}

// Reload takes over another configuration, whole or not at all.
func (s *Server) Reload(next *settings.Settings) error {
	if keys := s.current().Restart(next); len(keys) > 0 {
		return fmt.Errorf("reload: %s needs a restart; nothing was changed", keys[0])
	}
	inventory, err := newInventory(next)
	if err != nil {
		return fmt.Errorf("reload: %w; nothing was changed", err)
	}
	if err := s.alerts.Reload(alertConfig(next, s.link())); err != nil {
		return fmt.Errorf("reload: %w; nothing was changed", err)
	}
	s.pipeline.Reload(inventory)
	s.sources.SetAllowed(next.Collectors)
	s.auth.SetTokens(tokensOf(next))
	s.mu.Lock()
	s.settings = next
	s.mu.Unlock()
	s.log.Info("configuration reloaded")
	return nil
}

// current is the configuration in effect.
func (s *Server) current() *settings.Settings {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.settings
}

// heartbeat is the sign of life that is configured, nil for none. It stops when
// the engine does.
func heartbeat(s *Server) *alert.Heartbeat {
	h := &s.settings.Alerts.Heartbeat
	url := h.URL.Reveal()
	if url == "" {
		return nil
	}
	return &alert.Heartbeat{URL: url, Every: time.Duration(h.Every), Healthy: func() bool { return s.Health().Live && s.Health().Ready }}
}
