package pipeline

import (
	"sync/atomic"
	"time"

	"floodmark/internal/aggregate/shard"
	"floodmark/internal/clock"
	"floodmark/internal/dedup"
	"floodmark/internal/exporters"
	"floodmark/internal/model"
	"floodmark/internal/telemetry/histogram"
)

// common is what readers and the tick share.
type common struct {
	clock     *clock.Clock
	inventory *Inventory
	registry  *exporters.Registry
	templates *exporters.Templates
	key       uint64 // of all readers' flows
	dedup     *dedup.Table
	shards    []*lockedShard
	captures  Captures
	wake      chan struct{} // a shard found something

	ingest, ingestSize *histogram.Histogram // of a batch: seconds, datagrams or packets

	exportDelay int          // seconds; belongs to whoever calls SetQuality
	spread      atomic.Int32 // seconds by which flow records come in lumps
	lost        atomic.Uint64
}

// wakeCollector has the shards drained before the second is over.
func (c *common) wakeCollector() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// measure notes one batch of a reader.
func (c *common) measure(began time.Time, size int) {
	c.ingest.Since(began)
	c.ingestSize.Observe(float64(size))
}

// tableStats adds up all shards.
func (c *common) tableStats() shard.Stats {
	var all shard.Stats
	for _, s := range c.shards {
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

// shardOf returns the shard of an address.
func (c *common) shardOf(a model.Addr) *lockedShard { return c.shards[shard.Of(a, len(c.shards))] }

// regroup puts the thresholds of another plan in force. Its customers are
// counted from now on only where there are no more than before.
func (c *common) regroup(p *Plan) {
	for _, s := range c.shards {
		s.mu.Lock()
		s.s.SetGroups(shardGroups(p))
		s.mu.Unlock()
	}
}

// flowLumps is the seconds by which flow records of many hosts together come in
// lumps: long ones are spread over their time, and the timers of many are out of
// step.
const flowLumps = 3

// setExportDelay sets how long after traffic flow records may arrive.
func (c *common) setExportDelay(statuses []model.ExporterStatus) {
	highest := int64(0)
	for i := range statuses {
		if e := &statuses[i]; e.ExportDelay > highest { // assumed to be long until it is measured
			highest = e.ExportDelay
		}
	}
	seconds := int((highest + 1e9 - 1) / 1e9)
	// Growing is followed at once, in steps; shrinking only by half: what was
	// spread over another delay is forgotten.
	if seconds == 0 || seconds <= c.exportDelay && seconds*2 > c.exportDelay {
		return
	}
	c.exportDelay = (seconds + 9) / 10 * 10
	c.spread.Store(int32(min(c.exportDelay, flowLumps)))
	for _, s := range c.shards {
		s.mu.Lock()
		s.s.SetExportDelay(c.exportDelay)
		s.mu.Unlock()
	}
}
