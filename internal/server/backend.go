package server

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"floodmark/internal/api"
	"floodmark/internal/fault"
	"floodmark/internal/incident"
	"floodmark/internal/journal"
	"floodmark/internal/model"
	"floodmark/internal/pipeline"
	"floodmark/internal/report/seal"
	"floodmark/internal/userreports"
)

// Server is what the API asks: see api.Backend. Everything here reads, but for
// Command and TestReceiver.
var _ api.Backend = (*Server)(nil)

// Clock tells the server's time.
func (s *Server) Clock() (now time.Time, speed float64, start time.Time) {
	return time.Unix(0, s.clock.Free()).UTC(), s.clock.Speed(), s.started
}

// Behind is by how much of its clock's time the counting of traffic lags.
func (s *Server) Behind() time.Duration {
	at := s.pipeline.Closed()
	if at == 0 {
		return 0 // it has not begun
	}
	return time.Duration(max(s.clock.Now()-at, 0))
}

// Incidents returns what a filter asks for, of traffic and of services.
func (s *Server) Incidents(f api.IncidentFilter) []model.Incident {
	return f.Select(s.incidents.All())
}

// Changed returns a channel that is closed at the next change.
func (s *Server) Changed() <-chan struct{} { return s.incidents.Changed() }

// Incident returns one incident and its changes.
func (s *Server) Incident(id string) (model.Incident, []model.NumberedChange, bool) {
	in, changes, ok := s.incidents.Get(id)
	if ok {
		s.join(&in)
	}
	return in, changes, ok
}

// join adds to an incident what is kept beside it: claims, its own document
// where it is of a service, and the incident that it is a part of.
func (s *Server) join(in *model.Incident) {
	in.Claims = s.investigator.Claims(in.ID)
	if in.Target.Kind == model.ServiceTarget {
		in.Evidence = s.investigator.Documents().Latest(in.ID)
		return
	}
	for _, o := range s.incidents.Services(func(o *model.Incident) bool {
		return slices.ContainsFunc(o.Traffic, func(p model.TrafficPart) bool { return p.ID == in.ID })
	}, 1) {
		in.PartOf = o.ID
	}
}

// Evidence returns a sealed document.
func (s *Server) Evidence(_ context.Context, id string, revision uint64) ([]byte, error) {
	if _, _, ok := s.incidents.Get(id); !ok {
		return nil, &fault.Error{Kind: fault.NotFound, Text: "there is no incident " + id}
	}
	b, ok := s.investigator.Documents().Read(id, revision)
	if !ok {
		return nil, noEvidence()
	}
	return b, nil
}

// Disclosure returns the redacted form of a document.
func (s *Server) Disclosure(ctx context.Context, id string, revision uint64) ([]byte, error) {
	full, err := s.Evidence(ctx, id, revision)
	if err != nil {
		return nil, err
	}
	return seal.Redact(full)
}

// Samples returns the sampled records of the latest document.
func (s *Server) Samples(_ context.Context, id string) ([]model.RecordLine, error) {
	a, err := s.investigator.Documents().Analysis(id)
	if err != nil {
		return nil, err
	}
	if a == nil {
		return nil, noEvidence()
	}
	return a.SampledRecords, nil
}

func noEvidence() error {
	return &fault.Error{Kind: fault.NotFound, Text: "there is no evidence document of this incident", Hint: "the first one comes about a second after an incident is detected; of each incident the first and the latest ones are kept"}
}

// errEnough ends a reading of the journal.
var errEnough = errors.New("enough")

// Changes returns changes of all incidents after a number.
func (s *Server) Changes(ctx context.Context, after uint64, limit int) ([]model.NumberedChange, error) {
	var out []model.NumberedChange
	err := s.journal.Read(ctx, journal.Changes, after, func(seq uint64, _ time.Time, data []byte) error {
		var c model.Change
		if err := json.Unmarshal(data, &c); err != nil {
			return nil // told when it was recovered
		}
		out = append(out, model.NumberedChange{Number: seq, Change: c})
		if len(out) >= limit {
			return errEnough
		}
		return nil
	})
	if errors.Is(err, journal.ErrTrimmed) {
		return nil, &fault.Error{Kind: fault.Gone, Text: fmt.Sprintf("changes after number %d are kept no more", after), Hint: "ask for the incidents, then for changes from the latest number"}
	}
	if err != nil && !errors.Is(err, errEnough) {
		return nil, err
	}
	return out, nil
}

// LastChange is the number of the latest change.
func (s *Server) LastChange() uint64 { return s.incidents.Last() }

