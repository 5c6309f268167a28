// Package clock is the server's time: the system's, that of a replay, or one
// that stands until it is set.
//
// It deliberately offers no timers: who waits does so in real time, for as long
// as Real says. Inside a testing/synctest bubble real time is the bubble's, so a
// server whose network is in memory plays whole days in seconds.
package clock

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

	exported   atomic.Int64 // of a replay: the latest time that a datagram carried, Unix ns
	exportedAt atomic.Int64 // real ns since base when it arrived
	shown      atomic.Int64 // the latest time that Now returned
}

// pace is how a clock runs: stretches by their beginning, the last without end.
type pace []Stretch

// Stretch is how the clock of a replay runs from some moment on.
type Stretch struct {
	From  time.Time // the moment
	At    int64     // what the clock shows then, Unix ns
	Speed float64   // times the pace of real time
}

func (p pace) of(now time.Time) *Stretch {
	i := len(p) - 1
	for i > 0 && now.Before(p[i].From) {
		i--
	}
	return &p[i]
}

func (p pace) at(now time.Time) int64 {
	s := p.of(now)
	return s.At + int64(float64(now.Sub(s.From))*s.Speed)
}

// New returns the system's clock.
func New() *Clock {
	now := time.Now()
	c := &Clock{start: now.UnixNano(), base: now, system: true}
	c.pace.Store(&pace{{now, c.start, 1}})
	return c
}

// NewReplay returns a clock that starts now at start and runs at speed
// times the pace of real time.
func NewReplay(start time.Time, speed float64) (*Clock, error) {
	if !(speed >= 0.01 && speed <= 10000) {
		return nil, fmt.Errorf("clock: speed %g: expected 0.01 to 10000", speed)
	}
	if y := start.Year(); y < 1990 || y > 2200 {
		return nil, fmt.Errorf("clock: start %s: expected a year from 1990 to 2200", start.Format(time.RFC3339))
	}
	c := &Clock{start: start.UnixNano(), base: time.Now()}
	c.pace.Store(&pace{{c.base, c.start, speed}})
	return c, nil
}

// Plan changes how fast the clock of a replay runs from now on: stretches in
// order of their moments. Until the first one it runs as before, and where a
// stretch shows less than the clock already does, it stands.
func (c *Clock) Plan(list []Stretch) {
	if c.system || c.manual {
		return
	}
	now := time.Now()
	old := c.pace.Load()
	next := pace{{now, old.at(now), old.of(now).Speed}}
	next = append(next, list...)
	c.pace.Store(&next)
}

// When is the moment at which a replay's clock shows a time, as it is planned
// now; the first one where it stands.
func (c *Clock) When(at int64) time.Time {
	p := *c.pace.Load()
	i := len(p) - 1
	for i > 0 && p[i].At > at {
		i--
	}
	return p[i].From.Add(time.Duration(float64(at-p[i].At) / p[i].Speed))
}

// NewManual returns a clock that stands at start, Unix ns, until Set moves
// it: the time of recordings.
func NewManual(start int64) *Clock {
	c := &Clock{start: start, base: time.Now(), manual: true}
	c.pace.Store(&pace{{c.base, start, 1}})
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

// ExporterTimeout is how long, in real time, a replay waits for exporters that
// were sending before it goes on without them.
const ExporterTimeout = time.Second

// replayed is the time of a replay. As long as exporters send, their clock
// leads: a sender that is a few milliseconds late would otherwise be seconds
// late, and its traffic would come in bursts that never were.
func (c *Clock) replayed(d time.Duration) int64 {
	now := c.pace.Load().at(c.base.Add(d))
	if at := c.exported.Load(); at != 0 && int64(d)-c.exportedAt.Load() < int64(ExporterTimeout) {
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

// Exported notes the time that an exporter's datagram carries, of a replay.
func (c *Clock) Exported(at int64) {
	d := time.Since(c.base)
	// What is far from the replay's time is no time to follow.
	p := c.pace.Load()
	now := c.base.Add(d)
	if free := p.at(now); at > free || at < free-int64(float64(10*ExporterTimeout)*p.of(now).Speed) {
		return
	}
	c.exportedAt.Store(int64(d))
	if at > c.exported.Load() {
		c.exported.Store(at)
	}
}

// Free is the time of a replay whatever exporters send: what senders follow.
func (c *Clock) Free() int64 {
	if c.system || c.manual {
		return c.Now()
	}
	return c.pace.Load().at(time.Now())
}

// Time returns the server's time.
func (c *Clock) Time() time.Time { return time.Unix(0, c.Now()).UTC() }

// Speed returns how fast the clock runs, 1 for the system's.
func (c *Clock) Speed() float64 { return c.pace.Load().of(time.Now()).Speed }

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

// minStep is the smallest step of the system's clock that is acted on; NTP
// slews smaller differences away.
const minStep = 2 * time.Second

// Adjust compares with the system's clock and returns by how much that was
// stepped, 0 where it was not. A step forwards is adopted. After a step
// backwards the clock goes on as before and every call returns the (negative)
// difference until the system has caught up.
func (c *Clock) Adjust(system time.Time) time.Duration {
	if !c.system {
		return 0
	}
	d := time.Duration(system.UnixNano() - c.Now())
	if d.Abs() < minStep {
		return 0
	}
	if d > 0 {
		c.ahead.Add(int64(d))
	}
	return d
}

// Sleep waits for a span of real time or until ctx is done, which it reports as
// false.
func Sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
