package scenario

import (
	"fmt"
	"math"
	"slices"
	"time"

	"floodmark/internal/model"
	"floodmark/internal/scenario/topology"
)

// The town is the network of live scenarios: a small provider with about two
// thousand hosts that sells access, hosting and voice.
const (
	townNet  = 198<<24 | 18<<16 | 16<<8 // 198.18.16.0/20
	townHigh = 0x2001_0db8_ffff_0000    // 2001:db8:ffff::/48
)

// TruthCustomer is a part of the watched networks.
type TruthCustomer struct {
	Name     string   `json:"name"`
	Networks []string `json:"networks"`
}

// last15mHour is a customer and its ordinary traffic.
type last15mHour struct {
	name        string
	net         uint32 // offset of its first address in the town
	bits        int
	hosts       int
	six         int     // of 8 conversations, those over IPv6
	pps         float64 // real packets a second over the day, both directions
	curve       *[24]float64
	office      bool // closed at the weekend
	serves      bool // its hosts are the servers
	apps        []float64
	userReports int // remote hosts
	remote      topology.Mix
	shares      []topology.Share
	lasts       time.Duration // a conversation, on average
}

// Curves over the hours of the day (UTC), as access and office networks in one
// place show them.
var (
	evening = [24]float64{0.62, 0.40, 0.27, 0.21, 0.18, 0.20, 0.31, 0.52, 0.68, 0.77, 0.84, 0.90, 0.98, 0.98, 1.0, 1.06, 1.19, 1.39, 1.62, 1.86, 2.02, 1.97, 1.62, 1.06}
	daytime = [24]float64{0.55, 0.45, 0.40, 0.38, 0.40, 0.48, 0.65, 0.90, 1.15, 1.30, 1.38, 1.40, 1.35, 1.38, 1.42, 1.40, 1.34, 1.28, 1.25, 1.28, 1.30, 1.20, 0.98, 0.72}
	working = [24]float64{0.12, 0.10, 0.10, 0.10, 0.12, 0.20, 0.55, 1.50, 2.40, 2.70, 2.75, 2.50, 1.90, 2.30, 2.60, 2.40, 1.70, 0.90, 0.50, 0.35, 0.28, 0.22, 0.18, 0.15}
	level   = [24]float64{1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}
)

// Weights of applications, in the order of their constants: appQUIC and so on.
var (
	homeApps   = []float64{36, 38, 3, 4, 2, 5, 2, 0.4, 3, 4, 1.4}
	webApps    = []float64{12, 74, 10, 0, 0, 0, 1, 0, 2, 0, 0}
	gameApps   = []float64{0, 4, 0, 0, 0, 94, 0, 0, 2, 0, 0}
	officeApps = []float64{20, 50, 3, 14, 6, 0, 3, 0.5, 2, 0, 1.5}
	voiceApps  = []float64{0, 3, 0, 95, 0, 0, 1, 1, 0, 0, 0}
	nameApps   = []float64{0, 0, 0, 0, 0, 0, 100, 0, 0, 0, 0}
)

func quarters() []last15mHour {
	at := func(third, fourth uint32) uint32 { return (third-16)<<8 | fourth }
	return []last15mHour{
		{name: "access", net: at(16, 0), bits: 22, hosts: 1000, six: 3, pps: 26_000, curve: &evening, apps: homeApps, userReports: 1800, remote: topology.Servers, shares: worldShares, lasts: 100 * time.Second},
		{name: "hosting", net: at(20, 0), bits: 23, hosts: 400, six: 2, pps: 13_000, curve: &daytime, serves: true, apps: webApps, userReports: 2600, remote: topology.People, shares: visitorShares, lasts: 25 * time.Second},
		{name: "games", net: at(22, 0), bits: 24, hosts: 60, pps: 5_000, curve: &evening, serves: true, apps: gameApps, userReports: 900, remote: topology.People, shares: visitorShares, lasts: 300 * time.Second},
		{name: "office", net: at(23, 0), bits: 24, hosts: 180, six: 1, pps: 3_000, curve: &working, office: true, apps: officeApps, userReports: 500, remote: topology.Servers, shares: visitorShares, lasts: 75 * time.Second},
		{name: "shared-addresses", net: at(25, 0), bits: 28, hosts: 14, pps: 5_000, curve: &evening, apps: homeApps, userReports: 900, remote: topology.Servers, shares: worldShares, lasts: 15 * time.Second},
		{name: "resolvers", net: at(27, 0), bits: 29, hosts: 2, pps: 500, curve: &evening, apps: nameApps, userReports: 400, remote: topology.Servers, shares: worldShares, lasts: 5 * time.Second},
		{name: "voice", net: at(28, 0), bits: 24, hosts: 90, pps: 1_400, curve: &working, apps: voiceApps, userReports: 60, remote: topology.Servers, shares: visitorShares, lasts: 200 * time.Second},
		{name: "backup", net: at(24, 0), bits: 24, hosts: 8, pps: 60, curve: &level, serves: true, apps: webApps, userReports: 60, remote: topology.Servers, shares: visitorShares, lasts: 150 * time.Second},
		{name: "cache", net: at(26, 0), bits: 28, hosts: 4, pps: 100, curve: &level, apps: webApps, userReports: 30, remote: topology.Servers, shares: visitorShares, lasts: 150 * time.Second},
	}
}

// place is where the town's hosts are.
type place struct {
	last15mHour
	people  []topology.Host // own hosts, the busiest first
	remotes []topology.Host
	pick    alias // of people
	silent  []Stretch
}

