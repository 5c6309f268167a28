package sender

import "time"

const (
	// nap is the least sleep: what is due sooner goes at once. It keeps bursts
	// to what arrives within a millisecond, which any socket buffer holds, and
	// the sleeps to at most a thousand a second.
	nap = time.Millisecond
	// maxWait is how long one sleep may be, so that an interrupt is heard.
	maxWait = 200 * time.Millisecond
)

// pace turns simulated time into moments to send at.
type pace struct {
	start int64     // simulated time, Unix ns,
	begin time.Time // of this moment
	speed float64   // simulated seconds in a second
	gap   float64   // least time between datagrams, ns; 0: none
	next  time.Time // the limit of the rate
	late  time.Duration
	due   func(at int64) time.Time // nil: by start, begin and speed
}

// wait returns how long to sleep before a datagram of simulated time at. It is
// 0 when it may go now.
func (p *pace) wait(at int64, now time.Time) time.Duration {
	var due time.Time
	if p.due != nil {
		due = p.due(at)
	} else {
		due = p.begin.Add(time.Duration(float64(at-p.start) / p.speed))
	}
	p.late = max(now.Sub(due), 0)
	if p.gap > 0 && p.next.After(due) {
		due = p.next
	}
	if d := due.Sub(now); d > nap {
		return min(d, maxWait)
	}
	if p.gap > 0 {
		if smallest := now.Add(-nap); p.next.Before(smallest) {
			p.next = smallest
		}
		p.next = p.next.Add(time.Duration(p.gap))
	}
	return 0
}
