package shard

import "floodmark/internal/model"

const noHost = ^uint32(0)

// find returns the entry of an address.
func (s *Shard) find(a model.Addr, h uint64) (uint32, bool) {
	want, key := tag(h), keyOf(a)
	for p := h & s.index.mask; ; p = (p + 1) & s.index.mask {
		v := s.index.slots[p]
		if v == 0 {
			return 0, false
		}
		if v&^numberMask == want && s.hosts[v&numberMask-1].key == key {
			return v&numberMask - 1, true
		}
	}
}

// firstHosts is the size of the table of hosts to begin with.
const firstHosts = 64

// grow doubles the table of hosts and reports whether that was possible. It
// waits until all entries are in use.
func (s *Shard) grow() bool {
	n := min(max(2*len(s.hosts), firstHosts), s.bound)
	if n == len(s.hosts) {
		return false
	}
	s.hosts = append(make([]host, 0, n), s.hosts...)[:n]
	s.index = newIndex(n)
	for i := range s.used {
		s.index.put(s.hashOf(i), i)
	}
	for i := range s.touched {
		t := make([]uint64, (n+63)/64)
		copy(t, s.touched[i])
		s.touched[i] = t
	}
	return true
}

// Eviction and sweep.
const (
	looked = 8        // entries that eviction compares
	minOld = 2.0      // seconds idle before a host may be forgotten for another
	idle   = 10 * 60  // seconds after which a host is forgotten anyway
	sweep  = idle / 2 // seconds in which the sweep goes round
)

// insert makes an entry, where need be in the place of one that is idle.
func (s *Shard) insert(u *Update, h uint64) (uint32, bool) {
	var i uint32
	switch {
	case s.free != 0:
		i = s.free - 1
		s.free = s.hosts[i].t
	case s.used < uint32(len(s.hosts)) || s.grow():
		i = s.used
		s.used++
	default:
		var ok bool
		if i, ok = s.stalest(); !ok {
			return 0, false
		}
		s.unlink(i)
		s.stats.Evicted++
		s.stats.Hosts--
	}
	s.hosts[i] = host{key: keyOf(u.Addr), t: s.tick, group: u.Group}
	s.index.put(h, i)
	s.stats.Hosts++
	return i, true
}

// stalest returns the entry idle longest of the next few, if it is idle at all
// and has no anomaly.
func (s *Shard) stalest() (uint32, bool) {
	n := uint32(len(s.hosts))
	best, age := uint32(0), uint32(0)
	for range min(looked, n) {
		e := &s.hosts[s.hand]
		if a := s.tick - e.t; e.bits&(hasActiveIn|hasActiveOut) == 0 && int32(a) > 0 && a > age {
			best, age = s.hand, a
		}
		if s.hand++; s.hand == n {
			s.hand = 0
		}
	}
	return best, float32(age)*tickSecond >= minOld
}

// unlink takes an entry out of the index.
func (s *Shard) unlink(i uint32) {
	s.index.remove(hash(s.hosts[i].addr()), i, s.hashOf)
	s.touched[0][i>>6] &^= 1 << (i & 63)
	s.touched[1][i>>6] &^= 1 << (i & 63)
}

func (s *Shard) hashOf(i uint32) uint64 { return hash(s.hosts[i].addr()) }

// sweepSome forgets hosts idle for long among the next n entries.
func (s *Shard) sweepSome(n uint32) {
	for range min(n, s.used) {
		if s.swept++; s.swept >= s.used {
			s.swept = 0
		}
		e := &s.hosts[s.swept]
		if e.bits&(isFree|hasActiveIn|hasActiveOut) != 0 {
			continue
		}
		if a := s.tick - e.t; int32(a) > 0 && float32(a)*tickSecond > max(idle, 2*float32(s.exportDelay)) {
			s.unlink(s.swept)
			*e = host{bits: isFree, t: s.free}
			s.free = s.swept + 1
			s.stats.Hosts--
		}
	}
}
