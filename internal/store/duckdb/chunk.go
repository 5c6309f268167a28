package duckdb

import (
	"floodmark/internal/model"
)

// Rows of one hand-over, in their two forms: enough that the queue costs nothing
// a row, few enough that 32 of them are 45 MB.
const (
	chunkRows = 16384
	wideRows  = 4096
)

type chunk struct {
	n, w int // rows of either
	rows [chunkRows]packed
	wide [wideRows]model.FlowRow
}

// packed is a row of the table narrow, of which the view flows unpacks the
// documented columns (see flowsDDL). The outer side is the source, but of Out the
// destination. Low parts are those whose bits are all used, high parts those with
// few values at a time, which cost few bits; so the inner side is nearly free.
type packed struct {
	time  int64  // Unix ms
	outer uint64 // bytes 32 | address of the outer side 32
	inner uint64 // address of the inner side 32 | src_port 16 | dst_port 16
	what  uint64 // packets 32 | class 8 | proto 8 | tcp_flags 8 | ttl 8
	far   uint64 // of the outer side: AS 32 | country 10 | interface 16
	near  uint64 // of the inner side: the same
	span  uint64 // sampling 20 | exporter 12 | duration_ms 24 | fragment 1 | direction 2
}

// set packs a row; false where it does not fit.
func (p *packed) set(r *model.FlowRow) bool {
	const letters = 0x4040 // what the upper three bits of two letters are
	if !r.Src.Is4() || !r.Dst.Is4() || r.Bytes>>32 != 0 || (r.InIf|r.OutIf)>>16 != 0 || r.Exporter>>12 != 0 || r.Sampling>>20 != 0 ||
		r.Last-r.First >= 1e6<<24 || r.SrcCountry != 0 && r.SrcCountry&0xe0e0 != letters || r.DstCountry != 0 && r.DstCountry&0xe0e0 != letters {
		return false
	}
	src, dst := uint64(r.Src.V4()), uint64(r.Dst.V4())
	far, near := place(r.SrcAS, r.SrcCountry, r.InIf), place(r.DstAS, r.DstCountry, r.OutIf)
	if r.Direction&3 == model.Out {
		src, dst, far, near = dst, src, near, far
	}
	p.time = r.First / 1e6
	p.outer = r.Bytes<<32 | src
	p.inner = dst<<32 | uint64(ports(r))
	p.what = uint64(sat32(r.Packets))<<32 | uint64(what(r))
	p.far, p.near = far, near
	p.span = uint64(r.Sampling)<<39 | uint64(r.Exporter)<<27 | uint64(span(r, 1<<24-1))<<3 | uint64(flags(r))
	return true
}

// place packs where an address is. A country is five bits of each letter.
func place(as uint32, c model.Code2, iface uint32) uint64 {
	return uint64(as)<<26 | uint64(c>>8&31)<<21 | uint64(c&31)<<16 | uint64(iface&0xffff)
}

// Writer takes rows from one goroutine. It never blocks: where the queue is full
// its rows are dropped and counted.
type Writer struct {
	s *Store
	c *chunk
}

// Writer returns a new Writer, with a chunk of 1.3 MB of its own.
func (s *Store) Writer() *Writer { return &Writer{s: s, c: new(chunk)} }

// Add copies r. It is handed over when the chunk is full or with Flush.
func (w *Writer) Add(r *model.FlowRow) {
	c := w.c
	if c.rows[c.n].set(r) {
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
