package usercount

// set holds hashes with the minute that they were added in, four octets each:
// 28 bits of the hash and the slot. Two hashes are taken for one with a chance of
// 2^-28 for each that is held, 0.3 % in a full set. Open addressing, a hash stands
// at or after the place of its highest bits.
type set struct {
	cells []uint32 // 0 is free
	n     int
	by    [slots]uint32 // how many were added in each slot
	most  int           // largest length of cells, a power of two
}

const leastSet = 64

// mix spreads a hash over all bits (splitmix64), so that any keyed hash will do.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// add says whether the hash is new. A full set holds nothing more and answers
// whenFull.
func (s *set) add(hash uint64, slot int, whenFull bool) bool {
	if s.cells == nil {
		s.cells = make([]uint32, leastSet)
	}
	tag := uint32(hash >> 36)
	if tag == 0 {
		tag = 1
	}
	i := s.home(tag)
	for ; s.cells[i] != 0; i = (i + 1) & (len(s.cells) - 1) {
		if s.cells[i]>>4 == tag {
			return false
		}
	}
	if 4*(s.n+1) > 3*len(s.cells) {
		if len(s.cells) >= s.most {
			return whenFull
		}
		s.resize(2 * len(s.cells))
		return s.add(hash, slot, whenFull)
	}
	s.cells[i] = tag<<4 | uint32(slot)
	s.by[slot]++
	s.n++
	return true
}

// home is where a tag would like to stand: its highest bits.
func (s *set) home(tag uint32) int { return int(uint64(tag) * uint64(len(s.cells)) >> 28) }

func (s *set) resize(length int) {
	old := s.cells
	s.cells = make([]uint32, length)
	for _, c := range old {
		if c != 0 {
			s.put(c)
		}
	}
}

// put places a cell that is known to be new, where there is room.
func (s *set) put(c uint32) {
	i := s.home(c >> 4)
	for s.cells[i] != 0 {
		i = (i + 1) & (len(s.cells) - 1)
	}
	s.cells[i] = c
}

// forget removes what was added in the slot.
func (s *set) forget(slot int) {
	if s.by[slot] == 0 {
		return
	}
	if int(s.by[slot]) == s.n {
		clear(s.cells)
	}
	for i := range s.cells {
		for s.cells[i] != 0 && int(s.cells[i]&(slots-1)) == slot {
			s.remove(i)
		}
	}
	s.n -= int(s.by[slot])
	s.by[slot] = 0
	if small := len(s.cells) / 4; 2*s.n < small && small >= leastSet {
		s.resize(small)
	}
}

// remove frees a cell and moves back those behind it that would not be found
// otherwise.
func (s *set) remove(i int) {
	mask := len(s.cells) - 1
	for j := (i + 1) & mask; s.cells[j] != 0; j = (j + 1) & mask {
		if home := s.home(s.cells[j] >> 4); (j-home)&mask >= (j-i)&mask {
			s.cells[i] = s.cells[j]
			i = j
		}
	}
	s.cells[i] = 0
}
