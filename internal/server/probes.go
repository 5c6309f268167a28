package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"sync"

	"floodmark/internal/api"
	"floodmark/internal/conditions"
	"floodmark/internal/journal"
	"floodmark/internal/model"
	"floodmark/internal/settings"
	"floodmark/internal/source/probe"
	"floodmark/internal/telemetry"
	"floodmark/internal/userreports"
)

// probes are the probed components of all services and what they said last. The
// prober's goroutines tell of results; any goroutine may ask.
type probes struct {
	s      *Server
	prober *probe.Prober

	mu      sync.Mutex
	list    []*probed            // in the order of the configuration
	of      map[string][]*probed // by service
	changed bool                 // something was learnt since it was kept
}

// probed is one component.
type probed struct {
	service *model.Service
	key     string // of what is learnt
	watch   *probe.Watch
	last    model.ProbeResult // At is 0 before the first
	results map[model.ProbeFailure]uint64
}

// openProbes makes what asks the services of the configuration.
func (s *Server) openProbes(ctx context.Context) error {
	x := s.settings
	p := &probes{s: s, of: make(map[string][]*probed)}
	s.probes = p
	learnt := make(map[string]probe.Learnt)
	if b, err := s.journal.Get(ctx, keyProbes); err == nil {
		if err := json.Unmarshal(b, &learnt); err != nil {
			s.log.Warn("how long answers usually take cannot be read; learning anew", "err", err)
		}
	} else if !errors.Is(err, journal.ErrNotFound) {
		return err
	}
	c := probe.Config{Vantage: x.Probes.Vantage, Agent: agent(s.opt.Version, x.UserReports.BaseURL), Seed: uint64(s.real.UnixNano()),
		Now: s.clock.Now, Real: s.clock.Real, Sink: p.hear, Dial: s.opt.Network.Dial}
	for _, u := range x.Probes.Control {
		c.Control = append(c.Control, string(u))
	}
	services := x.ServiceList()
	for i := range x.Services {
		for n := range x.Services[i].Probes {
			one := &x.Services[i].Probes[n]
			c.Targets = append(c.Targets, target(services[i].Slug, one))
			component, _ := services[i].Component(one.Component)
			key := learntKey(services[i].Slug, one)
			q := &probed{service: services[i], key: key, watch: probe.NewWatch(component, c.Vantage, learnt[key]),
				results: make(map[model.ProbeFailure]uint64)}
			p.list = append(p.list, q)
			p.of[services[i].Slug] = append(p.of[services[i].Slug], q)
		}
	}
	p.begin(services)
	var err error
	p.prober, err = probe.New(c)
	return err
}

// begin tells the line of reports that nothing is known yet: what an earlier run
// knew may have changed, and what was probed then may not be now.
func (p *probes) begin(services []*model.Service) {
	for _, x := range services {
		p.s.reports.Send(userreports.ProbeStates{Service: x.Slug, At: p.s.clock.Now(), States: p.s.Probes(x.Slug)})
	}
}

func target(service string, x *settings.Probe) probe.Target {
	t := probe.Target{Service: service, Component: x.Component, URL: string(x.URL), Contains: x.Contains, Every: x.Every.Std(), Timeout: x.Timeout.Std()}
	for _, s := range x.Expect.Spans {
		t.Expect = append(t.Expect, probe.Span{Low: s.Low, High: s.High})
	}
	return t
}

// learntKey holds a hash of the address: what was learnt of another one says
// nothing, and the address may hold a secret.
func learntKey(service string, x *settings.Probe) string {
	h := fnv.New64a()
	h.Write([]byte(x.URL))
	return fmt.Sprintf("%s %s %016x", service, x.Component, h.Sum64())
}

// agent tells the owners of services who asks.
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
func (p *probes) find(service, component string) *probed {
	list := p.of[service]
	return list[slices.IndexFunc(list, func(q *probed) bool { return q.watch.Now().Component == component })]
}

// hear takes a result.
func (p *probes) hear(r model.ProbeResult) {
	p.mu.Lock()
	q := p.find(r.Service, r.Component)
	now, changed := q.watch.Step(&r)
	before := q.last.Failure
	q.last, p.changed = r, true
	q.results[r.Failure]++
	p.s.reports.Send(userreports.ProbeStates{Service: r.Service, At: r.At, States: p.states(r.Service)}) // in the order in which states changed
	p.mu.Unlock()
	if changed {
		p.s.log.Info("probe", "service", r.Service, "component", r.Component, "state", string(now.State), "text", now.Text)
	}
	switch {
	case r.Failure == model.OwnLink:
		p.s.conditions.Raise(conditions.VantageUnreachable, "", "probes reach neither services nor control hosts: they say nothing about services until the network of this machine works")
	case before == model.OwnLink: // one that was cut off is not any more
		p.s.conditions.Clear(conditions.VantageUnreachable, "")
	}
}

// encode gives what was learnt, and whether it changed since the last call.
func (p *probes) encode() ([]byte, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.changed {
		return nil, false
	}
	p.changed = false
	out := make(map[string]probe.Learnt, len(p.list))
	for _, q := range p.list {
		out[q.key] = q.watch.Learnt()
	}
	return encode(out), true
}

// Probes tells the state of each probed component of a service, in the order of
// the configuration; none where nothing is probed.
func (s *Server) Probes(slug string) []model.ProbeNow {
	s.probes.mu.Lock()
	defer s.probes.mu.Unlock()
	return s.probes.states(slug)
}

// states are those of a service. mu is held.
func (p *probes) states(slug string) []model.ProbeNow {
	var out []model.ProbeNow
	for _, q := range p.of[slug] {
		out = append(out, q.watch.Now())
	}
	return out
}

// ProbeStatuses tells the state and the last result of every probed component.
func (s *Server) ProbeStatuses() []api.ProbeStatus {
	p := s.probes
	p.mu.Lock()
	defer p.mu.Unlock()
	out := make([]api.ProbeStatus, 0, len(p.list))
	for _, q := range p.list {
		out = append(out, api.ProbeStatus{Service: q.service.Slug, Name: q.service.Name, Now: q.watch.Now(), Last: q.last})
	}
	return out
}

// snapshot copies what is counted.
func (p *probes) snapshot() []telemetry.Probe {
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
