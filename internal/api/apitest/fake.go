package apitest

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"floodmark/internal/api"
	"floodmark/internal/fault"
	"floodmark/internal/model"
)

// Fake is a Backend that answers from its fields.
type Fake struct {
	mu      sync.Mutex
	changed chan struct{}

	Now       time.Time
	All       []model.Incident
	Log       []model.NumberedChange
	Trimmed   uint64 // changes up to this number are kept no more
	Documents map[string][]byte
	Redacted  map[string][]byte // their redacted forms
	Records   map[string][]model.RecordLine
	Commands  []model.Command
	Watched   []api.TargetNow
	Answer    api.FlowAnswer
	Sources   []model.ExporterStatus
	Blind     []model.Condition
	Receiving []api.ReceiverStatus
	Probed    []api.ProbeStatus
	State     api.Health
	Effective string
	Tested    []string // receivers that a test was sent to
	Fail      error    // what everything with a context returns, where set
	// Hang makes answers of Flows and FlowsCSV wait until their context ends;
	// it is told each context that has.
	Hang chan error
	// Asked is told every question, where set.
	Asked chan string
}

var _ api.Backend = (*Fake)(nil)

// New returns a Fake with one of everything, of documentation addresses.
func New() *Fake {
	f := &Fake{Now: time.Date(2026, 11, 24, 2, 5, 0, 0, time.UTC), State: api.Health{Live: true, Ready: true, Version: "test"}, Effective: `{"data":{"dir":"data"}}`,
		Documents: make(map[string][]byte), Redacted: make(map[string][]byte), Records: make(map[string][]model.RecordLine)}
	in := Incident(1, model.Open)
	f.Add(model.Noticed, in)
	f.Add(model.Opened, in)
	f.Documents[in.ID] = []byte(`{"schema":"` + model.AnalysisSchema + `"}`)
	f.Redacted[in.ID] = []byte(`{"redacted":true,"schema":"` + model.AnalysisSchema + `"}`)
	f.Records[in.ID] = []model.RecordLine{{Time: "2026-11-24T02:04:00Z", Vector: "dns-response", Src: "203.0.113.9", Dst: "198.51.100.1", Text: "udp 53 -> 40000, 1200 octets"}}
	f.Watched = []api.TargetNow{Target(1, 9e8), Target(2, 3e8)}
	f.Answer = api.FlowAnswer{Question: "group by src_country top 10", Table: "rollup_1m", From: f.Now.Add(-time.Hour), To: f.Now,
		Columns: []api.FlowColumn{{Name: "src_country", Kind: "country"}, {Name: "packets", Kind: "number", Unit: "packets"}}, Rows: [][]any{{"DE", 12.5}, {nil, 3}}}
	f.Sources = []model.ExporterStatus{{Number: 1, Address: "192.0.2.1", Name: "edge-1", Protocols: []string{"ipfix"}, LastSeen: f.Now.UnixNano(), QualityOK: true,
		Rates: []model.RateShare{{Rate: 1000, From: "advertised", Records: 7}}, Interfaces: []model.InterfaceStatus{{Index: 3, Name: "xe-0/0/3", Role: "external"}}}}
	f.Blind = []model.Condition{{Code: "exporter-stale", Subject: "edge-2", Severity: model.Critical, Text: "no flows from edge-2 since 02:01: attacks there cannot be seen", Since: f.Now.UnixNano()}}
	f.Receiving = []api.ReceiverStatus{{Name: "chat", Kind: "webhook", Sent: 3, LastSent: f.Now.UnixNano()}}
	f.Probed = []api.ProbeStatus{{Service: "example", Name: "Example",
		Now: model.ProbeNow{Component: "website", Name: "Website", Vantage: "this server", State: model.ProbeFailing, Failure: model.ResponseServer,
			Since: f.Now.Add(-time.Minute).UnixNano(), Last: f.Now.UnixNano(), Median: 250e6, Text: "It answers with status 503."},
		Last: model.ProbeResult{At: f.Now.UnixNano(), Service: "example", Component: "website", Vantage: "this server", Failure: model.ResponseServer,
			Status: 503, DNS: 5e6, Connect: 20e6, TLS: 40e6, Response: 100e6, Text: "It answers with status 503."}},
		{Service: "example", Name: "Example", Now: model.ProbeNow{Component: "api", Name: "API", Vantage: "this server", State: model.ProbeUnknown, Text: "Not known yet."}}}
	return f
}

