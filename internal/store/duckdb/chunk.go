package duckdb

import (
	"math"

	"floodmark/internal/model"
)

// Rows of one hand-over, in their two forms: enough that the queue costs nothing
// a row, few enough that 32 of them are 50 MB.
const (
	chunkRows = 16384
	wideRows  = 4096
)

type chunk struct {
	n, w int // rows of either
	rows [chunkRows]packed
	wide [wideRows]model.FlowRow
}

// packed is a row of the table narrow (see flowsDDL), in the line of the
// processor's cache that a reader writes and the writer reads.
type packed struct {
	time         int64
	srcAt, dstAt uint64
	exporter     uint64
	span         uint32
	src, dst     uint32
	ports, what  uint32
	packets      uint32
	bytes        uint32
	ifs          uint32
}

// narrow tells whether a row fits packed.
func narrow(r *model.FlowRow) bool {
	return r.Src.Is4() && r.Dst.Is4() && r.Bytes <= math.MaxUint32 && (r.InIf|r.OutIf|r.Exporter)>>16 == 0
}

func (p *packed) set(r *model.FlowRow) {
	p.time = r.First / 1e6
	p.srcAt = at(r.SrcAS, r.SrcCountry)
	p.dstAt = at(r.DstAS, r.DstCountry)
	p.exporter = uint64(r.Sampling)<<16 | uint64(r.Exporter)
	p.span = span(r, 1<<29-1)<<3 | flags(r)
	p.src = r.Src.V4()
	p.dst = r.Dst.V4()
	p.ports = ports(r)
	p.what = what(r)
	p.packets = sat32(r.Packets)
	p.bytes = uint32(r.Bytes)
	p.ifs = r.InIf<<16 | r.OutIf
}

// Writer takes rows from one goroutine. It never blocks: where the queue is full
// its rows are dropped and counted.
type Writer struct {
	s *Store
	c *chunk
}

// Writer returns a new Writer, with a chunk of 1.5 MB of its own.
func (s *Store) Writer() *Writer { return &Writer{s: s, c: new(chunk)} }

// Add copies r. It is handed over when the chunk is full or with Flush.
func (w *Writer) Add(r *model.FlowRow) {
	c := w.c
	if narrow(r) {
		c.rows[c.n].set(r)
		c.n++
	} else {
		c.wide[c.w] = *r
		c.w++
	}
	if c.n == chunkRows || c.w == wideRows {
		w.hand()
	}
}

// Flush hands over what was added since. Call it at least once a second, with
// the time in Unix ns, or rows wait for others to follow.
func (w *Writer) Flush(now int64) {
	if w.c.n+w.c.w > 0 {
		w.hand()
	}
}

// hand gives the chunk away and takes an empty one, made by whoever waits for
// none; where that is not possible it empties its own.
func (w *Writer) hand() {
	s := w.s
	if s.closed.Load() {
		w.drop()
		return
	}
	var next *chunk
	select {
	case next = <-s.free:
	default:
		w.drop()
		return
	}
	if next == nil { // the places of the queue are filled as they are needed
		next = new(chunk)
	}
	// There are no more chunks than places in the queue, so this cannot block.
	s.queue <- w.c
	next.n, next.w = 0, 0
	w.c = next
}

func (w *Writer) drop() {
	w.s.count.queue.Add(uint64(w.c.n + w.c.w))
	w.c.n, w.c.w = 0, 0
}
