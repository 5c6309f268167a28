package normalise

// Status is a copy of what was measured of one exporter. It belongs to the
// caller.
type Status struct {
	Number     uint32
	Stats      Stats
	Interfaces []Iface // in the order in which they were met
	Pairs      []Pair
	Horizon    int64 // ns; no record handed out lies back further
	Measured   bool  // Horizon rests on enough records
	End        int64 // ns by which 99.5 % of records were told after their last packet, 0 not known
}

// Horizon returns how long after traffic this exporter tells of it, in ns: the
// age that 99.5 % of its records and of its packets do not exceed, and whether
// enough was seen to say so. Every Seen.First is at or after the record's
// arrival less this, as it stood at the last Tick.
func (n *Normaliser) Horizon(number uint32) (ns int64, measured bool) {
	e := n.at(number)
	_, ok := e.first.quantile()
	return e.limit, ok || e.packets && e.first.n == 0
}

// Status copies what was measured of every exporter that told records, by
// number. Only the Normaliser's goroutine may call it.
func (n *Normaliser) Status() []Status {
	var out []Status
	for _, e := range n.exporters {
		if e == nil || e.stats.Records == 0 {
			continue
		}
		s := Status{Number: e.number, Stats: e.stats}
		s.Horizon, s.Measured = n.Horizon(e.number)
		s.End, _ = e.last.quantile()
		for _, f := range e.ifs[1:] {
			s.Interfaces = append(s.Interfaces, *f)
		}
		for _, p := range e.pairs {
			if p.used {
				s.Pairs = append(s.Pairs, Pair{p.owner, p.repeated, p.flows, p.known})
			}
		}
		out = append(out, s)
	}
	return out
}
