package usercount

import (
	"math"
	"slices"

	"floodmark/internal/model"
)

// Constants of the effective count. The reasons are in
// docs/decisions/0021-effective-counts.md.
const (
	// leastReporters is the least effective count of an incident: four times the
	// median quarter of the recorded counts of AWS, which is 2.
	leastReporters = 8
	// leastBreadth is the least number of networks, or what one network of people
	// with 17 prefixes is like, or 24 prefixes where nothing is known of networks.
	leastBreadth = 3
	// multiple of its usual share that a discounted network may come to.
	multiple     = 3
	floorMixed   = 2 // most that a network of unknown or mixed kind counts without a usual share
	floorMachine = 1 // the same for networks of machines
	poolMachine  = 2 // and for all networks of machines together
	// usualLinked is the share of reports from links elsewhere that is taken as
	// usual until one is known: half as many as come directly then count.
	usualLinked = 0.2
)

// class says how a network's reports count.
type class uint8

const (
	people  class = iota // access and mobile: one each
	mixed                // education, unknown: by prefixes, with a bound
	machine              // hosting, cdn, vpn, transit: the same, and a bound for all together
	classes
)

// network is what is kept of one network in the window.
type network struct {
	asn      uint32 // 0 for none, and for the entry of those that found no room
	class    class
	fresh    bool // what is usual is known, and this network is not part of it
	share    float64
	prefixes uint32  // distinct ones in the window
	given    float64 // effective count in the window
	client   uint32  // of most of its reports, by Boyer's and Moore's votes
	votes    uint32
	slots    [slots]struct {
		reports, prefixes uint32
		given             float32
	}
}

// reports in the window.
func (n *network) reports() float64 {
	var sum uint32
	for i := range n.slots {
		sum += n.slots[i].reports
	}
	return float64(sum)
}

// forget clears a slot and says whether anything is left.
func (n *network) forget(slot int, u *usual) bool {
	n.slots[slot].reports, n.slots[slot].prefixes, n.slots[slot].given = 0, 0, 0
	n.sum(u)
	n.votes -= n.votes / slots
	return n.reports() > 0
}

// sum counts anew what is kept as a sum, and asks what is usual.
func (n *network) sum(u *usual) {
	n.prefixes, n.given = 0, 0
	for i := range n.slots {
		n.prefixes += n.slots[i].prefixes
		n.given += float64(n.slots[i].given)
	}
	if n.asn != 0 {
		n.share, n.fresh = u.network(n.asn)
	}
}

// network returns the entry of the report's network, that of its class where
// there is no room.
func (t *Tally) network(w *window, r *model.Report) *network {
	if n := w.networks.at(uint64(r.ASN)); n != nil {
		return n
	}
	c := t.class(r)
	if n := w.networks.add(uint64(r.ASN)); n != nil {
		n.asn, n.class = r.ASN, c
		n.share, n.fresh = t.usual.network(r.ASN)
		return n
	}
	// Keys above all numbers of networks. The first that finds no room takes the
	// place of a network that was last made.
	key := 1<<32 + uint64(c)
	n := w.networks.at(key)
	if n == nil {
		n = w.networks.replace(len(w.networks.items)-1-int(c), key)
		n.class = c
	}
	return n
}

// class of the report's network. Networks that the service names as those of its
// own users are people's, unless machines stand there.
func (t *Tally) class(r *model.Report) class {
	if r.ASN == 0 {
		return mixed
	}
	switch r.Network {
	case "access", "mobile":
		return people
	case "hosting", "cdn", "vpn":
		return machine
	}
	if slices.Contains(t.service.ASNs, r.ASN) {
		return people
	}
	if r.Network == "transit" {
		return machine
	}
	return mixed
}

// weigh counts the report for its network and returns what it adds to the
// effective count of the window.
func (t *Tally) weigh(w *window, n *network, r *model.Report) float64 {
	m, slot := &w.minutes[w.slot], &n.slots[w.slot]
	slot.reports++
	if r.ASN != 0 {
		m.known++
	} else {
		m.nowhere++
	}
	if n.fresh {
		m.fresh++
	}
	if n.class == machine {
		m.machines++
	}
	isNew := w.prefixes.add(mix(r.Prefix), w.slot, false)
	if isNew {
		n.prefixes++
		slot.prefixes++
	}
	added := t.worth(w, n, isNew)
	switch r.Referral {
	case model.FromAlert: // it follows an alarm, so it cannot confirm one
		added = 0
	case model.FromElsewhere:
		direct := w.closed.effective - w.closed.linked + m.effective - m.linked
		added = min(added, max(0, t.usual.linked()*direct-w.closed.linked-m.linked))
		m.linked += added
	default:
		if n.class == people {
			m.people += added
		}
	}
	if n.class == machine {
		m.machine += added
	}
	n.given += added
	slot.given += float32(added)
	return added
}

// worth is what the report adds to what its network counts.
func (t *Tally) worth(w *window, n *network, isNew bool) float64 {
	if n.class == people {
		return 1
	}
	if !isNew {
		return 0
	}
	m := &w.minutes[w.slot]
	if n.asn == 0 && t.blind(w) {
		return 1
	}
	others := w.closed.people + m.people
	floor := float64(floorMixed)
	if n.class == machine {
		floor = floorMachine
	}
	added := min(math.Log1p(float64(n.prefixes)), max(floor, multiple*n.share*others)) - n.given
	if n.class == machine {
		pool := max(poolMachine, multiple*t.usual.machines()*others)
		added = min(added, pool-w.closed.machine-m.machine)
	}
	return max(0, added)
}

// blind says that nothing is known of networks: of this window's reports and the
// usual ones, more than nine of ten have none.
func (t *Tally) blind(w *window) bool {
	m := &w.minutes[w.slot]
	known, nowhere := float64(w.closed.known+m.known), float64(w.closed.nowhere+m.nowhere)
	if t.usual != nil {
		known += t.usual.known
		nowhere += t.usual.reports - t.usual.known
	}
	return 10*known <= nowhere
}

// breadth is how many networks the effective reports are like, and the number of
// distinct networks.
func (t *Tally) breadth(w *window) (breadth float64, networks int) {
	machines := 0.0
	for i := range w.networks.items {
		n := &w.networks.items[i]
		if n.asn != 0 {
			networks++
		}
		more := float64(n.prefixes) / 8
		switch {
		case n.given <= 0:
		case n.class == people:
			breadth += max(1, 1+more-1.0/8)
		case n.asn == 0 && t.blind(w):
			breadth += more
		case n.class == machine:
			machines = 1
		default:
			breadth++
		}
	}
	return breadth + machines, networks
}
