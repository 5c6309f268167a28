package normalise

import (
	"math/bits"

	"floodmark/internal/model"
	"floodmark/internal/owners"
)

// pair is what this exporter told of flows that another one owns.
type pair struct {
	owner    uint32
	used     bool
	known    bool
	flows    uint64 // fading
	repeated uint64
}

// Whether two exporters tell the same traffic is learned from flows, not from
// records: then a flood with one 5-tuple that enters by two edges is one flow
// of many, and does not make them look like one path.
const (
	pairFlows = 16  // flows in common before anything is taken for a duplicate
	pairShare = 512 // and one flow in so many; it is lost at half of that
	pairEnds  = 16 * pairShare
)

// repeated reports whether the record was told before by somebody else. exact
// is set where roles of interfaces say that this record is the one to count.
func (n *Normaliser) repeated(e *exporter, r *model.Record, out *Seen, flow uint64, exact bool) bool {
	e.stats.Considered++
	c := owners.Claim{Flow: flow, Observer: observer(e.number, r), First: out.First, Last: out.Last, Take: exact}
	if !r.IsPacket {
		c.Silence = e.limit // a flow cache tells nothing of a flow that goes on until its timer has run out
	}
	a := n.owners.Claim(c)
	if a.Mine {
		if a.New {
			e.flows++
		}
		return false
	}
	p := e.pair(a.Owner >> pathBits)
	if p == nil {
		return false
	}
	if a.Again {
		e.flows++
		p.flows++
		p.known = p.known || p.flows >= pairFlows && p.flows*pairShare >= e.flows
	}
	if p.known {
		p.repeated++
	}
	return p.known
}

const pathBits = 11 // of an observer: the way into the exporter; the rest is its number

// observer names who tells a record: the exporter, and where the packet entered
// it. The way out is left out, since packets of one flow may leave by several.
func observer(number uint32, r *model.Record) uint32 {
	path := (r.InIf*0x9e3779b1>>22)<<1 ^ uint32(r.Metered)
	return number<<pathBits | path&(1<<pathBits-1)
}

// flow hashes the 5-tuple with the reader's key, so that nobody outside can
// make flows meet.
func (n *Normaliser) flow(r *model.Record) uint64 {
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

// pair returns the entry of an owner, nil where there is no room: then nothing
// is taken for a duplicate.
func (e *exporter) pair(owner uint32) *pair {
	for i := range e.pairs {
		p := &e.pairs[i]
		if !p.used {
			p.owner, p.used = owner, true
			return p
		}
		if p.owner == owner {
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
			*p = pair{owner: p.owner, repeated: p.repeated, used: p.repeated != 0}
		}
	}
}
