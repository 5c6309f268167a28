package duckdb

import (
	"floodmark/internal/model"
)

// chunkRows is the number of rows in one hand-over: large enough that the
// queue costs nothing a row, small enough that 32 of them are 55 MB.
const chunkRows = 16384

type chunk struct {
	n    int
	rows [chunkRows]model.FlowRow
}

// Writer takes rows from one goroutine. It never blocks: where the queue is full
// its rows are dropped and counted.
type Writer struct {
	s *Store
	c *chunk
}

// Writer returns a new Writer, with a chunk of 1.7 MB of its own.
func (s *Store) Writer() *Writer { return &Writer{s: s, c: new(chunk)} }

// Add copies r. It is handed over when the chunk is full or with Flush.
func (w *Writer) Add(r *model.FlowRow) {
	c := w.c
	c.rows[c.n] = *r
	c.n++
	if c.n == chunkRows {
		w.hand()
	}
}

// Flush hands over what was added since. Call it at least once a second, with
// the time in Unix ns, or rows wait for others to follow.
func (w *Writer) Flush(now int64) {
	if w.c.n > 0 {
		w.hand()
	}
}

// hand gives the chunk away and takes an empty one, made by whoever waits for
// none; where that is not possible it empties its own.
func (w *Writer) hand() {
	s := w.s
	if s.closed.Load() {
		s.count.queue.Add(uint64(w.c.n))
		w.c.n = 0
		return
	}
	var next *chunk
	select {
	case next = <-s.free:
	default:
		s.count.queue.Add(uint64(w.c.n))
		w.c.n = 0
		return
	}
	if next == nil { // the places of the queue are filled as they are needed
		next = new(chunk)
	}
	// There are no more chunks than places in the queue, so this cannot block.
	s.queue <- w.c
	next.n = 0
	w.c = next
}
