package aggregate

import "floodmark/internal/model"

// arrivals holds source updates back until there are enough of them to look
// all of their places up together: one at a time each would wait for memory,
// together they wait at the same time. The table is several times larger than
// the caches, and this is where an analysis spends its time.
type arrivals struct {
	n       int
	list    [64]arrival
	slots   [64]uint64
	touched uint64 // keeps the reads ahead from being optimised away
}

// arrival is one packet's or flow record's update of its source.
type arrival struct {
	addr           model.Addr
	hash           uint64 // of the address and the bucket
	samples, bytes uint64
	first, last    uint32 // seconds since the recording began
	bucket         uint16
	ttl            uint8
	hasTTL         bool
}

// push notes the update of a record and reports whether the list is full.
func (a *arrivals) push(r *model.Record, h uint64, bucket uint16, first, last uint32) (full bool) {
	a.list[a.n] = arrival{
		addr: r.Src, hash: sourceHash(h, bucket), samples: r.Packets, bytes: r.Bytes, first: first, last: last,
		bucket: bucket, ttl: r.TTL, hasTTL: r.Has&model.HasTTL != 0,
	}
	a.n++
	return a.n == len(a.list)
}

// flush brings the updates into the table, in their order.
func (a *arrivals) flush(t *sources) {
	list := a.list[:a.n]
	for i := range list {
		a.slots[i] = t.slots[t.first(list[i].hash)]
	}
	for i := range list {
		if v := a.slots[i]; v != 0 {
			a.touched ^= t.at(int(uint32(v) - 1)).samples
		}
	}
	for i := range list {
		t.update(&list[i])
	}
	a.n = 0
}

// update counts one arrival.
func (t *sources) update(a *arrival) {
	s, added := t.find(a.hash, a.addr, a.bucket)
	s.samples += a.samples
	s.bytes += a.bytes
	s.first = min(s.first, a.first)
	s.last = max(s.last, a.last)
	switch {
	case !a.hasTTL:
	case added:
		s.ttl, s.least, s.most = a.ttl, a.ttl, a.ttl
	default:
		s.least = min(s.least, a.ttl)
		s.most = max(s.most, a.ttl)
	}
}
