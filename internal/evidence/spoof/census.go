package spoof

import (
	"floodmark/internal/evidence/share"
	"floodmark/internal/model"
)

// census is what one pass over the sources counts.
type census struct {
	d4, d6         int // distinct sources
	p4, p6         uint64
	loud           share.Loudness // all families
	single         bool           // every count has a common divisor above 1
	first, second  [256]int       // IPv4 bytes 1 and 2
	nets           []uint32       // sources per IPv4 /16
	dark           [256]int       // sources per host-free /8
	darkPackets    share.Ratio
	martian        int // sources in special-purpose space
	impossible     int // of those, in space that no host can have
	proven         int // sources with a proven handshake
	provenPackets  uint64
	distinct16     int
	effectiveNet16 float64
}

func count(in Input) *census {
	c := &census{nets: make([]uint32, 1<<16)}
	var divisor uint64
	for i := range in.Sources {
		s := &in.Sources[i]
		c.loud.Add(s.Packets)
		divisor = gcd(divisor, s.Packets)
		if s.Flags&model.Handshake != 0 {
			c.proven++
			c.provenPackets += s.Packets
		}
		special, never := specialPurpose(s.Addr)
		if special {
			c.martian++
		}
		if never {
			c.impossible++
		}
		if !s.Addr.Is4() {
			c.d6++
			c.p6 += s.Packets
			continue
		}
		c.addIPv4(s)
	}
	c.single = divisor > 1
	squares := 0.0
	for _, n := range c.nets {
		if n > 0 {
			c.distinct16++
			squares += float64(n) * float64(n)
		}
	}
	if squares > 0 {
		c.effectiveNet16 = float64(c.d4) * float64(c.d4) / squares
	}
	return c
}

func (c *census) addIPv4(s *model.SourceCount) {
	v := s.Addr.V4()
	c.d4++
	c.p4 += s.Packets
	c.first[v>>24]++
	c.second[v>>16&255]++
	c.nets[v>>16]++
	y := 0.0
	if hostFree[v>>24] {
		c.dark[v>>24]++
		y = float64(s.Packets)
	}
	c.darkPackets.Add(float64(s.Packets), y)
}

// sources is the number of distinct sources, both families.
func (c *census) sources() int { return c.d4 + c.d6 }

// firsts is the number of /8s with a source.
func (c *census) firsts() int {
	n := 0
	for _, k := range c.first {
		if k > 0 {
			n++
		}
	}
	return n
}

func gcd(a, b uint64) uint64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
