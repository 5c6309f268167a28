// Package replay runs a recording through the pipeline, the engine and the
// investigator of a server in one goroutine, with a clock that it steps: the same
// recording and configuration give the same output. It opens no socket and keeps
// nothing.
package replay

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"floodmark/internal/app"
	"floodmark/internal/backtest"
	"floodmark/internal/clock"
	"floodmark/internal/decode/packet"
	"floodmark/internal/engine"
	"floodmark/internal/exporters"
	"floodmark/internal/investigator"
	"floodmark/internal/model"
	"floodmark/internal/pipeline"
	"floodmark/internal/settings"
	"floodmark/internal/source/flowudp"
	"floodmark/internal/source/recording"
	"floodmark/internal/telemetry/histogram"
)

// Options say what is replayed with which configuration.
type Options struct {
	Settings *settings.Settings
	Paths    []string
	Sampling uint32 // of packets and flow files: one in so many was recorded; 0 for what they say
	Version  string
	Progress func(reading string, done, total int64) // may be nil
}

// replay is the pipeline in one goroutine, without sockets, journal and store: its
// clock stands at the time of the record that is read.
type replay struct {
	ctx          context.Context
	clock        *clock.Clock
	pipeline     *pipeline.Pipeline
	monitor      *exporters.Monitor
	investigator *investigator.Investigator
	engine       *engine.Replay
	out          backtest.Output

	netflow, sflow, direct *pipeline.Reader // direct takes packets and records
	flows                  arrivals
	next                   int64          // Unix ns of the next turn, 0 before the first record
	incidents              map[string]int // index in out.Incidents
	held                   map[string]int // index in out.Conditions of those that hold
}

// Run replays a recording through the pipeline of a configuration and returns what
// would have been detected. It fails where nothing can be read, where the address
// data cannot be opened, or when ctx is done.
func Run(ctx context.Context, opt *Options) (*backtest.Output, error) {
	p, err := pipeline.NewPlan(opt.Settings)
	if err != nil {
		return nil, err
	}
	db, err := app.OpenGeo(string(opt.Settings.Geo.File))
	if err != nil {
		return nil, err
	}
	r := &replay{ctx: ctx, incidents: make(map[string]int), held: make(map[string]int)}
	rec, err := recording.Open(ctx, opt.Paths, recording.Options{Sampling: opt.Sampling, Progress: opt.Progress, Export: r.export})
	if err != nil {
		return nil, err
	}
	defer rec.Close()
	if err := r.build(pipeline.NewInventory(p, db), opt.Version); err != nil {
		return nil, err
	}
	rec.Announced(func(payload []byte, from model.Exporter) { r.netflow.Learn(payload, from) })
	if err := rec.Read(ctx, "replaying", r.record); err != nil {
		return nil, err
	}
	r.flows.flush(r.flow)
	if r.next == 0 {
		return nil, fmt.Errorf("%s: nothing that can be read in it", opt.Paths[0])
	}
	r.finish(rec)
	return &r.out, ctx.Err()
}

// build makes the components.
func (r *replay) build(inventory *pipeline.Inventory, version string) error {
	log := slog.New(slog.DiscardHandler)
	r.clock = clock.NewManual(0)
	r.engine = engine.NewReplay(inventory.IncidentConfig())
	registry := exporters.NewRegistry()
	r.pipeline = pipeline.New(pipeline.Config{Clock: r.clock, Key: flowKey, Log: log},
		pipeline.Deps{Inventory: inventory, Registry: registry, Engine: r.engine, Incidents: r.engine.Incidents()})
	r.monitor = exporters.NewMonitor(exporters.Config{Clock: r.clock},
		exporters.Deps{Registry: registry, Readers: r.pipeline, Inventory: inventory, Engine: r.engine})
	r.netflow, r.sflow, r.direct = r.pipeline.NetFlowReader(), r.pipeline.SFlowReader(), r.pipeline.PacketReader("recording", packet.Ethernet)
	var err error
	r.investigator, err = investigator.New(r.ctx, investigator.Config{Clock: r.clock, Version: version, Seconds: histogram.Seconds(), Log: log},
		investigator.Deps{Records: r.pipeline, Captures: r.pipeline.Captures(), Scope: inventory, Engine: r.engine})
	return err
}

// flowKey finds flows in a replay: nobody who sent a recording could make them
// collide, and the same input has to give the same bytes.
const flowKey = 0x9e3779b97f4a7c15

// Turns of the replay: the investigator's plan at each, all else once a second.
const (
	turn   = int64(250 * time.Millisecond)
	maxGap = int64(time.Hour) // of silence that is played
	lateBy = int64(10 * time.Second)
)

