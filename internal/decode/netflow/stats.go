package netflow

import (
	"cmp"
	"maps"
	"slices"

	"floodmark/internal/model"
)

// RateFrom says where a record's sampling rate came from.
type RateFrom uint8

// Origins of sampling rates.
const (
	rateNotReported RateFrom = iota // nothing told the rate
	rateFromRecord                  // fields of the record itself
	rateFromOptions                 // an options record, by sampler, interface or domain
	rateFromHeader                  // the header of NetFlow v5
)

// String returns the origin's name in reports.
func (f RateFrom) String() string {
	switch f {
	case rateFromRecord:
		return "records"
	case rateFromOptions:
		return "options"
	case rateFromHeader:
		return "header"
	}
	return "none"
}

// announced is the origin of a rate that was looked up among announced ones.
func announced(rate uint32) RateFrom {
	if rate == 0 {
		return rateNotReported
	}
	return rateFromOptions
}

// RateSeen counts the records that were given one sampling rate.
type RateSeen struct {
	Rate    uint32 // one packet in so many; 0 not told
	From    RateFrom
	Records uint64
}

// Announced is one sampling rate that options records told.
type Announced struct {
	Scope   string // domain, sampler, interface or line-card
	ID      uint64 // of the sampler, interface or line card
	Rate    uint32
	Changed bool // told differently at another time
}

// StreamStats counts one observation domain of one exporter.
type StreamStats struct {
	Exporter model.Exporter
	Index    uint32 // model.Record.Exporter
	Proto    Proto
	Domain   uint32

	Datagrams       uint64
	Records         uint64 // flow records, those that were skipped included
	Reverse         uint64 // records of reverse directions that were emitted besides
	OptionRecords   uint64
	TemplateRecords uint64 // templates announced, repeated ones included
	Templates       int    // templates known now
	Redefined       uint64 // templates announced with other fields than before
	Withdrawn       uint64 // withdrawals
	ByLaterTemplate uint64 // records read by a template that Learn had found later
	UnknownSets     uint64 // data sets without template

	// Lost is the loss that sequence numbers tell: records, for NetFlow v9
	// datagrams. Datagrams that came late are taken off again.
	Lost uint64
	Gaps uint64 // times something was lost
	// Counting names what the sequence numbers count, as far as can be seen:
	// "standard" or one of the ways of sequence.go.
	Counting string
	Late     uint64 // datagrams that came out of order or twice
	Restarts uint64 // sequence numbers that began anew

	FirstExport, LastExport int64  // Unix ns, by the exporter's clock
	Skew                    int64  // ns by which the exporter's clock was ahead at the first datagram
	ClockUnset              uint64 // datagrams whose export time was before 2000
	TimeDisorder            uint64 // records that ended before they began
	TimesUnknown            uint64 // times relative to a boot that was not told
	Events                  uint64 // records that count no traffic: connections created or denied, translations
	Unchanged               uint64 // records whose running totals or repeated sums add nothing
	TotalsUnknown           uint64 // running totals of flows whose growth could not be known

	Rates     []RateSeen  // by rate, then origin
	Announced []Announced // by scope, then id
}

// maxRatesSeen bounds StreamStats.Rates; further ones are counted with the last.
const maxRatesSeen = 256

// see counts n records of a sampling rate.
func (s *stream) see(rate uint32, from RateFrom, n int) {
	rs := s.stats.Rates
	if k := s.lastSeen; k < len(rs) && rs[k].Rate == rate && rs[k].From == from {
		rs[k].Records += uint64(n)
		return
	}
	for k := range rs {
		if rs[k].Rate == rate && rs[k].From == from {
			rs[k].Records += uint64(n)
			s.lastSeen = k
			return
		}
	}
	if n == 0 {
		return
	}
	if len(rs) >= maxRatesSeen {
		rs[len(rs)-1].Records += uint64(n)
		return
	}
	s.stats.Rates = append(rs, RateSeen{rate, from, uint64(n)})
	s.lastSeen = len(rs)
}

// Stats is what a Decoder has met so far.
type Stats struct {
	Datagrams uint64
	Bytes     uint64
	Streams   []StreamStats // by address, port, protocol, domain
	Skipped   []Skip        // by reason; only reasons that occurred
}

// Stats returns a copy of what was counted.
func (d *Decoder) Stats() Stats {
	st := Stats{Datagrams: d.datagrams, Bytes: d.bytes}
	for _, e := range d.exporters {
		for _, s := range e.streams {
			if s.stats.Datagrams > 0 {
				st.Streams = append(st.Streams, s.snapshot())
			}
		}
	}
	slices.SortFunc(st.Streams, func(a, b StreamStats) int {
		return cmp.Or(a.Exporter.Addr.Compare(b.Exporter.Addr), cmp.Compare(a.Exporter.Port, b.Exporter.Port),
			cmp.Compare(a.Proto, b.Proto), cmp.Compare(a.Domain, b.Domain))
	})
	for _, s := range d.skips {
		if s.At != 0 {
			st.Skipped = append(st.Skipped, s)
		}
	}
	return st
}

func (s *stream) snapshot() StreamStats {
	st := s.stats
	l, how := s.sequenceLoss()
	st.Counting = how.String()
	st.Lost, st.Gaps, st.Late, st.Restarts = l.lost, l.gaps, l.late, l.restarts
	for _, t := range s.templates {
		if !t.withdrawn {
			st.Templates++
		}
	}
	st.Rates = slices.Clone(st.Rates)
	slices.SortFunc(st.Rates, func(a, b RateSeen) int {
		return cmp.Or(cmp.Compare(a.Rate, b.Rate), cmp.Compare(a.From, b.From))
	})
	for _, k := range slices.SortedFunc(maps.Keys(s.rates), func(a, b rateKey) int {
		return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.id, b.id))
	}) {
		r := s.rates[k]
		st.Announced = append(st.Announced, Announced{k.kind.String(), k.id, r.rate, r.changed})
	}
	return st
}
