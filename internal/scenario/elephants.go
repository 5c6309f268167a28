package scenario

import (
	"math"
	"time"

	"floodmark/internal/model"
	"floodmark/internal/scenario/topology"
)

// transfer is one large movement of data: some connections between two hosts.
type transfer struct {
	kind        string
	local       *topology.Host
	remote      *topology.Host
	serves      bool // the local host sends
	from, lasts time.Duration
	pps         float64 // real packets a second, both directions
	conns       int
	port        uint16
}

// move adds a transfer: the rate climbs for two seconds, as connections do.
func (s *sim) move(x transfer) {
	if x.from >= s.opt.Duration {
		return
	}
	convs := make([]conv, max(x.conns, 1))
	for i := range convs {
		client := uint16(32768 + s.r.IntN(28000))
		c := conv{local: x.local, remote: x.remote, localAddr: x.local.Addr, farAddr: x.remote.Addr, app: appTLS, key: s.r.Uint64(),
			serves: x.serves, fromServer: 0.68, opening: 1 << 30, localPort: client, farPort: x.port}
		if x.serves {
			c.localPort, c.farPort = x.port, client
		}
		convs[i] = c
	}
	rate := x.pps / s.oneIn
	s.each([]phase{{x.from, x.from + 2*time.Second, rate * 0.4}, {x.from + 2*time.Second, x.from + x.lasts, rate}}, func(now int64) {
		s.sendConv(now, &s.background, &convs[s.r.IntN(len(convs))])
	})
	s.event(x.kind, x.local.Addr, phase{x.from, x.from + x.lasts, x.pps})
}

// event notes something ordinary that is large; what is small is not noted.
func (s *sim) event(kind string, host model.Addr, p phase) {
	if p.from >= s.opt.Duration || kind == "" {
		return
	}
	s.truth.Events = append(s.truth.Events, TruthEvent{kind, host.String(), s.stampAt(p.from), s.stampAt(min(p.to, s.opt.Duration)), p.rate * s.opt.Scale})
}

// someone picks a host of a quarter, the busy ones more often.
func (s *sim) someone(p *place) *topology.Host { return &p.people[p.pick.draw(s.r)] }

func anyOf(s *sim, hosts []topology.Host) *topology.Host { return &hosts[s.r.IntN(len(hosts))] }

// capped is a log-normal amount with an upper limit.
func (s *sim) capped(median, sigma, largest float64) float64 {
	return math.Min(median*lognormal(s.r, sigma), largest)
}

func seconds(x float64) time.Duration { return time.Duration(x * float64(time.Second)) }

// moments are n random times between two hours of the day, counted from the
// start of the run, following the curve of a quarter.
func (s *sim) moments(n int, p *place, from, to float64) []time.Duration {
	day := s.start - s.start%int64(24*time.Hour)
	var out []time.Duration
	for tries := 0; len(out) < n && tries < 100*n; tries++ {
		h := from + s.r.Float64()*(to-from)
		at := day + int64(h*3600e9)
		if at < s.start { // a run that begins in the middle of the day ends in the middle of the next
			at += int64(24 * time.Hour)
		}
		if s.r.Float64()*3 < p.curveAt(at) {
			out = append(out, time.Duration(at-s.start))
		}
	}
	return out
}

