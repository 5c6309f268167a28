package shard

import "math/bits"

// walk is what happens once a second, in slices.
type walk struct {
	stage  int
	second int64   // Unix seconds; the walk at its end
	began  int64   // Unix ns, of this walk
	dt     float64 // seconds since the one before
	at     int     // within the stage
	near   int
}

// The stages of a walk.
const (
	resting = iota
	walkHosts
	turnNarrow
	turnMiddle
	turnWide
	walkActive
)

// Walk does what is due at the end of a second: prefixes are summed and tested,
// anomalies told again or cleared. It visits at most budget entries and returns
// true when the second is finished; call it again, after letting others have the
// shard, until it is. Once a second is finished it does nothing until the next.
// Call it at least every second.
func (s *Shard) Walk(now int64, budget int) bool {
	s.setNow(now)
	w := &s.walk
	if w.stage == resting {
		if s.now/second <= w.second {
			return true
		}
		s.begin()
	}
	for budget > 0 {
		switch w.stage {
		case walkHosts:
			budget -= s.walkHosts(budget)
		case turnNarrow, turnMiddle, turnWide:
			budget -= s.turnSome(w.stage-turnNarrow, budget)
		case walkActive:
			budget -= s.walkActive(budget)
		case resting:
			return true
		}
	}
	return w.stage == resting
}

func (s *Shard) begin() {
	w := &s.walk
	dt := 1.0
	if w.began != 0 {
		dt = min(max(float64(s.now-w.began)/1e9, 0.01), 60)
	}
	*w = walk{stage: walkHosts, second: s.now / second, began: s.now, dt: dt}
	s.side = 1 - s.side
	for i := range s.customers {
		c := &s.customers[i]
		c.release(dt, s.exportDelay)
		c.close(dt)
		c.sq, s.squares[i] = [4]float64{}, c.sq
	}
	s.rest.release(dt, s.exportDelay)
	s.whole.cur, s.whole.sq = s.rest.cur, s.rest.sq
	s.rest.cur, s.rest.sq = [slots]float64{}, [4]float64{}
	for k := range s.filling {
		s.filling[k].n = 0
	}
	s.swap(0)
}

func (s *Shard) swap(n int) {
	l := &s.levels[n]
	l.touched, l.turning = l.turning[:0], l.touched
}

// walkHosts visits the hosts touched within the second.
func (s *Shard) walkHosts(budget int) (visited int) {
	w, words := &s.walk, s.touched[1-s.side]
	for ; w.at < len(words); w.at++ {
		if visited >= budget {
			return visited
		}
		for m := words[w.at]; m != 0; m &= m - 1 {
			s.walkHost(uint32(w.at<<6 + bits.TrailingZeros64(m)))
			visited++
		}
		words[w.at] = 0
	}
	w.stage, w.at = turnNarrow, 0
	return visited + 1
}

// walkHost looks how near a host is to its thresholds, and how busy it is.
func (s *Shard) walkHost(i uint32) {
	e := &s.hosts[i]
	s.touch(e)
	g, near := s.groupAt(e.group), false
	f := 1 / s.window()
	for k, v := range e.sum {
		if v == 0 {
			continue
		}
		v *= f
		near = near || g.host[k] > 0 && v > g.host[k]/2
		if b := &s.filling[k]; b.n < boardSize || v > b.rate[boardSize-1] {
			b.enter(i, v)
		}
	}
	if near {
		s.walk.near++
	}
}

func (s *Shard) turnSome(n, budget int) (visited int) {
	w, l := &s.walk, &s.levels[n]
	for ; w.at < len(l.turning); w.at++ {
		if visited >= budget {
			return visited
		}
		s.turn(n, l.turning[w.at])
		visited++
	}
	w.stage, w.at = w.stage+1, 0
	if n+1 < len(s.levels) {
		s.swap(n + 1)
	}
	return visited + 1
}

func (s *Shard) walkActive(budget int) (visited int) {
	w := &s.walk
	for w.at < len(s.active) {
		if visited >= budget {
			return visited
		}
		visited++
		if a := s.active[w.at]; s.stand(&s.active[w.at]) {
			last := len(s.active) - 1
			s.active[w.at] = s.active[last]
			s.active = s.active[:last]
			s.settle(&a)
			continue
		}
		w.at++
	}
	s.finish()
	return visited + 1
}

func (s *Shard) finish() {
	s.whole.close(s.walk.dt)
	s.squares[0], s.whole.sq = s.whole.sq, [4]float64{}
	s.boards, s.filling = s.filling, s.boards
	s.stats.Near = s.walk.near
	s.sweepSome(uint32(len(s.hosts)/sweep + 1))
	s.walk.stage = resting
}

// board is the busiest hosts by one metric, from the top.
type board struct {
	n    int
	host [boardSize]uint32
	rate [boardSize]float32
}

func (b *board) enter(i uint32, v float32) {
	j := b.n
	if j < boardSize {
		b.n++
	} else {
		j--
	}
	for ; j > 0 && b.rate[j-1] < v; j-- {
		b.host[j], b.rate[j] = b.host[j-1], b.rate[j-1]
	}
	b.host[j], b.rate[j] = i, v
}
