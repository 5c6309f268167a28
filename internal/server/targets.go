package server

import (
	"floodmark/internal/aggregate/shard"
	"floodmark/internal/api"
	"floodmark/internal/model"
)

// top lists targets with their traffic now, of the kinds and within what a
// query asks for. It visits all tables, a shard at a time.
func (l *Line) top(q api.TargetQuery) []api.TargetNow {
	p := l.plan.Load()
	wanted := func(t model.TargetID) bool {
		if len(q.Kinds) > 0 {
			found := false
			for _, k := range q.Kinds {
				found = found || k == t.Kind
			}
			if !found {
				return false
			}
		}
		if q.Group != "" && l.groupOf(p, t) != q.Group {
			return false
		}
		return q.Within == nil || l.within(p, t, *q.Within)
	}
	seen := make(map[model.TargetID]bool)
	var out []api.TargetNow
	at := l.walked.Load()
	add := func(t model.TargetID, in, out2 *model.Rates) {
		if seen[t] || !wanted(t) {
			return
		}
		seen[t] = true
		out = append(out, api.TargetNow{Target: t, At: at, In: api.TrafficNow{Rates: *in}, Out: api.TrafficNow{Rates: *out2}})
	}
	for _, s := range l.shards {
		s.mu.Lock()
		s.s.Points(add)
		s.mu.Unlock()
	}
	l.sums.each(func(t model.TargetID, sum *shard.Sum) { add(t, &sum.Rates[model.In], &sum.Rates[model.Out]) })
	return out
}

// target returns one target's traffic now.
func (l *Line) target(t model.TargetID) (api.TargetNow, bool) {
	n := api.TargetNow{Target: t, At: l.walked.Load()}
	if t.Kind > model.PrefixTarget {
		ok := false
		l.sums.each(func(o model.TargetID, sum *shard.Sum) {
			if o == t {
				n.In.Rates, n.Out.Rates, ok = sum.Rates[model.In], sum.Rates[model.Out], true
			}
		})
		return n, ok
	}
	s := l.shardOf(t.Addr)
	s.mu.Lock()
	in, out, ok := s.s.Rates(t)
	s.mu.Unlock()
	n.In.Rates, n.Out.Rates = in, out
	return n, ok
}

// groupOf names the group whose thresholds apply to a target.
func (l *Line) groupOf(p *plan, t model.TargetID) string {
	switch {
	case t.Kind <= model.PrefixTarget:
		return p.groups[p.normalize.Lookup(t.Addr).Group]
	case t.Kind == model.CustomerTarget && p.settings.Customers[t.Name].Group != "":
		return p.settings.Customers[t.Name].Group
	}
	return p.groups[0]
}

// within reports whether a target is another one or inside it.
func (l *Line) within(p *plan, t, wide model.TargetID) bool {
	switch {
	case t == wide, wide.Kind == model.NetworkTarget, wide.Contains(t):
		return true
	case wide.Kind == model.CustomerTarget && t.Kind <= model.PrefixTarget:
		return p.customers[p.normalize.Lookup(t.Addr).Customer] == wide.Name
	}
	return false
}