type town struct {
	quarters map[string]*place
}

// townsfolk adds the town and all its small traffic; part of 1 is its normal
// size.
func (s *sim) townsfolk(part float64) *town {
	s.truth.Own = []string{"198.18.16.0/20", "2001:db8:ffff::/48"}
	t := &town{quarters: map[string]*place{}}
	for i, q := range quarters() {
		p := &place{last15mHour: q, remotes: s.hosts(q.userReports, topology.UserReports{Shares: q.shares, Mix: q.remote, Tail: 1.4})}
		p.people = ownHosts((townNet+q.net)>>8, q.hosts, 0)
		if q.bits > 24 {
			for k := range p.people {
				p.people[k].Addr = model.Addr4(townNet + q.net + 1 + uint32(k))
			}
		}
		weights := make([]float64, q.hosts)
		for k := range weights {
			weights[k] = math.Pow(float64(k+2), -0.7) // popularity falls with rank, but not as fast as with Zipf's 1
		}
		p.pick = newAlias(weights)
		t.quarters[q.name] = p
		six := fmt.Sprintf("2001:db8:ffff:%x00::/56", i+1)
		c := TruthCustomer{q.name, []string{fmt.Sprintf("%v", model.Addr4(townNet+q.net).Prefix(q.bits))}}
		if q.six > 0 {
			c.Networks = append(c.Networks, six)
		}
		s.truth.Customers = append(s.truth.Customers, c)
		s.mice(p, uint64(i+1), part)
	}
	s.noise(part)
	return t
}

// mice is the traffic of a quarter as single packets of many conversations. A
// conversation that has outlived its time gives way to another one when its
// turn comes; how busy a place in the pool is stays.
func (s *sim) mice(p *place, number uint64, part float64) {
	pool := make([]conv, max(40, int(p.pps*part/12)))
	weights := make([]float64, len(pool))
	for i := range pool {
		weights[i] = lognormal(s.r, 1.5)
	}
	pick := newAlias(weights)
	drift := swell{r: s.r, sigma: 0.12}
	s.varying(p.pps*part, 4, func(now int64) float64 { return p.curveAt(now) * drift.at(now) }, func(now int64) {
		c := &pool[pick.draw(s.r)]
		if now >= c.until {
			*c = s.newConv(p, number)
			c.until = now + int64(s.r.ExpFloat64()*float64(p.lasts))
		}
		if !p.silentAt(time.Duration(now - s.start)) {
			s.sendConv(now, &s.background, c)
		} else if s.r.Uint32()%3 == 0 { // nobody gets further than the first packet
			again := *c
			again.fromServer, again.opening = 0, 1
			s.sendConv(now, &s.background, &again)
		}
	})
}

func (p *place) silentAt(since time.Duration) bool {
	return slices.ContainsFunc(p.silent, func(x Stretch) bool { return since >= x.From && since < x.To })
}

// curveAt is the level of the hour, between hours in proportion.
func (q *last15mHour) curveAt(now int64) float64 {
	h := float64(now%int64(24*time.Hour)) / float64(time.Hour)
	i := int(h)
	v := q.curve[i] + (q.curve[(i+1)%24]-q.curve[i])*(h-float64(i))
	if day := time.Unix(0, now).UTC().Weekday(); q.office && (day == time.Saturday || day == time.Sunday) {
		v *= 0.2
	}
	return v
}

// noise is what scanners send to everybody, whether there is a host or not.
func (s *sim) noise(part float64) {
	outsiders := s.hosts(500, topology.UserReports{Shares: worldShares, Mix: topology.Servers, Tail: 1.5})
	s.varying(220*part, 1, func(int64) float64 { return 1 }, func(now int64) {
		h := &outsiders[s.r.IntN(len(outsiders))]
		s.probe(now, h, townNet|s.r.Uint32()&0xfff)
	})
}

// varying calls emit at Poisson times: mean is in real packets a second, and
// level, between 0 and most, says how much of it there is now. Proposals at
// the highest rate are thinned (Lewis and Shedler 1979).
func (s *sim) varying(mean, largest float64, level func(now int64) float64, emit func(now int64)) {
	s.at(s.start, &thinned{rate: mean / s.oneIn * s.opt.Scale * largest / 1e9, largest: largest, level: level, emit: emit})
}

type thinned struct {
	rate, largest float64 // proposals a ns
	level         func(now int64) float64
	emit          func(now int64)
	begun         bool
}

func (t *thinned) step(s *sim, now int64) int64 {
	if t.begun && s.r.Float64()*t.largest < t.level(now) {
		t.emit(now)
	}
	t.begun = true
	return now + int64(s.r.ExpFloat64()/t.rate) + 1
}

// swell is a slow random change of level around 1: the logarithm follows an
// autoregression with a memory of about ten minutes.
type swell struct {
	r     interface{ NormFloat64() float64 }
	sigma float64
	next  int64
	log   float64
}

const (
	swellStep   = int64(10 * time.Second)
	swellMemory = 0.983 // exp(-10/600)
)

func (w *swell) at(now int64) float64 {
	for ; w.next <= now; w.next += swellStep {
		if now-w.next > 3600e9 {
			w.next = now
		}
		w.log = w.log*swellMemory + w.r.NormFloat64()*w.sigma*0.184 // sqrt(1-memory²)
	}
	return math.Exp(w.log)
}
