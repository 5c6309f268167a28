package spoof

import (
	"math/rand/v2"
	"sync"

	"floodmark/internal/model"
)

// scenarios are built once: the attacks that docs/accuracy.md reports error rates for.
var scenarios = sync.OnceValue(allScenarios)

func allScenarios() []scenario {
	oneCountry := func(a int) bool { return a%20 == 7 }
	w := newWorld(3, 1.3, everywhere)
	uniform := func(r *rand.Rand, _ int) uint32 { return anything(r) }
	return append(realScenarios(oneCountry), []scenario{
		{name: "uniform, 1 sender", truth: "forged", make: spoofer(1, 64, uniform)},
		{name: "uniform, 2 senders", truth: "forged", make: spoofer(2, 64, uniform)},
		{name: "uniform, 20 senders", truth: "forged", make: spoofer(20, 64, uniform)},
		{name: "uniform, 5,000 senders", truth: "forged", make: spoofer(5000, 64, uniform)},
		{name: "uniform, random TTL", truth: "forged", make: spoofer(20, 0, uniform)},
		{name: "uniform, no TTL in the data", truth: "forged", noTTL: true, make: spoofer(20, 64, uniform)},
		{name: "uniform, unrouted space filtered", truth: "forged", make: spoofer(20, 64, func(r *rand.Rand, _ int) uint32 {
			return uint32(w.routeds[r.IntN(len(w.routeds))])<<16 | r.Uint32()>>16
		})},
		{name: "uniform, unrouted and host-free filtered", truth: "forged", make: spoofer(20, 64, filtered(w))},
		{name: "weak generator, 3 million addresses", truth: "forged", make: spoofer(2, 64, weak(3e6))},
		{name: "weak generator, 65,536 addresses", truth: "forged", make: spoofer(2, 64, weak(65536))},
		{name: "weak generator, 300,000, host-free filtered", truth: "forged", make: spoofer(2, 64, poolOf(300000, filtered(w)))},
		{name: "pool of 1,000 random addresses", truth: "forged", make: spoofer(20, 64, weak(1000))},
		{name: "pool of 10,000, no TTL", truth: "forged", noTTL: true, make: spoofer(20, 64, weak(10000))},
		{name: "list of real hosts, 20 senders", truth: "forged", make: spoofer(20, 64, list(w, 1e5))},
		{name: "list of real hosts, no TTL", truth: "forged", noTTL: true, make: spoofer(20, 64, list(w, 3000))},
		{name: "list of real hosts, 1 sender", truth: "forged", make: spoofer(1, 64, list(w, 1e5))},
		{name: "own /8, 20 senders", truth: "forged", make: spoofer(20, 64, own(w, 8))},
		{name: "own /16, 300 senders", truth: "passes", make: spoofer(300, 64, own(w, 16))},
		{name: "own /24, 300 senders", truth: "passes", make: spoofer(300, 64, own(w, 24))},
		{name: "10 % uniform, 90 % real", truth: "mixed", make: mixed(0.1, false)},
		{name: "50 % uniform, 50 % real", truth: "mixed", make: mixed(0.5, false)},
		{name: "50 % uniform without host-free space, 50 % real", truth: "mixed", make: mixedWith(0.5, filtered(w))},
		{name: "20 % uniform without host-free space, 80 % real", truth: "mixed", make: mixedWith(0.2, filtered(w))},
		{name: "90 % uniform, 10 % real", truth: "mostly", make: mixed(0.9, false)},
		{name: "10 % from a list, 90 % real", truth: "mixed", make: mixed(0.1, true)},
		{name: "50 % from a list, 50 % real", truth: "mixed", make: mixed(0.5, true)},
		{name: "90 % from a list, 10 % real", truth: "mostly", make: mixed(0.9, true)},
	}...)
}