// Command has happened when it returns nil. It is written down first.
func (s *Server) Command(ctx context.Context, c model.Command) error {
	if c.At == 0 {
		c.At = s.clock.Now()
	}
	in, _, ok := s.incidents.Get(c.Incident)
	if !ok {
		return &fault.Error{Kind: fault.NotFound, Text: "there is no incident " + c.Incident}
	}
	if in.Target.Kind == model.ServiceTarget {
		err := s.reports.Command(ctx, c)
		switch {
		case errors.Is(err, userreports.ErrUnavailable):
			return unavailable()
		case err != nil:
			return conflict(err)
		}
		return nil
	}
	err := s.engine.Command(ctx, c)
	var unknown *incident.UnknownError
	if errors.As(err, &unknown) {
		return &fault.Error{Kind: fault.Conflict, Text: err.Error()}
	}
	if errors.Is(err, journal.ErrFull) || errors.Is(err, journal.ErrDown) {
		return &fault.Error{Kind: fault.Unavailable, Text: "the journal cannot be written now: " + err.Error()}
	}
	if err != nil && ctx.Err() == nil {
		return &fault.Error{Kind: fault.Conflict, Text: err.Error()}
	}
	return err
}

// Targets returns the heaviest targets.
func (s *Server) Targets(q api.TargetQuery) ([]api.TargetNow, int) {
	list := s.pipeline.Targets(pipeline.TargetFilter{Kinds: q.Kinds, Group: q.Group, Within: q.Within})
	total := len(list)
	rate := func(t *pipeline.Target) float64 {
		if q.Direction == model.Out {
			return t.Out.Rates[q.Metric]
		}
		return t.In.Rates[q.Metric]
	}
	slices.SortFunc(list, func(a, b pipeline.Target) int {
		return cmp.Or(cmp.Compare(rate(&b), rate(&a)), cmp.Compare(a.ID.String(), b.ID.String()))
	})
	out := make([]api.TargetNow, min(total, q.Limit))
	for i := range out {
		out[i] = s.targetNow(&list[i])
	}
	return out, total
}

// Target returns one target.
func (s *Server) Target(id model.TargetID) (api.TargetNow, bool) {
	t, ok := s.pipeline.Target(id)
	if !ok {
		return api.TargetNow{Target: id, At: t.At}, false
	}
	return s.targetNow(&t), true
}

// targetNow adds what is configured and known of a target, and its incidents.
func (s *Server) targetNow(t *pipeline.Target) api.TargetNow {
	s.pipeline.Complete(t)
	out := api.TargetNow{Target: t.ID, Group: t.Group, Customer: t.Customer, At: t.At, In: trafficNow(&t.In), Out: trafficNow(&t.Out), Incidents: []string{}}
	for _, in := range s.incidents.Open() {
		if in.Target == t.ID {
			out.Incidents = append(out.Incidents, in.ID)
		}
	}
	return out
}

func trafficNow(t *pipeline.Traffic) api.TrafficNow {
	return api.TrafficNow{Rates: t.Rates, Bounds: t.Bounds, Low: t.Low, High: t.High, Known: t.Known}
}

// Exporters returns what is known of each.
func (s *Server) Exporters() []model.ExporterStatus {
	return s.monitor.Statuses()
}

// Conditions returns what is wrong with the program or its sight.
func (s *Server) Conditions() []model.Condition { return s.allConditions() }

// Health tells whether the program does its work.
func (s *Server) Health() api.Health {
	h := api.Health{Live: true, Ready: s.ready.Load(), Version: s.opt.Version, Reasons: []string{}}
	if !h.Ready {
		h.Reasons = append(h.Reasons, "starting or stopping")
	}
	if lag := time.Duration(s.clock.Now() - s.engine.SteppedAt()); h.Ready && lag > time.Duration(float64(stalled)*s.clock.Speed()) {
		h.Live = s.engine.Err() != nil // a restart frees no disk
		h.Reasons = append(h.Reasons, fmt.Sprintf("nothing was judged for %s", lag.Round(time.Second)))
	}
	return h
}

// stalled is how long, in real time, the judge may be silent before only a
// restart helps.
const stalled = 30 * time.Second

// Settings is the configuration in effect, without secrets.
func (s *Server) Settings() json.RawMessage {
	b, err := json.Marshal(s.current())
	if err != nil {
		panic(fmt.Sprintf("settings are not JSON: %v", err)) // the type always is
	}
	return b
}

// Receivers tells how alerts do.
func (s *Server) Receivers() []api.ReceiverStatus {
	var out []api.ReceiverStatus
	for _, r := range s.alerts.Status() {
		out = append(out, api.ReceiverStatus{Name: r.Name, Kind: r.Kind, Sent: r.Sent, Failed: r.Failed, Pending: r.Pending, LastSent: r.LastSent, LastError: r.LastError})
	}
	return out
}

// TestReceiver sends a test message.
func (s *Server) TestReceiver(ctx context.Context, name string) error {
	return s.alerts.Test(ctx, name)
}

// ProbeStatuses returns the state and the last result of every probed component.
func (s *Server) ProbeStatuses() []api.ProbeStatus {
	list := s.probes.Components()
	out := make([]api.ProbeStatus, 0, len(list))
	for _, c := range list {
		out = append(out, api.ProbeStatus{Service: c.Service, Name: c.Name, Now: c.Now, Last: c.Last})
	}
	return out
}
