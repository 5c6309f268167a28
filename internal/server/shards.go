package server

import (
	"sync"

	"floodmark/internal/aggregate/shard"
	"floodmark/internal/model"
)

// lockedShard is a shard that readers and the pulse share.
type lockedShard struct {
	mu    sync.Mutex
	s     *shard.Shard
	found []model.Anomaly // not yet collected
}

// mostFound bounds anomalies that wait for the judge.
const mostFound = 16384

// add counts updates and reports whether an anomaly waits.
func (l *lockedShard) add(now int64, list []shard.Update) bool {
	l.mu.Lock()
	l.s.Add(now, list)
	l.take()
	waits := len(l.found) > 0
	l.mu.Unlock()
	return waits
}

// take moves what the shard has to tell; what finds no room stays there, which
// counts what it then drops.
func (l *lockedShard) take() {
	if len(l.found) < mostFound {
		l.found = l.s.Drain(l.found)
	}
}

// collect appends the anomalies that wait.
func (l *lockedShard) collect(dst []model.Anomaly) []model.Anomaly {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.take()
	dst = append(dst, l.found...)
	l.found = l.found[:0]
	return dst
}

// walkSlice is how many entries are walked while readers wait.
const walkSlice = 2048

// walk closes a second, in slices between which readers go on.
func (l *lockedShard) walk(now int64) {
	for done := false; !done; {
		l.mu.Lock()
		done = l.s.Walk(now, walkSlice)
		l.mu.Unlock()
	}
}

// flowLumps is the seconds by which flow records of many hosts together come in
// lumps: long ones are spread over their time, and the timers of many are out of
// step.
const flowLumps = 3

// targetStats adds up all shards.
func (l *Line) targetStats() shard.Stats {
	var all shard.Stats
	for _, s := range l.shards {
		st := s.stats()
		all.Hosts += st.Hosts
		all.Prefixes += st.Prefixes
		all.Active += st.Active
		all.Near += st.Near
		all.Updates += st.Updates
		all.Evicted += st.Evicted
		all.Untracked += st.Untracked
		all.Widened += st.Widened
		all.Dropped += st.Dropped
		all.Refused += st.Refused
		all.Memory += st.Memory
	}
	return all
}

func (l *lockedShard) stats() shard.Stats {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.s.Stats()
}

// shardOf returns the shard of an address.
func (l *Line) shardOf(a model.Addr) *lockedShard { return l.shards[shard.Of(a, len(l.shards))] }

// shardConfig maps a plan onto what a shard is made with.
func shardConfig(p *plan, horizon int) shard.Config {
	return shard.Config{Hosts: max(p.settings.MaxTrackedHosts/shardCount, 64), Prefixes: 4096, Customers: len(p.customers), Groups: shardGroups(p), ExportDelay: horizon}
}

func shardGroups(p *plan) []shard.Group {
	var out []shard.Group
	for _, name := range p.groups {
		g := shard.Group{Name: name}
		for _, d := range []model.Direction{model.In, model.Out} {
			g.Host[d] = p.settings.Rates(name, model.HostTarget, d)
			g.Prefix[d] = p.settings.Rates(name, model.PrefixTarget, d)
		}
		out = append(out, g)
	}
	return out
}

// regroup puts the thresholds of another plan in force. Its customers are
// counted from now on only where there are no more than before.
func (l *Line) regroup(p *plan) {
	for _, s := range l.shards {
		s.mu.Lock()
		s.s.SetGroups(shardGroups(p))
		s.mu.Unlock()
	}
}

// setHorizon tells the shards how long after traffic flow records may arrive.
func (l *Line) setHorizon(statuses []model.ExporterStatus) {
	longest := int64(0)
	for i := range statuses {
		if e := &statuses[i]; e.ExportDelay > longest { // assumed to be long until it is measured
			longest = e.ExportDelay
		}
	}
	seconds := int((longest + 1e9 - 1) / 1e9)
	// Growing is followed at once, in steps; shrinking only by half: what was
	// spread over another horizon is forgotten.
	if seconds == 0 || seconds <= l.horizon && seconds*2 > l.horizon {
		return
	}
	l.horizon = (seconds + 9) / 10 * 10
	l.spread.Store(int32(min(l.horizon, flowLumps)))
	for _, s := range l.shards {
		s.mu.Lock()
		s.s.SetExportDelay(l.horizon)
		s.mu.Unlock()
	}
}
