package sflow

import "floodmark/internal/model"

// agentKey names a sub-agent: the unit of datagram sequence numbers.
type agentKey struct {
	addr model.Addr
	sub  uint32
}

type agent struct {
	key     agentKey
	index   uint32
	seq     sequence
	sources map[SourceID]*source
	last    *source
	stats   AgentStats
}

// SourceID names a data source of an agent: what was sampled or counted.
type SourceID struct {
	Class uint32 // 0 ifIndex, 1 smonVlanDataSource, 2 entPhysicalEntry
	Index uint32
}

// source is what is remembered of one data source.
type source struct {
	samples, counters sequence
	pool, drops       uint32 // as last told
	known             bool
	stats             SourceStats
}

// agent returns the state of a sub-agent, nil where a bound was reached. An
// agent that tells no address of its own goes by the datagram's source.
func (d *Decoder) agent(key agentKey, from model.Exporter) *agent {
	if key.addr.IsZero() || key.addr == model.Addr4(0) {
		key.addr = from.Addr
	}
	if a := d.cached; a != nil && a.key == key {
		return a
	}
	a := d.agents[key]
	if a == nil {
		if len(d.agents) >= d.cfg.Limits.Agents {
			return nil
		}
		index, known := d.index[key.addr]
		if !known {
			index = uint32(len(d.index) + 1)
			if d.cfg.Index != nil {
				index = d.cfg.Index(from, key.addr)
			}
			d.index[key.addr] = index
		}
		a = &agent{key: key, index: index, sources: make(map[SourceID]*source)}
		a.stats = AgentStats{Agent: key.addr, SubAgent: key.sub, Index: index, From: from}
		d.agents[key] = a
	}
	d.cached = a
	return a
}

// source returns the state of a data source, nil where the bound was reached:
// its samples are read all the same.
func (d *Decoder) source(a *agent, id SourceID) *source {
	if s := a.last; s != nil && s.stats.Source == id {
		return s
	}
	s := a.sources[id]
	if s == nil {
		if len(a.sources) >= d.cfg.Limits.Sources {
			return nil
		}
		s = &source{stats: SourceStats{Source: id}}
		a.sources[id] = s
	}
	a.last = s
	return s
}

// sequence follows numbers that grow by one.
type sequence struct {
	next  uint32
	known bool

	// Of numbers below next that follow each other: what would come next, how
	// many there were, and what they took off the loss.
	lateNext, lateRun uint32
	taken             uint64
}

// How far a number may jump before it is taken as a restart rather than as
// loss, and how far back as a late datagram; and how many late ones in a row
// are a restart after all.
const (
	maxGap  = 1 << 20
	maxLate = 1 << 10
	lateMax = 4
)

// loss is what sequence numbers tell.
type loss struct{ lost, late *uint64 }

// advance notes a number. It returns false where it is an old one.
func (q *sequence) advance(seq uint32, l loss) bool {
	if q.known {
		switch diff := int32(seq - q.next); {
		case diff > 0 && diff <= maxGap:
			*l.lost += uint64(diff)
		case diff < 0 && diff >= -maxLate:
			if !q.tooLate(seq, l) {
				return false
			}
		}
	}
	q.next, q.known, q.lateRun = seq+1, true, 0
	return true
}

// tooLate notes a late number, which takes one off the loss again. It returns
// true, and takes that back, where so many came late in a row that the agent
// must have begun anew.
func (q *sequence) tooLate(seq uint32, l loss) bool {
	if q.lateRun == 0 || seq != q.lateNext {
		q.lateRun, q.taken = 0, 0
	}
	found := min(*l.lost, 1)
	*l.late++
	*l.lost -= found
	q.taken += found
	q.lateRun++
	q.lateNext = seq + 1
	if q.lateRun < lateMax {
		return false
	}
	*l.late -= uint64(q.lateRun)
	*l.lost += q.taken
	return true
}

// noteFlow notes what a flow sample tells of the sampling of its source.
func (s *source) noteFlow(h *flowHeader) {
	if s == nil {
		return
	}
	st := &s.stats
	st.Samples++
	if st.Rate != h.rate {
		st.RateChanges++
		if st.Samples == 1 {
			st.RateChanges = 0
		}
		st.Rate = h.rate
	}
	if !s.samples.advance(h.seq, loss{&st.Lost, &st.Late}) {
		return // pool and drops are older than what is known
	}
	// Both are counters since the agent's start; a fall is a restart.
	if grew := h.pool - s.pool; s.known && grew < 1<<31 {
		st.Pool += uint64(grew)
		st.PoolSamples++
	}
	if grew := h.drops - s.drops; s.known && grew < 1<<31 {
		st.Drops += uint64(grew)
	}
	s.pool, s.drops, s.known = h.pool, h.drops, true
}
