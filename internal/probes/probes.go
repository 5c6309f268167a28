// Package probes keeps the state of every probed component of the services: it has
// the components probed, tells user reports and conditions of changes, and keeps
// what it learned of usual answer times.
package probes

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"log/slog"
	"maps"
	"net"
	"slices"
	"sync"

	"floodmark/internal/clock"
	"floodmark/internal/conditions"
	"floodmark/internal/journal"
	"floodmark/internal/model"
	"floodmark/internal/settings"
	"floodmark/internal/source/probe"
	"floodmark/internal/telemetry"
	"floodmark/internal/userreports"
)

// UserReports takes the states of probes, which reports are compared with.
type UserReports interface {
	Send(userreports.Message)
}

// Conditions takes that of the own network.
type Conditions interface {
	Raise(code, subject, text string)
	Clear(code, subject string)
}

// Journal keeps what was learned.
type Journal interface {
	Put(ctx context.Context, key string, value []byte) error
	Get(ctx context.Context, key string) ([]byte, error)
}

// Config of Probes.
type Config struct {
	Settings *settings.Settings
	Version  string
	Seed     uint64 // of when components are probed
	Clock    *clock.Clock
	Dial     func(ctx context.Context, network, address string) (net.Conn, error) // nil for the machine's network
	Log      *slog.Logger
}

// Deps are what Probes are connected to.
type Deps struct {
	UserReports UserReports
	Conditions  Conditions
	Journal     Journal
}

// Probes are the probed components of all services and their last results. The
// prober's goroutines add results; any goroutine may ask. Make them with New.
type Probes struct {
	c      Config
	d      Deps
	prober *probe.Prober

	mu      sync.Mutex              // guards what follows, and what it points to
	list    []*component            // in the order of the configuration
	of      map[string][]*component // by service
	changed bool                    // something was learned since it was saved
}

// component is one that is probed.
type component struct {
	service *model.Service
	key     string // of what is learned
	watch   *probe.Watch
	last    model.ProbeResult // At is 0 before the first
	results map[model.ProbeFailure]uint64
}

// Component is the state of a probed component and its last result, whose time is
// 0 before the first.
type Component struct {
	Service, Name string // of the service
	Now           model.ProbeNow
	Last          model.ProbeResult
}

// journalKey is where the journal keeps what was learned.
const journalKey = "probes"

// New reads what was learned and makes the prober. It fails where the journal
// cannot be read or an address is invalid.
func New(ctx context.Context, c Config, d Deps) (*Probes, error) {
	p := &Probes{c: c, d: d, of: make(map[string][]*component)}
	x := c.Settings
	learned := make(map[string]probe.Learnt)
	if b, err := d.Journal.Get(ctx, journalKey); err == nil {
		if err := json.Unmarshal(b, &learned); err != nil {
			c.Log.Warn("usual answer times cannot be read and are learned again", "error", err)
		}
	} else if !errors.Is(err, journal.ErrNotFound) {
		return nil, err
	}
	pc := probe.Config{Vantage: x.Probes.Vantage, Agent: agent(c.Version, x.UserReports.BaseURL), Seed: c.Seed,
		Now: c.Clock.Now, Real: c.Clock.Real, Sink: p.add, Dial: c.Dial}
	for _, u := range x.Probes.Control {
		pc.Control = append(pc.Control, string(u))
	}
	services := x.ServiceList()
	for i := range x.Services {
		slug := services[i].Slug
		for n := range x.Services[i].Probes {
			one := &x.Services[i].Probes[n]
			pc.Targets = append(pc.Targets, target(slug, one))
			of, _ := services[i].Component(one.Component)
			key := learnedKey(slug, one)
			q := &component{service: services[i], key: key, watch: probe.NewWatch(of, pc.Vantage, learned[key]), results: make(map[model.ProbeFailure]uint64)}
			p.list = append(p.list, q)
			p.of[slug] = append(p.of[slug], q)
		}
	}
	// Nothing is known yet: what an earlier run knew may have changed, and what was
	// probed then may not be now.
	for _, s := range services {
		d.UserReports.Send(userreports.ProbeStates{Service: s.Slug, At: c.Clock.Now(), States: p.states(s.Slug)})
	}
	var err error
	p.prober, err = probe.New(pc)
	return p, err
}

