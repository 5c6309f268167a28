package main

import (
	"context"
	"math"
	"sync/atomic"
	"time"

	"floodmark/internal/app/live"
	"floodmark/internal/scenario/day"
)

// governor runs the clock of a demo: at the pace of the day, and no further
// ahead of what sends than a quarter of a minute, so that a slow machine takes longer and
// tells the same.
type governor struct {
	clock  *live.Clock
	pace   []day.Stretch
	behind func() time.Duration // by how much the server's counting lags
	at     [2]atomic.Int64      // simulated time that traffic and reports have come to
	held   atomic.Bool
}

const (
	mostAhead = int64(15 * time.Second) // of what is sent
	mostLag   = 30 * time.Second        // of the counting
	governs   = 2 * time.Millisecond    // between two looks
	askAgain  = 10 * time.Millisecond   // of what waits while the clock is held
	standing  = 1                       // speed of a clock that is held
)

func newGovernor(c *live.Clock, pace []day.Stretch, behind func() time.Duration) *governor {
	g := &governor{clock: c, pace: pace, behind: behind}
	for i := range g.at {
		g.at[i].Store(c.Now()) // who sends has yet to find where to begin
	}
	return g
}

// due gives the moment of a simulated time to one of those who send, and notes
// how far it is.
func (g *governor) due(which int) func(at int64) time.Time {
	return func(at int64) time.Time {
		g.at[which].Store(at)
		if g.held.Load() && at > g.clock.Free() {
			return time.Now().Add(askAgain)
		}
		return g.clock.When(at)
	}
}

// done says that one has nothing more to send.
func (g *governor) done(which int) { g.at[which].Store(math.MaxInt64) }

// run governs until ctx is done; then the clock goes on in real time.
func (g *governor) run(ctx context.Context) {
	g.release()
	for ctx.Err() == nil {
		now := g.clock.Free()
		late := now - min(g.at[0].Load(), g.at[1].Load())
		switch held := g.held.Load(); {
		case !held && (late > mostAhead || g.behind() > mostLag):
			g.held.Store(true)
			g.clock.Plan([]live.Stretch{{From: time.Now(), At: now, Speed: standing}})
		case held && late < mostAhead/4 && g.behind() < mostLag/4:
			g.release()
		}
		time.Sleep(governs)
	}
	g.clock.Plan([]live.Stretch{{From: time.Now(), At: g.clock.Free(), Speed: 1}})
}

// release lets the clock go on at the pace of the rest of the day, and at that
// of real time after it.
func (g *governor) release() {
	at, moment := g.clock.Free(), time.Now()
	var list []live.Stretch
	for _, s := range g.pace {
		if end := s.To.UnixNano(); end > at {
			list = append(list, live.Stretch{From: moment, At: at, Speed: s.Speed})
			moment = moment.Add(time.Duration(float64(end-at) / s.Speed))
			at = end
		}
	}
	g.clock.Plan(append(list, live.Stretch{From: moment, At: at, Speed: 1}))
	g.held.Store(false)
}
