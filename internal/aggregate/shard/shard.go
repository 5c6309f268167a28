package shard

import (
	"math"

	"floodmark/internal/detect"
	"floodmark/internal/model"
)

// Shard keeps the targets of one part of the networks. Make it with New.
type Shard struct {
	groups []group
	spreadSeconds,
	near, surplus float32
	exportDelay int
	bucket      int64 // of a ring, ticks
	newest      int64 // bucket, of now

	now  int64 // of this call, Unix ns; never goes back
	tick uint32
	seed uint32

	hosts   []host // grows up to bound
	bound   int
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

	ahead [ahead]lookup
	teach bool // of the updates looked ahead
	sink  uint32
}

// Stats tells how full a shard is and what it had to drop.
type Stats struct {
	Hosts     int    // tracked now
	Prefixes  int    // of all levels
	Active    int    // anomalies
	Near      int    // hosts and prefixes above half of a threshold at the last walk
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
	s.bound = min(max(c.Hosts, 1), maxHosts)
	s.grow()
	for i, part := range [3]int{1, 4, 16} {
		s.levels[i].bound = max(min(c.Prefixes, maxHosts)/part, minPrefixes)
		s.levels[i].grow()
	}
	s.customers = make([]sums[float64], max(c.Customers, 1))
	s.squares = make([][4]float64, len(s.customers))
	s.SetGroups(c.Groups)
	s.SetExportDelay(c.ExportDelay)
	return s
}

// ahead is how many updates are looked up before the first is counted, so that
// their cache misses overlap.
const ahead = 16

// Add counts updates that arrived at now, Unix ns. It allocates only while the
// tables grow.
func (s *Shard) Add(now int64, batch []Update) {
	s.setNow(now)
	s.stats.Updates += uint64(len(batch))
	for len(batch) > 0 {
		n := min(ahead, len(batch))
		s.lookAhead(batch[:n])
		s.teach = s.random()&3 == 0
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
		s.newest = now >> tickBits / s.bucket
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
		l.hash = hash(a)
		l.near.addr = narrowest(a)
		l.wide = hash(l.near.addr)
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
			x += e.key[0] + uint32(e.sum[0]) + uint32(e.sum[15]) + uint32(e.evid[4])
			if batch[i].Flags&Flow != 0 {
				x += uint32(e.ring[0][0]) + uint32(e.ring[1][5])
			}
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
	var p parts
	p.split(u)
	i, ok := l.entry, true
	if i == noHost || s.hosts[i].key != keyOf(u.Addr) {
		if i, ok = s.find(u.Addr, l.hash); !ok {
			i, ok = s.insert(u, l.hash)
		}
	}
	long := u.Flags&Flow != 0 && u.Last-u.First > smallest
	if !ok {
		s.stats.Untracked++
		s.countSums(u, &p, long, noHost, &l.near)
		return
	}
	e := &s.hosts[i]
	s.touch(e)
	s.touched[s.side][i>>6] |= 1 << (i & 63)
	e.group, e.sampling = u.Group, half(float32(u.Sampling), 1<<15)
	e.bits &^= hasUntrusted
	if u.Flags&LowQuality != 0 {
		e.bits |= hasUntrusted
	}
	s.countSums(u, &p, long, i, &l.near)
	if u.Flags&Flow != 0 {
		e.bits |= hasFlows
		s.spread(i, u, &p)
		if long { // the flow itself
			p.mask = 1 << (p.packets + uint8(model.Flows))
			e.sum[p.packets+uint8(model.Flows)]++
			s.test(i, e, &p)
			return
		}
	}
	addTo(&e.sum, &p)
	s.test(i, e, &p)
}

// test adds the parts of an update to the evidence of a host and compares it
// with what its thresholds allow.
func (s *Shard) test(i uint32, e *host, p *parts) {
	g := s.groupAt(e.group)
	m := p.mask & g.tested
	if m == 0 {
		return
	}
	d, of := 0, uint32(evidIn)
	if p.out {
		d, of = 1, evidOut
	}
	if e.bits&of == 0 {
		e.since[d] = uint16(s.tick >> sinceBits)
	}
	bits, largest := e.bits, full(e.largest)
	for ; m != 0; m &= m - 1 {
		k := trailing(m)
		w, v, t := p.v[valueOf[k]&3], e.evid[k], &g.test[k]
		if v < 0 {
			e.evid[k] = v - w
			continue
		}
		if bits>>k&1 == 0 {
			v = 0
		}
		if n := slotTable[k].weight; n != noWeight {
			// What differs by less than the precision of the weight teaches nothing.
			// Without evidence that the weight will soon be compared with, a quarter of
			// the samples is enough.
			have := e.weight[n]
			if math.Float32bits(w)>>16-uint32(have)+1 > 2 && (s.teach || v > full(have) || have == 0) {
				e.weight[n] = half(detect.Learn(full(have), w), s.random())
			}
		}
		v += detect.Gain * w
		e.evid[k] = v
		bits |= 1 << k
		if m := v * t.ticks; m > largest { // max minds NaN
			largest = m
		}
		if v >= t.burst && s.over(e, k, v, g.host[k]) {
			e.bits, e.largest = bits, halfUp(largest)
			s.raise(i, k)
			bits = e.bits
		}
	}
	e.bits, e.largest = bits, halfUp(largest)
}

// over reports whether evidence v of a slot is enough.
func (s *Shard) over(e *host, k int, v, threshold float32) bool {
	weight := e.weightOf(k)
	if v < detect.Under(threshold, weight) {
		return false
	}
	spread := float32(0)
	if e.bits&hasFlows != 0 {
		spread = s.spreadSeconds
	}
	return v >= detect.Limit(threshold, weight, s.near, spread)
}

// Drain appends what was told since the last call to dst.
func (s *Shard) Drain(dst []model.Anomaly) []model.Anomaly {
	dst = append(dst, s.waiting...)
	s.waiting = s.waiting[:0]
	return dst
}
