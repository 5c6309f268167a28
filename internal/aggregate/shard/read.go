package shard

import (
	"unsafe"

	"floodmark/internal/model"
)

// Sum is the traffic of a customer, or of the whole, in the last finished
// second, as far as one shard has it.
type Sum struct {
	Rates [2]model.Rates // by direction, per second
	// Squares are the sums of squares of samples of packets and bits a second,
	// by direction. Divided by the rate they are the weight of a sample, as
	// package detect wants it.
	Squares [2][2]float64
}

// Add merges another shard's sum.
func (a *Sum) Add(b *Sum) {
	for d := range a.Rates {
		for m, v := range b.Rates[d] {
			a.Rates[d][m] += v
		}
		for i, v := range b.Squares[d] {
			a.Squares[d][i] += v
		}
	}
}

// Weight returns what a sample of a metric stands for, at least 1.
func (a *Sum) Weight(m model.Metric, d model.Direction) float64 {
	of, i := model.Packets, 0
	switch m.Unit() {
	case "flows/s":
		return 1
	case "bits/s":
		of, i = model.Bits, 1
	}
	if r := a.Rates[d][of]; r > 0 {
		return max(1, a.Squares[d][i]/r)
	}
	return 1
}

// Customers calls fn with the sums of the last finished second: number 0 is
// everything in this shard, the others are Update.Customer. sum is valid during
// the call. Out has packets, bits, flows, TCP, UDP and SYN only.
func (s *Shard) Customers(fn func(customer int, sum *Sum)) {
	var v Sum
	for i := range s.customers {
		c := &s.customers[i]
		if i == 0 {
			c = &s.whole
		}
		v = Sum{}
		c.rates(&v.Rates[model.In], &v.Rates[model.Out])
		for q, x := range s.squares[i] {
			v.Squares[q/2][q%2] = x / max(s.walk.dt, 0.01)
		}
		fn(i, &v)
	}
}

// Points calls fn with the rates of all prefixes that had traffic in the last
// finished second, and of the busiest hosts by any metric, smoothed over about
// two seconds. Call it between two seconds, when Walk has returned true. The
// rates are valid during the call. A host may come more than once.
func (s *Shard) Points(fn func(target model.TargetID, in, out *model.Rates)) {
	var in, out model.Rates
	for n := range s.levels {
		l := &s.levels[n]
		for _, i := range l.turning {
			if e := &l.entries[i]; e.live && e.turned >= s.walk.began {
				e.rates(&in, &out)
				fn(model.PrefixID(e.addr, width(e.addr, n)), &in, &out)
			}
		}
	}
	for k := range s.boards {
		b := &s.boards[k]
		for j := range b.n {
			if e := &s.hosts[b.host[j]]; e.bits&isFree == 0 && s.first(k, b.host[j]) {
				s.hostRates(e, &in, &out)
				fn(model.HostID(e.addr()), &in, &out)
			}
		}
	}
}

// first reports whether no board before k has the host.
func (s *Shard) first(k int, host uint32) bool {
	for i := range k {
		b := &s.boards[i]
		for _, h := range b.host[:b.n] {
			if h == host {
				return false
			}
		}
	}
	return true
}

func (s *Shard) hostRates(e *host, in, out *model.Rates) {
	s.touch(e)
	for k, d := range &slotTable {
		v := float64(s.rate(e, k))
		if d.dir == model.In {
			in[d.metric] = v
		} else {
			out[d.metric] = v
		}
	}
}

// Entry is a host and its rate.
type Entry struct {
	Addr model.Addr
	Rate float64
}

// Top returns the busiest hosts by one metric at the last finished second, at
// most 16, the busiest first; none for a metric that is not counted Out.
func (s *Shard) Top(n int, m model.Metric, d model.Direction) []Entry {
	k := slotOf(m, d)
	if k < 0 {
		return nil
	}
	b := &s.boards[k]
	var out []Entry
	for j := range min(n, b.n) {
		out = append(out, Entry{s.hosts[b.host[j]].addr(), float64(b.rate[j])})
	}
	return out
}

// Rates returns the rates of a host, smoothed over about two seconds, or of a
// prefix in the last finished second; false where it is not tracked.
func (s *Shard) Rates(t model.TargetID) (in, out model.Rates, ok bool) {
	switch t.Kind {
	case model.HostTarget:
		i, found := s.find(t.Addr, hash(t.Addr))
		if !found {
			return in, out, false
		}
		s.hostRates(&s.hosts[i], &in, &out)
		return in, out, true
	case model.PrefixTarget:
		for n := range s.levels {
			if width(t.Addr, n) != int(t.Bits) {
				continue
			}
			if i, found := s.levels[n].find(t.Addr); found {
				if e := &s.levels[n].entries[i]; s.now-e.turned < 3*second/2 {
					e.rates(&in, &out)
				}
				return in, out, true
			}
		}
	}
	return in, out, false
}

// Stats returns how full the shard is.
func (s *Shard) Stats() Stats {
	v := s.stats
	v.Active = len(s.active)
	v.Memory = uint64(len(s.hosts))*uint64(unsafe.Sizeof(host{})) + 4*uint64(len(s.index.slots)) + 16*uint64(len(s.touched[0]))
	for n := range s.levels {
		l := &s.levels[n]
		v.Prefixes += int(l.used)
		v.Memory += uint64(len(l.entries))*(uint64(unsafe.Sizeof(prefix{}))+8) + 4*uint64(len(l.index.slots))
	}
	v.Memory += uint64(len(s.customers)) * uint64(unsafe.Sizeof(sums[float64]{}))
	v.Memory += uint64(cap(s.waiting))*uint64(unsafe.Sizeof(model.Anomaly{})) + uint64(cap(s.active))*uint64(unsafe.Sizeof(active{})) + uint64(unsafe.Sizeof(*s))
	return v
}
