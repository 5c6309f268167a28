package spoof

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"

	"floodmark/internal/model"
)

// Simulated attacks with a known truth. Everything is seeded; the address space
// is invented, with networks of very unequal size as in the real one.

// world is an address space: how likely a real host is to stand in each /16, and
// how far away each /16 is.
type world struct {
	nets    []uint16  // /16s with hosts
	sums    []float64 // cumulative weights of nets
	active  [1 << 16][]uint8
	hop     [1 << 16]uint8
	perNet  float64 // spread of hop counts within a /16
	routed  [1 << 16]bool
	routeds []uint16
}

func lognormal(r *rand.Rand, s float64) float64 { return math.Exp(s*r.NormFloat64() - s*s/2) }

// newWorld makes a world whose /8s, /16s and /24s have lognormal weights of the
// given spread; only the /8s that keep returns true for hold hosts.
func newWorld(seed uint64, spread float64, keep func(a int) bool) *world {
	r := rand.New(rand.NewPCG(seed, 1))
	w := &world{perNet: 0.5}
	sum := 0.0
	for a := 1; a < 224; a++ {
		special := a == 10 || a == 127
		w8 := lognormal(r, spread*0.7)
		for b := range 256 {
			net := uint16(a<<8 | b)
			w.hop[net] = uint8(max(4, min(28, 14+4*r.NormFloat64())))
			if special {
				continue
			}
			w.routed[net] = r.Float64() < 0.85
			if w.routed[net] {
				w.routeds = append(w.routeds, net)
			}
			if hostFree[a] || !keep(a) || r.Float64() > 0.6 {
				continue
			}
			sum += w8 * lognormal(r, spread)
			w.nets, w.sums = append(w.nets, net), append(w.sums, sum)
			for range 1 + r.IntN(200) {
				w.active[net] = append(w.active[net], uint8(r.IntN(256)))
			}
		}
	}
	return w
}

func everywhere(int) bool { return true }

// host draws the address of a real host.
func (w *world) host(r *rand.Rand) uint32 {
	i, _ := slices.BinarySearch(w.sums, r.Float64()*w.sums[len(w.sums)-1])
	net := w.nets[min(i, len(w.nets)-1)]
	c := w.active[net][r.IntN(len(w.active[net]))]
	return uint32(net)<<16 | uint32(c)<<8 | uint32(1+r.IntN(254))
}

// distance is a host's hop count: that of its network, give or take.
func (w *world) distance(r *rand.Rand, addr uint32) int {
	return max(1, min(30, int(math.Round(float64(w.hop[addr>>16])+w.perNet*r.NormFloat64()))))
}

func start(r *rand.Rand) int {
	switch x := r.IntN(10); {
	case x < 7:
		return 64
	case x < 9:
		return 128
	}
	return 255
}

// table collects packets by source.
type table map[uint32]*model.SourceCount

func (t table) add(addr uint32, ttl uint8, packets uint64) {
	s := t[addr]
	if s == nil {
		t[addr] = &model.SourceCount{Addr: model.Addr4(addr), Packets: packets, TTL: ttl, MinTTL: ttl, MaxTTL: ttl}
		return
	}
	s.Packets += packets
	s.MinTTL, s.MaxTTL = min(s.MinTTL, ttl), max(s.MaxTTL, ttl)
}

func (t table) sources() []model.SourceCount {
	out := make([]model.SourceCount, 0, len(t))
	for _, s := range t {
		out = append(out, *s)
	}
	slices.SortFunc(out, func(a, b model.SourceCount) int { return cmp.Compare(a.Addr.V4(), b.Addr.V4()) })
	return out
}

// bots adds n packets from a botnet of the given size and spread of loudness.
// nat is the share of bots that stand behind an address with others.
func (w *world) bots(r *rand.Rand, t table, n float64, size int, loud float64) {
	for range size {
		k := uint64(distuv.Poisson{Lambda: n / float64(size) * lognormal(r, loud), Src: r}.Rand())
		if k == 0 {
			continue
		}
		a := w.host(r)
		ttl := uint8(start(r) - w.distance(r, a))
		t.add(a, ttl, (k+1)/2)
		if k/2 > 0 {
			t.add(a, ttl-uint8(r.IntN(5)/4), k/2) // one path in five is a hop longer
		}
	}
}

