package report

import (
	"net/netip"
	"time"
)

// window is the time in which a person counts once, and limits hold.
const window = int64(time.Hour)

// A class is what is allowed to networks of one kind: how many reports of one
// service count in a window. Up to hardly times as many are kept and do not
// count, and what is beyond is not taken. 0 is no limit.
type class struct {
	address uint32 // from one IPv4 address, or /64
	prefix  uint32 // from a /24 or /56
	wide    uint32 // from a /48
	network uint32 // from all of a network
	forms   uint32 // from a /24 or /56 without a proof of work
	bits    uint8  // of an ordinary proof of work
	shared  bool   // many people have the same address and the same browser
}

const hardly = 8

// What people report from has no limit for the whole network: an outage of a
// carrier is all of its customers. 40,000 people behind forty /24s are 1,000 in
// a /24 and up to hundreds behind one address; 8 times as many /24-wide is still
// far from what a prefix of bots can send without paying work for it.
// IPv6 addresses are not shared; a /56 is a household or 256 phones.
var (
	people4 = class{address: 256, prefix: 8192, forms: 256, bits: 14, shared: true}
	people6 = class{address: 32, prefix: 512, wide: 16384, forms: 32, bits: 14}
	campus4 = class{address: 64, prefix: 1024, network: 20000, forms: 32, bits: 14}
	campus6 = class{address: 16, prefix: 256, wide: 4096, network: 20000, forms: 16, bits: 14}
	// Nobody knows of what kind the network is: no address data, or it does not say.
	blind4   = class{address: 64, prefix: 1024, forms: 32, bits: 14}
	blind6   = class{address: 16, prefix: 256, wide: 4096, forms: 16, bits: 14}
	unknown  = class{address: 20, prefix: 20, wide: 60, network: 1000, forms: 8, bits: 15}
	machines = class{address: 20, prefix: 20, wide: 60, network: 200, forms: 4, bits: 16}
)

// classOf returns what is allowed to an address in a network of a kind, which is
// "" where there is no address data at all.
func classOf(a netip.Addr, kind string) *class {
	pick := func(v4, v6 *class) *class {
		if a.Is4() {
			return v4
		}
		return v6
	}
	switch kind {
	case "":
		return pick(&blind4, &blind6)
	case "access", "mobile":
		return pick(&people4, &people6)
	case "education":
		return pick(&campus4, &campus6)
	case "hosting", "vpn", "cdn", "transit":
		return &machines
	default:
		return &unknown
	}
}

// sameMost is how many people with the same browser are believed behind one
// shared address, if each brings a proof of work: a carrier puts some 64 to 128
// customers behind an address, a tenth of whom may have the commonest phone.
// That is believed once sharedFrom reports came from the prefix: before, who
// reports again is rather the same person at home. Of 1,000 people in a /24 not
// one in ten thousand is mistaken for another by that.
const (
	sameMost   = 16
	sharedFrom = 8
)

// deedsMost is how many suggestions and comments an address may make in a window.
const deedsMost = 10

// work returns how many bits of work are asked: more where an address, prefix
// or network has sent much for its class (one bit more at an eighth of a limit,
// then each time it doubles), less where an incident is confirmed, since that is
// when honest phones are most and worst off.
func (c *class) work(address, prefix, network uint32, confirmed bool) uint8 {
	bits := c.bits
	if confirmed {
		bits -= easier
	}
	return min(bits+max(steps(address, c.address), steps(prefix, c.prefix), steps(network, c.network)), mostBits)
}

// easier is how much less is asked then: what is left takes no phone a millisecond.
const easier = 10

// mostBits is some seconds of work for a computer and a minute for a phone.
const mostBits = 22

func steps(n, limit uint32) uint8 {
	var s uint8
	for at := max(limit/8, 1); limit > 0 && n > at && s < 8; at *= 2 {
		s++
	}
	return s
}
