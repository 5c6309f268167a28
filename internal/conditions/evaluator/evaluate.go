package evaluator

import (
	"fmt"
	"slices"
	"time"

	"floodmark/internal/conditions"
	"floodmark/internal/model"
)

// evaluate raises the conditions of one exporter.
func (v *Evaluator) evaluate(now int64, e *exporter, s *model.ExporterStatus) {
	c := counts{lost: s.Lost, expected: s.Expected, unknown: s.UnknownSets, errors: s.Errors, datagrams: s.Datagrams, records: s.Records}
	for _, r := range s.Rates {
		if r.From == "unknown" {
			c.noRate += r.Records
		}
	}
	d := e.window.add(now, c)
	v.evaluateStale(now, e, s)
	if d.expected >= 20 && d.lost*100 > d.expected {
		v.raise(now, conditions.ExporterLoss, s.Name, fmt.Sprintf("%.1f %% of what %s sent in the last minute was lost (%d of %d %s): its traffic is underestimated",
			100*share(d.lost, d.expected), s.Name, d.lost, d.expected, s.LossUnit))
	}
	if !s.RateSet && d.noRate > 0 && d.noRate*100 > d.records {
		v.raise(now, conditions.SamplingRateUnknown, s.Name, fmt.Sprintf("%s advertises no sampling rate (%.0f %% of its records in the last minute) and none is configured: if it samples, its traffic is underestimated by that factor; set override_sampling_rate (1 if it does not sample)",
			s.Name, 100*share(d.noRate, d.records)))
	}
	if d.unknown > 0 {
		v.raise(now, conditions.TemplatesMissing, s.Name, fmt.Sprintf("%d sets of data from %s in the last minute had no known template and could not be decoded: make it send templates at least every minute", d.unknown, s.Name))
	}
	if d.errors > 0 && d.errors*100 > d.datagrams {
		v.raise(now, conditions.DecodeErrors, s.Name, fmt.Sprintf("%d of %d datagrams of %s in the last minute did not decode%s", d.errors, d.datagrams, s.Name, reason(s.LastError)))
	}
	if s.Skew > 2*second || s.Skew < -2*second {
		way, skew := "ahead of", s.Skew
		if skew < 0 {
			way, skew = "behind", -max(skew, -1<<62)
		}
		v.raise(now, conditions.ClockSkew, s.Name, fmt.Sprintf("the clock of %s is %s %s ours: its times are corrected; enable NTP on it", s.Name, span(skew), way))
	}
	if s.ExportDelayMeasured && s.ExportDelay > 120*second {
		v.raise(now, conditions.ExportDelayHigh, s.Name, fmt.Sprintf("attacks seen through %s may be detected up to %s late: set its active timeout to 60 s", s.Name, span(s.ExportDelay)))
	}
	v.evaluateRates(now, e, s)
	v.evaluateAudits(now, e, s)
}

const (
	minStale = 30 * second
	maxStale = 3600 * second
)

// evaluateStale learns the usual interval between datagrams. An interval during
// which the exporter was stale is not learned.
func (v *Evaluator) evaluateStale(now int64, e *exporter, s *model.ExporterStatus) {
	if s.LastSeen > e.seen {
		if e.seen != 0 && !v.raised(conditions.ExporterStale, s.Name) {
			e.gaps[e.gap%len(e.gaps)] = s.LastSeen - e.seen
			e.gap++
		}
		e.seen = s.LastSeen
	}
	usual := slices.Max(e.gaps[:])
	limit := min(max(minStale, 3*min(usual, maxStale)), maxStale)
	if s.LastSeen == 0 {
		if now-e.firstSeen >= 2*minStale {
			v.raise(now, conditions.ExporterStale, s.Name, fmt.Sprintf("%s has never sent anything: attacks there are not seen; check that it runs and exports to this address", s.Name)).since = e.firstSeen
		}
		return
	}
	if now-s.LastSeen > limit {
		v.raise(now, conditions.ExporterStale, s.Name, fmt.Sprintf("no flows from %s since %s: attacks there are not seen", s.Name, clock(s.LastSeen, now))).since = s.LastSeen
	}
}

// evaluateRates settles once a minute which rate most records have.
func (v *Evaluator) evaluateRates(now int64, e *exporter, s *model.ExporterStatus) {
	if now-e.settled < 60*second {
		return
	}
	var all uint64
	var largest model.RateShare
	for _, r := range s.Rates {
		d := r.Records
		for _, old := range e.rates {
			if old.Rate == r.Rate && old.From == r.From {
				d = grown(r.Records, old.Records)
			}
		}
		all += d
		if d > largest.Records {
			largest = model.RateShare{Rate: r.Rate, From: r.From, Records: d}
		}
	}
	if e.rate != 0 && largest.Records*2 > all && largest.Rate != e.rate {
		v.raise(now, conditions.SamplingRateChanged, s.Name, fmt.Sprintf("the sampling rate of %s changed from 1:%d to 1:%d (%s): estimates follow at once", s.Name, e.rate, largest.Rate, largest.From))
	}
	if largest.Records*2 > all && all > 0 {
		e.rate = largest.Rate
	}
	e.settled, e.rates = now, slices.Clone(s.Rates)
}

