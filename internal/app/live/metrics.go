package live

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"floodmark/internal/api"
	"floodmark/internal/journal"
	"floodmark/internal/model"
	"floodmark/internal/settings"
	afpacket "floodmark/internal/source/capture"
	"floodmark/internal/telemetry"
)

// metrics serves what the program counts.
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
	for _, c := range s.collectors {
		n := c.listener.Stats().Total()
		t.Sockets = append(t.Sockets, telemetry.Socket{Name: string(c.protocol) + " " + c.address, Datagrams: n.Datagrams, Octets: n.Octets,
			Dropped: n.Dropped, Refused: n.Refused, Truncated: n.Truncated, Buffer: n.Buffer})
	}
	for _, c := range s.captures {
		st := c.current().Stats()
		n := st.Total()
		t.Captures = append(t.Captures, telemetry.Capture{Interface: c.name, Packets: n.Packets, Octets: n.Octets, Dropped: n.Dropped, Up: st.State == afpacket.Up})
	}
	s.snapshotExporters(&t)
	for i, l := range s.line.shards {
		st := l.stats()
		t.Shards = append(t.Shards, telemetry.Shard{Name: strconv.Itoa(i), Targets: st.Hosts + st.Prefixes, Evicted: st.Evicted, Refused: st.Untracked})
	}
	t.Judge = telemetry.Judge{Inputs: s.engine.Steps(), Incidents: map[model.State]int{}, Lag: float64(s.clock.Now()-s.line.walked.Load()) / 1e9}
	for _, in := range s.incidents.Traffic() {
		t.Judge.Incidents[in.State]++
		if in.Opened != 0 {
			t.Judge.Opened++
		}
	}
	x := s.line.examiner
	t.Evidence = telemetry.Evidence{Workers: 1, Queued: len(x.jobs), Done: x.done.Load(), Dropped: x.full.Load()}
	s.snapshotStores(&t)
	for _, r := range s.alerts.Status() {
		t.Receivers = append(t.Receivers, telemetry.Receiver{Name: r.Name, Sent: r.Sent, Failed: r.Failed, Pending: r.Pending})
	}
	a := s.auth.Stats()
	t.HTTP = telemetry.HTTP{Sessions: a.Sessions, LoginFailures: a.LoginFailures, LoginRefused: a.LoginRefused, Refused: a.Refused}
	s.snapshotCrowd(&t)
	t.Probes = s.probes.snapshot()
	return t
}

// snapshotExporters tells named exporters one by one and all others together.
func (s *Server) snapshotExporters(t *telemetry.Snapshot) {
	other := telemetry.Exporter{Name: "other", QualityOK: true}
	names := make(map[string]bool)
	for _, n := range s.line.plan.Load().names {
		names[n] = true
	}
	decoders := make(map[string]*telemetry.Decoder)
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
		for _, p := range e.Protocols[:min(len(e.Protocols), 1)] {
			d := decoders[p]
			if d == nil {
				d = &telemetry.Decoder{Protocol: p, Skipped: map[string]uint64{}}
				decoders[p] = d
			}
			d.Records += e.Records
			d.Lost += e.Lost
		}
		t.Normalizer.Records += e.Records
		t.Normalizer.Ignored += e.Dropped
		t.Normalizer.Future += e.Future
		t.Normalizer.Old += e.Old
		for _, r := range e.Duplicates {
			t.Normalizer.Duplicate += r.Records
		}
	}
	for _, p := range sortedKeys(decoders) {
		t.Decoders = append(t.Decoders, *decoders[p])
	}
	if other.Datagrams > 0 {
		t.Exporters = append(t.Exporters, other)
	}
}

// snapshotStores tells of what is kept.
func (s *Server) snapshotStores(t *telemetry.Snapshot) {
	st := s.store.Stats()
	t.Store = telemetry.Store{Rows: st.Rows, DroppedQueue: st.DroppedQueue, DroppedDisk: st.DroppedDisk, Points: st.Points, DroppedPoints: st.DroppedPoint,
		Errors: st.Errors, Octets: st.Bytes, Files: st.Files, Free: st.Free, Short: st.Short, Lag: st.Lag.Seconds()}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	u, err := s.journal.Usage(ctx)
	if err != nil {
		t.Journal.Down = true
		return
	}
	t.Journal.Free, t.Journal.Full, t.Journal.Down = u.Free, u.Full, u.Down
	for _, x := range append(u.Streams, u.Values) {
		t.Journal.Streams = append(t.Journal.Streams, telemetry.JournalStream{Name: x.Name, Appended: x.Groups, Octets: uint64(x.Octets), Lost: x.Lost})
	}
}

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
