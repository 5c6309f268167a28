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
	charge = 4096                  // octets of buffer that the kernel takes for a datagram of 1,400, about, at worst
)

// pace measures the rate of datagrams.
type pace struct {
	largest int           // datagrams in a nap's time, beyond which the buffer might not hold them
	since   time.Duration // begin of the window
	count   int           // datagrams in it
	busy    bool          // what the last full window showed
}

// newPace makes the pace of a socket with so many octets of buffer, of which a
// nap may use a quarter.
func newPace(buffer int) pace { return pace{largest: 2 * buffer / charge / 4} } // twice: see setBuffer

// add counts n datagrams read at now and reports whether to nap before the next
// read. Not after a full batch: more are waiting.
func (p *pace) add(n int, now time.Duration) bool {
	p.count += n
	if d := now - p.since; d >= window {
		came := time.Duration(p.count) * nap
		p.busy = came >= quick*d && came <= time.Duration(p.largest)*d
		p.since, p.count = now, 0
	}
	return p.busy && n < batch
}
