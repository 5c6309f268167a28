package simday

import (
	"fmt"
	"math/rand/v2"
	"net/netip"

	"floodmark/internal/scenario/topology"
)

// people are those who report: nobody is drawn twice.
type people struct {
	opt   Options
	plans map[Senders]*topology.Plan
	wait  map[string][]topology.Host // drawn and not yet used, by senders and country
	r     *rand.Rand
}

// Hosts are drawn so many of a country at a time. Those of servers stand in few
// networks, as whoever sends false reports can rent them.
const (
	someHosts    = 8192
	someMachines = 512
)

func newPeople(opt Options) *people {
	if opt.Machines == nil {
		opt.Machines = opt.People
	}
	return &people{opt: opt, wait: map[string][]topology.Host{}, r: random(opt.Seed, "people", 0),
		plans: map[Senders]*topology.Plan{"people": topology.Build(opt.People), "machines": topology.Build(opt.Machines)}}
}

// person is somebody in a place who has not reported before. agents is how many
// kinds of browsers there are, 0 for as many as people have.
func (p *people) person(r *rand.Rand, place string, senders Senders, agents int) Report {
	country, region := place[:2], ""
	if len(place) > 3 {
		region = place[3:]
	}
	key := string(senders) + country
	if len(p.wait[key]) == 0 {
		n := someHosts
		if senders == "machines" {
			n = someMachines
		}
		p.wait[key] = p.plans[senders].Hosts(p.r, topology.UserReports{N: n, Shares: []topology.Share{{Country: country, Weight: 1}}, Mix: topology.People})
	}
	x := Report{Country: country, Region: region, Languages: languages[country]}
	if x.Languages == "" {
		x.Languages = "en"
	}
	if l := p.wait[key]; len(l) > 0 {
		h := l[len(l)-1]
		p.wait[key] = l[:len(l)-1]
		v := h.Addr.V4()
		x.Address, x.ASN = netip.AddrFrom4([4]byte{byte(v >> 24), byte(v >> 16), byte(v >> 8), byte(v)}), h.ASN
	} else { // the address data knows none there
		x.Address = netip.AddrFrom4([4]byte{198, 19, byte(r.Uint32()), byte(r.Uint32())})
	}
	n := r.IntN(1000)
	if agents > 0 {
		n %= agents
	}
	x.Agent = agent(n)
	return x
}

// agent is one of a thousand browsers.
func agent(n int) string {
	kind, version := n%5, n/5
	switch kind {
	case 0, 1:
		return fmt.Sprintf("Mozilla/5.0 (iPhone; CPU iPhone OS %d_%d like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/%d.%d Mobile/15E%d Safari/604.1", 15+version%4, version/4%7, 15+version%4, version/4%7, 140+version/28)
	case 2:
		return fmt.Sprintf("Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/%d.0.%d.0 Mobile Safari/537.36", 115+version%20, version/20)
	case 3:
		return fmt.Sprintf("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/%d.0.%d.0 Safari/537.36", 115+version%20, version/20)
	}
	return fmt.Sprintf("Mozilla/5.0 (X11; Linux x86_64; rv:%d.%d) Gecko/20100101 Firefox/%d.%d", 115+version%20, version/20, 115+version%20, version/20)
}

// languages are what browsers ask for, by country.
var languages = map[string]string{
	"DE": "de-DE,de;q=0.9,en;q=0.8", "ES": "es-ES,es;q=0.9", "MX": "es-MX,es;q=0.9,en;q=0.8", "US": "en-US,en;q=0.9", "GB": "en-GB,en;q=0.9",
	"BR": "pt-BR,pt;q=0.9,en;q=0.7", "IT": "it-IT,it;q=0.9,en;q=0.7", "FR": "fr-FR,fr;q=0.9,en;q=0.8", "JP": "ja,en;q=0.5", "IN": "en-IN,en;q=0.9,hi;q=0.7",
	"CA": "en-CA,en;q=0.9,fr;q=0.5", "NL": "nl-NL,nl;q=0.9,en;q=0.8", "PL": "pl-PL,pl;q=0.9,en;q=0.7",
}
