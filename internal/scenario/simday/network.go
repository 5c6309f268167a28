package simday

import (
	"net/netip"
	"time"

	"floodmark/internal/scenario"
	"floodmark/internal/scenario/export"
	"floodmark/internal/scenario/topology"
)

// Network is what the network carries, for scenario.RunSchedule, and whether
// anybody watches it.
func (d *Day) Network() (*scenario.Schedule, bool) {
	if d.Traffic.Export == "none" {
		return nil, false
	}
	x := &scenario.Schedule{Name: d.Name, Title: d.Title, Length: d.End().Sub(d.Begin()), Sampling: uint32(d.Traffic.Sampling)}
	x.Protocol, _ = export.ParseProtocol(string(d.Traffic.Export)) // a choice
	for i := range d.Services {
		if s := &d.Services[i]; len(s.Networks) > 0 {
			x.Sites = append(x.Sites, d.site(s))
		}
	}
	for i := range d.Events {
		e := &d.Events[i]
		for k := range e.Traffic {
			x.Events = append(x.Events, d.burst(e, &e.Traffic[k]))
		}
	}
	return x, true
}

func (d *Day) site(s *Service) scenario.Site {
	out := scenario.Site{Name: s.Slug, Network: s.Networks[0].Prefix, Servers: s.Servers, Rate: s.Packets.Value, Visitors: shares(s.Usual.Places)}
	for h := range out.Hours { // of the first day; where summer time changes it is an hour off
		out.Hours[d.Begin().UTC().Add(time.Duration(h)*time.Hour).Hour()] = s.level(d.Begin().Add(time.Duration(h) * time.Hour))
	}
	for i := range d.Events {
		e := &d.Events[i]
		for _, a := range e.Answers {
			if a.Service != s.Slug || len(a.Components) > 0 || a.Status != Hang && a.Status != Reset {
				continue
			}
			from := d.When(e).Add(a.After.Std()).Sub(d.Begin())
			out.Silent = append(out.Silent, scenario.Stretch{From: from, To: from + a.For.Std()})
		}
	}
	return out
}

func (d *Day) burst(e *Event, b *Burst) scenario.Event {
	from := d.When(e).Add(b.After.Std()).Sub(d.Begin())
	target := b.Target.Prefix
	if !target.IsValid() {
		target = d.Service(e.Service).server()
	}
	return scenario.Event{Stretch: scenario.Stretch{From: from, To: from + b.For.Std()}, Name: e.Name, Vector: string(b.Vector),
		Target: target, Rate: b.Rate.Value, Hosts: b.Hosts, Sources: shares(b.Places)}
}

// server is the first server of a service.
func (s *Service) server() netip.Prefix {
	a := s.Networks[0].Masked().Addr()
	for range firstServer {
		a = a.Next()
	}
	return netip.PrefixFrom(a, 32)
}

const firstServer = 10 // as scenario.RunSchedule counts them

// shares are the weights of countries.
func shares(places map[string]float64) (out []topology.Share) {
	by := map[string]float64{}
	for name, w := range places {
		by[name[:2]] += w
	}
	for _, c := range sorted(by) {
		out = append(out, topology.Share{Country: c, Weight: by[c]})
	}
	return out
}
