package telemetry

import (
	"floodmark/internal/model"
	"floodmark/internal/view"
)

// Probe is one component of a service that is probed.
type Probe struct {
	Service, Component string                        // slugs
	Results            map[model.ProbeFailure]uint64 // NoFailure where it answered well
	State              model.ProbeState
	Since              float64           // when State began, Unix seconds of the server's clock; 0 for never
	Last               model.ProbeResult // At is 0 before the first
}

type probeMetrics struct{ results, state, since, phases series }

func newProbes(b *book) probeMetrics {
	return probeMetrics{
		results: b.counter("floodmark_probe_results_total",
			"Requests of a component, by result: ok, or the failure as docs/probes.md names it.", "service", "component", "result"),
		state:  b.gauge("floodmark_probe_state", "1 for the current state of a component: unknown, ok, slow or failing.", "service", "component", "state"),
		since:  b.gauge("floodmark_probe_state_since_timestamp_seconds", "Start of the current state, Unix time of the server's clock; 0 before the first result.", "service", "component"),
		phases: b.gauge("floodmark_probe_phase_duration_seconds", "Phases of the last request: dns, connect, tls, response; 0 for those not reached or not needed.", "service", "component", "phase"),
	}
}

func (m probeMetrics) collect(ch *scrape, s *Snapshot) {
	for i := range s.Probes {
		p := &s.Probes[i]
		for f, n := range p.Results {
			result := view.ProbeFailure(f)
			if f == model.NoFailure {
				result = "ok"
			}
			m.results.send(ch, float64(n), p.Service, p.Component, result)
		}
		for _, state := range []model.ProbeState{model.ProbeUnknown, model.ProbeOK, model.ProbeSlow, model.ProbeFailing} {
			m.state.flag(ch, p.State == state, p.Service, p.Component, string(state))
		}
		m.since.send(ch, p.Since, p.Service, p.Component)
		if r := &p.Last; r.At != 0 {
			m.phases.send(ch, float64(r.DNS)/1e9, p.Service, p.Component, "dns")
			m.phases.send(ch, float64(r.Connect)/1e9, p.Service, p.Component, "connect")
			m.phases.send(ch, float64(r.TLS)/1e9, p.Service, p.Component, "tls")
			m.phases.send(ch, float64(r.Response)/1e9, p.Service, p.Component, "response")
		}
	}
}