// evaluatePairs finds exporters that report the same traffic, by the records of the
// last settled minute.
func (v *Evaluator) evaluatePairs(now int64, statuses []model.ExporterStatus) {
	names := make(map[uint32]string, len(statuses))
	for i := range statuses {
		s := &statuses[i]
		names[s.Number] = s.Name
		if e := v.exporters[s.Number]; e != nil && now-e.pairsAt >= 60*second {
			e.settlePairs(now, s)
		}
	}
	for i := range statuses {
		s := &statuses[i]
		e := v.exporters[s.Number]
		if e == nil {
			continue
		}
		for primary, n := range e.share {
			o := v.exporters[primary]
			if o == nil || names[primary] == "" || n == 0 {
				continue
			}
			both, all := n, e.minute
			first, last := names[primary], s.Name
			if primary != s.Number {
				both, all = both+o.share[s.Number], all+o.minute
			}
			if first > last {
				first, last = last, first
			}
			if both*20 < all {
				continue
			}
			who := first + " and " + last + " report"
			subject := first + " and " + last
			if primary == s.Number {
				who, subject = "interfaces of "+s.Name+" report", s.Name
			}
			v.raise(now, conditions.DuplicateTraffic, subject, fmt.Sprintf("%s the same traffic: %.0f %% of records are duplicates and were not counted again; give the interfaces the roles external and internal to be exact", who, 100*share(both, all)))
		}
	}
}

func (e *exporter) settlePairs(now int64, s *model.ExporterStatus) {
	first := e.pairsAt == 0
	e.pairsAt = now
	e.minute, e.records = grown(s.Records, e.records), s.Records
	old := e.duplicates
	e.duplicates, e.share = make(map[uint32]uint64), make(map[uint32]uint64)
	for _, r := range s.Duplicates {
		e.duplicates[r.Primary] += r.Records
	}
	if first {
		return
	}
	for primary, n := range e.duplicates {
		e.share[primary] = grown(n, old[primary])
	}
}

// evaluateSocket raises the conditions of a socket.
func (v *Evaluator) evaluateSocket(now int64, s *model.SocketStatus) {
	win := v.sockets[s.Address]
	if win == nil {
		if len(v.sockets) >= maxExporters {
			return
		}
		win = &window{}
		v.sockets[s.Address] = win
	}
	d := win.add(now, counts{datagrams: s.Datagrams, dropped: s.Dropped, unknownSources: s.UnknownDatagrams, undecoded: s.Undecoded})
	if d.dropped > 0 {
		v.raise(now, conditions.KernelDrops, s.Address, fmt.Sprintf("the kernel dropped %d datagrams for %s in the last minute (%.1f %%), because its receive buffer was full: raise net.core.rmem_max or add readers",
			d.dropped, s.Address, 100*share(d.dropped, d.dropped+d.datagrams)))
	}
	if d.unknownSources > 0 {
		v.raise(now, conditions.UnknownExporters, s.Address, fmt.Sprintf("%d datagrams to %s in the last minute were dropped, because their sources are not allowed to export (last: %s)", d.unknownSources, s.Address, s.LastUnknown))
	}
	if d.undecoded >= 10 {
		v.raise(now, conditions.DecodeErrors, s.Address, fmt.Sprintf("%d datagrams to %s in the last minute were of no known export protocol", d.undecoded, s.Address))
	}
}

func share(a, b uint64) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}

func reason(text string) string {
	if text == "" {
		return ""
	}
	return ": " + text
}

// span prints ns for people: 62 s, 31 min, 2 h.
func span(ns int64) string {
	switch s := (ns + second/2) / second; {
	case s < 180:
		return fmt.Sprintf("%d s", s)
	case s < 2*3600:
		return fmt.Sprintf("%d min", (s+30)/60)
	default:
		return fmt.Sprintf("%d h", (s+1800)/3600)
	}
}

// clock prints a time of today by hour and minute, an older one with its date.
func clock(at, now int64) string {
	t := time.Unix(0, at).UTC()
	if now-at < 18*3600*second {
		return t.Format("15:04 UTC")
	}
	return t.Format("2 January 15:04 UTC")
}