// elephants adds a day's large transfers: all of them ordinary.
func (s *sim) elephants(t *town) {
	access, hosting, office := t.quarters["access"], t.quarters["hosting"], t.quarters["office"]
	cdn := s.hosts(24, topology.UserReports{Shares: visitorShares, Mix: topology.Servers})
	for _, at := range s.moments(700, access, 0, 24) { // downloads
		s.move(transfer{local: s.someone(access), remote: anyOf(s, cdn), from: at, lasts: seconds(s.capped(50, 1.1, 1800)),
			pps: s.capped(4_000, 0.8, 40_000), conns: 1 + s.r.IntN(4), port: 443})
	}
	for _, at := range s.moments(120, access, 0, 24) {
		s.speedTest(s.someone(access), anyOf(s, cdn), at)
	}
	for _, at := range s.moments(12, hosting, 2, 6) { // the cache fills itself at night
		cache := anyOf(s, t.quarters["cache"].people)
		s.move(transfer{kind: "cdn-fill", local: cache, remote: anyOf(s, cdn), from: at, lasts: seconds(300 + s.r.Float64()*900),
			pps: s.capped(22_000, 0.4, 50_000), conns: 16, port: 443})
	}
	for _, at := range s.moments(16, hosting, 1, 5) { // to a store elsewhere
		s.move(transfer{kind: "backup", local: s.someone(hosting), remote: anyOf(s, cdn), serves: true, from: at, lasts: seconds(600 + s.r.Float64()*1800),
			pps: s.capped(11_000, 0.5, 35_000), conns: 2, port: 22})
	}
	for _, at := range s.moments(10, office, 18, 24) { // from customers to the store here
		s.move(transfer{kind: "backup", local: anyOf(s, t.quarters["backup"].people), remote: anyOf(s, office.remotes), from: at, lasts: seconds(600 + s.r.Float64()*1500),
			pps: s.capped(14_000, 0.5, 45_000), conns: 3, port: 873})
	}
	update := anyOf(s, cdn)
	for _, at := range s.moments(110, access, 17.5, 20) { // a game's update on its day
		s.move(transfer{kind: "game-update", local: s.someone(access), remote: update, from: at, lasts: seconds(200 + s.r.Float64()*500),
			pps: s.capped(4_500, 0.6, 30_000), conns: 4, port: 443})
	}
	s.clientGroups(t)
}

// speedTest is what measuring a line does: everything that it can carry, some
// seconds down and some up, over several connections.
func (s *sim) speedTest(h, server *topology.Host, at time.Duration) {
	line := [...]float64{8_500, 21_000, 42_000, 84_000}[weightOf(s.r, 3, 4, 3, 2)] * 1.45 // packets a second of 1,500 bytes at 100 to 1,000 Mbit/s, with acknowledgements
	down, up := seconds(9+s.r.Float64()*6), seconds(9+s.r.Float64()*6)
	x := transfer{kind: "speed-test", local: h, remote: server, from: at, lasts: down, pps: line, conns: 4 + s.r.IntN(13), port: 8080}
	s.move(x)
	x.from, x.lasts, x.serves, x.pps = at+down+seconds(2), up, true, line*[...]float64{0.1, 0.3, 0.5, 1}[s.r.IntN(4)]
	s.move(x)
}

// clientGroups are two sites that thousands visit at once, and two that are scanned.
func (s *sim) clientGroups(t *town) {
	hosting := t.quarters["hosting"]
	noon := s.moments(1, hosting, 12, 12.6)
	dusk := s.moments(1, hosting, 19, 19.5)
	for i, at := range append(noon, dusk...) {
		site := &hosting.people[37+90*i]
		visitors := s.hosts(9000, topology.UserReports{Shares: visitorShares, Mix: topology.People, Tail: 0.7})
		shape := []float64{0.15, 0.5, 0.9, 1, 0.85, 0.6, 0.4, 0.25, 0.15, 0.08}
		var phases []phase
		for k, f := range shape {
			phases = append(phases, phase{at + time.Duration(k)*150*time.Second, at + time.Duration(k+1)*150*time.Second, f * 38_000 / s.oneIn})
		}
		s.each(phases, func(now int64) {
			v := anyOf(s, visitors)
			c := conv{local: site, remote: v, localAddr: site.Addr, farAddr: v.Addr, app: appTLS, key: v.Seed, serves: true, fromServer: 0.58,
				opening: 12, localPort: 443, farPort: v.NextPort()}
			s.sendConv(now, &s.background, &c)
		})
		s.event("flash-crowd", site.Addr, phase{at, at + 1500*time.Second, 38_000})
	}
	for _, at := range s.moments(2, hosting, 3, 22) {
		scanner := anyOf(s, hosting.remotes)
		s.each([]phase{{at, at + 10*time.Minute, 2_500 / s.oneIn}}, func(now int64) { s.probe(now, scanner, townNet|s.r.Uint32()&0xfff) })
	}
}