// Run probes until ctx is done.
func (p *Probes) Run(ctx context.Context) error { return p.prober.Run(ctx) }

func target(service string, x *settings.Probe) probe.Target {
	t := probe.Target{Service: service, Component: x.Component, URL: string(x.URL), Contains: x.Contains, Every: x.Every.Std(), Timeout: x.Timeout.Std()}
	for _, s := range x.Expect.Spans {
		t.Expect = append(t.Expect, probe.Span{Low: s.Low, High: s.High})
	}
	return t
}

// learnedKey holds a hash of the address: what was learned of another one says
// nothing, and the address may hold a secret.
func learnedKey(service string, x *settings.Probe) string {
	h := fnv.New64a()
	h.Write([]byte(x.URL))
	return fmt.Sprintf("%s %s %016x", service, x.Component, h.Sum64())
}

// agent is the User-Agent, by which operators of services know who asks.
func agent(version, base string) string {
	out := "Floodmark"
	if version != "" {
		out += "/" + version
	}
	if base != "" {
		out += " (+" + base + ")"
	}
	return out
}

// find returns a component that is probed. mu is held.
func (p *Probes) find(service, name string) *component {
	list := p.of[service]
	return list[slices.IndexFunc(list, func(q *component) bool { return q.watch.Now().Component == name })]
}

// add takes a result.
func (p *Probes) add(r model.ProbeResult) {
	p.mu.Lock()
	q := p.find(r.Service, r.Component)
	now, changed := q.watch.Step(&r)
	before := q.last.Failure
	q.last, p.changed = r, true
	q.results[r.Failure]++
	p.d.UserReports.Send(userreports.ProbeStates{Service: r.Service, At: r.At, States: p.states(r.Service)}) // in the order in which states changed
	p.mu.Unlock()
	if changed {
		p.c.Log.Info("probe", "service", r.Service, "component", r.Component, "state", string(now.State), "text", now.Text)
	}
	switch {
	case r.Failure == model.OwnLink:
		p.d.Conditions.Raise(conditions.VantageUnreachable, "", "probes reach neither services nor control hosts: they say nothing about services until the network of this machine works")
	case before == model.OwnLink: // one that was cut off is not any more
		p.d.Conditions.Clear(conditions.VantageUnreachable, "")
	}
}

// Save writes what was learned, if that changed since the last call.
func (p *Probes) Save(ctx context.Context) error {
	b, err := p.encode()
	if b == nil || err != nil {
		return err
	}
	return p.d.Journal.Put(ctx, journalKey, b)
}

// encode returns what was learned, nil if it did not change since the last call.
func (p *Probes) encode() ([]byte, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.changed {
		return nil, nil
	}
	p.changed = false
	out := make(map[string]probe.Learnt, len(p.list))
	for _, q := range p.list {
		out[q.key] = q.watch.Learnt()
	}
	return json.Marshal(out)
}

// states are those of a service, in the order of the configuration. mu is held.
func (p *Probes) states(slug string) []model.ProbeNow {
	var out []model.ProbeNow
	for _, q := range p.of[slug] {
		out = append(out, q.watch.Now())
	}
	return out
}

// Components returns every probed component.
func (p *Probes) Components() []Component {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := make([]Component, 0, len(p.list))
	for _, q := range p.list {
		out = append(out, Component{Service: q.service.Slug, Name: q.service.Name, Now: q.watch.Now(), Last: q.last})
	}
	return out
}

// Telemetry copies what is counted.
func (p *Probes) Telemetry() []telemetry.Probe {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := make([]telemetry.Probe, 0, len(p.list))
	for _, q := range p.list {
		now := q.watch.Now()
		out = append(out, telemetry.Probe{Service: q.service.Slug, Component: now.Component, Results: maps.Clone(q.results), State: now.State,
			Since: float64(now.Since) / 1e9, Last: q.last})
	}
	return out
}
