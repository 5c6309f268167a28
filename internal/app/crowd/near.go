package crowd

import "floodmark/internal/model"

// mostNear bounds the networks of one service that are looked at one by one.
const mostNear = 4096

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

func (t *track) hearNear(r *model.Report) {
	if r.ASN == 0 {
		return
	}
	n := t.near[r.ASN]
	if n == nil {
		if len(t.near) >= mostNear {
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

// Elsewhere from which a network is mentioned beside a service.
const manyNear = 5

// Near returns how many people of a network reported a problem with a service
// in the last 15 minutes, how many do so usually, and with how many other
// services many of them did. Usual is 0 where too little is known.
func (l *Line) Near(slug string, asn uint32, now int64) (here int, usual float64, elsewhere int) {
	if asn == 0 {
		return 0, 0, 0
	}
	if t := l.by[slug]; t != nil && t.total.Why() == "" {
		usual = t.total.Expect(now, 15).Mean * t.tally.UsualShare(asn)
	}
	for _, t := range l.tracks {
		n := t.near[asn]
		if n == nil {
			continue
		}
		switch c := n.sum(now / minute); {
		case t.service.Slug == slug:
			here = c
		case c >= manyNear:
			elsewhere++
		}
	}
	return here, usual, elsewhere
}
