package topology

import (
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"floodmark/internal/model"
)

// OS is the kind of machine, as far as its packets show it.
type OS uint8

// Kinds of machine.
const (
	Linux    OS = iota // servers, Android; TTL 64, timestamps
	Windows            // TTL 128, no timestamps
	Apple              // TTL 64, its own order of options
	Embedded           // old Linux with a small window: cameras, recorders, routers
	Gear               // routers and switches themselves; TTL 255
)

// TTL is the initial hop limit of the machine.
func (o OS) TTL() uint8 {
	switch o {
	case Windows:
		return 128
	case Gear:
		return 255
	}
	return 64
}

// Host is one machine somewhere on the invented internet.
type Host struct {
	Addr    model.Addr
	Country string
	ASN     uint32
	OS      OS
	Hops    uint8 // to the watched network
	RTT     time.Duration
	Weight  float64 // share of the crowd's traffic; 1 is ordinary
	ID      uint16  // running IP identification
	Port    uint16  // running source port
	Seed    uint64  // what is particular to this host
}

// TTL returns the hop limit that a packet of h arrives with. One packet in
// forty takes a path that is one hop longer, as with multipath routing.
func (h *Host) TTL(r *rand.Rand) uint8 {
	t := h.OS.TTL() - h.Hops
	if r.Uint32()%40 == 0 {
		t--
	}
	return t
}

// NextID advances the host's IP identification counter.
func (h *Host) NextID() uint32 { h.ID++; return uint32(h.ID) }

// NextPort advances the host's source port within the range that its system
// uses for outgoing connections.
func (h *Host) NextPort() uint16 {
	low, span := uint16(32768), uint16(28232) // Linux: ip_local_port_range
	if h.OS == Windows || h.OS == Apple {
		low, span = 49152, 16384 // RFC 6335 section 6
	}
	h.Port += 1 + uint16(h.Seed%3)
	return low + h.Port%span
}

// Share is a country's part of a crowd.
type Share struct {
	Country string
	Weight  float64
}

// Mix is the part of each kind of machine in a crowd, in the order of OS.
type Mix [5]float64

// Mixes of machines.
var (
	People  = Mix{0.34, 0.42, 0.22, 0.02, 0}    // at home and on phones
	Servers = Mix{0.84, 0.13, 0, 0, 0.03}       // in data centres
	Cameras = Mix{0.02, 0, 0, 0.98, 0}          // and recorders
	Boxes   = Mix{0.30, 0.12, 0.01, 0.42, 0.15} // open services on the internet: home routers, switches, servers
)

// UserReports describes hosts to be invented.
type UserReports struct {
	N      int
	Shares []Share
	Mix    Mix
	Tail   float64 // sigma of the log-normal rates; 0 makes all hosts alike
}

// Hosts invents the crowd: clustered in networks and /24s as access networks
// are, with hop counts that cohere within a prefix, and heavy-tailed rates.
func (p *Plan) Hosts(r *rand.Rand, c UserReports) []Host {
	out := make([]Host, 0, c.N)
	seen := make(map[model.Addr]bool, c.N)
	total := 0.0
	for _, s := range c.Shares {
		total += s.Weight
	}
	carry := 0.0
	for _, s := range c.Shares {
		want := s.Weight/total*float64(c.N) + carry
		n := int(math.Round(want))
		carry = want - float64(n)
		out = p.settle(r, out, seen, settlers{c, s.Country, n})
	}
	r.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

type settlers struct {
	UserReports
	country string
	n       int
}

// settle places n hosts of one country: a few networks, in each some /24s,
// in each of those one host or several.
func (p *Plan) settle(r *rand.Rand, out []Host, seen map[model.Addr]bool, s settlers) []Host {
	l, ok := p.lines[s.country]
	if !ok || len(l.ranges) == 0 || s.n == 0 {
		return out
	}
	nets := p.networks(r, l, 1+int(math.Pow(float64(s.n), 0.62)))
	for misses := 0; s.n > 0 && misses < 1000; {
		// The square favours the first networks: a few carriers hold most hosts.
		x := r.Float64()
		n := nets[int(x*x*float64(len(nets)))]
		base := n.base | r.Uint32()&n.spread&^0xff
		for more := true; more && s.n > 0; more = r.Uint32()%3 == 0 {
			v := base | 1 + r.Uint32()%254
			a := model.Addr4(v)
			if v < n.first || v > n.last || seen[a] || reserved(v) {
				misses++
				continue
			}
			seen[a], misses = true, 0
			out = append(out, newHost(r, s.UserReports, l, a))
			h := &out[len(out)-1]
			h.Country, h.ASN = s.country, n.asn
			s.n--
		}
	}
	return out
}

type network struct {
	base, spread, first, last uint32
	asn                       uint32
}

// networks picks n aggregates of at most a /18 from a country's ranges, the
// larger ranges more often, but less than in proportion.
func (p *Plan) networks(r *rand.Rand, l line, n int) []network {
	cum := make([]float64, len(l.ranges))
	sum := 0.0
	for i, x := range l.ranges {
		sum += math.Sqrt(float64(x.Last - x.First + 1))
		cum[i] = sum
	}
	out := make([]network, n)
	for i := range out {
		k, _ := slices.BinarySearch(cum, r.Float64()*sum)
		x := l.ranges[min(k, len(cum)-1)]
		size := x.Last - x.First
		spread := uint32(0x3fff) // a /18
		if size < spread {
			spread = size
		}
		base := x.First + uint32(r.Uint64N(uint64(size)+1))
		base = max(base&^spread, x.First)
		out[i] = network{base &^ 0xff, spread, x.First, x.Last, x.ASN}
	}
	return out
}

func newHost(r *rand.Rand, c UserReports, l line, a model.Addr) Host {
	h := Host{Addr: a, OS: pickOS(r, c.Mix), Weight: 1, ID: uint16(r.Uint32()), Seed: r.Uint64()}
	h.Port = uint16(r.Uint32())
	h.Hops = hopsTo(l, a)
	if r.Uint32()%7 == 0 {
		h.Hops++ // behind one more router of its own
	}
	last := 2 + r.ExpFloat64()*9 // the access line, in ms
	h.RTT = time.Duration((float64(l.rtt)*(0.92+0.16*unit(a.Mask(16).Hash())) + last) * float64(time.Millisecond))
	if c.Tail > 0 {
		h.Weight = math.Exp(r.NormFloat64()*c.Tail - c.Tail*c.Tail/2)
	}
	return h
}

// hopsTo is the same for neighbours: the country's distance, shifted by
// network and, a little, by /20.
func hopsTo(l line, a model.Addr) uint8 {
	h := l.hops
	h += int(a.Mask(12).Hash()%5) - 2
	h += int(a.Mask(16).Hash()%3) - 1
	if a.Mask(20).Hash()%4 == 0 {
		h++
	}
	return uint8(max(h, 4))
}

func unit(h uint64) float64 { return float64(h>>11) / (1 << 53) }

func pickOS(r *rand.Rand, m Mix) OS {
	x := r.Float64()
	for i, w := range m {
		if x < w {
			return OS(i)
		}
		x -= w
	}
	return Linux
}
