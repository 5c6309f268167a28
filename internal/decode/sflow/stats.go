package sflow

import (
	"cmp"
	"slices"

	"floodmark/internal/model"
)

// AgentStats counts one sub-agent.
type AgentStats struct {
	Agent    model.Addr
	SubAgent uint32
	Index    uint32         // model.Record.Exporter
	From     model.Exporter // UDP source of its first datagram

	Datagrams      uint64
	Lost           uint64 // datagrams, by sequence number; those that came late are taken off again
	Late           uint64
	FlowSamples    uint64
	Records        uint64 // packets emitted
	CounterSamples uint64
	OtherCounters  uint64 // counter records other than those of generic interfaces

	Sources []SourceStats // by class, then index
}

// SourceStats counts one data source of an agent.
type SourceStats struct {
	Source      SourceID
	Samples     uint64
	Lost        uint64 // flow samples, by sequence number
	Late        uint64
	Rate        uint32 // sampling rate as last told
	RateChanges uint64
	// Pool is the packets that could have been sampled, from the first sample
	// to the last, and PoolSamples the samples after the first: their quotient
	// (samples lost counted in) is the rate that was really applied.
	Pool        uint64
	PoolSamples uint64
	// Drops is the samples that the agent says it dropped for lack of
	// resources between the first sample and the last.
	Drops uint64

	CountersLost uint64
	First, Last  Counters // generic interface counters first and last told; At is 0 where none
}

func (s *source) noteCounters(c *Counters) {
	if s.stats.First.At == 0 {
		s.stats.First = *c
	}
	s.stats.Last = *c
}

// Stats is what a Decoder has met so far.
type Stats struct {
	Datagrams uint64
	Bytes     uint64
	Agents    []AgentStats // by address, then sub-agent
	Skipped   []Skip       // by reason; only reasons that occurred
}

// Stats returns a copy of what was counted.
func (d *Decoder) Stats() Stats {
	st := Stats{Datagrams: d.datagrams, Bytes: d.bytes}
	for _, a := range d.agents {
		as := a.stats
		for _, s := range a.sources {
			as.Sources = append(as.Sources, s.stats)
		}
		slices.SortFunc(as.Sources, func(x, y SourceStats) int {
			return cmp.Or(cmp.Compare(x.Source.Class, y.Source.Class), cmp.Compare(x.Source.Index, y.Source.Index))
		})
		st.Agents = append(st.Agents, as)
	}
	slices.SortFunc(st.Agents, func(x, y AgentStats) int {
		return cmp.Or(x.Agent.Compare(y.Agent), cmp.Compare(x.SubAgent, y.SubAgent))
	})
	for _, s := range d.skips {
		if s.At != 0 {
			st.Skipped = append(st.Skipped, s)
		}
	}
	return st
}
