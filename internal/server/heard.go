package server

import "sync"

// heard remembers when each exporter was last heard and by how much its clock
// differs. Readers tell, everybody asks.
type heard struct {
	mu sync.Mutex
	by map[uint32]hearing
}

type hearing struct {
	at    int64 // Unix ns, arrival
	ahead int64 // ns by which its clock is ahead of ours
}

// note is told about once a second and exporter.
func (h *heard) note(number uint32, at, ahead int64) {
	h.mu.Lock()
	if h.by == nil {
		h.by = make(map[uint32]hearing)
	}
	h.by[number] = hearing{at, ahead}
	h.mu.Unlock()
}

// last returns when an exporter was heard, 0 for never since the start, and
// its clock's difference.
func (h *heard) last(number uint32) (at, ahead int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	v := h.by[number]
	return v.at, v.ahead
}
