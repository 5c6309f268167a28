package flowudp

import "time"

// When datagrams arrive evenly, a reader that waits for each wakes for each: at
// 36,000 a second that costs four times the CPU of a reader that sleeps for a
// millisecond and then takes all there are. So a reader naps, but only while
// datagrams come at such a rate that it saves wakes.
const (
	idle   = 100 * time.Millisecond // how long a reader waits for a datagram before it looks up
	nap    = time.Millisecond
	window = 10 * time.Millisecond // how far back a rate is measured
	quick  = 2                     // datagrams in a nap's time, from which on it pays
)

// pace measures the rate of datagrams.
type pace struct {
	since time.Duration // begin of the window
	count int           // datagrams in it
	busy  bool          // what the last full window showed
}

// add counts n datagrams read at now and reports whether to nap before the next
// read. Not after a full batch: more are waiting.
func (p *pace) add(n int, now time.Duration) bool {
	p.count += n
	if d := now - p.since; d >= window {
		p.busy = time.Duration(p.count)*nap >= quick*d
		p.since, p.count = now, 0
	}
	return p.busy && n < batch
}
