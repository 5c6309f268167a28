package replay

import (
	"container/heap"
	"slices"

	"floodmark/internal/model"
)

// arrivals puts the flow records of files into the order in which exporters may
// have sent them: by their last packet. Files are in order of arrival already,
// or of the first packet; a record waits until one is read that began after it
// ended.
type arrivals struct {
	waiting byLast
	began   int64 // the latest First that was read
}

// maxWaiting bounds records that wait; beyond, the earliest goes at once.
const maxWaiting = 1 << 18

// add takes a record, which it copies, and gives those whose time has come.
func (a *arrivals) add(r *model.Record, give func(*model.Record)) {
	heap.Push(&a.waiting, clone(r))
	a.began = max(a.began, r.First)
	for len(a.waiting) > 0 && (a.waiting[0].Last <= a.began || len(a.waiting) > maxWaiting) {
		o := heap.Pop(&a.waiting).(model.Record)
		give(&o)
	}
}

// flush gives all that wait.
func (a *arrivals) flush(give func(*model.Record)) {
	for len(a.waiting) > 0 {
		o := heap.Pop(&a.waiting).(model.Record)
		give(&o)
	}
}

type byLast []model.Record

func (h byLast) Len() int           { return len(h) }
func (h byLast) Less(i, j int) bool { return h[i].Last < h[j].Last }
func (h byLast) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *byLast) Push(x any)        { *h = append(*h, x.(model.Record)) }
func (h *byLast) Pop() any {
	old := *h
	o := old[len(old)-1]
	*h = old[:len(old)-1]
	return o
}

// clone copies a record with the bytes it points to.
func clone(r *model.Record) model.Record {
	c := *r
	c.Payload, c.Options = slices.Clone(r.Payload), slices.Clone(r.Options)
	c.TunnelData = nil
	return c
}
