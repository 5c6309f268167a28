package scenario

import (
	"context"
	"fmt"
	"math"
	"net/netip"
	"time"

	"floodmark/internal/model"
	"floodmark/internal/scenario/export"
	"floodmark/internal/scenario/wire"
	"floodmark/internal/scenario/world"
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
	Visitors []world.Share
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
	Sources []world.Share
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
	crowds := map[string][]world.Host{}
	for i := range x.Events {
		e := &x.Events[i]
		key := fmt.Sprint(e.Vector, e.Hosts, e.Sources)
		if crowds[key] == nil { // what comes again comes from the same
			crowds[key] = s.hosts(max(e.Hosts, 1), world.Crowd{Shares: e.shares(), Mix: e.mix(), Tail: 0.9})
		}
		s.befall(e, crowds[key])
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
		quarter: quarter{name: x.Name, pps: x.Rate, curve: &hours, serves: true, apps: webApps, lasts: 25 * time.Second},
		remotes: s.hosts(3000, world.Crowd{Shares: x.Visitors, Mix: world.People, Tail: 1.4}),
		people:  ownHosts(first>>8, x.Servers, 0),
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

func (e *Event) shares() []world.Share {
	switch {
	case len(e.Sources) > 0:
		return e.Sources
	case e.ordinary():
		return visitorShares
	case e.Vector[:min(len(reflects), len(e.Vector))] == reflects:
		return worldShares
	}
	return cameraShares
}

func (e *Event) mix() world.Mix {
	switch {
	case e.ordinary():
		return world.People
	case e.Vector[:min(len(reflects), len(e.Vector))] == reflects:
		return world.Boxes
	}
	return world.Cameras
}

// victim is the target, or one of many.
func (e *Event) victim(s *sim) model.Addr {
	first, free := model.AddrFromNetip(e.Target.Masked().Addr()).V4(), 32-e.Target.Bits()
	return model.Addr4(first + s.r.Uint32()&(1<<free-1))
}

func (e *Event) phases(share float64) []phase { return []phase{{e.From, e.To, e.Rate * share}} }

func (s *sim) befall(e *Event, crowd []world.Host) {
	target := e.Target.String()
	if e.Target.IsSingleIP() {
		target = e.Target.Addr().String()
	}
	a := TruthAttack{Name: e.Name, Vector: e.Vector, Direction: "in", Target: []string{target}}
	part := func(vector string, share float64, build func(victim *world.Host) *flood) {
		f := e.toward(s, build)
		a.Vector, f.crowd = vector, crowd
		s.strike(a, f, e.phases(share))
	}
	udp := func(v *world.Host) *flood { return miraiUDP(s, v, 1400) }
	ack := func(v *world.Host) *flood { return miraiACK(s, v, 443) }
	syn := func(v *world.Host) *flood { return synFlood(s, v, 443, drowned) }
	switch e.Vector {
	case "cameras":
		part("udp-flood", 0.6, udp)
		part("ack-flood", 0.3, ack)
		part("syn-flood", 0.1, syn)
	case "udp-flood":
		part(e.Vector, 1, udp)
	case "ack-flood":
		part(e.Vector, 1, ack)
	case "syn-flood":
		part(e.Vector, 1, syn)
	case "syn-forged":
		a.Vector = "syn-flood"
		s.synFlood(a, e.phases(1), e.victim(s))
	case "visits", "retries":
		s.press(e, crowd)
	default:
		s.reflected(a, e.phases(1), func() model.Addr { return e.victim(s) })
	}
}

// drowned: what is flooded for long answers one SYN in so many.
const drowned = 300

// toward makes a flood whose every packet goes to a victim of the event.
func (e *Event) toward(s *sim, build func(victim *world.Host) *flood) *flood {
	v := &world.Host{OS: world.Linux}
	f := build(v)
	inner := f.emit
	f.emit = func(s *sim, f *flood, now int64, h *world.Host, p *wire.Packet) {
		v.Addr = e.victim(s)
		inner(s, f, now, h, p)
	}
	return f
}

// press is people: those who visit, and those who try again and again.
func (s *sim) press(e *Event, crowd []world.Host) {
	tries := e.Vector == "retries"
	kind := "flash crowd"
	if tries {
		kind = "connections that are tried again"
	}
	s.truth.Events = append(s.truth.Events, TruthEvent{Kind: kind, Host: e.Target.String(), Start: s.stampAt(e.From), End: s.stampAt(min(e.To, s.opt.Duration)), PeakPPS: e.Rate})
	weights := make([]float64, len(crowd))
	for i := range crowd {
		weights[i] = crowd[i].Weight
	}
	pick := newAlias(weights)
	s.each([]phase{{e.From, e.To, e.Rate / s.oneIn}}, func(now int64) {
		h := &crowd[pick.draw(s.r)]
		to := e.victim(s)
		if tries {
			p := wire.Packet{In: true, Src: h.Addr, Dst: to, Proto: model.ProtoTCP, TTL: h.TTL(s.r), DF: true, ID: h.NextID(), Sport: h.NextPort(), Dport: 443,
				Seq: s.r.Uint32(), Flags: model.SYN, Window: synWindow(h.OS), Options: []byte{2, 4, 5, 0xb4, 1, 1, 4, 2}}
			s.send(now, &s.background, &p)
			return
		}
		server := world.Host{Addr: to}
		c := conv{local: &server, remote: h, localAddr: to, farAddr: h.Addr, app: appTLS, key: h.Seed, serves: true, fromServer: 0.55, opening: 9,
			localPort: 443, farPort: h.NextPort()}
		s.sendConv(now, &s.background, &c)
	})
}
