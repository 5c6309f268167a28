package normalize

// Status is a copy of what was measured of one exporter. It belongs to the
// caller.
type Status struct {
	Number      uint32
	Stats       Stats
	Interfaces  []Iface // in the order in which they were met
	Pairs       []Pair
	ExportDelay int64 // ns; no record handed out lies back further
	Measured    bool  // ExportDelay rests on enough records
	End         int64 // ns by which 99.5 % of records arrived after their last packet, 0 not known
}

// ExportDelay returns how long after the traffic this exporter reports it, in ns:
// the age that 99.5 % of its records and of its packets do not exceed, and whether
// there were enough records to measure it. Every Result.First is at or after the record's
// arrival less this, as it stood at the last Tick.
func (n *Normalizer) ExportDelay(number uint32) (ns int64, measured bool) {
	e := n.at(number)
	_, ok := e.first.quantile()
	return e.limit, ok || e.packets && e.first.n == 0
}

// Status copies what was measured of every exporter that sent records, by
// number. Only the Normalizer's goroutine may call it.
func (n *Normalizer) Status() []Status {
	var out []Status
	for _, e := range n.exporters {
		if e == nil || e.stats.Records == 0 {
			continue
		}
		s := Status{Number: e.number, Stats: e.stats}
		s.ExportDelay, s.Measured = n.ExportDelay(e.number)
		s.End, _ = e.last.quantile()
		for _, f := range e.ifs[1:] {
			s.Interfaces = append(s.Interfaces, *f)
		}
		for _, p := range e.pairs {
			if p.used {
				s.Pairs = append(s.Pairs, Pair{p.primary, p.duplicates, p.flows, p.known})
			}
		}
		out = append(out, s)
	}
	return out
}
