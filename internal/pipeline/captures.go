package pipeline

import (
	"cmp"
	"slices"
	"sync"
	"sync/atomic"

	"floodmark/internal/aggregate/samples"
	"floodmark/internal/model"
)

// Bounds of what is kept of open incidents, about 6 MB each.
const (
	maxCaptures    = 16
	captureRecords = 16384
	captureSeconds = 600
)

// Captures keeps records of the targets of open incidents, longer than the rings
// of the readers do. Readers call add for every record; any goroutine may start,
// stop and read.
type Captures struct {
	open atomic.Pointer[captureTable] // nil while there is no incident

	mu   sync.Mutex // guards list, and changes to the table
	list []*capture
}

// capture is one target's.
type capture struct {
	model.CaptureTarget

	mu   sync.Mutex // guards ring
	ring *samples.Ring
}

// captureTable finds captures by monitored address. It is replaced, not changed.
type captureTable struct {
	exact     map[model.TargetID][]*capture
	bits4     []int
	bits6     []int
	customers map[uint16][]*capture
	network   []*capture // of the whole network
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

// endpoint is the monitored end of a record.
type endpoint struct {
	addr      model.Addr
	customer  uint16
	direction model.Direction
	at        int64 // arrival of the record, Unix ns
}

// add offers a record.
func (c *Captures) add(r *model.Record, e endpoint) {
	t := c.open.Load()
	if t == nil {
		return
	}
	addr, bits, lengths := e.addr, 128, t.bits6
	if addr.Is4() {
		bits, lengths = 32, t.bits4
	}
	if word, bit := region(addr); len(t.exact) > 0 && t.regions[word]&bit != 0 {
		keep(t.exact[model.HostID(addr)], r, &e)
		for _, n := range lengths {
			if n < bits {
				keep(t.exact[model.PrefixID(addr, n)], r, &e)
			}
		}
	}
	if len(t.customers) > 0 && e.customer != 0 {
		keep(t.customers[e.customer], r, &e)
	}
	keep(t.network, r, &e)
}

func keep(list []*capture, r *model.Record, e *endpoint) {
	for _, c := range list {
		// both directions: whether the target had asked for it is in what it sent
		key := e.addr
		if e.direction != c.Direction {
			key.Lo = ^key.Lo // counted apart, so that one direction does not thin the other
		}
		c.mu.Lock()
		c.ring.Add(r, key, e.at)
		c.mu.Unlock()
	}
}

// Start begins to keep records for an incident, and reports false if there are too
// many incidents already.
func (c *Captures) Start(t model.CaptureTarget) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if slices.ContainsFunc(c.list, func(o *capture) bool { return o.Incident == t.Incident }) {
		return true
	}
	if len(c.list) >= maxCaptures {
		return false
	}
	c.list = append(c.list, &capture{CaptureTarget: t, ring: samples.NewRing(captureRecords, captureSeconds)})
	c.publish()
	return true
}

// Stop drops the records of an incident.
func (c *Captures) Stop(incident string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := len(c.list)
	c.list = slices.DeleteFunc(c.list, func(o *capture) bool { return o.Incident == incident })
	if len(c.list) != n {
		c.publish()
	}
}

// Captured returns the records of an incident in order of time, and since when
// they were kept in Unix ns; false where none are.
func (c *Captures) Captured(incident string) (since int64, records []model.Record, ok bool) {
	o := c.of(incident)
	if o == nil {
		return 0, nil, false
	}
	return o.Since, o.records(), true
}

// of returns the capture of an incident, nil where there is none.
func (c *Captures) of(incident string) *capture {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, o := range c.list {
		if o.Incident == incident {
			return o
		}
	}
	return nil
}

func (c *Captures) publish() {
	if len(c.list) == 0 {
		c.open.Store(nil)
		return
	}
	t := &captureTable{exact: make(map[model.TargetID][]*capture), customers: make(map[uint16][]*capture)}
	for _, o := range c.list {
		switch o.Target.Kind {
		case model.CustomerTarget:
			t.customers[o.Customer] = append(t.customers[o.Customer], o)
		case model.NetworkTarget:
			t.network = append(t.network, o)
		default:
			t.exact[o.Target] = append(t.exact[o.Target], o)
			word, bit := region(o.Target.Addr)
			t.regions[word] |= bit
			lengths := &t.bits6
			if o.Target.Addr.Is4() {
				lengths = &t.bits4
			}
			if !slices.Contains(*lengths, int(o.Target.Bits)) {
				*lengths = append(*lengths, int(o.Target.Bits))
			}
		}
	}
	c.open.Store(t)
}

// records returns copies of what is kept, in order of time.
func (o *capture) records() []model.Record {
	var out []model.Record
	o.mu.Lock()
	o.ring.Each(0, func(r *model.Record) { out = append(out, clone(r)) })
	o.mu.Unlock()
	sortByTime(out)
	return out
}

// clone copies a record with the bytes it points to.
func clone(r *model.Record) model.Record {
	c := *r
	c.Payload, c.Options = slices.Clone(r.Payload), slices.Clone(r.Options)
	c.TunnelData = nil
	return c
}

func sortByTime(list []model.Record) {
	slices.SortStableFunc(list, func(a, b model.Record) int { return cmp.Compare(a.First, b.First) })
}
