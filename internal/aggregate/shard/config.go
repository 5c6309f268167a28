package shard

import (
	"floodmark/internal/detect"
	"floodmark/internal/model"
)

// Group is the thresholds of a group of targets, by direction (In, Out), per
// second; 0 is none.
type Group struct {
	Name         string
	Host, Prefix [2]model.Rates
}

// Config is what a Shard is made with.
type Config struct {
	Hosts       int // most hosts, at most 16,777,214
	Prefixes    int // most /24 and /64; a quarter as many /22 and /56, a sixteenth /20 and /48
	Customers   int // Update.Customer is below this
	Groups      []Group
	ExportDelay int     // seconds by which exporters' timers delay flow records; see SetExportDelay
	Spread      float32 // seconds' worth of short flow records that may arrive at once; 0 is 2.5
}

// Limits of a shard.
const (
	maxHosts    = 1<<24 - 2 // an index slot has 24 bits for the entry
	maxActive   = 4096      // anomalies at a time
	maxWaiting  = 8192      // anomalies told and not drained
	minPrefixes = 64
	boardSize   = 16 // busiest hosts by slot
)

// group is a Group by slot, and what follows from a host's thresholds.
type group struct {
	name         string
	host, prefix [slots]float32
	tested       uint32 // slots with a threshold of a host
	test         [slots]test
}

// test is what follows from a threshold of hosts.
type test struct {
	burst float32 // evidence below it is never enough, whatever a sample weighs
	drain float32 // of evidence a tick
	ticks float32 // in which one unit of evidence drains
}

func compile(groups []Group) []group {
	out := make([]group, max(len(groups), 1))
	for i, g := range groups {
		out[i].name = g.Name
		for k, s := range &slotTable {
			out[i].host[k] = float32(g.Host[s.dir][s.metric])
			out[i].prefix[k] = float32(g.Prefix[s.dir][s.metric])
			if t := out[i].host[k]; t > 0 {
				out[i].tested |= 1 << k
				drain := detect.Drain * t * tickSecond
				out[i].test[k] = test{detect.Under(t, 0), drain, 1 / drain}
			}
		}
	}
	return out
}

// SetGroups goes on with other thresholds. Anomalies of a threshold that is gone
// are cleared at the next Walk.
func (s *Shard) SetGroups(groups []Group) { s.groups = compile(groups) }

// SetExportDelay sets how long after traffic its flow records may arrive, in
// seconds. What was spread over another export delay is forgotten.
func (s *Shard) SetExportDelay(seconds int) {
	seconds = max(seconds, ringBuckets-1)
	if seconds == s.exportDelay {
		return
	}
	s.exportDelay = seconds
	s.bucket = int64(seconds) * second / (ringBuckets - 1) >> tickBits
	s.newest = s.now >> tickBits / s.bucket
	s.setSurplus()
	for i := range s.hosts {
		s.hosts[i].ring = [3][ringBuckets]uint16{}
	}
}

// SetNear sets how many targets, over all shards, are now above half of a
// threshold: the promise of false alarms holds for all of them together.
func (s *Shard) SetNear(targets int) {
	s.near = float32(max(targets, 1))
	s.setSurplus()
}

func (s *Shard) groupAt(i uint16) *group {
	if int(i) < len(s.groups) {
		return &s.groups[i]
	}
	return &s.groups[0]
}
