package normalize

import "floodmark/internal/model"

// Bounds of what one exporter can make a Normalizer remember.
const (
	maxExporters  = 1 << 14 // numbers from there on share the state of number 0
	maxInterfaces = 2048    // of one exporter; further ones share one entry without role
	denseIndexes  = 4096    // ifIndex below this is found without a map
	maxRates      = 8
	maxPairs      = 8
)

// exporter is what a reader knows of one exporter.
type exporter struct {
	conf       *Exporter // nil if the exporter is not configured
	number     uint32
	addr       model.Addr
	skew       int64 // ns ahead of our clock, to be taken off
	lowQuality bool
	hasRoles   bool

	observed [3]bool // by MeteredAt: counted as an observer
	inexact  [3]bool // as the deduplicator was given it

	limit   int64 // ns that records may lie back: the export delay at the last tick, at least minExportDelay
	first   exportDelay
	last    exportDelay
	packets bool // reports packets, which arrive at once

	dense  []uint16 // by ifIndex: position in ifs, 0 none
	sparse map[uint32]uint16
	ifs    []*Iface // the first is shared by what found no place

	stats Stats
	rate  int // position of the rate met last
	pairs [maxPairs]pair
	flows uint64 // flows it reported first or second; halved periodically
}

func newExporter(number uint32) *exporter {
	return &exporter{number: number, limit: unmeasuredDelay, ifs: []*Iface{{}}}
}

// iface returns the entry of an interface, making one where there is room.
func (e *exporter) iface(index uint32) *Iface {
	if int(index) < len(e.dense) {
		if i := e.dense[index]; i != 0 {
			return e.ifs[i]
		}
	} else if i := e.sparse[index]; i != 0 {
		return e.ifs[i]
	}
	return e.newIface(index)
}

func (e *exporter) newIface(index uint32) *Iface {
	if len(e.ifs) > maxInterfaces {
		e.stats.InterfacesRefused++
		return e.ifs[0]
	}
	at := uint16(len(e.ifs))
	e.ifs = append(e.ifs, &Iface{Index: index, Role: e.conf.role(index, "")})
	if index >= denseIndexes {
		if e.sparse == nil {
			e.sparse = make(map[uint32]uint16)
		}
		e.sparse[index] = at
	} else {
		for int(index) >= len(e.dense) {
			e.dense = append(e.dense, 0)
		}
		e.dense[index] = at
	}
	return e.ifs[at]
}

// configure applies a plan to the exporter.
func (e *exporter) configure(p *Plan) {
	e.conf = p.exporters[e.addr]
	for _, f := range e.ifs[1:] {
		f.Role = e.conf.role(f.Index, f.Name)
	}
	e.settle(p)
}

// settle derives what follows from roles and export delay.
func (e *exporter) settle(p *Plan) {
	e.hasRoles = false
	if e.conf != nil {
		for _, i := range e.conf.Interfaces {
			e.hasRoles = e.hasRoles || i.Role != RoleUnknown
		}
	}
	e.limit = unmeasuredDelay
	if q, ok := e.first.quantile(); ok {
		e.limit = max(q, minExportDelay)
	} else if e.packets && e.first.n == 0 {
		e.limit = minExportDelay
	}
	e.limit = min(e.limit, p.maxExportDelay)
}

// sampling settles the factor of a record.
func (e *exporter) sampling(r *model.Record, p *Plan, out *Result) {
	switch {
	case e.conf != nil && e.conf.Sampling != 0:
		out.Sampling, out.RateFrom = e.conf.Sampling, RateOverride
	case r.Sampling > maxSampling:
		e.stats.RateImplausible++
		out.Sampling, out.RateFrom, out.LowQuality = 1, RateUnknown, true
	case r.Sampling != 0:
		out.Sampling, out.RateFrom = r.Sampling, RateAdvertised
	case e.conf != nil && e.conf.DefaultSampling != 0:
		out.Sampling, out.RateFrom = e.conf.DefaultSampling, RateDefault
	case p.sampling != 0:
		out.Sampling, out.RateFrom = p.sampling, RateDefault
	case e.number == 0 && r.IsPacket: // a capture of packets is complete
		out.Sampling, out.RateFrom = 1, RateAdvertised
	default:
		out.Sampling, out.RateFrom, out.LowQuality = 1, RateUnknown, true
	}
	e.see(out.Sampling, out.RateFrom)
}

// see counts a record by its rate. The last place is shared.
func (e *exporter) see(rate uint32, from RateFrom) {
	s := &e.stats.Rates[e.rate]
	if s.Rate == rate && s.From == from {
		s.Records++
		return
	}
	for i := range e.stats.Rates {
		s = &e.stats.Rates[i]
		if s.Records == 0 || s.Rate == rate && s.From == from {
			break
		}
	}
	if s.Records != 0 && (s.Rate != rate || s.From != from) {
		e.stats.RatesFull = true
		s.Records++
		return
	}
	s.Rate, s.From = rate, from
	s.Records++
	for i := range e.stats.Rates {
		if s == &e.stats.Rates[i] {
			e.rate = i
		}
	}
}

// times corrects a record's times for the exporter's clock and keeps them
// within what is plausible: not in our future, not further back than what the
// exporter's export delay allows.
func (e *exporter) times(r *model.Record, recv int64, out *Result) {
	first, last := r.First, r.Last
	if e.skew != 0 {
		first, last = first-e.skew, last-e.skew
	}
	if r.IsPacket {
		e.packets = true
	} else {
		e.first.add(recv-first, r.Packets)
		e.last.add(recv-last, 1)
	}
	oldest := recv - e.limit
	if last > recv {
		if last-recv > minExportDelay {
			e.stats.Future++
		}
		last = recv
	}
	if first < oldest {
		e.stats.Old++
		first = oldest
	}
	last = max(last, oldest)
	out.First, out.Last = min(first, last), last
}
