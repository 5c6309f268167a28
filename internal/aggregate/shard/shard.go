package shard

import (
	"floodmark/internal/detect"
	"floodmark/internal/model"
)

// Shard keeps the targets of one part of the networks. Make it with New.
type Shard struct {
	groups []group
	spreadSeconds,
	near, surplus float32
	horizon int
	bucket  int64 // of a ring, ticks

	now  int64 // of this call, Unix ns; never goes back
	tick uint32
	seed uint32

	hosts   []host
	used    uint32 // entries ever used
	free    uint32 // head of the list of free entries plus one, linked by t
	hand    uint32 // of eviction
	swept   uint32 // of the sweep
	index   index
	touched [2][]uint64 // bits of hosts touched this second and the last
	side    int         // of touched that Add marks

	levels    [3]level      // from narrow to wide
	rest      sums[float64] // what found no prefix
	whole     sums[float64]
	customers []sums[float64]

	active  []active
	waiting []model.Anomaly
	boards  [slots]board // of the last finished second
	filling [slots]board
	squares [][4]float64 // of customers, of the last finished second
	walk    walk
	stats   Stats

	parts parts
	ahead [ahead]lookup
	sink  uint32
}

// Stats tells how full a shard is and what it had to drop.
type Stats struct {
	Hosts     int    // tracked now
	Prefixes  int    // of all levels
	Active    int    // anomalies
	Near      int    // hosts above half of a threshold at the last walk
	Updates   uint64 // taken
	Evicted   uint64 // hosts forgotten for others
	Untracked uint64 // updates of hosts that found no place; they count in sums
	Widened   uint64 // updates counted in a wider prefix, since the narrow ones were full
	Dropped   uint64 // anomalies told while nobody drained
	Refused   uint64 // anomalies not raised, since too many are active or waiting
	Memory    uint64 // octets of all tables
}

// New makes an empty shard.
func New(c Config) *Shard {
	s := &Shard{spreadSeconds: c.Spread, near: 1, seed: 2463534242}
	if s.spreadSeconds == 0 {
		s.spreadSeconds = 2.5
	}
	n := min(max(c.Hosts, 1), mostHosts)
	s.hosts = make([]host, n)
	s.index = newIndex(n)
	for i := range s.touched {
		s.touched[i] = make([]uint64, (n+63)/64)
	}
	for i, part := range [3]int{1, 4, 16} {
		s.levels[i].init(max(min(c.Prefixes, mostHosts)/part, leastPrefixes))
	}
	s.customers = make([]sums[float64], max(c.Customers, 1))
	s.squares = make([][4]float64, len(s.customers))
	s.active = make([]active, 0, mostActive)
	s.SetGroups(c.Groups)
	s.SetHorizon(c.Horizon)
	return s
}

// ahead is how many updates are looked up before the first is counted, so that
// their cache misses overlap.
const ahead = 16

// Add counts updates that arrived at now, Unix ns. It allocates nothing.
func (s *Shard) Add(now int64, batch []Update) {
	s.setNow(now)
	s.stats.Updates += uint64(len(batch))
	for len(batch) > 0 {
		n := min(ahead, len(batch))
		s.lookAhead(batch[:n])
		for i := range n {
			s.count(&batch[i], &s.ahead[i])
		}
		batch = batch[n:]
	}
}

func (s *Shard) setNow(now int64) {
	if now > s.now {
		s.now = now
		s.tick = uint32(now >> tickBits)
	}
}

// lookup is what is known of an update before it is counted.
type lookup struct {
	hash  uint64
	wide  uint64 // hash of the prefix
	entry uint32 // guess
	near  candidate
}

// candidate is a guess at the entry of a prefix.
type candidate struct {
	addr  model.Addr
	entry uint32
}

