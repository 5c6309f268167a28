package shard

import (
	"floodmark/internal/detect"
	"floodmark/internal/model"
)

// prefix is what is kept of one prefix. Widths by level are in width.
type prefix struct {
	addr     model.Addr
	top      [2]uint32 // the busiest host of this second, In and Out; noHost
	topRate  [2]float32
	sampling float32 // of its last update
	group    uint16
	touched  bool
	live     bool // in use
	untrust  bool
	flows    bool
	active   [2]bool
	sums[float32]
	skip   [slots]float32 // of cur: traffic of hosts and narrower prefixes with an anomaly of their own
	evid   [slots]float32 // as of a host
	weight [4]float32     // as sq
	turned int64          // Unix ns of the last turn
}

// width returns the length of the prefixes of a level: 0 is the narrowest.
func width(a model.Addr, level int) int {
	if a.Is4() {
		return [3]int{24, 22, 20}[level]
	}
	return [3]int{64, 56, 48}[level]
}

// narrowest returns the prefix of level 0 that holds an address.
func narrowest(a model.Addr) model.Addr {
	if a.Is4() {
		return model.Addr{Lo: a.Lo &^ 0xff}
	}
	return model.Addr{Hi: a.Hi}
}

// level is the table of all prefixes of one width.
type level struct {
	index   index
	entries []prefix // grows up to bound
	bound   int
	used    uint32
	hand    uint32
	touched []uint32 // since the last turn
	turning []uint32 // being turned, then those of the last second
}

// grow doubles the table and reports whether that was possible.
func (l *level) grow() bool {
	n := min(max(2*len(l.entries), minPrefixes), l.bound)
	if n == len(l.entries) {
		return false
	}
	l.entries = append(make([]prefix, 0, n), l.entries...)[:n]
	l.index = newIndex(n)
	for i := range l.used {
		l.index.put(l.hashOf(i), i)
	}
	l.touched = append(make([]uint32, 0, n), l.touched...)
	l.turning = append(make([]uint32, 0, n), l.turning...)
	return true
}

func (l *level) hashOf(i uint32) uint64 { return hash(l.entries[i].addr) }

// find returns the entry of a prefix, given by its first address.
func (l *level) find(a model.Addr) (uint32, bool) {
	h := hash(a)
	for p := h & l.index.mask; l.index.slots[p] != 0; p = (p + 1) & l.index.mask {
		if v := l.index.slots[p]; v&^numberMask == tag(h) && l.entries[v&numberMask-1].addr == a {
			return v&numberMask - 1, true
		}
	}
	return 0, false
}

// at returns the entry of a prefix, making it where there is room.
func (l *level) at(a model.Addr, group uint16, now int64) (uint32, bool) {
	if i, ok := l.find(a); ok {
		return i, true
	}
	i := l.used
	if int(i) < len(l.entries) || l.grow() {
		l.used++
	} else {
		var ok bool
		if i, ok = l.stalest(now); !ok {
			return 0, false
		}
		l.index.remove(l.hashOf(i), i, l.hashOf)
	}
	l.entries[i] = prefix{addr: a, group: group, live: true, top: [2]uint32{noHost, noHost}, turned: now}
	l.index.put(hash(a), i)
	return i, true
}

// stalest returns the entry that was idle longest of the next few, if it has
// been for some seconds.
func (l *level) stalest(now int64) (uint32, bool) {
	best, at := uint32(0), now-5*second
	ok := false
	for range looked {
		e := &l.entries[l.hand]
		if !e.touched && !e.active[0] && !e.active[1] && e.turned < at {
			best, at, ok = l.hand, e.turned, true
		}
		if l.hand++; int(l.hand) == len(l.entries) {
			l.hand = 0
		}
	}
	return best, ok
}

// prefixOf returns the narrowest prefix of an address for which there is room,
// at this level or a wider one, and its level; nil where there is none.
func (s *Shard) prefixOf(a model.Addr, group uint16, from int) (*prefix, int) {
	for n := from; n < len(s.levels); n++ {
		l := &s.levels[n]
		if i, ok := l.at(a.Mask(width(a, n)), group, s.now); ok {
			return l.mark(i, group), n
		}
	}
	return nil, len(s.levels)
}

// mark notes that an entry has traffic.
func (l *level) mark(i uint32, group uint16) *prefix {
	e := &l.entries[i]
	if !e.touched {
		e.touched = true
		l.touched = append(l.touched, i)
	}
	if e.group != group {
		e.group = 0 // of several groups: the default's thresholds
	}
	return e
}

// countSums counts an update for its prefix and customer. i is the host's entry
// or noHost, near what was looked up for the prefix.
func (s *Shard) countSums(u *Update, p *parts, long bool, i uint32, near *candidate) {
	if u.Customer != 0 && int(u.Customer) < len(s.customers) {
		s.customers[u.Customer].count(p, long)
	}
	var e *prefix
	if l := &s.levels[0]; near.entry != noHost && l.entries[near.entry].addr == near.addr {
		e = l.mark(near.entry, u.Group)
	} else {
		var n int
		if e, n = s.prefixOf(u.Addr, u.Group, 0); n > 0 {
			s.stats.Widened++
		}
	}
	if e == nil {
		s.rest.count(p, long)
		return
	}
	e.count(p, long)
	e.untrust, e.sampling = u.Flags&LowQuality != 0, float32(u.Sampling)
	if u.Flags&Flow != 0 {
		e.flows = true
	}
	if i == noHost {
		return
	}
	d := u.Direction & 1
	h := &s.hosts[i]
	if h.bits&([2]uint32{hasActiveIn, hasActiveOut}[d]) != 0 && !long {
		addTo(&e.skip, p)
	}
	if v := h.sum[[2]int{0, firstOut}[d]]; v >= e.topRate[d] {
		e.top[d], e.topRate[d] = i, v
	}
}