func realScenarios(oneCountry func(int) bool) []scenario {
	return []scenario{
		{name: "worldwide botnet, 30,000", truth: "real", make: realBots(11, 1.3, 30000, 1, everywhere)},
		{name: "worldwide botnet, 2 million", truth: "real", make: realBots(12, 1.3, 2000000, 1, everywhere)},
		{name: "worldwide, evenly spread networks", truth: "real", make: realBots(13, 0.6, 200000, 1, everywhere)},
		{name: "worldwide, equally loud", truth: "real", make: realBots(14, 1.3, 100000, 0, everywhere)},
		{name: "worldwide, no TTL in the data", truth: "real", noTTL: true, make: realBots(11, 1.3, 3000, 1.2, everywhere)},
		{name: "one country", truth: "real", make: realBots(15, 1.3, 30000, 1, oneCountry)},
		{name: "one country, one distance", truth: "real", make: oneDistance(oneCountry)},
		{name: "one provider, two full /10", truth: "real", make: dense(0x57000000, 9, 50000, 1)},
		{name: "one provider, a full /8", truth: "real", make: dense(0x49000000, 8, 300000, 1)},
		{name: "laboratory, one /24", truth: "real", make: dense(0xc6336400, 24, 200, 0.5)},
		{name: "reflectors, 5,000", truth: "real", make: realBots(16, 1.8, 5000, 1.5, everywhere)},
		{name: "reflectors, no TTL in the data", truth: "real", noTTL: true, make: realBots(16, 1.8, 5000, 1.5, everywhere)},
		{name: "reflectors, each answers once", truth: "real", make: onceEach(1)},
		{name: "bots, each sends exactly twice", truth: "real", make: onceEach(2)},
	}
}

// oneDistance is a botnet whose hop counts know nothing of networks, because
// all of it stands behind the same few routers.
func oneDistance(keep func(int) bool) func(*rand.Rand, int) []model.SourceCount {
	w := newWorld(21, 1.3, keep)
	for i := range w.hop {
		w.hop[i] = 12
	}
	w.perNet = 2
	return func(r *rand.Rand, n int) []model.SourceCount {
		t := table{}
		w.bots(r, t, float64(n), 20000, 1)
		return t.sources()
	}
}

// onceEach breaks the assumption that packets are independent samples: every
// source sends exactly as many packets as any other.
func onceEach(packets int) func(*rand.Rand, int) []model.SourceCount {
	w := newWorld(22, 1.3, everywhere)
	return func(r *rand.Rand, n int) []model.SourceCount {
		t := table{}
		for range n / packets {
			if a := w.host(r); t[a] == nil {
				t.add(a, uint8(start(r)-w.distance(r, a)), uint64(packets))
			}
		}
		return t.sources()
	}
}

func filtered(w *world) func(*rand.Rand, int) uint32 {
	return func(r *rand.Rand, _ int) uint32 {
		for {
			net := w.routeds[r.IntN(len(w.routeds))]
			if !hostFree[net>>8] {
				return uint32(net)<<16 | r.Uint32()>>16
			}
		}
	}
}

// weak is a generator that can give only so many addresses.
func weak(size int) func(*rand.Rand, int) uint32 {
	return func(r *rand.Rand, _ int) uint32 {
		x := uint64(r.IntN(size))
		for i := uint64(0); ; i++ {
			a := uint32(mix(x*977+i<<40) >> 13)
			if a>>24 > 0 && a>>24 < 224 && a>>24 != 10 && a>>24 != 127 {
				return a
			}
		}
	}
}

// list spoofs addresses of real hosts, each as often as any other.
func list(w *world, size int) func(*rand.Rand, int) uint32 {
	return poolOf(size, func(r *rand.Rand, _ int) uint32 { return w.host(r) })
}

func poolOf(size int, pick func(*rand.Rand, int) uint32) func(*rand.Rand, int) uint32 {
	fixed := rand.New(rand.NewPCG(9, 9))
	addrs := make([]uint32, size)
	for i := range addrs {
		addrs[i] = pick(fixed, 0)
	}
	return func(r *rand.Rand, _ int) uint32 { return addrs[r.IntN(size)] }
}

// own spoofs addresses within each sender's own network of the given length.
func own(w *world, bits int) func(*rand.Rand, int) uint32 {
	fixed := rand.New(rand.NewPCG(10, 10))
	homes := make([]uint32, 300)
	for i := range homes {
		homes[i] = w.host(fixed)
	}
	return func(r *rand.Rand, s int) uint32 {
		low := uint32(1)<<(32-bits) - 1
		return homes[s]&^low | r.Uint32()&low
	}
}
