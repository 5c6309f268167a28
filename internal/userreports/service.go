package userreports

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"floodmark/internal/model"
	"floodmark/internal/source/report"
	"floodmark/internal/userreports/detector"
)

// Config of a Service.
type Config struct {
	Services []*model.Service // in the order that they are shown in
	Budget   model.Budget     // of false alarms
	Dir      string           // of what is kept between runs
	Now      func() int64     // the server's clock, Unix ns
	Tick     time.Duration    // real time between two looks at that clock
	Log      *slog.Logger
}

// Engine writes changes of services' incidents. It returns when they are safe.
type Engine interface {
	Write(ctx context.Context, changes []model.Change) error
}

// Incidents are those of services and of traffic, as everybody sees them.
type Incidents interface {
	Get(id string) (model.Incident, []model.NumberedChange, bool)
	Services(keep func(*model.Incident) bool, limit int) []model.Incident
	Traffic() []model.Incident
}

// Network knows addresses.
type Network interface {
	// Place is what is known of an address; nothing where there is no address data.
	Place(a netip.Addr) model.Place
	// Prefixes are the addresses of a target.
	Prefixes(t model.TargetID) []netip.Prefix
}

// Deps are what a Service is connected to.
type Deps struct {
	Journal   Journal
	Engine    Engine
	Incidents Incidents
	Network   Network
}

// Service is the way of user reports in a running server. Make it with New.
type Service struct {
	c      Config
	d      Deps
	intake *report.Intake
	inbox  inbox
	view   atomic.Pointer[View]
	wake   chan struct{} // changes are pending

	mu        sync.Mutex // guards what follows; never held while something is waited for
	detector  *detector.Detector
	seq       uint64         // of the last report counted
	marks     []mark         // where the journal was in the last hour
	pending   []model.Change // not delivered yet, oldest first
	delivered uint64         // changes that are safe, since the start
	waiters   []waiter       // for delivered to grow
	shownAt   time.Time      // real, with its monotonic reading: steps of the clock delay no view
}

// waiter is told when so many changes are delivered.
type waiter struct {
	at   uint64
	done chan struct{}
}

// What callers branch on.
var ErrUnavailable = errors.New("the journal cannot be written now")

// New builds the detector and brings it to where the journal is.
func New(ctx context.Context, c Config, d Deps) (*Service, error) {
	s := &Service{c: c, d: d, wake: make(chan struct{}, 1)}
	s.detector = s.newDetector()
	known := make(map[string]*model.Service, len(c.Services))
	for _, x := range c.Services {
		known[x.Slug] = x
	}
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("directory of reports: %w", err)
	}
	s.load()
	var err error
	s.intake, err = report.New(ctx, report.Config{Tick: c.Tick, Journal: reportJournal{d.Journal}, State: reportState{d.Journal}, Now: c.Now, Place: d.Network.Place,
		Known: func(slug string) (*model.Service, bool) { x, ok := known[slug]; return x, ok }, Confirmed: s.grave, Sink: s.sink})
	if err != nil {
		return nil, err
	}
	if err := s.replay(ctx); err != nil {
		return nil, err
	}
	s.addRecentTraffic()
	s.show(c.Now())
	return s, nil
}

func (s *Service) newDetector() *detector.Detector {
	return detector.New(detector.Config{Services: s.c.Services, Budget: s.c.Budget, Similar: s.similar, History: s.history})
}

// Run takes reports and delivers changes until ctx is done.
func (s *Service) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var delivering sync.WaitGroup
	delivering.Go(func() { s.deliverAll(ctx) })
	err := s.intake.Run(ctx)
	cancel()
	delivering.Wait()
	return err
}

// Intake is where people's submissions go.
func (s *Service) Intake() *report.Intake { return s.intake }

// View is what pages see now.
func (s *Service) View() *View { return s.view.Load() }

// Budget is the budget of false alarms in words.
func (s *Service) Budget() string { return s.detector.Promise() }

// Send hands over what other components know. It never waits.
func (s *Service) Send(m Message) { s.inbox.add(m) }

func (s *Service) grave(slug string) bool {
	v := s.view.Load()
	return v != nil && v.grave[slug]
}

// viewEvery is how often pages are shown something new, in real time.
const viewEvery = time.Second

// sink counts durable reports in the journal's order: see report.Config. Answers
// wait for it, so that it waits for nothing.
func (s *Service) sink(batch []model.Report, upTo int64, seq uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.applyMessages()
	s.pending = append(s.pending, s.detector.Advance(upTo)...)
	for i := range batch {
		s.detector.Add(&batch[i])
	}
	if seq != 0 {
		s.seq = seq
	}
	for slug, n := range s.intake.Refused() {
		s.detector.Reject(slug, upTo, n)
	}
	if len(s.pending) > 0 {
		s.signal()
	}
	if time.Since(s.shownAt) >= viewEvery*9/10 {
		s.shownAt = time.Now()
		s.show(upTo)
	}
}

// applyMessages has the detector take what other components sent; mu is held.
func (s *Service) applyMessages() {
	for _, m := range s.inbox.take() {
		m.apply(s.detector)
	}
}

// commandWait is how long an operator waits for the disk.
const commandWait = 5 * time.Second

// Command does what an operator asks of a service's incident. It returns nil when
// that is safe, ErrUnavailable where it is not yet, and any other error where it
// cannot be done.
func (s *Service) Command(ctx context.Context, c model.Command) error {
	done, err := s.command(c)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, commandWait)
	defer cancel()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ErrUnavailable
	}
}

func (s *Service) command(c model.Command) (<-chan struct{}, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	changes, err := s.detector.Command(c)
	if err != nil {
		return nil, err
	}
	s.pending = append(s.pending, changes...)
	s.show(s.c.Now())
	w := waiter{s.delivered + uint64(len(s.pending)), make(chan struct{})}
	s.waiters = append(s.waiters, w)
	s.release()
	s.signal()
	return w.done, nil
}