// Incident makes the nth incident, on 198.51.100.n, with something in every field.
func Incident(n int, s model.State) model.Incident {
	start := time.Date(2026, 11, 24, 2, 0, 0, 0, time.UTC).Add(time.Duration(n) * time.Second).UnixNano()
	in := model.Incident{
		Header: model.Header{
			ID: fmt.Sprintf("in-198.51.100.%d-20261124T0200Z", n), Revision: 2, State: s, Severity: model.Warning,
			Target: Host(n), Started: start, Noticed: start + 1e9, Opened: start + 2e9, LastSeen: start + 60e9,
			Waves: []model.Wave{{Start: start, Peak: 90_000}}, WaveCount: 1,
		},
		TrafficIncident: model.TrafficIncident{
			Customer: "acme", Group: "default",
			Excesses: []model.Excess{{Kind: model.ByThreshold, Metric: model.Packets, Bound: 20_000, Peak: 90_000, Since: start, Active: s == model.Open}},
			Hosts:    []model.TargetID{Host(n)}, HostCount: 1, AttackVerdict: model.AttackYes, Because: "it is not ordinary",
			Vectors: []model.Weight{{Value: "dns-response", Packets: 10, Bytes: 12000, Share: 1}}, Sources: 800,
			Countries: []model.Weight{{Value: "DE", Packets: 5, Share: 0.5}},
			Networks:  []model.Weight{{Value: "AS64500", Packets: 5, Share: 0.5}}, Evidence: 1,
		},
	}
	in.Rates[model.Packets], in.Peak[model.Packets] = 80_000, 90_000
	switch s {
	case model.Closed:
		in.Ended, in.ClosedAt = start+120e9, start+420e9
	case model.Suspected:
		in.Opened = 0
	}
	return in
}

// Host is 198.51.100.n.
func Host(n int) model.TargetID { return model.HostID(model.Addr4(0xc6336400 + uint32(n))) }

// Target is 198.51.100.n with a rate of bits towards it.
func Target(n int, bits float64) api.TargetNow {
	t := api.TargetNow{Target: Host(n), Group: "default", Customer: "acme", At: time.Date(2026, 11, 24, 2, 5, 0, 0, time.UTC).UnixNano()}
	t.In = api.TrafficNow{Samples: 40, Low: bits / 10, High: bits / 5, Known: true}
	t.In.Rates[model.Bits], t.In.Bounds[model.Bits] = bits, 5e8
	return t
}

// Do runs a function with the lock held, to change fields while it is used.
func (f *Fake) Do(change func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change()
}

// Add makes a change of an incident happen.
func (f *Fake) Add(t model.ChangeType, in model.Incident) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.add(t, in)
}

func (f *Fake) add(t model.ChangeType, in model.Incident) {
	if i := slices.IndexFunc(f.All, func(x model.Incident) bool { return x.ID == in.ID }); i >= 0 {
		f.All[i] = in
	} else {
		f.All = append(f.All, in)
	}
	f.Log = append(f.Log, model.NumberedChange{Number: uint64(10 * (len(f.Log) + 1)), Change: model.Change{At: f.Now.UnixNano(), Type: t, Incident: in, Text: "something happened to " + in.ID}})
	if f.changed != nil {
		close(f.changed)
		f.changed = nil
	}
}

// Clock is that of Backend.
func (f *Fake) Clock() (time.Time, float64, time.Time) { return f.Now, 1, f.Now.Add(-time.Hour) }

// Incidents is that of Backend.
func (f *Fake) Incidents(q api.IncidentFilter) []model.Incident {
	f.mu.Lock()
	defer f.mu.Unlock()
	return q.Select(f.All)
}

// Changed is that of Backend.
func (f *Fake) Changed() <-chan struct{} {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.changed == nil {
		f.changed = make(chan struct{})
	}
	return f.changed
}

// Incident is that of Backend.
func (f *Fake) Incident(id string) (model.Incident, []model.NumberedChange, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	i := slices.IndexFunc(f.All, func(x model.Incident) bool { return x.ID == id })
	if i < 0 {
		return model.Incident{}, nil, false
	}
	var changes []model.NumberedChange
	for _, c := range f.Log {
		if c.Change.Incident.ID == id {
			changes = append(changes, c)
		}
	}
	return f.All[i], changes, true
}

// Evidence is that of Backend.
func (f *Fake) Evidence(_ context.Context, id string, revision uint64) ([]byte, error) {
	if d, ok := f.Documents[id]; ok && revision < 2 {
		return d, f.Fail
	}
	return nil, &fault.Error{Kind: fault.NotFound, Text: "there is no evidence of that revision"}
}

// Disclosure is that of Backend.
func (f *Fake) Disclosure(_ context.Context, id string, revision uint64) ([]byte, error) {
	if d, ok := f.Redacted[id]; ok && revision < 2 {
		return d, f.Fail
	}
	return nil, &fault.Error{Kind: fault.NotFound, Text: "there is no evidence of that revision"}
}

// Samples is that of Backend.
func (f *Fake) Samples(_ context.Context, id string) ([]model.RecordLine, error) {
	if r, ok := f.Records[id]; ok {
		return r, f.Fail
	}
	return nil, &fault.Error{Kind: fault.NotFound, Text: "there are no samples of that incident"}
}

