package scenario

import (
	"context"
	"fmt"
	"math"
	"net/netip"
	"time"

	"floodmark/internal/model"
	"floodmark/internal/scenario/export"
	"floodmark/internal/scenario/topology"
)

// Schedule is the traffic of whole days, written down elsewhere: servers with
// their visitors, and what happens to them.
type Schedule struct {
	Name, Title string
	Length      time.Duration
	Sampling    uint32 // one packet in so many is drawn
	Protocol    export.Protocol
	Sites       []Site
	Events      []Event
}

// Site is servers that people visit.
type Site struct {
	Name     string
	Network  netip.Prefix // IPv4
	Servers  int          // the first addresses of it
	Rate     float64      // packets/s on average, both directions
	Hours    [24]float64  // level of each hour, UTC
	Visitors []topology.Share
	Silent   []Stretch // when the servers answer nobody
}

// Stretch is a time since the beginning.
type Stretch struct{ From, To time.Duration }

// Event is a stretch of traffic towards a target.
type Event struct {
	Stretch
	Name    string
	Vector  string       // cameras, udp-flood, ack-flood, syn-flood, syn-forged, reflection-NAME, visits, retries
	Target  netip.Prefix // more than one address: spread over all of them
	Rate    float64      // packets/s
	Hosts   int          // that send it
	Sources []topology.Share
}

// RunSchedule is Run for a schedule.
func RunSchedule(ctx context.Context, x *Schedule, opt RunOptions) (Truth, error) {
	for _, e := range x.Events {
		if err := e.check(); err != nil {
			return Truth{}, fmt.Errorf("run scenario %s: %w", x.Name, err)
		}
	}
	rec := &recipe{name: x.Name, title: x.Title, attack: x.attacked(), length: x.Length, vantage: transit, sampling: x.Sampling,
		devices: twoBorders, play: func(s *sim) { s.schedule(x) }}
	if opt.Protocol == 0 {
		opt.Protocol = x.Protocol
	}
	return run(ctx, rec, opt)
}

// ordinaryEvent tells those vectors that are no attack.
func (e *Event) ordinary() bool { return e.Vector == "visits" || e.Vector == "retries" }

func (x *Schedule) attacked() bool {
	for i := range x.Events {
		if !x.Events[i].ordinary() {
			return true
		}
	}
	return false
}

func (e *Event) check() error {
	switch e.Vector {
	case "cameras", "udp-flood", "ack-flood", "syn-flood", "syn-forged", "visits", "retries":
	default:
		if len(e.Vector) <= len(reflects) || e.Vector[:len(reflects)] != reflects || service(e.Vector[len(reflects):]) == nil {
			return fmt.Errorf("%s: vector %q is not known", e.Name, e.Vector)
		}
	}
	if !e.Target.IsValid() || !e.Target.Addr().Is4() || !(e.Rate > 0) || e.To <= e.From {
		return fmt.Errorf("%s: it needs a target, a rate and a time", e.Name)
	}
	return nil
}

const reflects = "reflection-"

// twoBorders are two routers of one kind that share the traffic by remote
// network.
func twoBorders() []device {
	all := twoEdges()
	for i := range all {
		all[i].name, all[i].last = fmt.Sprintf("border-%d", i+1), byte(31+i)
		all[i].protocol = export.SFlow
		for k := range all[i].outer {
			all[i].outer[k].Speed = 100 * gigabit
		}
		all[i].inner.Speed = 400 * gigabit
	}
	return all
}

func (s *sim) schedule(x *Schedule) {
	for i := range x.Sites {
		s.site(&x.Sites[i], uint64(i+1))
	}
	clientGroups := map[string][]topology.Host{}
	for i := range x.Events {
		e := &x.Events[i]
		key := fmt.Sprint(e.Vector, e.Hosts, e.Sources)
		if clientGroups[key] == nil { // what comes again comes from the same
			clientGroups[key] = s.hosts(max(e.Hosts, 1), topology.UserReports{Shares: e.shares(), Mix: e.mix(), Tail: 0.9})
		}
		s.happen(e, clientGroups[key])
	}
	s.note("rates, vectors and sources of the traffic are made up")
}

// site adds the ordinary traffic of a service.
func (s *sim) site(x *Site, number uint64) {
	s.truth.Own = append(s.truth.Own, x.Network.String())
	s.truth.Customers = append(s.truth.Customers, TruthCustomer{x.Name, []string{x.Network.String()}})
	if x.Rate <= 0 {
		return
	}
	first := model.AddrFromNetip(x.Network.Masked().Addr()).V4()
	hours := x.Hours
	p := &place{
		last15mHour: last15mHour{name: x.Name, pps: x.Rate, curve: &hours, serves: true, apps: webApps, lasts: 25 * time.Second},
		remotes:     s.hosts(3000, topology.UserReports{Shares: x.Visitors, Mix: topology.People, Tail: 1.4}),
		people:      ownHosts(first>>8, x.Servers, 0),
	}
	weights := make([]float64, x.Servers)
	for k := range weights {
		p.people[k].Addr = model.Addr4(first + 10 + uint32(k))
		weights[k] = math.Pow(float64(k+3), -0.5)
	}
	p.pick = newAlias(weights)
	p.silent = x.Silent
	s.mice(p, number, 1)
}
