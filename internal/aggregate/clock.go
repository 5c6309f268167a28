package aggregate

import (
	"slices"

	"floodmark/internal/model"
)

const (
	pageSeconds = 256
	maxPages    = 4096 // of a clock: 12 days of traffic in every second
	// spreadSeconds is the longest flow that is added second by second.
	spreadSeconds = 16
	// maxFlow is the longest flow record that is believed, in seconds:
	// exporters report a flow that goes on after an hour at the latest.
	maxFlow = 86400
	// poolPages is how many pages all clocks of a Profiler may have: 64 MiB.
	poolPages = 1 << 14
)

// clock counts the traffic of a bucket by the second, in pages that exist only
// where there is traffic. Flow records are spread evenly over their time;
// long ones enter as a change of rate at their two ends.
type clock struct {
	pages map[int64]*page
	last  *page // of the last call
	key   int64
	pool  *pool
	// lost counts the packets that no second holds, for want of pages or
	// because their record lasts longer than is believed.
	lost float64
	off  bool // its pages were taken away
}

// pool bounds the pages of many clocks together.
type pool struct {
	left  int
	short bool // a page was refused
}

type page struct {
	ticks [pageSeconds]tick
	turns *[pageSeconds]turn // nil where no long flow begins or ends
}

type tick struct{ packets, bytes float64 }

// turn is the change that long flows bring from its second on.
type turn struct {
	packets, bytes float64 // per second
	open           int32   // flows begun less flows ended
}

// page gives the page of per second, nil if it may not have one.
func (c *clock) page(key int64) *page {
	if c.last != nil && key == c.key {
		return c.last
	}
	p := c.pages[key]
	if p == nil {
		if c.off || len(c.pages) >= maxPages || !c.pool.take(1) {
			return nil
		}
		if c.pages == nil {
			c.pages = make(map[int64]*page)
		}
		p = new(page)
		c.pages[key] = p
	}
	c.last, c.key = p, key
	return p
}

func (p *pool) take(n int) bool {
	if p.left < n {
		p.short = true
		return false
	}
	p.left -= n
	return true
}

// close gives the pages back; what they held is lost.
func (c *clock) close(packets float64) {
	for _, p := range c.pages {
		c.pool.left++
		if p.turns != nil {
			c.pool.left++
		}
	}
	c.pages, c.last, c.off, c.lost = nil, nil, true, packets
}

// add counts packets and bytes that were seen evenly from first to last. A
// record that ends before it begins counts where it begins.
func (c *clock) add(first, last int64, packets, bytes float64) {
	s, e := floorSecond(first), floorSecond(last)
	if s >= e {
		c.put(s, packets, bytes)
		return
	}
	if e-s > maxFlow {
		c.lost += packets
		return
	}
	perNano := 1 / float64(last-first)
	part := func(sec, nanos int64) {
		f := float64(nanos) * perNano
		c.put(sec, float64(packets*f), float64(bytes*f))
	}
	part(s, (s+1)*1e9-first)
	part(e, last-e*1e9)
	if e-s <= spreadSeconds {
		for sec := s + 1; sec < e; sec++ {
			part(sec, 1e9)
		}
		return
	}
	perSecond := turn{packets: float64(packets * 1e9 * perNano), bytes: float64(bytes * 1e9 * perNano), open: 1}
	if !c.turn(s+1, e, perSecond) {
		c.lost += perSecond.packets * float64(e-s-1)
	}
}

func (c *clock) put(sec int64, packets, bytes float64) {
	p := c.page(sec >> 8)
	if p == nil {
		c.lost += packets
		return
	}
	t := &p.ticks[sec&(pageSeconds-1)]
	t.packets += packets
	t.bytes += bytes
}

// turn adds a rate from one second to another, and the pages between: where
// rates go on, pages are without gaps.
func (c *clock) turn(from, to int64, r turn) bool {
	for key := from >> 8; key <= to>>8; key++ {
		if c.page(key) == nil {
			return false
		}
	}
	begin, end := c.turns(from>>8), c.turns(to>>8)
	if begin == nil || end == nil {
		return false
	}
	begin[from&(pageSeconds-1)].add(r)
	end[to&(pageSeconds-1)].add(turn{-r.packets, -r.bytes, -r.open})
	return true
}

func (c *clock) turns(key int64) *[pageSeconds]turn {
	p := c.page(key)
	if p.turns == nil && c.pool.take(1) {
		p.turns = new([pageSeconds]turn)
	}
	return p.turns
}

func (t *turn) add(o turn) {
	t.packets += o.packets
	t.bytes += o.bytes
	t.open += o.open
}

func floorSecond(ns int64) int64 {
	s := ns / 1e9
	if ns < 0 && s*1e9 != ns {
		s--
	}
	return s
}

// buckets gives the seconds that carry traffic, in order.
func (c *clock) buckets() []model.SecondCount {
	keys := make([]int64, 0, len(c.pages))
	for k := range c.pages {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	var out []model.SecondCount
	var rate turn
	for _, k := range keys {
		p := c.pages[k]
		for i := range p.ticks {
			if p.turns != nil {
				rate.add(p.turns[i])
				if rate.open == 0 { // forget what rounding leaves of rates that ended
					rate = turn{}
				}
			}
			if n := p.ticks[i].packets + rate.packets; n > 0 {
				out = append(out, model.SecondCount{Second: k*pageSeconds + int64(i), Packets: n, Bytes: p.ticks[i].bytes + rate.bytes})
			}
		}
	}
	return out
}