// lookAhead reads what counting will read, each step for all updates before the
// next, so that no read waits for another update's.
func (s *Shard) lookAhead(batch []Update) {
	x, narrow := uint32(0), &s.levels[0]
	for i := range batch {
		l, a := &s.ahead[i], batch[i].Addr
		l.hash = a.Hash()
		l.near.addr = a.Mask(width(a, 0))
		l.wide = l.near.addr.Hash()
		x += s.index.slots[l.hash&s.index.mask] + narrow.index.slots[l.wide&narrow.index.mask]
	}
	for i := range batch {
		l := &s.ahead[i]
		l.entry, l.near.entry = s.index.guess(l.hash), narrow.index.guess(l.wide)
	}
	for i := range batch {
		l := &s.ahead[i]
		if l.entry != noHost {
			e := &s.hosts[l.entry]
			x += e.key[3] + uint32(e.sum[10]) + uint32(e.evid[9]) + uint32(e.weight[2])
		}
		if l.near.entry != noHost {
			e := &narrow.entries[l.near.entry]
			x += uint32(e.addr.Lo) + uint32(e.cur[0]) + uint32(e.cur[11])
		}
	}
	s.sink = x
}

// count counts one update.
func (s *Shard) count(u *Update, l *lookup) {
	p := &s.parts
	p.split(u)
	i, ok := l.entry, true
	if i == noHost || s.hosts[i].key != keyOf(u.Addr) {
		if i, ok = s.find(u.Addr, l.hash); !ok {
			i, ok = s.insert(u, l.hash)
		}
	}
	long := u.Flags&Flow != 0 && u.Last-u.First > shortest
	if !ok {
		s.stats.Untracked++
		s.countSums(u, long, noHost, l.near)
		return
	}
	e := &s.hosts[i]
	s.touch(e)
	s.touched[s.side][i>>6] |= 1 << (i & 63)
	e.group, e.sampling = u.Group, half(float32(u.Sampling), 1<<15)
	e.bits &^= hasUntrusted
	if u.Flags&Untrusted != 0 {
		e.bits |= hasUntrusted
	}
	s.countSums(u, long, i, l.near)
	if u.Flags&Flow != 0 {
		e.bits |= hasFlows
		s.spread(i, int(p.slot[0]), u, p.w[0])
		if u.Direction != model.Out {
			s.spread(i, int(p.slot[1]), u, p.w[1])
		}
		if long {
			p.slot[0], p.w[0] = p.slot[p.n-1], p.w[p.n-1] // the flow itself
			p.n = 1
		}
	}
	s.test(i, e)
}

// test counts the parts of an update for a host and tests its thresholds.
func (s *Shard) test(i uint32, e *host) {
	p, g := &s.parts, s.groupAt(e.group)
	for j := range p.n {
		k, w := int(p.slot[j]), p.w[j]
		e.sum[k] += w
		t := g.host[k]
		if t == 0 || w == 0 {
			continue
		}
		if e.evid[k] < 0 {
			e.evid[k] -= w
			continue
		}
		weight := float32(1)
		if n := slotTable[k].weight; n != noWeight {
			weight = full(e.weight[n])
			if v := detect.Learn(weight, w); v != weight {
				e.weight[n] = half(v, s.random())
				weight = v
			}
		}
		d := slotTable[k].dir
		if e.bits&([2]uint32{evidIn, evidOut}[d]) == 0 {
			e.since[d] = uint16(s.tick >> sinceBits)
		}
		e.bits |= 1 << k
		e.evid[k] += detect.Gain * w
		if e.evid[k] < detect.Under(t, weight) {
			continue
		}
		spread := float32(0)
		if e.bits&hasFlows != 0 {
			spread = s.spreadSeconds
		}
		if e.evid[k] >= detect.Limit(t, weight, s.near, spread) {
			s.raise(i, k)
		}
	}
}

// Drain appends what was told since the last call to dst.
func (s *Shard) Drain(dst []model.Anomaly) []model.Anomaly {
	dst = append(dst, s.waiting...)
	s.waiting = s.waiting[:0]
	return dst
}