// turn ends a second of a prefix: it is tested with what anomalies of its parts
// do not explain, and handed on to the next level.
func (s *Shard) turn(n int, i uint32) {
	l := &s.levels[n]
	e := &l.entries[i]
	e.touched = false
	e.learn() // from samples alone, before flow records are let out
	dt := s.walk.dt
	if e.release(dt, s.exportDelay) {
		e.touched = true
		l.touched = append(l.touched, i)
	}
	idle := max(0, float64(s.now-e.turned)/1e9-dt)
	e.turned = s.now
	g, near := s.groupAt(e.group), false
	for k := range e.evid {
		t := g.prefix[k]
		if t == 0 {
			continue
		}
		x := max(0, e.cur[k]-e.skip[k])
		near = near || x > t/2*float32(dt)
		if e.evid[k] < 0 {
			e.evid[k] -= x
			continue
		}
		if e.evid[k] == 0 && detect.Gain*x <= detect.Drain*t*float32(dt) {
			continue
		}
		v := max(0, e.evid[k]-detect.Drain*t*float32(idle))
		e.evid[k] = detect.StepSum(v, x, t, float32(dt))
		if e.evid[k] >= detect.Limit(t, e.weightOf(k), s.near, 0) && !s.explained(n, e, k) {
			s.raisePrefix(n, i, k)
		}
	}
	if near {
		s.walk.near++
	}
	s.handOn(n, e)
	e.close(dt)
	e.skip = [slots]float32{}
	e.top, e.topRate = [2]uint32{noHost, noHost}, [2]float32{}
}

// learn takes over the squares of this second.
func (e *prefix) learn() {
	for q, k := range [4]int{0, 1, firstOut, firstOut + 1} {
		if sum := e.cur[k]; sum > 0 && e.sq[q] > 0 {
			w := e.sq[q] / sum
			if e.weight[q] == 0 {
				e.weight[q] = w
			}
			e.weight[q] += min(1, sum/(64*e.weight[q])) * (w - e.weight[q])
		}
	}
}

// weightOf takes that of all packets or bits for their parts.
func (e *prefix) weightOf(k int) float32 {
	d := slotTable[k]
	if d.weight == noWeight {
		return 1
	}
	q := int(d.dir) * 2
	if d.metric.Unit() == "bits/s" {
		q++
	}
	return max(e.weight[q], 1)
}

// handOn adds a second to the next level, and says what of it is explained.
func (s *Shard) handOn(n int, e *prefix) {
	up, _ := s.prefixOf(e.addr, e.group, n+1)
	if up == nil {
		to := &s.whole
		for k, v := range e.cur {
			to.cur[k] += float64(v)
		}
		for q, v := range e.sq {
			to.sq[q] += float64(v)
		}
		e.sq = [4]float32{}
		return
	}
	for k, v := range e.cur {
		up.cur[k] += v
		if e.active[slotTable[k].dir] {
			up.skip[k] += v
		} else {
			up.skip[k] += e.skip[k]
		}
	}
	for q, v := range e.sq {
		up.sq[q] += v
	}
	e.sq = [4]float32{}
	up.untrust, up.sampling = up.untrust || e.untrust, e.sampling
	up.flows = up.flows || e.flows
}

// explained reports whether one host, or one narrower prefix, carries at least
// 0.8 of the evidence: then the anomaly is its own and about to be raised.
func (s *Shard) explained(n int, e *prefix, k int) bool {
	want := 0.8 * e.evid[k]
	if n == 0 {
		i := e.top[slotTable[k].dir]
		return i != noHost && s.hosts[i].evidence(k) >= want
	}
	a, step := e.addr, width(e.addr, n-1)
	l := &s.levels[n-1]
	for j := range uint64(1) << (step - width(e.addr, n)) {
		child := a
		if a.Is4() {
			child.Lo |= j << (32 - step)
		} else {
			child.Hi |= j << (64 - step)
		}
		if i, ok := l.find(child); ok && l.entries[i].evid[k] >= want {
			return true
		}
	}
	return false
}

// discount takes a host's traffic out of the prefixes around it, once it turned
// out to be the host's own anomaly: sum of it, ever since it began.
func (s *Shard) discount(a model.Addr, k int, sum float32) {
	for n := range s.levels {
		l := &s.levels[n]
		i, ok := l.find(a.Mask(width(a, n)))
		if !ok {
			continue
		}
		e := &l.entries[i]
		if n == 0 { // wider ones get this second's with what is explained of it
			now := min(sum, max(0, e.cur[k]-e.skip[k]))
			e.skip[k] += now
			sum -= now
		}
		if e.evid[k] > 0 {
			e.evid[k] = max(0, e.evid[k]-detect.Gain*sum)
		}
	}
}
