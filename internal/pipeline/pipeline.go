package pipeline

import (
	"cmp"
	"context"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"floodmark/internal/aggregate/shard"
	"floodmark/internal/clock"
	"floodmark/internal/dedup"
	"floodmark/internal/engine"
	"floodmark/internal/exporters"
	"floodmark/internal/model"
	"floodmark/internal/store/duckdb"
	"floodmark/internal/telemetry/histogram"
)

// Engine takes anomalies.
type Engine interface {
	Send(engine.Message)
}

// Store keeps flows and points. It never blocks.
type Store interface {
	Writer() *duckdb.Writer
	AddPoints([]model.Point)
}

// Config of a Pipeline.
type Config struct {
	Clock        *clock.Clock
	Key          uint64           // secret that flows are found by, so that senders cannot make them collide
	Services     []*model.Service // whose traffic is added up; none without UserReports
	BaselineFile string           // "" for a pipeline that is not saved
	Log          *slog.Logger
}

// Deps are what a Pipeline is connected to. Templates, Store and UserReports may be
// nil.
type Deps struct {
	Inventory   *Inventory
	Registry    *exporters.Registry
	Templates   *exporters.Templates
	Engine      Engine
	Incidents   Incidents
	Store       Store
	UserReports UserReports
}

// Pipeline turns records into anomalies. Make it with New; give it readers before
// Run.
type Pipeline struct {
	common
	log       *slog.Logger
	d         Deps
	sums      *sums
	baselines *baselines
	services  *serviceFlows // belongs to the tick
	points    []model.Point // of the last second; belongs to the tick
	closed    atomic.Int64  // Unix ns, end of the last second that was closed
	readers   []*Reader
}

// New makes a pipeline without readers and loads what it learned of normal traffic.
func New(c Config, d Deps) *Pipeline {
	p := &Pipeline{log: c.Log, d: d, sums: newSums(), baselines: newBaselines(c.BaselineFile, d.Incidents), services: newServiceFlows(c.Services),
		common: common{clock: c.Clock, inventory: d.Inventory, registry: d.Registry, templates: d.Templates, key: c.Key,
			dedup: dedup.New(1<<19, 30*time.Second), wake: make(chan struct{}, 1), ingest: histogram.Seconds(), ingestSize: histogram.Sizes()}}
	plan := d.Inventory.plan.Load()
	for range shardCount {
		p.shards = append(p.shards, &lockedShard{s: shard.New(shardConfig(plan))})
	}
	if c.BaselineFile != "" {
		if err := p.baselines.load(plan, c.Clock.Now()); err != nil {
			p.log.Warn("baselines cannot be read and are learned again", "error", err)
		}
	}
	return p
}

// Run collects anomalies and runs the tick until ctx is done.
func (l *Pipeline) Run(ctx context.Context) error {
	var wg sync.WaitGroup
	wg.Go(func() { l.collectLoop(ctx) })
	l.tick(ctx)
	wg.Wait()
	return nil
}

// Reload puts the thresholds of another plan, and other address data, in force.
func (l *Pipeline) Reload(next *Inventory) {
	p := next.plan.Load()
	l.inventory.geo.Store(next.geo.Load())
	l.inventory.plan.Store(p)
	l.regroup(p)
}

// collectLoop sends what shards found, until ctx is done.
func (l *Pipeline) collectLoop(ctx context.Context) {
	idle := time.NewTicker(l.clock.Real(time.Second))
	defer idle.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-l.wake:
		case <-idle.C:
		}
		l.Collect()
	}
}

// Collect drains the shards into what the engine takes next. Run calls it; a
// back-test steps it.
func (l *Pipeline) Collect() {
	var found []model.Anomaly
	for _, s := range l.shards {
		found = s.collect(found)
	}
	l.d.Engine.Send(engine.Anomalies(found))
}

// Pending reports whether a shard found something since the last call.
func (l *Pipeline) Pending() bool {
	select {
	case <-l.wake:
		return true
	default:
		return false
	}
}

