package normalize

import (
	"math/bits"

	"floodmark/internal/dedup"
	"floodmark/internal/model"
)

// pair counts what this exporter reported of flows whose primary is another one.
type pair struct {
	primary    uint32
	used       bool
	known      bool
	flows      uint64 // fading
	duplicates uint64
}

// Whether two exporters report the same traffic is learned from flows, not from
// records: a flood with one 5-tuple that enters through two edges is then one flow
// of many, and does not make the edges look like one path.
const (
	pairFlows = 16  // flows in common before anything is taken for a duplicate
	pairShare = 512 // and one flow in so many; it is lost at half of that
	pairEnds  = 16 * pairShare
)

// isDuplicate reports whether another observer has already reported the
// record of a claim.
func (n *Normalizer) isDuplicate(e *exporter, c dedup.Claim) bool {
	e.stats.Considered++
	a := n.dedup.Claim(c)
	if a.Accepted {
		if a.New {
			e.flows++
		}
		return false
	}
	p := e.pair(a.Primary >> pathBits)
	if p == nil {
		return false
	}
	if a.FirstDuplicate {
		e.flows++
		p.flows++
		p.known = p.known || p.flows >= pairFlows && p.flows*pairShare >= e.flows
	}
	if p.known {
		p.duplicates++
	}
	return p.known
}

// claim is the question of a record to the table of flows. exact means that
// interface roles make this record the one that counts.
func (e *exporter) claim(r *model.Record, out *Result, flow uint64, exact bool) dedup.Claim {
	c := dedup.Claim{Flow: flow, Observer: observer(e.number, r), First: out.First, Last: out.Last, Take: exact}
	if !r.IsPacket {
		c.MaxIdle = e.limit // a flow cache exports an ongoing flow only when its active timeout expires
	}
	return c
}

const pathBits = 11 // of an observer: the way into the exporter; the rest is its number

// observer identifies who reports a record: the exporter, and where the packet
// entered it. The way out is left out, since packets of one flow may leave by several.
func observer(number uint32, r *model.Record) uint32 {
	path := (r.InIf*0x9e3779b1>>22)<<1 ^ uint32(r.Metered)
	return number<<pathBits | path&(1<<pathBits-1)
}

// flow hashes the 5-tuple with the reader's key, so that nobody outside can
// make flows meet.
func (n *Normalizer) flow(r *model.Record) uint64 {
	ports := uint64(r.SrcPort)<<24 | uint64(r.DstPort)<<8 | uint64(r.Proto)
	if r.Fragment() {
		ports = uint64(r.Proto)
	}
	h := mix(r.Src.Hi^n.key, r.Src.Lo^0xd6e8feb86659fd93)
	h = mix(h^r.Dst.Hi, r.Dst.Lo^0xa0761d6478bd642f)
	return mix(h^ports, n.key^0xe7037ed1a0b428db)
}

func mix(a, b uint64) uint64 {
	h, l := bits.Mul64(a, b)
	return h ^ l
}

// pair returns the entry of an primary, nil where there is no room: then nothing
// is taken for a duplicate.
func (e *exporter) pair(primary uint32) *pair {
	for i := range e.pairs {
		p := &e.pairs[i]
		if !p.used {
			p.primary, p.used = primary, true
			return p
		}
		if p.primary == primary {
			return p
		}
	}
	return nil
}

// fadePairs forgets half of what was learned of pairs.
func (e *exporter) fadePairs() {
	e.flows /= 2
	for i := range e.pairs {
		p := &e.pairs[i]
		p.flows /= 2
		if p.known && e.flows >= pairEnds && p.flows*2*pairShare < e.flows {
			p.known = false
		}
		if p.used && !p.known && p.flows == 0 {
			*p = pair{primary: p.primary, duplicates: p.duplicates, used: p.duplicates != 0}
		}
	}
}
