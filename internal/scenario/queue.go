package scenario

// actor is anything that sends packets: a flood, a connection, a source of new
// connections. step is called at the time it asked for, sends at most a few
// packets, and returns when it wants its next turn, or a negative time when it
// is done.
type actor interface {
	step(s *sim, now int64) int64
}

type event struct {
	at   int64
	what actor
}

// queue is a heap of four-way nodes ordered by time.
type queue []event

func (q *queue) push(e event) {
	h := append(*q, e)
	i := len(h) - 1
	for i > 0 {
		up := (i - 1) / 4
		if h[up].at <= e.at {
			break
		}
		h[i] = h[up]
		i = up
	}
	h[i] = e
	*q = h
}

// fix puts e in the place of the first event.
func (q queue) fix(e event) {
	i := 0
	for {
		first := 4*i + 1
		if first >= len(q) {
			break
		}
		smallest := first
		for k := first + 1; k < min(first+4, len(q)); k++ {
			if q[k].at < q[smallest].at {
				smallest = k
			}
		}
		if q[smallest].at >= e.at {
			break
		}
		q[i] = q[smallest]
		i = smallest
	}
	q[i] = e
}

func (q *queue) pop() {
	h := *q
	last := h[len(h)-1]
	h[len(h)-1] = event{}
	h = h[:len(h)-1]
	*q = h
	if len(h) > 0 {
		h.fix(last)
	}
}
