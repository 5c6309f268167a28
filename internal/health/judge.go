package health

import (
	"fmt"
	"slices"
	"time"

	"floodmark/internal/model"
)

// judge raises what holds of one exporter.
func (w *Watcher) judge(now int64, e *exporter, s *model.ExporterStatus) {
	c := counts{lost: s.Lost, expected: s.Expected, unknown: s.UnknownSets, errors: s.Errors, datagrams: s.Datagrams, records: s.Records}
	for _, r := range s.Rates {
		if r.From == "unknown" {
			c.untold += r.Records
		}
	}
	d := e.window.add(now, c)
	w.judgeSilence(now, e, s)
	if d.expected >= 20 && d.lost*100 > d.expected {
		w.raise(now, ExporterLoss, s.Name, fmt.Sprintf("%.1f %% of what %s sent in the last minute was lost (%d of %d %s): its figures are too small",
			100*share(d.lost, d.expected), s.Name, d.lost, d.expected, s.LossUnit))
	}
	if !s.RateSet && d.untold > 0 && d.untold*100 > d.records {
		w.raise(now, NoSamplingRate, s.Name, fmt.Sprintf("%s tells no sampling rate (%.0f %% of its records of the last minute) and none is configured: if it samples, its figures are too small by that factor; set sampling (1 where it does not sample)",
			s.Name, 100*share(d.untold, d.records)))
	}
	if d.unknown > 0 {
		w.raise(now, TemplatesMissing, s.Name, fmt.Sprintf("%d sets of data from %s in the last minute had no known template and could not be read: let it send templates at least every minute", d.unknown, s.Name))
	}
	if d.errors > 0 && d.errors*100 > d.datagrams {
		w.raise(now, DecodeErrors, s.Name, fmt.Sprintf("%d of %d datagrams of %s in the last minute did not decode%s", d.errors, d.datagrams, s.Name, because(s.LastError)))
	}
	if s.Skew > 2*second || s.Skew < -2*second {
		way, skew := "ahead of", s.Skew
		if skew < 0 {
			way, skew = "behind", -max(skew, -1<<62)
		}
		w.raise(now, ClockSkew, s.Name, fmt.Sprintf("the clock of %s is %s %s ours: its times are corrected; let it keep its time by NTP", s.Name, span(skew), way))
	}
	if s.ExportDelayMeasured && s.ExportDelay > 120*second {
		w.raise(now, HorizonLong, s.Name, fmt.Sprintf("attacks seen through %s may be noticed up to %s late: set its active timeout to 60 s", s.Name, span(s.ExportDelay)))
	}
	w.judgeRates(now, e, s)
	w.judgeAudits(now, e, s)
}

const (
	leastSilence = 30 * second
	mostSilence  = 3600 * second
)

// judgeSilence learns the longest of the last gaps between what was heard. A
// gap that was told as silence is not learned.
func (w *Watcher) judgeSilence(now int64, e *exporter, s *model.ExporterStatus) {
	if s.LastSeen > e.heard {
		if e.heard != 0 && !w.told(ExporterSilent, s.Name) {
			e.gaps[e.gap%len(e.gaps)] = s.LastSeen - e.heard
			e.gap++
		}
		e.heard = s.LastSeen
	}
	usual := slices.Max(e.gaps[:])
	limit := min(max(leastSilence, 3*min(usual, mostSilence)), mostSilence)
	if s.LastSeen == 0 {
		if now-e.met >= 2*leastSilence {
			w.raise(now, ExporterSilent, s.Name, fmt.Sprintf("nothing was ever heard from %s: attacks there cannot be seen; look whether it runs and exports to this address", s.Name)).since = e.met
		}
		return
	}
	if now-s.LastSeen > limit {
		w.raise(now, ExporterSilent, s.Name, fmt.Sprintf("no flows from %s since %s: attacks there cannot be seen", s.Name, clock(s.LastSeen, now))).since = s.LastSeen
	}
}

