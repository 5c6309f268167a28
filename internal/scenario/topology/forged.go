package topology

import (
	"math/rand/v2"

	"floodmark/internal/model"
)

// reserved reports whether v is outside of what the public internet routes
// (IANA special-purpose registry, multicast and class E included).
func reserved(v uint32) bool {
	switch a := v >> 24; {
	case a == 0, a == 10, a == 127, a >= 224:
		return true
	case a == 100:
		return v>>22 == 100<<2|1 // 100.64.0.0/10
	case a == 169:
		return v>>16 == 169<<8|254
	case a == 172:
		return v>>20 == 172<<4|1
	case a == 192:
		return v>>16 == 192<<8|168 || v>>8 == 192<<16|2 || v>>8 == 192<<16
	case a == 198:
		return v>>17 == 198<<7|9 || v>>8 == 198<<16|51<<8|100
	case a == 203:
		return v>>8 == 203<<16|113
	}
	return false
}

// Reserved reports whether the public internet does not route a.
func Reserved(a model.Addr) bool { return a.Is4() && reserved(a.V4()) }

// Forger invents source addresses.
type Forger func(r *rand.Rand) model.Addr

// Uniform forges all 32 bits alike, reserved space and all: what a raw socket
// without any filter on its way lets through.
func Uniform(r *rand.Rand) model.Addr { return model.Addr4(r.Uint32()) }

// Filtered forges uniformly, but what is reserved or never routed is missing:
// upstream networks dropped it.
func Filtered(r *rand.Rand) model.Addr {
	for {
		if v := r.Uint32(); !reserved(v) {
			return model.Addr4(v)
		}
	}
}

// WeakForger returns a forger that walks a linear congruential generator of 14
// bits, as some tools do: few distinct addresses, tied octets, and the same
// order again and again.
func WeakForger(seed uint32) Forger {
	x := seed
	return func(*rand.Rand) model.Addr {
		x = (x*25173 + 13849) & 0x3fff
		return model.Addr4(x<<18 | (x*x>>6)&0x3ff00 | x&0xff)
	}
}

// Permuted returns the i-th of 2^32 addresses in an order that looks random
// and never repeats: a Feistel network keyed by seed.
func Permuted(seed uint64, i uint32) model.Addr {
	l, r := uint16(i>>16), uint16(i)
	for round := range uint64(4) {
		x := (uint64(r) + seed + round*0x9e3779b97f4a7c15) * 0xd6e8feb86659fd93
		x ^= x >> 29
		l, r = r, l^uint16(x>>17)
	}
	return model.Addr4(uint32(l)<<16 | uint32(r))
}