// arrive moves the clock to a record that arrived at `at`, and does all that
// was due before.
func (r *replay) arrive(at int64) int64 {
	if r.next == 0 {
		r.next = at - at%1e9 + 1e9
		r.clock.Set(at)
		r.out.First = at
	}
	now := r.clock.Now()
	if now-at > lateBy {
		r.out.Late++
	}
	at = max(at, now)
	if gap := at - r.next; gap > maxGap {
		r.play(r.next + maxGap)
		gap = at - at%1e9 - r.next
		r.out.Skipped += gap
		r.next += gap
	}
	r.play(at)
	r.clock.Set(at)
	return at
}

// play takes all turns up to and including `to`.
func (r *replay) play(to int64) {
	for ; r.next <= to && r.ctx.Err() == nil; r.next += turn {
		r.clock.Set(r.next)
		if r.next%1e9 == 0 {
			r.second()
		}
		r.investigator.Schedule()
		r.settle()
	}
}

// second is what a server does each second.
func (r *replay) second() {
	r.pipeline.Second(r.next)
	r.monitor.Look(r.next)
	r.note(r.next)
}

// settle steps engine and investigator until neither has a message for the other.
func (r *replay) settle() {
	for again := true; again; {
		again = r.pipeline.Pending() || r.engine.Waiting()
		if again {
			r.pipeline.Collect()
			r.publish(r.engine.Step(r.clock.Now()))
		}
		again = r.investigator.Work(r.ctx) || again
	}
}

// publish notes what would have been reported.
func (r *replay) publish(changes []model.Change) {
	for i := range changes {
		c := &changes[i]
		r.investigator.Follow(c)
		k, ok := r.incidents[c.Incident.ID]
		if !ok {
			k = len(r.out.Incidents)
			r.incidents[c.Incident.ID] = k
			r.out.Incidents = append(r.out.Incidents, backtest.Reported{})
		}
		t := &r.out.Incidents[k]
		t.Incident = c.Incident
		t.Dismissed = c.Type == model.Dismissed
		if severityRank(c.Incident.Severity) > severityRank(t.Worst) {
			t.Worst = c.Incident.Severity
		}
	}
}

func severityRank(s model.Severity) int {
	return slices.Index([]model.Severity{model.Info, model.Warning, model.Critical}, s)
}

// note keeps when conditions held.
func (r *replay) note(now int64) {
	held := make(map[string]int, len(r.held))
	for _, c := range r.monitor.Conditions() {
		key := c.Code + " " + c.Subject
		k, ok := r.held[key]
		if !ok {
			if len(r.out.Conditions) >= maxConditions {
				continue
			}
			k = len(r.out.Conditions)
			r.out.Conditions = append(r.out.Conditions, backtest.Condition{Code: c.Code, Subject: c.Subject, Severity: c.Severity, Since: rfc(c.Since)})
		}
		held[key] = k
		r.out.Conditions[k].Text, r.out.Conditions[k].Until = c.Text, rfc(now)
	}
	r.held = held
}

// maxConditions bounds what a recording of faults makes a document of.
const maxConditions = 10000

func rfc(ns int64) string { return time.Unix(0, ns).UTC().Format(time.RFC3339Nano) }

// export takes an export datagram of the recording.
func (r *replay) export(d *recording.Export) {
	r.out.Datagrams++
	at := r.arrive(d.At)
	x := r.netflow
	if d.SFlow {
		x = r.sflow
	}
	x.Datagrams([]flowudp.Datagram{{Payload: d.Payload, From: d.From, At: at}})
	r.settle()
}

// record takes a packet of the recording, or a flow record of a file.
func (r *replay) record(rec *model.Record) {
	if !rec.IsPacket {
		r.flows.add(rec, r.flow)
		return
	}
	r.feed(rec, r.arrive(rec.Last))
}

// flow takes a flow record of a file when its exporter may have sent it.
func (r *replay) flow(rec *model.Record) { r.feed(rec, r.arrive(rec.Last)) }

func (r *replay) feed(rec *model.Record, at int64) {
	r.direct.Record(rec, at)
	r.out.Records++
	r.settle()
}

// finish closes the last second, examines what still goes on once more, and
// gathers what is known of the recording.
func (r *replay) finish(rec *recording.Recording) {
	r.out.Last = r.clock.Now()
	r.play(r.out.Last + 1e9)
	r.investigator.ExamineUnderway(r.ctx, r.settle) // the server would do it again later
	stats := r.pipeline.Tables()
	r.out.Targets = stats.Hosts + int(stats.Evicted)
	for _, e := range r.monitor.Statuses() {
		r.out.Records += e.Records
	}
	r.out.Undecoded = r.netflow.Undecoded() + r.sflow.Undecoded()
	r.out.Synthetic = rec.Facts().Synthetic
	for _, in := range rec.Inputs() {
		r.out.Inputs = append(r.out.Inputs, backtest.Input{Name: in.Name, SHA256: in.SHA256, Bytes: in.Bytes, Format: in.Format, Kind: in.Kind, Skipped: in.Skipped})
	}
}