// judgeRates settles once a minute which rate most records have.
func (w *Watcher) judgeRates(now int64, e *exporter, s *model.ExporterStatus) {
	if now-e.settled < 60*second {
		return
	}
	var all uint64
	var most model.RateShare
	for _, r := range s.Rates {
		d := r.Records
		for _, old := range e.rates {
			if old.Rate == r.Rate && old.From == r.From {
				d = grown(r.Records, old.Records)
			}
		}
		all += d
		if d > most.Records {
			most = model.RateShare{Rate: r.Rate, From: r.From, Records: d}
		}
	}
	if e.rate != 0 && most.Records*2 > all && most.Rate != e.rate {
		w.raise(now, RateChanged, s.Name, fmt.Sprintf("the sampling rate of %s changed from 1:%d to 1:%d (%s): figures follow at once", s.Name, e.rate, most.Rate, most.From))
	}
	if most.Records*2 > all && all > 0 {
		e.rate = most.Rate
	}
	e.settled, e.rates = now, slices.Clone(s.Rates)
}

// judgePairs tells which exporters tell the same traffic, by the records of the
// last settled minute.
func (w *Watcher) judgePairs(now int64, statuses []model.ExporterStatus) {
	names := make(map[uint32]string, len(statuses))
	for i := range statuses {
		s := &statuses[i]
		names[s.Number] = s.Name
		if e := w.exporters[s.Number]; e != nil && now-e.pairsAt >= 60*second {
			e.settlePairs(now, s)
		}
	}
	for i := range statuses {
		s := &statuses[i]
		e := w.exporters[s.Number]
		if e == nil {
			continue
		}
		for owner, n := range e.share {
			o := w.exporters[owner]
			if o == nil || names[owner] == "" || n == 0 {
				continue
			}
			both, all := n, e.minute
			first, last := names[owner], s.Name
			if owner != s.Number {
				both, all = both+o.share[s.Number], all+o.minute
			}
			if first > last {
				first, last = last, first
			}
			if both*20 < all {
				continue
			}
			who := first + " and " + last + " tell"
			subject := first + " and " + last
			if owner == s.Number {
				who, subject = "interfaces of "+s.Name+" tell", s.Name
			}
			w.raise(now, DuplicatedTraffic, subject, fmt.Sprintf("%s the same traffic: %.0f %% of records were told before and not counted again; name the interfaces external and internal to be exact", who, 100*share(both, all)))
		}
	}
}

func (e *exporter) settlePairs(now int64, s *model.ExporterStatus) {
	first := e.pairsAt == 0
	e.pairsAt = now
	e.minute, e.records = grown(s.Records, e.records), s.Records
	old := e.repeated
	e.repeated, e.share = make(map[uint32]uint64), make(map[uint32]uint64)
	for _, r := range s.Duplicates {
		e.repeated[r.Primary] += r.Records
	}
	if first {
		return
	}
	for owner, n := range e.repeated {
		e.share[owner] = grown(n, old[owner])
	}
}

// judgeSocket raises what holds of a socket.
func (w *Watcher) judgeSocket(now int64, s *model.SocketStatus) {
	win := w.sockets[s.Address]
	if win == nil {
		if len(w.sockets) >= mostExporters {
			return
		}
		win = &window{}
		w.sockets[s.Address] = win
	}
	d := win.add(now, counts{datagrams: s.Datagrams, dropped: s.Dropped, strangers: s.UnknownDatagrams, undecoded: s.Undecoded})
	if d.dropped > 0 {
		w.raise(now, KernelDrops, s.Address, fmt.Sprintf("the kernel dropped %d datagrams for %s in the last minute (%.1f %%), since its receive buffer was full: raise net.core.rmem_max or add readers",
			d.dropped, s.Address, 100*share(d.dropped, d.dropped+d.datagrams)))
	}
	if d.strangers > 0 {
		w.raise(now, Strangers, s.Address, fmt.Sprintf("%d datagrams to %s in the last minute were refused, since their sources are not allowed to export (last: %s)", d.strangers, s.Address, s.LastUnknown))
	}
	if d.undecoded >= 10 {
		w.raise(now, DecodeErrors, s.Address, fmt.Sprintf("%d datagrams to %s in the last minute were no export that is known", d.undecoded, s.Address))
	}
}

func share(a, b uint64) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}

func because(text string) string {
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
