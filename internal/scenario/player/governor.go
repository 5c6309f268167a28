// Package player plays a scenario of a day to a server at a pace that the machine can
// follow, and prints what the server makes of it.
package player

import (
	"context"
	"math"
	"sync/atomic"
	"time"

	"floodmark/internal/clock"
	"floodmark/internal/scenario/simday"
)

// Governor runs the clock of a demo: at the pace of the day, and never further
// ahead of what sends than a minute, so that a slow machine takes longer and
// gives the same. What it plans ends there: where it gets no turn for a while the
// clock does not run on.
type Governor struct {
	clock  *clock.Clock
	pace   []simday.Stretch
	behind func() time.Duration // by how much the server's counting lags
	at     [2]atomic.Int64      // simulated time that traffic and reports have come to
	limit  atomic.Int64         // to which the clock may go
	lags   bool                 // the counting does
}

const (
	maxAhead = int64(time.Minute)    // of what is sent
	maxLag   = 2 * time.Minute       // of the counting
	governs  = 2 * time.Millisecond  // between two looks
	askAgain = 10 * time.Millisecond // of what waits for the limit to move
	standing = 1                     // speed of a clock at its limit
)

// NewGovernor makes a governor of the clock c by the pace of a day. behind is by how
// much the server's counting lags.
func NewGovernor(c *clock.Clock, pace []simday.Stretch, behind func() time.Duration) *Governor {
	g := &Governor{clock: c, pace: pace, behind: behind}
	for i := range g.at {
		g.at[i].Store(c.Now()) // who sends has yet to find where to begin
	}
	g.look()
	return g
}

// Due gives the moment of a simulated time to one of those who send, and notes
// how far it is.
func (g *Governor) Due(which int) func(at int64) time.Time {
	return func(at int64) time.Time {
		g.at[which].Store(at)
		if at > g.limit.Load() && at > g.clock.Free() {
			return time.Now().Add(askAgain)
		}
		return g.clock.When(at)
	}
}

// Done notes that one of them has nothing more to send.
func (g *Governor) Done(which int) { g.at[which].Store(math.MaxInt64) }

// Run governs until ctx is done; then the clock goes on in real time.
func (g *Governor) Run(ctx context.Context) {
	for ctx.Err() == nil {
		g.look()
		time.Sleep(governs)
	}
	g.clock.Plan([]clock.Stretch{{From: time.Now(), At: g.clock.Free(), Speed: 1}})
}

// look moves the limit and plans until there.
func (g *Governor) look() {
	limit := min(g.at[0].Load(), g.at[1].Load(), math.MaxInt64-maxAhead) + maxAhead
	at, moment := g.clock.Free(), time.Now()
	if lag := g.behind(); lag > maxLag || g.lags && lag > maxLag/4 {
		g.lags, limit = true, at
	} else {
		g.lags = false
	}
	var list []clock.Stretch
	for _, s := range g.pace {
		if end := min(s.To.UnixNano(), limit); end > at {
			list = append(list, clock.Stretch{From: moment, At: at, Speed: s.Speed})
			moment = moment.Add(time.Duration(float64(end-at) / s.Speed))
			at = end
		}
	}
	g.clock.Plan(append(list, clock.Stretch{From: moment, At: at, Speed: standing}))
	g.limit.Store(limit)
}
