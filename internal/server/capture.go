package server

import (
	"cmp"
	"slices"
	"sync"
	"sync/atomic"

	"floodmark/internal/aggregate/samples"
	"floodmark/internal/model"
)

// Bounds of what is kept of incidents under way, about 6 MB each.
const (
	capturesAtOnce = 16
	captureRecords = 16384
	captureSeconds = 600
)

// captures keeps records of the targets of incidents under way, besides the
// rings of the readers, which forget. Readers call add for every record;
// the evidence side opens, closes and reads.
type captures struct {
	open atomic.Pointer[captureTable] // nil while there is no incident

	mu   sync.Mutex // of changes to the table
	list []*capture
}

// capture is one target's.
type capture struct {
	incident  string
	target    model.TargetID
	direction model.Direction
	since     int64 // Unix ns
	customer  uint16

	mu   sync.Mutex
	ring *samples.Ring
}

// captureTable finds captures by watched address. It is replaced, not changed.
type captureTable struct {
	exact     map[model.TargetID][]*capture
	bits4     []int
	bits6     []int
	customers map[uint16][]*capture
	whole     []*capture
	// regions has a bit for each /20 or /48 that holds a target, by hash: most
	// records are of none, and one look at it says so.
	regions [32]uint64
}

// region is the bit of an address in regions.
func region(a model.Addr) (word, bit uint64) {
	n := 48
	if a.Is4() {
		n = 20
	}
	h := a.Mask(n).Hash()
	return h >> 59, 1 << (h >> 53 & 63)
}

// add offers a record that belongs to a watched address and customer.
func (c *captures) add(r *model.Record, addr model.Addr, customer uint16, dir model.Direction, now int64) {
	t := c.open.Load()
	if t == nil {
		return
	}
	bits, lengths := 128, t.bits6
	if addr.Is4() {
		bits, lengths = 32, t.bits4
	}
	if word, bit := region(addr); len(t.exact) > 0 && t.regions[word]&bit != 0 {
		keep(t.exact[model.HostID(addr)], r, addr, dir, now)
		for _, n := range lengths {
			if n < bits {
				keep(t.exact[model.PrefixID(addr, n)], r, addr, dir, now)
			}
		}
	}
	if len(t.customers) > 0 && customer != 0 {
		keep(t.customers[customer], r, addr, dir, now)
	}
	keep(t.whole, r, addr, dir, now)
}

func keep(list []*capture, r *model.Record, addr model.Addr, dir model.Direction, now int64) {
	for _, c := range list {
		// both directions: whether the target had asked for it is in what it sent
		key := addr
		if dir != c.direction {
			key.Lo = ^key.Lo // counted apart, so that one direction does not thin the other
		}
		c.mu.Lock()
		c.ring.Add(r, key, now)
		c.mu.Unlock()
	}
}

// start begins to keep records for an incident; false where there are too many
// incidents already. customer is the customer's number, 0 for other targets.
func (c *captures) start(incident string, target model.TargetID, dir model.Direction, customer uint16, now int64) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if slices.ContainsFunc(c.list, func(o *capture) bool { return o.incident == incident }) {
		return true
	}
	if len(c.list) >= capturesAtOnce {
		return false
	}
	c.list = append(c.list, &capture{incident: incident, target: target, direction: dir, since: now, customer: customer,
		ring: samples.NewRing(captureRecords, captureSeconds)})
	c.publish()
	return true
}

// stop lets go of an incident.
func (c *captures) stop(incident string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := len(c.list)
	c.list = slices.DeleteFunc(c.list, func(o *capture) bool { return o.incident == incident })
	if len(c.list) != n {
		c.publish()
	}
}

// of returns the capture of an incident, nil where there is none.
func (c *captures) of(incident string) *capture {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, o := range c.list {
		if o.incident == incident {
			return o
		}
	}
	return nil
}

func (c *captures) publish() {
	if len(c.list) == 0 {
		c.open.Store(nil)
		return
	}
	t := &captureTable{exact: make(map[model.TargetID][]*capture), customers: make(map[uint16][]*capture)}
	for _, o := range c.list {
		switch o.target.Kind {
		case model.CustomerTarget:
			t.customers[o.customer] = append(t.customers[o.customer], o)
		case model.NetworkTarget:
			t.whole = append(t.whole, o)
		default:
			t.exact[o.target] = append(t.exact[o.target], o)
			word, bit := region(o.target.Addr)
			t.regions[word] |= bit
			lengths := &t.bits6
			if o.target.Addr.Is4() {
				lengths = &t.bits4
			}
			if !slices.Contains(*lengths, int(o.target.Bits)) {
				*lengths = append(*lengths, int(o.target.Bits))
			}
		}
	}
	c.open.Store(t)
}

// records returns copies of what is kept, in order of time, from since on.
func (o *capture) records(since int64) []model.Record {
	var out []model.Record
	o.mu.Lock()
	o.ring.Each(since, func(r *model.Record) { out = append(out, own(r)) })
	o.mu.Unlock()
	sortByTime(out)
	return out
}

// own copies a record with the octets it points to.
func own(r *model.Record) model.Record {
	c := *r
	c.Payload, c.Options = slices.Clone(r.Payload), slices.Clone(r.Options)
	c.TunnelData = nil
	return c
}

func sortByTime(list []model.Record) {
	slices.SortStableFunc(list, func(a, b model.Record) int { return cmp.Compare(a.First, b.First) })
}
