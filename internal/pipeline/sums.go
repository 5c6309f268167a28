package pipeline

import (
	"sync"

	"floodmark/internal/aggregate/shard"
	"floodmark/internal/detect"
	"floodmark/internal/model"
)

// sums tests customers and the whole network, whose traffic is spread over
// shards: once a second, by the sequential test that shards use.
type sums struct {
	mu    sync.Mutex  // guards what follows
	now   []shard.Sum // by customer; 0 is the whole network
	names []string
	state map[sumKey]*sumTest
	near  int
}

type sumKey struct {
	customer int
	dir      model.Direction
	metric   model.Metric
}

// sumTest is one threshold of one customer.
type sumTest struct {
	evidence float32
	raised   bool
	since    int64
	recovery detect.Recovery
}

func newSums() *sums { return &sums{state: make(map[sumKey]*sumTest)} }

// gather adds up the last second of all shards.
func (s *sums) gather(shards []*lockedShard, customers []string) {
	all := make([]shard.Sum, len(customers))
	near := 0
	for _, l := range shards {
		l.mu.Lock()
		l.s.Customers(func(n int, sum *shard.Sum) {
			if n < len(all) {
				all[n].Add(sum)
			}
		})
		near += l.s.Stats().Near
		l.mu.Unlock()
	}
	s.mu.Lock()
	s.now, s.names, s.near = all, customers, near
	s.mu.Unlock()
}

// rates returns what a customer or the whole network gets and sends now.
func (s *sums) rates(t model.TargetID) (in, out model.Rates) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for n := range s.now {
		if s.target(n) == t {
			return s.now[n].Rates[model.In], s.now[n].Rates[model.Out]
		}
	}
	return in, out
}

// target names what a number stands for.
func (s *sums) target(n int) model.TargetID {
	if n == 0 {
		return model.NetworkID()
	}
	return model.CustomerID(s.names[n])
}

// each calls fn with every sum of the last second.
func (s *sums) each(fn func(t model.TargetID, sum *shard.Sum)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for n := range s.now {
		if n == 0 || s.names[n] != "" {
			fn(s.target(n), &s.now[n])
		}
	}
}

// test compares the last second with the thresholds and returns anomalies.
// spread is the seconds by which flow records come in lumps.
func (s *sums) test(p *Plan, now int64, spread float32) []model.Anomaly {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []model.Anomaly
	for n := range s.now {
		t := s.target(n)
		group := p.groups[0]
		if t.Kind == model.CustomerTarget {
			if g := p.settings.Customers[t.Name].Group; g != "" {
				group = g
			}
		}
		for _, d := range []model.Direction{model.In, model.Out} {
			bounds := p.settings.Rates(group, t.Kind, d)
			for m := range model.Metrics {
				if bounds[m] > 0 {
					a := model.Anomaly{At: now, Phase: model.Ongoing, Kind: model.ByThreshold, Target: t, Direction: d, Metric: m, Bound: bounds[m], Group: group}
					if s.testOne(sumKey{n, d, m}, &a, spread); a.Phase != model.Ongoing {
						found = append(found, a)
					}
				}
			}
		}
	}
	return found
}

// testOne completes a, whose phase stays Ongoing if nothing changed.
func (s *sums) testOne(k sumKey, a *model.Anomaly, spread float32) {
	sum, now, bound := &s.now[k.customer], a.At, a.Bound
	rate, weight := sum.Rates[k.dir][k.metric], float32(sum.Weight(k.metric, k.dir))
	x := s.state[k]
	if x == nil {
		x = &sumTest{}
		s.state[k] = x
	}
	if x.evidence == 0 {
		x.since = now - 1e9
	}
	x.evidence = detect.StepSum(x.evidence, float32(rate), float32(bound), 1)
	a.Since, a.Rate, a.Rates = x.since, rate, sum.Rates[k.dir]
	a.Samples, a.Sampling = rate/float64(weight), float64(weight)
	switch {
	case x.raised && x.recovery.Step(float32(rate), float32(bound), weight, 1):
		*x = sumTest{}
		a.Phase = model.Cleared
	case x.raised:
	case x.evidence > detect.Limit(float32(bound), weight, float32(s.near), spread):
		x.raised, x.recovery = true, detect.Recovery{}
		a.Phase = model.Raised
	}
}
