package server

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"floodmark/internal/model"
	"floodmark/internal/telemetry"
	"floodmark/internal/telemetry/histogram"
)

// metrics returns the handler of /metrics.
func (s *Server) metrics() http.Handler {
	reg := prometheus.NewRegistry()
	if err := telemetry.Register(reg, s.snapshot); err != nil {
		panic(err) // the names are fixed
	}
	return telemetry.Handler(reg)
}

// snapshot copies all counters.
func (s *Server) snapshot() telemetry.Snapshot {
	t := telemetry.Snapshot{Version: s.opt.Version, Started: float64(s.real.Unix()), Ready: s.ready.Load(), ClockSpeed: s.clock.Speed(), Conditions: s.allConditions()}
	t.Sockets, t.Captures = s.sources.Telemetry()
	t.Shards, t.Ingest = s.pipeline.Telemetry()
	s.snapshotExporters(&t)
	t.Engine = telemetry.Engine{Inputs: s.engine.Steps(), Incidents: map[model.State]int{}, Opened: s.meters.opened.Load(),
		Lag: float64(s.clock.Now()-s.pipeline.Closed()) / 1e9, DetectionDelay: s.meters.detection.Counts()}
	for _, in := range s.incidents.Traffic() {
		t.Engine.Incidents[in.State]++
	}
	x := s.investigator.Stats()
	t.Evidence = telemetry.Evidence{Workers: 1, Busy: x.Busy, Queued: x.Queued, Capacity: x.Capacity,
		Completed: x.Completed, Failed: x.Failed, Dropped: x.Dropped, Seconds: s.meters.evidence.Counts()}
	s.snapshotStores(&t)
	for _, r := range s.alerts.Status() {
		t.Receivers = append(t.Receivers, telemetry.Receiver{Name: r.Name, Sent: r.Sent, Failed: r.Failed, Pending: r.Pending, Seconds: r.Seconds})
	}
	a := s.auth.Stats()
	t.HTTP = telemetry.HTTP{Sessions: a.Sessions, FailedLogins: a.LoginFailures, RateLimited: a.LoginRefused, Rejected: a.Refused,
		Requests: map[string]histogram.Counts{"operator": s.meters.operator.Counts(), "public": s.meters.public.Counts()}, Queries: s.meters.queries.Counts()}
	s.snapshotUserReports(&t)
	t.Probes = s.probes.Telemetry()
	return t
}

// snapshotExporters copies the counters of named exporters one by one, and those
// of all others together.
func (s *Server) snapshotExporters(t *telemetry.Snapshot) {
	other := telemetry.Exporter{Name: "other", QualityOK: true}
	names := s.inventory.ExporterNames()
	decoders := make(map[string]*telemetry.Decoder)
	decoder := func(protocol string) *telemetry.Decoder {
		d := decoders[protocol]
		if d == nil {
			d = &telemetry.Decoder{Protocol: protocol, Skipped: make(map[string]uint64)}
			decoders[protocol] = d
		}
		return d
	}
	for _, e := range s.Exporters() {
		o := telemetry.Exporter{Name: e.Name, Datagrams: e.Datagrams, Records: e.Records, Lost: e.Lost, LastSeen: float64(e.LastSeen) / 1e9, QualityOK: e.QualityOK}
		if names[e.Name] {
			t.Exporters = append(t.Exporters, o)
		} else {
			other.Datagrams += o.Datagrams
			other.Records += o.Records
			other.Lost += o.Lost
			other.LastSeen = max(other.LastSeen, o.LastSeen)
			other.QualityOK = other.QualityOK && o.QualityOK
		}
		if len(e.Protocols) > 0 {
			d := decoder(e.Protocols[0])
			d.Records += e.Records
			d.Lost += e.Lost
		}
		t.Normalizer.Ignored += e.Dropped
		t.Normalizer.Future += e.Future
		t.Normalizer.Old += e.Old
		for _, r := range e.Duplicates {
			t.Normalizer.Duplicate += r.Records
		}
		for _, r := range e.Rates {
			t.Normalizer.Records += r.Records
		}
	}
	for k, n := range s.monitor.Skipped() {
		decoder(k.Protocol).Skipped[k.Reason] = n
	}
	for _, p := range slices.Sorted(maps.Keys(decoders)) {
		t.Decoders = append(t.Decoders, *decoders[p])
	}
	if other.Datagrams > 0 {
		t.Exporters = append(t.Exporters, other)
	}
}

// snapshotStores copies the counters of store and journal.
func (s *Server) snapshotStores(t *telemetry.Snapshot) {
	st := s.store.Stats()
	t.Store = telemetry.Store{Rows: st.Rows, DroppedQueue: st.DroppedQueue, DroppedDisk: st.DroppedDisk, Points: st.Points, DroppedPoints: st.DroppedPoint,
		Errors: st.Errors, Bytes: st.Bytes, Files: st.Files, Free: st.Free, Degradation: st.Short, Lag: st.Lag.Seconds(), Flush: st.Flush}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	u, err := s.journal.Usage(ctx)
	if err != nil {
		t.Journal.Down = true
		return
	}
	t.Journal = telemetry.Journal{Free: u.Free, Full: u.Full, Down: u.Down, Append: u.Append, Sync: u.Sync}
	for _, x := range append(u.Streams, u.Values) {
		t.Journal.Streams = append(t.Journal.Streams, telemetry.JournalStream{Name: x.Name, Commits: x.Committed, Bytes: uint64(x.Octets), Lost: x.Lost})
	}
}
