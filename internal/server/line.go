package server

import (
	"cmp"
	"context"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"

	"floodmark/internal/aggregate/shard"
	"floodmark/internal/clock"
	"floodmark/internal/dedup"
	"floodmark/internal/engine"
	"floodmark/internal/geo"
	"floodmark/internal/model"
	"floodmark/internal/store/duckdb"
)

// Line is the way that traffic takes, from sockets to incidents:
//
//	reader: decode → normalise → place → rows, samples, shard updates
//	shard:  count → test thresholds → anomalies
//	pulse:  every second: walk shards → sums, points, baselines → health
//	engine: anomalies, findings, commands → incidents → journal → what everybody sees
type Line struct {
	log   *slog.Logger
	clock *clock.Clock

	plan      atomic.Pointer[plan]
	geo       atomic.Pointer[geo.DB]
	exporters *registry
	told      memory
	heard     heard

	readers   []*reader
	shards    []*lockedShard
	captures  captures
	engine    sender
	meters    *meters
	wake      chan struct{} // a shard found something
	sums      *sums
	baselines *baselines
	going     atomic.Pointer[[]model.TargetID] // targets of incidents that are not closed
	owners    *dedup.Table
	key       uint64 // of all readers' flows
	store     *duckdb.Store
	services  *serviceFlows // belongs to the pulse; nil before there are services
	reports   reportSender  // takes the traffic of services

	horizon int           // seconds; belongs to the health loop
	spread  atomic.Int32  // the same, for the pulse
	kept    []model.Point // of the last second; belongs to the pulse
	walked  atomic.Int64  // Unix ns, the last second that was closed
}

// wakeCollector has the shards drained before the second is over.
func (l *Line) wakeCollector() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// sender takes what is found in traffic.
type sender interface {
	Send(engine.Message)
}

// collectLoop sends what shards found, until ctx is done.
func (l *Line) collectLoop(ctx context.Context) {
	idle := time.NewTicker(l.clock.Real(time.Second))
	defer idle.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-l.wake:
		case <-idle.C:
		}
		l.collect()
	}
}

// collect drains the shards into what the engine takes next.
func (l *Line) collect() {
	var found []model.Anomaly
	for _, s := range l.shards {
		found = s.collect(found)
	}
	l.engine.Send(engine.Anomalies(found))
}

// gather copies records from the readers' rings.
func (l *Line) gather(since int64, match func(*model.Record) bool) []model.Record {
	var out []model.Record
	for _, x := range l.readers {
		x.mu.Lock()
		x.ring.Each(since, func(r *model.Record) {
			if match(r) {
				out = append(out, own(r))
			}
		})
		x.mu.Unlock()
	}
	sortByTime(out)
	return out
}

// rates returns what a target gets and sends now.
func (l *Line) rates(t model.TargetID) (in, out model.Rates) {
	if t.Kind > model.PrefixTarget {
		return l.sums.rates(t)
	}
	s := l.shardOf(t.Addr)
	s.mu.Lock()
	defer s.mu.Unlock()
	in, out, _ = s.s.Rates(t)
	return in, out
}

// nameOf returns how people call an exporter.
func (l *Line) nameOf(number uint32) string {
	address := l.exporters.name(number)
	for a, name := range l.plan.Load().names {
		if a.String() == address && name != "" {
			return name
		}
	}
	return address
}

// pulse runs what happens once a second of the server's time, until ctx is
// done. Where it falls behind by more than some seconds it leaves seconds out,
// and says so.
func (l *Line) pulse(ctx context.Context) {
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
		if late := now/1e9 - next; late > mostBehind {
			l.log.Warn("the clock ran ahead of the counting", "seconds", late)
			next = now / 1e9
		}
		l.second(next * 1e9)
		next++
	}
}

// replayNap bounds sleeps in a replay, whose clock may go faster before they are
// over.
const replayNap = 10 * time.Millisecond

// mostBehind is how many seconds pulse catches up with one by one.
const mostBehind = 900

// second closes the second that ends at now.
func (l *Line) second(now int64) {
	for _, s := range l.shards {
		s.walk(now)
	}
	p := l.plan.Load()
	l.sums.gather(l.shards, p.customers)
	l.setNear()
	var found []model.Anomaly
	l.sums.test(p, now, float32(l.spread.Load()), func(a model.Anomaly) { found = append(found, a) })
	if len(found) > 0 {
		l.engine.Send(engine.Anomalies(found))
	}
	l.points(now)
	l.baselines.second(p, now, l.kept, l.underWay, func(a model.Anomaly) { l.engine.Send(engine.Anomalies{a}) })
	if l.services != nil {
		l.services.second(now/1e9-1, l.kept, l.reports)
	}
	l.walked.Store(now)
	l.wakeCollector()
}

// setNear tells all shards how many targets of all of them are near a
// threshold: the promise of few false alarms is for the network.
func (l *Line) setNear() {
	for _, s := range l.shards {
		s.mu.Lock()
		s.s.SetNear(l.sums.near)
		s.mu.Unlock()
	}
}

// points gathers the second's rates for baselines, and keeps them as series
// where there is a store.
func (l *Line) points(now int64) {
	l.kept = l.kept[:0]
	at := now/1e9 - 1
	add := func(t model.TargetID, in, out *model.Rates) {
		if in[model.Packets] > 0 {
			l.kept = append(l.kept, model.Point{Time: at, Target: t, Direction: model.In, Rates: *in})
		}
		if out[model.Packets] > 0 {
			l.kept = append(l.kept, model.Point{Time: at, Target: t, Direction: model.Out, Rates: *out})
		}
	}
	for _, s := range l.shards {
		s.mu.Lock()
		s.s.Points(add)
		s.mu.Unlock()
	}
	l.sums.each(func(t model.TargetID, sum *shard.Sum) { add(t, &sum.Rates[model.In], &sum.Rates[model.Out]) })
	l.kept = unique(l.kept)
	if l.store != nil {
		l.store.AddPoints(l.kept)
	}
}

// unique drops points of hosts that were told more than once.
func unique(list []model.Point) []model.Point {
	slices.SortFunc(list, func(a, b model.Point) int {
		return cmp.Or(cmp.Compare(a.Target.Kind, b.Target.Kind), cmp.Compare(a.Target.Bits, b.Target.Bits), a.Target.Addr.Compare(b.Target.Addr),
			cmp.Compare(a.Target.Name, b.Target.Name), cmp.Compare(a.Direction, b.Direction))
	})
	return slices.CompactFunc(list, func(a, b model.Point) bool { return a.Target == b.Target && a.Direction == b.Direction })
}

// underWay reports whether something is going on at a target, inside it or
// around it, so that it is no example of what is normal.
func (l *Line) underWay(t model.TargetID) bool {
	for _, o := range *l.going.Load() {
		if o == t || o.Contains(t) || t.Contains(o) || o.Kind > model.PrefixTarget && t.Kind > model.PrefixTarget {
			return true
		}
	}
	return false
}
