package aggregate

import (
	"slices"

	"floodmark/internal/model"
)

const (
	pageSeconds = 256
	maxPages    = 4096 // of a cell: 12 days of traffic in every second
	// spreadSeconds is the longest flow that is added second by second.
	spreadSeconds = 16
)

// clock counts the traffic of a cell by the second, in pages that exist only
// where there is traffic. Flow records are spread evenly over their time;
// long ones enter as a change of rate at their two ends.
type clock struct {
	pages map[int64]*[pageSeconds]tick
	last  *[pageSeconds]tick // page of the last call
	key   int64
}

type tick struct {
	packets, bytes float64
	rate, byteRate float64 // change of rate from this second on
}

func (c *clock) tick(sec int64) *tick {
	key := sec >> 8
	if c.last == nil || key != c.key {
		p := c.pages[key]
		if p == nil {
			if c.pages == nil {
				c.pages = make(map[int64]*[pageSeconds]tick)
			}
			if len(c.pages) >= maxPages {
				return nil
			}
			p = new([pageSeconds]tick)
			c.pages[key] = p
		}
		c.last, c.key = p, key
	}
	return &c.last[sec&(pageSeconds-1)]
}

// add counts packets and octets that were seen evenly from first to last.
func (c *clock) add(first, last int64, packets, bytes float64) {
	s, e := floorSecond(first), floorSecond(last)
	if s == e || last <= first {
		if t := c.tick(s); t != nil {
			t.packets += packets
			t.bytes += bytes
		}
		return
	}
	perNano := 1 / float64(last-first)
	part := func(sec, nanos int64) {
		if t := c.tick(sec); t != nil {
			f := float64(nanos) * perNano
			t.packets += float64(packets * f)
			t.bytes += float64(bytes * f)
		}
	}
	part(s, (s+1)*1e9-first)
	part(e, last-e*1e9)
	if e-s <= spreadSeconds {
		for sec := s + 1; sec < e; sec++ {
			part(sec, 1e9)
		}
		return
	}
	p, b := float64(packets*1e9*perNano), float64(bytes*1e9*perNano)
	if t := c.tick(s + 1); t != nil {
		t.rate += p
		t.byteRate += b
	}
	if t := c.tick(e); t != nil {
		t.rate -= p
		t.byteRate -= b
	}
}

func floorSecond(ns int64) int64 {
	s := ns / 1e9
	if ns < 0 && s*1e9 != ns {
		s--
	}
	return s
}

// buckets gives the seconds that carry traffic, in order.
func (c *clock) buckets() []model.SecondBucket {
	keys := make([]int64, 0, len(c.pages))
	for k := range c.pages {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	var out []model.SecondBucket
	var rate, byteRate float64
	next := int64(0)
	for _, k := range keys {
		for ; rate > 1e-9 && next < k*pageSeconds; next++ { // pages between, filled by long flows alone
			out = append(out, model.SecondBucket{Second: next, Packets: rate, Bytes: byteRate})
		}
		for i := range c.pages[k] {
			t := &c.pages[k][i]
			rate += t.rate
			byteRate += t.byteRate
			if rate < 1e-9 { // what rounding leaves of rates that ended
				rate, byteRate = 0, 0
			}
			if p := t.packets + rate; p > 0 {
				out = append(out, model.SecondBucket{Second: k*pageSeconds + int64(i), Packets: p, Bytes: t.bytes + byteRate})
			}
		}
		next = (k + 1) * pageSeconds
	}
	return out
}
