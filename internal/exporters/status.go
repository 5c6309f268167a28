package exporters

import (
	"cmp"
	"slices"

	"floodmark/internal/conditions/evaluator"
	"floodmark/internal/decode/netflow"
	"floodmark/internal/decode/sflow"
	"floodmark/internal/model"
	"floodmark/internal/normalize"
)

// ReaderStatus is what one reader of the pipeline measured.
type ReaderStatus struct {
	Normalizer []normalize.Status
	NetFlow    netflow.Stats
	SFlow      sflow.Stats
	Undecoded  uint64               // datagrams
	NotIP      uint64               // captured packets that are no IP packets
	Counters   []evaluator.Counters // of sFlow, since the last call
}

// Skip is why something of a protocol was not decoded.
type Skip struct{ Protocol, Reason string }

// skippedBy adds up what the decoders of all readers skipped.
func skippedBy(readers []ReaderStatus) map[Skip]uint64 {
	out := make(map[Skip]uint64)
	for i := range readers {
		r := &readers[i]
		for _, s := range r.NetFlow.Skipped {
			out[Skip{"netflow", s.Reason.String()}] += s.Count
		}
		for _, s := range r.SFlow.Skipped {
			out[Skip{"sflow", s.Reason.String()}] += s.Count
		}
		if r.NotIP > 0 {
			out[Skip{"capture", "not_ip"}] += r.NotIP
		}
	}
	return out
}

// join puts together what all readers measured of each exporter, by number.
func join(readers []ReaderStatus) []model.ExporterStatus {
	all := make(map[uint32]*model.ExporterStatus)
	of := func(n uint32) *model.ExporterStatus {
		e := all[n]
		if e == nil {
			e = &model.ExporterStatus{Number: n, Protocols: []string{}, QualityOK: true, QualityIssues: []string{},
				Rates: []model.RateShare{}, Duplicates: []model.DuplicateTraffic{}, Interfaces: []model.InterfaceStatus{}}
			all[n] = e
		}
		return e
	}
	for i := range readers {
		r := &readers[i]
		for k := range r.NetFlow.Streams {
			addNetflow(of(r.NetFlow.Streams[k].Index), &r.NetFlow.Streams[k])
		}
		for k := range r.SFlow.Agents {
			addSflow(of(r.SFlow.Agents[k].Index), &r.SFlow.Agents[k])
		}
		for k := range r.Normalizer {
			addMeasured(of(r.Normalizer[k].Number), &r.Normalizer[k])
		}
	}
	out := make([]model.ExporterStatus, 0, len(all))
	for _, e := range all {
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
