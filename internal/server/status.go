package server

import (
	"cmp"
	"slices"

	"floodmark/internal/conditions/evaluator"
	"floodmark/internal/decode/netflow"
	"floodmark/internal/decode/sflow"
	"floodmark/internal/model"
	"floodmark/internal/normalize"
)

// readerStatus is what one reader measured, copied at its tick.
type readerStatus struct {
	norm      []normalize.Status
	netflow   netflow.Stats
	sflow     sflow.Stats
	undecoded uint64
	unread    uint64 // captured packets that are no IP packets
	lastError string
	counters  []evaluator.Counters
	ring      int
}

// tick lets measurements fade, takes over a new configuration, and copies what
// was measured. rows are handed over, however few.
func (x *reader) tick(now int64) readerStatus {
	x.mu.Lock()
	defer x.mu.Unlock()
	p := x.line.plan.Load()
	if p != x.using {
		x.using = p
		x.norm.Use(p.normalize)
	}
	x.places.use(x.line.geo.Load())
	x.norm.Tick(now)
	if x.rows != nil {
		x.rows.Flush(now)
	}
	st := readerStatus{norm: x.norm.Status(), undecoded: x.undecoded, unread: x.unread, lastError: x.lastError, counters: x.counters, ring: x.ring.Len()}
	x.counters = nil
	if x.netflow != nil {
		st.netflow = x.netflow.Stats()
	}
	if x.sflow != nil {
		st.sflow = x.sflow.Stats()
	}
	x.hear(&st, now)
	return st
}

// skip is why something of a protocol was not decoded.
type skip struct{ protocol, reason string }

// skippedBy adds up what the decoders of all readers skipped.
func skippedBy(readers []readerStatus) map[skip]uint64 {
	out := make(map[skip]uint64)
	for i := range readers {
		r := &readers[i]
		for _, s := range r.netflow.Skipped {
			out[skip{"netflow", s.Reason.String()}] += s.Count
		}
		for _, s := range r.sflow.Skipped {
			out[skip{"sflow", s.Reason.String()}] += s.Count
		}
		if r.unread > 0 {
			out[skip{"capture", "not_ip"}] += r.unread
		}
	}
	return out
}

// hear notes which exporters told something since the last tick, and their
// clocks. The exporter's time is that of its last datagram, which arrived
// within the last second.
func (x *reader) hear(st *readerStatus, now int64) {
	for i := range st.netflow.Streams {
		s := &st.netflow.Streams[i]
		if s.Datagrams == x.datagramsOf[s.Index] {
			continue
		}
		x.datagramsOf[s.Index] = s.Datagrams
		ahead := s.LastExport - x.at
		x.norm.SetSkew(s.Index, ahead)
		x.line.heard.note(s.Index, x.at, ahead)
	}
	for i := range st.sflow.Agents {
		a := &st.sflow.Agents[i]
		if a.Datagrams != x.datagramsOf[a.Index] {
			x.datagramsOf[a.Index] = a.Datagrams
			x.line.heard.note(a.Index, x.at, 0)
		}
	}
	if x.packets != nil && x.at > x.heardAt {
		x.heardAt = x.at
		x.line.heard.note(x.exporter, now, 0)
	}
}

// trust tells the reader which exporters figures can be built on.
func (x *reader) trust(statuses []model.ExporterStatus) {
	x.mu.Lock()
	for i := range statuses {
		x.norm.SetQuality(statuses[i].Number, statuses[i].QualityOK)
	}
	x.mu.Unlock()
}

// exporterStatuses joins what all readers know of each exporter. before is the
// last answer, seconds ago so many; it gives the rates.
func (l *Line) exporterStatuses(readers []readerStatus, before map[uint32]model.ExporterStatus, seconds float64) []model.ExporterStatus {
	all := make(map[uint32]*model.ExporterStatus)
	of := func(n uint32) *model.ExporterStatus {
		e := all[n]
		if e == nil {
			address := l.exporters.name(n)
			e = &model.ExporterStatus{Number: n, Address: address, Name: l.nameOf(n), Protocols: []string{}, QualityOK: true, QualityIssues: []string{},
				Rates: []model.RateShare{}, Duplicates: []model.DuplicateTraffic{}, Interfaces: []model.InterfaceStatus{}}
			all[n] = e
		}
		return e
	}
	for i := range readers {
		r := &readers[i]
		for k := range r.netflow.Streams {
			addNetflow(of(r.netflow.Streams[k].Index), &r.netflow.Streams[k])
		}
		for k := range r.sflow.Agents {
			addSflow(of(r.sflow.Agents[k].Index), &r.sflow.Agents[k])
		}
		for k := range r.norm {
			addMeasured(of(r.norm[k].Number), &r.norm[k])
		}
	}
	out := make([]model.ExporterStatus, 0, len(all))
	for n, e := range all {
		e.LastSeen, e.Skew = l.heard.last(n)
		if b, ok := before[n]; ok && seconds > 0 {
			e.DatagramsPerSec = float64(e.Datagrams-min(b.Datagrams, e.Datagrams)) / seconds
			e.RecordsPerSec = float64(e.Records-min(b.Records, e.Records)) / seconds
		}
		out = append(out, *e)
	}
	slices.SortFunc(out, func(a, b model.ExporterStatus) int { return cmp.Compare(a.Number, b.Number) })
	return out
}