// Changes is that of Backend.
func (f *Fake) Changes(_ context.Context, after uint64, limit int) ([]model.NumberedChange, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if after < f.Trimmed {
		return nil, &fault.Error{Kind: fault.Gone, Text: "these changes are kept no more"}
	}
	i := slices.IndexFunc(f.Log, func(c model.NumberedChange) bool { return c.Number > after })
	if i < 0 {
		return nil, nil
	}
	return slices.Clone(f.Log[i:min(i+limit, len(f.Log))]), f.Fail
}

// LastChange is that of Backend.
func (f *Fake) LastChange() uint64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.Log) == 0 {
		return 0
	}
	return f.Log[len(f.Log)-1].Number
}

// Command is that of Backend: it keeps the command and acknowledges.
func (f *Fake) Command(_ context.Context, c model.Command) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.Fail != nil {
		return f.Fail
	}
	f.Commands = append(f.Commands, c)
	if i := slices.IndexFunc(f.All, func(x model.Incident) bool { return x.ID == c.Incident }); i >= 0 {
		in := f.All[i]
		in.Revision++
		in.Acknowledged = &model.Remark{By: c.By, At: c.At, Note: c.Note}
		f.add(model.AcknowledgedNow, in)
	}
	return nil
}

// AddClaim is that of Backend.
func (f *Fake) AddClaim(_ context.Context, id string, c model.EnteredClaim) (model.EnteredClaim, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.Fail != nil {
		return c, f.Fail
	}
	i := slices.IndexFunc(f.All, func(x model.Incident) bool { return x.ID == id })
	if i < 0 {
		return c, &fault.Error{Kind: fault.NotFound, Text: "there is no incident " + id}
	}
	c.ID, c.At = fmt.Sprintf("c%d", len(f.All[i].Claims)+1), f.Now.UnixNano()
	if c.Stated == 0 {
		c.Stated = c.At
	}
	f.All[i].Claims = append(slices.Clone(f.All[i].Claims), c)
	return c, nil
}

// Targets is that of Backend; of a query it heeds the limit.
func (f *Fake) Targets(q api.TargetQuery) ([]api.TargetNow, int) {
	return f.Watched[:min(q.Limit, len(f.Watched))], len(f.Watched)
}

// Target is that of Backend.
func (f *Fake) Target(id model.TargetID) (api.TargetNow, bool) {
	i := slices.IndexFunc(f.Watched, func(t api.TargetNow) bool { return t.Target == id })
	if i < 0 {
		return api.TargetNow{}, false
	}
	return f.Watched[i], true
}

// Series is that of Backend: a point a step.
func (f *Fake) Series(_ context.Context, q api.SeriesQuery) ([]model.Point, error) {
	var out []model.Point
	for t := q.From; t < q.To; t += q.Step {
		p := model.Point{Time: t, Target: q.Target, Direction: q.Direction, Samples: 10, Low: 1, High: 2}
		p.Rates[model.Bits] = float64(t % 100)
		out = append(out, p)
	}
	return out, f.Fail
}

func (f *Fake) ask(ctx context.Context, question string) error {
	if f.Asked != nil {
		f.Asked <- question
	}
	if f.Hang != nil {
		<-ctx.Done()
		f.Hang <- ctx.Err()
		return ctx.Err()
	}
	return f.Fail
}

// Flows is that of Backend.
func (f *Fake) Flows(ctx context.Context, question string) (api.FlowAnswer, error) {
	return f.Answer, f.ask(ctx, question)
}

// FlowsCSV is that of Backend.
func (f *Fake) FlowsCSV(ctx context.Context, question string, w io.Writer) error {
	if err := f.ask(ctx, question); err != nil {
		return err
	}
	_, err := io.WriteString(w, "src_country,packets\r\nDE,12.5\r\n,3\r\n")
	return err
}

// Exporters is that of Backend.
func (f *Fake) Exporters() []model.ExporterStatus { return f.Sources }

// Conditions is that of Backend.
func (f *Fake) Conditions() []model.Condition { return f.Blind }

// Receivers is that of Backend.
func (f *Fake) Receivers() []api.ReceiverStatus { return f.Receiving }

// TestReceiver is that of Backend.
func (f *Fake) TestReceiver(_ context.Context, name string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.Tested = append(f.Tested, name)
	return f.Fail
}

// ProbeStatuses is that of Backend.
func (f *Fake) ProbeStatuses() []api.ProbeStatus { return f.Probed }

// Health is that of Backend.
func (f *Fake) Health() api.Health { return f.State }

// Settings is that of Backend.
func (f *Fake) Settings() json.RawMessage { return json.RawMessage(f.Effective) }
