package export

import "floodmark/internal/model"

// key is what makes packets one flow.
type key struct {
	src, dst     model.Addr
	sport, dport uint16 // ICMP type and code in dport, as Cisco tells them
	proto, tos   uint8
	in, out      uint32
}

// Reasons for the end of a flow (IE 136 flowEndReason).
const (
	endIdle   = 1
	endActive = 2
	endFlags  = 3
	endForced = 4
	endLack   = 5 // lack of resources
)

// flow is one entry of the cache. Counts are of sampled packets.
type flow struct {
	key
	first, last    int64
	packets, bytes uint64
	flags, ttl     uint8 // flags OR-ed, smallest TTL
	external       bool  // came in by an external interface
	reason         uint8

	older, newer   int32 // by first
	calmer, busier int32 // by last
}

// maxFlows bounds the cache, as memory does in a router. The calmest flow
// goes first when it is full.
const maxFlows = 1 << 16

// cache holds the flows that are under way, threaded in order of their first
// and of their last packet, so that expiry looks only at what expires. Entry 0
// is the head of both rings.
type cache struct {
	index map[key]int32
	all   []flow
	free  []int32
}

func newCache() cache {
	return cache{index: make(map[key]int32), all: make([]flow, 1, 1024)}
}

// entry returns the flow of k, a new one where there is none. The pointer
// holds until the next call.
func (c *cache) entry(k *key, now int64) (f *flow, id int32) {
	id, ok := c.index[*k]
	if ok {
		f = &c.all[id]
		c.unlinkCalm(f)
	} else {
		id = c.grow()
		f = &c.all[id]
		*f = flow{key: *k, first: now, ttl: 255}
		c.index[*k] = id
		f.older, f.newer = c.all[0].older, 0
		c.all[f.older].newer, c.all[0].older = id, id
	}
	f.last = now
	f.calmer, f.busier = c.all[0].calmer, 0
	c.all[f.calmer].busier, c.all[0].calmer = id, id
	return f, id
}

func (c *cache) grow() int32 {
	if n := len(c.free); n > 0 {
		id := c.free[n-1]
		c.free = c.free[:n-1]
		return id
	}
	c.all = append(c.all, flow{})
	return int32(len(c.all) - 1)
}

func (c *cache) unlinkCalm(f *flow) {
	c.all[f.calmer].busier, c.all[f.busier].calmer = f.busier, f.calmer
}

// take removes a flow; the pointer holds until the next call of entry.
func (c *cache) take(id int32, reason uint8) *flow {
	f := &c.all[id]
	c.all[f.older].newer, c.all[f.newer].older = f.newer, f.older
	c.unlinkCalm(f)
	delete(c.index, f.key)
	c.free = append(c.free, id)
	f.reason = reason
	return f
}

// oldest and calmest return the flow that began first, and the one whose last
// packet is longest ago; 0 where the cache is empty.
func (c *cache) oldest() int32  { return c.all[0].newer }
func (c *cache) calmest() int32 { return c.all[0].busier }