// spoof adds n packets with addresses from pick, from the given number of
// senders. ttl 0 samples TTLs at random, otherwise all senders start from it.
func spoof(r *rand.Rand, t table, n, senders, ttl int, pick func(sender int) uint32) {
	away := make([]int, senders)
	for i := range away {
		away[i] = max(3, min(28, int(14+4*r.NormFloat64())))
	}
	for range n {
		s := r.IntN(senders)
		v := uint8(ttl - away[s])
		if ttl == 0 {
			v = uint8(1 + r.IntN(255) - min(away[s], 0))
		}
		t.add(pick(s), v, 1)
	}
}

func anything(r *rand.Rand) uint32 {
	for {
		if a := r.Uint32(); a>>24 > 0 && a>>24 < 224 && a>>24 != 10 && a>>24 != 127 {
			return a
		}
	}
}

// scenario is a way to be attacked, and what the verdict may not be.
type scenario struct {
	name  string
	truth string // real, spoofed, mixed, or passes: spoofed in a way that no test can see
	noTTL bool
	make  func(r *rand.Rand, n int) []model.SourceCount
}

func (s scenario) input(r *rand.Rand, n int) Input {
	in := Input{Sources: s.make(r, n), TTLKnown: !s.noTTL, Seed: r.Uint64()}
	if s.noTTL {
		for i := range in.Sources {
			c := &in.Sources[i]
			c.TTL, c.MinTTL, c.MaxTTL = 0, 0, 0
		}
	}
	return in
}

func realBots(seed uint64, spread float64, size int, loud float64, keep func(int) bool) func(*rand.Rand, int) []model.SourceCount {
	w := newWorld(seed, spread, keep)
	return func(r *rand.Rand, n int) []model.SourceCount {
		t := table{}
		w.bots(r, t, float64(n), size, loud)
		return t.sources()
	}
}

func spoofer(senders, ttl int, pick func(r *rand.Rand, s int) uint32) func(*rand.Rand, int) []model.SourceCount {
	return func(r *rand.Rand, n int) []model.SourceCount {
		t := table{}
		spoof(r, t, n, senders, ttl, func(s int) uint32 { return pick(r, s) })
		return t.sources()
	}
}

func mixed(part float64, fromList bool) func(*rand.Rand, int) []model.SourceCount {
	if fromList {
		return mixedWith(part, list(newWorld(3, 1.3, everywhere), 1e5))
	}
	return mixedWith(part, func(r *rand.Rand, _ int) uint32 { return anything(r) })
}

// mixedWith sends a part of the packets from spoofed addresses and the rest from
// a worldwide botnet.
func mixedWith(part float64, pick func(*rand.Rand, int) uint32) func(*rand.Rand, int) []model.SourceCount {
	w := newWorld(3, 1.3, everywhere)
	return func(r *rand.Rand, n int) []model.SourceCount {
		t := table{}
		w.bots(r, t, float64(n)*(1-part), 20000, 1)
		spoof(r, t, int(float64(n)*part), 20, 64, func(s int) uint32 { return pick(r, s) })
		return t.sources()
	}
}

// dense is one provider that fills a whole block evenly: the hardest real case
// for tests of uniformity.
func dense(base uint32, bits int, size int, loud float64) func(*rand.Rand, int) []model.SourceCount {
	w := newWorld(5, 0.5, everywhere)
	return func(r *rand.Rand, n int) []model.SourceCount {
		t := table{}
		for range size {
			k := uint64(distuv.Poisson{Lambda: float64(n) / float64(size) * lognormal(r, loud), Src: r}.Rand())
			if a := base | r.Uint32()>>bits; k > 0 {
				t.add(a, uint8(start(r)-w.distance(r, base|uint32(r.IntN(3))<<16)), k)
			}
		}
		return t.sources()
	}
}
