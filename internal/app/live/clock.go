package live

import (
	"context"
	"fmt"
	"math"
	"sync/atomic"
	"time"
)

// Clock is the server's time. Normally it is the system's; for replays it
// starts at a given instant and runs faster, so that no rate changes although
// the senders send faster. Any goroutine may use it.
//
// It never runs backwards: it follows the monotonic clock, and adopts a step of
// the system's clock only forwards (Adjust).
type Clock struct {
	start  int64 // Unix ns at base
	base   time.Time
	pace   atomic.Pointer[pace]
	ahead  atomic.Int64 // ns adopted from steps of the system's clock
	system bool
	manual bool // stands at shown until Set moves it

	told   atomic.Int64 // of a replay: the latest time that an exporter told, Unix ns
	toldAt atomic.Int64 // real ns since base when it did
	shown  atomic.Int64 // the latest time that Now returned
}

// pace is how a clock runs from some instant on.
type pace struct {
	start int64 // Unix ns at base
	base  time.Time
	speed float64
}

func (p *pace) at(now time.Time) int64 {
	return p.start + int64(float64(now.Sub(p.base))*p.speed)
}

// NewClock returns the system's clock.
func NewClock() *Clock {
	now := time.Now()
	c := &Clock{start: now.UnixNano(), base: now, system: true}
	c.pace.Store(&pace{c.start, now, 1})
	return c
}

// NewReplayClock returns a clock that starts now at start and runs at speed
// times the pace of real time.
func NewReplayClock(start time.Time, speed float64) (*Clock, error) {
	if !(speed >= 0.01 && speed <= 10000) {
		return nil, fmt.Errorf("clock: speed %g: expected 0.01 to 10000", speed)
	}
	if y := start.Year(); y < 1990 || y > 2200 {
		return nil, fmt.Errorf("clock: start %s: expected a year from 1990 to 2200", start.Format(time.RFC3339))
	}
	c := &Clock{start: start.UnixNano(), base: time.Now()}
	c.pace.Store(&pace{c.start, c.base, speed})
	return c, nil
}

// SetSpeed changes how fast the clock of a replay runs, from now on.
func (c *Clock) SetSpeed(speed float64) {
	if c.system || c.manual || !(speed >= 0.01 && speed <= 10000) {
		return
	}
	now := time.Now()
	c.pace.Store(&pace{c.pace.Load().at(now), now, speed})
}

// NewManualClock returns a clock that stands at start, Unix ns, until Set moves
// it: the time of recordings.
func NewManualClock(start int64) *Clock {
	c := &Clock{start: start, base: time.Now(), manual: true}
	c.pace.Store(&pace{start, c.base, 1})
	c.shown.Store(start)
	return c
}

// Set moves a manual clock, forwards only.
func (c *Clock) Set(now int64) {
	if now > c.shown.Load() {
		c.shown.Store(now)
	}
}

// Now returns the server's time in Unix ns.
func (c *Clock) Now() int64 {
	if c.manual {
		return c.shown.Load()
	}
	d := time.Since(c.base)
	if c.system {
		return c.start + int64(d) + c.ahead.Load()
	}
	return c.replayed(d)
}

// patience is how long, in real time, a replay waits for exporters that were
// telling something before it goes on without them.
const patience = time.Second

// replayed is the time of a replay. As long as exporters tell something, their
// clock leads: a sender that is a few milliseconds late would otherwise be
// seconds late, and its traffic would come in bursts that never were.
func (c *Clock) replayed(d time.Duration) int64 {
	now := c.pace.Load().at(c.base.Add(d))
	if at := c.told.Load(); at != 0 && int64(d)-c.toldAt.Load() < int64(patience) {
		now = min(now, at)
	}
	for {
		shown := c.shown.Load()
		if now <= shown {
			return shown
		}
		if c.shown.CompareAndSwap(shown, now) {
			return now
		}
	}
}

// Told notes the time that an exporter's datagram carries, of a replay.
func (c *Clock) Told(at int64) {
	d := time.Since(c.base)
	// What is far from the replay's time is no time to follow.
	p := c.pace.Load()
	if free := p.at(c.base.Add(d)); at > free || at < free-int64(float64(10*patience)*p.speed) {
		return
	}
	c.toldAt.Store(int64(d))
	if at > c.told.Load() {
		c.told.Store(at)
	}
}

// Free is the time of a replay whatever exporters tell: what senders follow.
func (c *Clock) Free() int64 {
	if c.system || c.manual {
		return c.Now()
	}
	return c.pace.Load().at(time.Now())
}

// Time returns the server's time.
func (c *Clock) Time() time.Time { return time.Unix(0, c.Now()).UTC() }

// Speed returns how fast the clock runs, 1 for the system's.
func (c *Clock) Speed() float64 { return c.pace.Load().speed }

// System reports whether this is the system's clock rather than a replay's.
func (c *Clock) System() bool { return c.system }

// Follows reports whether exporters' clocks lead, as they do in a replay.
func (c *Clock) Follows() bool { return !c.system && !c.manual }

// Start returns where the clock began.
func (c *Clock) Start() time.Time { return time.Unix(0, c.start).UTC() }

// Real converts a span of the server's time into real time, at least a
// millisecond.
func (c *Clock) Real(d time.Duration) time.Duration {
	return max(time.Duration(math.Round(float64(d)/c.Speed())), time.Millisecond)
}

// worthAdopting is the least step of the system's clock that is acted on; NTP
// slews smaller differences away.
const worthAdopting = 2 * time.Second

// Adjust compares with the system's clock and returns by how much that was
// stepped, 0 where it was not. A step forwards is adopted. After a step
// backwards the clock goes on as before and every call returns the (negative)
// difference until the system has caught up.
func (c *Clock) Adjust(system time.Time) time.Duration {
	if !c.system {
		return 0
	}
	d := time.Duration(system.UnixNano() - c.Now())
	if d.Abs() < worthAdopting {
		return 0
	}
	if d > 0 {
		c.ahead.Add(int64(d))
	}
	return d
}

// sleep waits for a span of real time or until ctx is done, which it reports as
// false.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