// tick runs what happens once a second of the server's time, until ctx is done.
// Where it falls behind by more than maxBehind it leaves seconds out, and logs it.
func (l *Pipeline) tick(ctx context.Context) {
	next := l.clock.Now()/1e9 + 1
	for ctx.Err() == nil { // also where it never sleeps, behind a clock that is too fast
		now := l.clock.Now()
		if wait := next*1e9 - now; wait > 0 {
			nap := l.clock.Real(time.Duration(wait))
			if l.clock.Follows() {
				nap = min(nap, replayNap)
			}
			if !clock.Sleep(ctx, nap) {
				return
			}
			continue
		}
		if late := now/1e9 - next; late > maxBehind {
			l.log.Warn("the clock ran ahead of the counting", "seconds", late)
			next = now / 1e9
		}
		l.Second(next * 1e9)
		next++
	}
}

// replayNap bounds sleeps in a replay, whose clock may go faster before they are
// over.
const replayNap = 10 * time.Millisecond

// maxBehind is how many seconds the tick catches up with one by one.
const maxBehind = 900

// Second closes the second that ends at now, in Unix ns. Run calls it; a back-test
// steps it.
func (l *Pipeline) Second(now int64) {
	for _, s := range l.shards {
		s.walk(now)
	}
	p := l.inventory.plan.Load()
	l.sums.gather(l.shards, p.customers)
	l.setNear()
	l.send(l.sums.test(p, now, float32(l.spread.Load())))
	l.addPoints(now)
	l.send(l.baselines.second(p, now, l.points))
	if l.d.UserReports != nil {
		l.services.second(now/1e9-1, l.points, l.d.UserReports)
	}
	l.closed.Store(now)
	l.wakeCollector()
}

func (l *Pipeline) send(found []model.Anomaly) {
	if len(found) > 0 {
		l.d.Engine.Send(engine.Anomalies(found))
	}
}

// setNear sets in all shards how many targets of all of them are near a threshold:
// the false-alarm budget is for the whole network.
func (l *Pipeline) setNear() {
	for _, s := range l.shards {
		s.mu.Lock()
		s.s.SetNear(l.sums.near)
		s.mu.Unlock()
	}
}

// addPoints gathers the second's rates for baselines, and keeps them as series
// where there is a store.
func (l *Pipeline) addPoints(now int64) {
	l.points = l.points[:0]
	at := now/1e9 - 1
	add := func(t model.TargetID, in, out *model.Rates) {
		if in[model.Packets] > 0 {
			l.points = append(l.points, model.Point{Time: at, Target: t, Direction: model.In, Rates: *in})
		}
		if out[model.Packets] > 0 {
			l.points = append(l.points, model.Point{Time: at, Target: t, Direction: model.Out, Rates: *out})
		}
	}
	for _, s := range l.shards {
		s.mu.Lock()
		s.s.Points(add)
		s.mu.Unlock()
	}
	l.sums.each(func(t model.TargetID, sum *shard.Sum) { add(t, &sum.Rates[model.In], &sum.Rates[model.Out]) })
	l.points = unique(l.points)
	if l.d.Store != nil {
		l.d.Store.AddPoints(l.points)
	}
}

// unique drops points of hosts that were given more than once.
func unique(list []model.Point) []model.Point {
	slices.SortFunc(list, func(a, b model.Point) int {
		return cmp.Or(cmp.Compare(a.Target.Kind, b.Target.Kind), cmp.Compare(a.Target.Bits, b.Target.Bits), a.Target.Addr.Compare(b.Target.Addr),
			cmp.Compare(a.Target.Name, b.Target.Name), cmp.Compare(a.Direction, b.Direction))
	})
	return slices.CompactFunc(list, func(a, b model.Point) bool { return a.Target == b.Target && a.Direction == b.Direction })
}

// LearnFalseAlarm takes what a target had during a time, in Unix ns, as normal.
func (l *Pipeline) LearnFalseAlarm(t model.TargetID, from, to int64) { l.baselines.learn(t, from, to) }

// SaveBaselines writes what was learned of normal traffic.
func (l *Pipeline) SaveBaselines() error { return l.baselines.save() }
