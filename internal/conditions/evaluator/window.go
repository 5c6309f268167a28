package evaluator

// window keeps counts of the last minute, in steps of five seconds, so that a
// growth of the last minute can be told.
type window struct {
	at     [steps]int64
	counts [steps]counts
	n      int // steps kept
	next   int
}

const (
	steps = 13
	step  = 5 * second
)

// counts are totals that only grow.
type counts struct {
	lost, expected, unknown, errors, datagrams uint64
	dropped, unknownSources, undecoded         uint64
	noRate, records                            uint64
}

// add takes the totals at now and returns by how much they grew within the
// last minute. Totals that shrank belong to something that began anew: then
// the window does so too.
func (w *window) add(now int64, c counts) counts {
	if w.n > 0 {
		if last := w.counts[(w.next+steps-1)%steps]; c.datagrams < last.datagrams || c.records < last.records || c.dropped < last.dropped {
			*w = window{}
		}
	}
	if w.n == 0 || now-w.at[(w.next+steps-1)%steps] >= step {
		w.at[w.next], w.counts[w.next] = now, c
		w.next = (w.next + 1) % steps
		w.n = min(w.n+1, steps)
	}
	old := c
	for i := range w.n { // the oldest that is not older than a minute
		j := (w.next + steps - w.n + i) % steps
		if now-w.at[j] <= 60*second {
			old = w.counts[j]
			break
		}
	}
	return c.less(old)
}

func (c counts) less(o counts) counts {
	return counts{grown(c.lost, o.lost), grown(c.expected, o.expected), grown(c.unknown, o.unknown), grown(c.errors, o.errors),
		grown(c.datagrams, o.datagrams), grown(c.dropped, o.dropped), grown(c.unknownSources, o.unknownSources), grown(c.undecoded, o.undecoded),
		grown(c.noRate, o.noRate), grown(c.records, o.records)}
}

// grown returns by how much a total grew; late datagrams are taken off losses
// again, so that some shrink.
func grown(now, before uint64) uint64 {
	if now < before {
		return 0
	}
	return now - before
}
