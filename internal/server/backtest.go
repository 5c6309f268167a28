package server

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"floodmark/internal/backtest"
	"floodmark/internal/clock"
	"floodmark/internal/conditions"
	"floodmark/internal/conditions/evaluator"
	"floodmark/internal/decode/packet"
	"floodmark/internal/engine"
	"floodmark/internal/investigator"
	"floodmark/internal/model"
	"floodmark/internal/settings"
	"floodmark/internal/source/flowudp"
	"floodmark/internal/source/recording"
)

// BacktestOptions say what is replayed with which configuration.
type BacktestOptions struct {
	Settings *settings.Settings
	Paths    []string
	Sampling uint32 // of packets and flow files: one in so many was recorded; 0 for what they tell
	Version  string
	Progress func(reading string, done, total int64) // may be nil
}

// replay is the line in one goroutine, without sockets, journal and store: its
// clock stands at the time of the record that is read.
type replay struct {
	ctx    context.Context
	server *Server
	clock  *clock.Clock
	engine *engine.Replay
	said   backtest.Output

	netflow, sflow, direct *reader // direct takes packets and records
	flows                  arrivals
	next                   int64 // Unix ns of the next turn, 0 before the first record
	audited                int64 // when health was looked at last
	before                 map[uint32]model.ExporterStatus
	told                   map[string]int // index in said.Incidents
	stands                 map[string]int // index in said.Conditions of those that hold
}

// Backtest replays a recording through the line of a configuration and returns
// what would have been said. It fails where nothing can be read, where the
// address data cannot be opened, or when ctx is done.
func Backtest(ctx context.Context, opt *BacktestOptions) (*backtest.Output, error) {
	p, err := newPlan(opt.Settings)
	if err != nil {
		return nil, err
	}
	db, err := openGeo(opt.Settings.Geo.File)
	if err != nil {
		return nil, err
	}
	r := &replay{ctx: ctx, before: make(map[uint32]model.ExporterStatus), told: make(map[string]int), stands: make(map[string]int)}
	rec, err := recording.Open(ctx, opt.Paths, recording.Options{Sampling: opt.Sampling, Progress: opt.Progress, Export: r.export})
	if err != nil {
		return nil, err
	}
	defer rec.Close()
	r.clock = clock.NewManual(0)
	r.server = replayServer(r.clock, p, opt)
	l := r.server.line
	r.engine = engine.NewReplay(l.incidentConfig())
	r.server.incidents, l.engine = r.engine.Incidents(), r.engine
	r.server.noteGoing()
	x := evidenceSource{l, r.server.lost}
	r.server.investigator, err = investigator.New(ctx, investigator.Config{Clock: r.clock, Version: opt.Version, Seconds: l.meters.evidence, Log: r.server.log},
		investigator.Deps{Records: x, Captures: x, Scope: x, Engine: r.engine})
	if err != nil {
		return nil, err
	}
	l.geo.Store(db)
	r.netflow, r.sflow, r.direct = l.newReader(), l.newReader(), l.newReader()
	r.netflow.decodeNetflow()
	r.sflow.decodeSflow()
	r.direct.packets, r.direct.exporter = new(packet.Decoder), l.exporters.number("recording")
	rec.Announced(func(payload []byte, from model.Exporter) { r.netflow.netflow.Learn(payload, from) })
	if err := rec.Read(ctx, "replaying", r.record); err != nil {
		return nil, err
	}
	r.flows.flush(r.flow)
	if r.next == 0 {
		return nil, fmt.Errorf("%s: nothing that can be read in it", opt.Paths[0])
	}
	r.finish(rec)
	return &r.said, ctx.Err()
}

// replayServer is a server that nobody can reach and that keeps nothing.
func replayServer(clock *clock.Clock, p *plan, opt *BacktestOptions) *Server {
	log := slog.New(slog.DiscardHandler)
	s := &Server{log: log, clock: clock, settings: p.settings, watch: evaluator.New(), conditions: conditions.NewRegistry(conditions.Config{Now: clock.Now, Log: log}),
		blind: make(map[string]bool), unheard: make(map[uint32]bool)}
	l := newLine(log, clock, p, replayKey)
	s.line = l
	l.baselines = newBaselines("")
	return s
}

// replayKey finds flows in a replay: a recording is no stranger who could make
// them collide, and the same input has to give the same bytes.
const replayKey = 0x9e3779b97f4a7c15

// Turns of the replay: the examiner's plan at each, all else once a second.
const (
	turn       = int64(250 * time.Millisecond)
	longestGap = int64(time.Hour) // of silence that is played
	lateBy     = int64(10 * time.Second)
)

