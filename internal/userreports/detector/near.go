package detector

import "floodmark/internal/model"

// maxNear bounds the networks of one service that are looked at one by one.
const maxNear = 4096

// near counts the problems of one network over 15 minutes.
type near struct {
	minute int64 // number of the newest
	ring   [15]uint16
}

func (n *near) turn(to int64) {
	for gap := min(to-n.minute, 15); gap > 0; gap-- {
		n.ring[(to-gap+1)%15] = 0
	}
	n.minute = max(n.minute, to)
}

func (n *near) sum(now int64) (c int) {
	n.turn(now)
	for _, x := range n.ring {
		c += int(x)
	}
	return c
}

func (t *track) countNear(r *model.Report) {
	if r.ASN == 0 {
		return
	}
	n := t.near[r.ASN]
	if n == nil {
		if len(t.near) >= maxNear {
			return
		}
		if t.near == nil {
			t.near = make(map[uint32]*near)
		}
		n = &near{}
		t.near[r.ASN] = n
	}
	now := r.At / minute
	n.turn(now)
	if c := &n.ring[now%15]; *c < 65535 {
		*c++
	}
}

// forgetNear drops networks that nobody reported from lately.
func (t *track) forgetNear(now int64) {
	for asn, n := range t.near {
		if now/minute-n.minute >= 15 {
			delete(t.near, asn)
		}
	}
}

// minElsewhere is the reports of one network from which another service counts as
// one that many people of that network report on.
const minElsewhere = 5

// surroundings is what is known of the networks that a service's reports come
// from. It is not changed once it is made.
type surroundings struct {
	expected float64            // reports in 15 minutes, of all networks; 0 where too little is known
	shares   map[uint32]float64 // of networks in the reports of ordinary days
	counts   map[uint32]int     // reports in the last 15 minutes; nil for none
}

func (t *track) surroundings(now int64) *surroundings {
	s := &surroundings{}
	if t.total.Why() == "" {
		s.expected, s.shares = t.total.Expect(now, 15).Mean, t.tally.UsualShares()
	}
	for asn, n := range t.near {
		if c := n.sum(now / minute); c > 0 {
			if s.counts == nil {
				s.counts = make(map[uint32]int, len(t.near))
			}
			s.counts[asn] = c
		}
	}
	return s
}

// Neighborhood is what was known of networks when views were made. It is not
// changed later: any goroutine may ask.
type Neighborhood struct {
	index  map[string]int // of services
	around []*surroundings
	active []int // services that networks report on now
}

// Neighborhood goes with the last Views.
func (l *Detector) Neighborhood() *Neighborhood {
	n := &Neighborhood{index: l.index, around: make([]*surroundings, len(l.tracks))}
	for i, t := range l.tracks {
		n.around[i] = t.around
		if t.around != nil && t.around.counts != nil {
			n.active = append(n.active, i)
		}
	}
	return n
}

// Near returns how many people of a network reported a problem with a service in
// the last 15 minutes, how many do so usually, and with how many other services
// many of them did. Usual is 0 where too little is known.
func (n *Neighborhood) Near(slug string, asn uint32) (here int, usual float64, elsewhere int) {
	own, ok := n.index[slug]
	if asn == 0 {
		return 0, 0, 0
	}
	if ok && n.around[own] != nil {
		usual = n.around[own].expected * n.around[own].shares[asn]
	}
	for _, i := range n.active {
		switch c := n.around[i].counts[asn]; {
		case ok && i == own:
			here = c
		case c >= minElsewhere:
			elsewhere++
		}
	}
	return here, usual, elsewhere
}
