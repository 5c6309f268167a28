package pipeline

import (
	"slices"
	"strconv"

	"floodmark/internal/aggregate/shard"
	"floodmark/internal/model"
	"floodmark/internal/telemetry"
)

// Target is the traffic of a target in the last second, and what is known of it.
type Target struct {
	ID       model.TargetID
	Group    string // whose thresholds apply
	Customer string // "" for none
	At       int64  // Unix ns, end of the second
	In, Out  Traffic
}

// Traffic is one direction of a target.
type Traffic struct {
	Rates     model.Rates // corrected for sampling
	Bounds    model.Rates // thresholds, 0 for none
	Low, High float64     // of Bits, what is normal now
	Known     bool        // Low and High are learned
}

// TargetFilter selects targets.
type TargetFilter struct {
	Kinds  []model.TargetKind // none for all
	Group  string             // of thresholds, "" for any
	Within *model.TargetID    // this target and those inside it, nil for all
}

// Targets lists targets with their rates and nothing else, in no order. It visits
// all tables, a shard at a time.
func (l *Pipeline) Targets(f TargetFilter) []Target {
	p := l.inventory.plan.Load()
	seen := make(map[model.TargetID]bool)
	var out []Target
	at := l.closed.Load()
	add := func(t model.TargetID, in, sent *model.Rates) {
		if seen[t] || !p.matches(f, t) {
			return
		}
		seen[t] = true
		out = append(out, Target{ID: t, At: at, In: Traffic{Rates: *in}, Out: Traffic{Rates: *sent}})
	}
	for _, s := range l.shards {
		s.mu.Lock()
		s.s.Points(add)
		s.mu.Unlock()
	}
	l.sums.each(func(t model.TargetID, sum *shard.Sum) { add(t, &sum.Rates[model.In], &sum.Rates[model.Out]) })
	return out
}

// Target returns one target with its rates and nothing else; false where it has
// no traffic.
func (l *Pipeline) Target(id model.TargetID) (Target, bool) {
	t := Target{ID: id, At: l.closed.Load()}
	if id.Kind > model.PrefixTarget {
		ok := false
		l.sums.each(func(o model.TargetID, sum *shard.Sum) {
			if o == id {
				t.In.Rates, t.Out.Rates, ok = sum.Rates[model.In], sum.Rates[model.Out], true
			}
		})
		return t, ok
	}
	s := l.shardOf(id.Addr)
	s.mu.Lock()
	defer s.mu.Unlock()
	in, out, ok := s.s.Rates(id)
	t.In.Rates, t.Out.Rates = in, out
	return t, ok
}

// Complete adds group, customer, thresholds and what is normal.
func (l *Pipeline) Complete(t *Target) {
	p := l.inventory.plan.Load()
	t.Group = p.groupOf(t.ID)
	if list := p.customersOf(t.ID); len(list) > 0 {
		t.Customer = list[0]
	} else if t.ID.Kind == model.CustomerTarget {
		t.Customer = t.ID.Name
	}
	now := l.clock.Now()
	for _, x := range []struct {
		dir model.Direction
		to  *Traffic
	}{{model.In, &t.In}, {model.Out, &t.Out}} {
		x.to.Bounds = p.settings.Rates(t.Group, t.ID.Kind, x.dir)
		x.to.Low, x.to.High, x.to.Known = l.baselines.band(t.ID, x.dir, now)
	}
}

// Rates returns what a target gets and sends now.
func (l *Pipeline) Rates(t model.TargetID) (in, out model.Rates) {
	if t.Kind > model.PrefixTarget {
		return l.sums.rates(t)
	}
	s := l.shardOf(t.Addr)
	s.mu.Lock()
	defer s.mu.Unlock()
	in, out, _ = s.s.Rates(t)
	return in, out
}

// Closed is the end of the last second that was closed, in Unix ns, 0 before the
// first.
func (l *Pipeline) Closed() int64 { return l.closed.Load() }

// Tables adds up the tables of targets.
func (l *Pipeline) Tables() shard.Stats { return l.tableStats() }

// Telemetry copies the counters of shards and batches.
func (l *Pipeline) Telemetry() ([]telemetry.Shard, telemetry.Ingest) {
	var shards []telemetry.Shard
	for i, s := range l.shards {
		st := s.stats()
		shards = append(shards, telemetry.Shard{Name: strconv.Itoa(i), Targets: st.Hosts + st.Prefixes, Evicted: st.Evicted, TableFull: st.Untracked})
	}
	return shards, telemetry.Ingest{Seconds: l.ingest.Counts(), Size: l.ingestSize.Counts()}
}

// matches reports whether a filter selects a target.
func (p *Plan) matches(f TargetFilter, t model.TargetID) bool {
	return (len(f.Kinds) == 0 || slices.Contains(f.Kinds, t.Kind)) && (f.Group == "" || p.groupOf(t) == f.Group) &&
		(f.Within == nil || p.within(t, *f.Within))
}

// groupOf returns the group whose thresholds apply to a target.
func (p *Plan) groupOf(t model.TargetID) string {
	switch {
	case t.Kind <= model.PrefixTarget:
		return p.groups[p.normalize.Lookup(t.Addr).Group]
	case t.Kind == model.CustomerTarget && p.settings.Customers[t.Name].Group != "":
		return p.settings.Customers[t.Name].Group
	}
	return p.groups[0]
}

// within reports whether a target is another one or inside it.
func (p *Plan) within(t, wide model.TargetID) bool {
	switch {
	case t == wide, wide.Kind == model.NetworkTarget, wide.Contains(t):
		return true
	case wide.Kind == model.CustomerTarget && t.Kind <= model.PrefixTarget:
		return p.customers[p.normalize.Lookup(t.Addr).Customer] == wide.Name
	}
	return false
}