// arrive moves the clock to a record that arrived at `at`, and does all that
// was due before.
func (r *replay) arrive(at int64) int64 {
	if r.next == 0 {
		r.next = at - at%1e9 + 1e9
		r.clock.Set(at)
		r.server.started = r.clock.Time()
		r.said.First = at
	}
	now := r.clock.Now()
	if now-at > lateBy {
		r.said.Late++
	}
	at = max(at, now)
	if gap := at - r.next; gap > longestGap {
		r.play(r.next + longestGap)
		gap = at - at%1e9 - r.next
		r.said.Skipped += gap
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
		r.server.investigator.Schedule()
		r.settle()
	}
}

// second is what pulse and watchHealth do.
func (r *replay) second() {
	s, now := r.server, r.next
	s.line.second(now)
	statuses := s.look(now, r.before, float64(now-r.audited)/1e9)
	r.before, r.audited = byNumber(statuses), now
	s.tellBlind(statuses)
	s.line.setHorizon(statuses)
	r.note(now)
}

// settle lets engine and examiner answer each other until nobody has anything
// to say.
func (r *replay) settle() {
	l := r.server.line
	for again := true; again; {
		again = r.drainWake() || r.engine.Waiting()
		if again {
			l.collect()
			r.publish(r.engine.Step(r.clock.Now()))
		}
		again = r.server.investigator.Work(r.ctx) || again
	}
}

// drainWake reports whether a shard found something since the last call.
func (r *replay) drainWake() bool {
	select {
	case <-r.server.line.wake:
		return true
	default:
		return false
	}
}

// publish notes what would have been told.
func (r *replay) publish(changes []model.Change) {
	r.server.noteGoing()
	for i := range changes {
		c := &changes[i]
		r.server.investigator.Follow(c)
		k, ok := r.told[c.Incident.ID]
		if !ok {
			k = len(r.said.Incidents)
			r.told[c.Incident.ID] = k
			r.said.Incidents = append(r.said.Incidents, backtest.Reported{})
		}
		t := &r.said.Incidents[k]
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
	held := make(map[string]int, len(r.stands))
	for _, c := range r.server.exporterConditions {
		key := c.Code + " " + c.Subject
		k, ok := r.stands[key]
		if !ok {
			if len(r.said.Conditions) >= mostConditions {
				continue
			}
			k = len(r.said.Conditions)
			r.said.Conditions = append(r.said.Conditions, backtest.Condition{Code: c.Code, Subject: c.Subject, Severity: c.Severity, Since: rfc(c.Since)})
		}
		held[key] = k
		r.said.Conditions[k].Text, r.said.Conditions[k].Until = c.Text, rfc(now)
	}
	r.stands = held
}

// mostConditions bounds what a recording of faults makes a document of.
const mostConditions = 10000

func rfc(ns int64) string { return time.Unix(0, ns).UTC().Format(time.RFC3339Nano) }

// export takes an export datagram of the recording.
func (r *replay) export(d *recording.Export) {
	r.said.Datagrams++
	at := r.arrive(d.At)
	x := r.netflow
	if d.SFlow {
		x = r.sflow
	}
	x.datagrams([]flowudp.Datagram{{Payload: d.Payload, From: d.From, At: at}})
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
	x := r.direct
	x.mu.Lock()
	x.at = at
	if rec.IsPacket {
		rec.First, rec.Last = at, at
	}
	rec.Exporter, rec.Sampling = x.exporter, max(rec.Sampling, 1)
	x.record(rec)
	x.handOver()
	x.mu.Unlock()
	r.said.Records++
	r.settle()
}

// finish closes the last second, examines what still goes on once more, and
// gathers what is known of the recording.
func (r *replay) finish(rec *recording.Recording) {
	r.said.Last = r.clock.Now()
	r.play(r.said.Last + 1e9)
	r.server.investigator.ExamineUnderway(r.ctx, r.settle) // the server would do it again later
	stats := r.server.line.targetStats()
	r.said.Targets = stats.Hosts + int(stats.Evicted)
	for _, e := range r.before {
		r.said.Records += e.Records
	}
	r.said.Undecoded = r.netflow.undecoded + r.sflow.undecoded
	r.said.Synthetic = rec.Facts().Synthetic
	for _, in := range rec.Inputs() {
		r.said.Inputs = append(r.said.Inputs, backtest.Input{Name: in.Name, SHA256: in.SHA256, Bytes: in.Bytes, Format: in.Format, Kind: in.Kind, Skipped: in.Skipped})
	}
}