func addNetflow(e *model.ExporterStatus, s *netflow.StreamStats) {
	addProtocol(e, s.Proto.String())
	e.Datagrams += s.Datagrams
	e.Records += s.Records
	e.Lost += s.Lost
	e.Gaps += s.Gaps
	e.Restarts += s.Restarts
	e.Templates += s.Templates
	e.UnknownSets += s.UnknownSets
	if s.Proto == netflow.NetFlow9 { // its sequence counts datagrams (RFC 3954 section 5.1)
		e.LossUnit = "datagrams"
		e.Expected += s.Datagrams + s.Lost
	} else {
		e.LossUnit = "records"
		e.Expected += s.Records + s.Lost
	}
}

func addSflow(e *model.ExporterStatus, a *sflow.AgentStats) {
	addProtocol(e, "sflow")
	e.Datagrams += a.Datagrams
	e.Records += a.Records
	e.Lost += a.Lost
	e.LossUnit = "datagrams"
	e.Expected += a.Datagrams + a.Lost
}

func addProtocol(e *model.ExporterStatus, p string) {
	if !slices.Contains(e.Protocols, p) {
		e.Protocols = append(e.Protocols, p)
	}
}

// addMeasured adds what a normalizer measured.
func addMeasured(e *model.ExporterStatus, s *normalize.Status) {
	e.Future += s.Stats.Future
	e.Old += s.Stats.Old
	e.Dropped += s.Stats.By[normalize.Dropped]
	e.UnknownRole += s.Stats.UnknownRole
	if s.Measured && s.ExportDelay > e.ExportDelay || !e.ExportDelayMeasured && s.ExportDelay > e.ExportDelay {
		e.ExportDelay = s.ExportDelay
	}
	e.ExportDelayMeasured = e.ExportDelayMeasured || s.Measured
	for _, r := range s.Stats.Rates {
		if r.Records == 0 {
			continue
		}
		e.RateSet = e.RateSet || r.From == normalize.RateOverride || r.From == normalize.RateDefault
		from := r.From.String()
		i := slices.IndexFunc(e.Rates, func(o model.RateShare) bool { return o.Rate == r.Rate && o.From == from })
		if i < 0 {
			e.Rates = append(e.Rates, model.RateShare{Rate: r.Rate, From: from})
			i = len(e.Rates) - 1
		}
		e.Rates[i].Records += r.Records
	}
	for _, p := range s.Pairs {
		if p.Duplicate == 0 {
			continue
		}
		i := slices.IndexFunc(e.Duplicates, func(o model.DuplicateTraffic) bool { return o.Primary == p.Primary })
		if i < 0 {
			e.Duplicates = append(e.Duplicates, model.DuplicateTraffic{Primary: p.Primary})
			i = len(e.Duplicates) - 1
		}
		e.Duplicates[i].Records += p.Duplicate
	}
	for k := range s.Interfaces {
		addInterface(e, &s.Interfaces[k])
	}
}

func addInterface(e *model.ExporterStatus, f *normalize.Iface) {
	i := slices.IndexFunc(e.Interfaces, func(o model.InterfaceStatus) bool { return o.Index == f.Index })
	if i < 0 {
		e.Interfaces = append(e.Interfaces, model.InterfaceStatus{Index: f.Index, Role: f.Role.String()})
		i = len(e.Interfaces) - 1
	}
	o := &e.Interfaces[i]
	if f.Name != "" {
		o.Name = f.Name
	}
	o.Speed = max(o.Speed, f.Speed)
	for _, d := range []struct {
		to   *model.InterfaceTraffic
		from *normalize.Traffic
	}{{&o.In, &f.In}, {&o.Out, &f.Out}} {
		d.to.Packets += d.from.Packets
		d.to.Bytes += d.from.Bytes
		d.to.Samples += d.from.Samples
		d.to.Variance += d.from.Variance
	}
}
