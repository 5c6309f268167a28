package pipeline

import (
	"sync"

	"floodmark/internal/aggregate/shard"
	"floodmark/internal/model"
)

// lockedShard is a shard that readers and the tick share.
type lockedShard struct {
	mu    sync.Mutex // guards what follows
	s     *shard.Shard
	found []model.Anomaly // not yet collected
}

// maxFound bounds anomalies that wait to be collected.
const maxFound = 16384

// add counts updates and reports whether an anomaly waits.
func (l *lockedShard) add(now int64, list []shard.Update) bool {
	l.mu.Lock()
	l.s.Add(now, list)
	l.take()
	waits := len(l.found) > 0
	l.mu.Unlock()
	return waits
}

// take moves the anomalies of the shard; those that find no room stay there, and
// the shard counts what it then drops.
func (l *lockedShard) take() {
	if len(l.found) < maxFound {
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

func (l *lockedShard) stats() shard.Stats {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.s.Stats()
}

// shardCount is the number of shards.
const shardCount = 16

// shardConfig maps a plan onto what a shard is made with.
func shardConfig(p *Plan) shard.Config {
	return shard.Config{Hosts: max(p.settings.MaxTrackedHosts/shardCount, 64), Prefixes: 4096, Customers: len(p.customers), Groups: shardGroups(p)}
}

func shardGroups(p *Plan) []shard.Group {
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
