package query

import (
	"fmt"
	"time"
)

// autoSteps are the steps that "group by time" chooses from, in ms.
var autoSteps = []int64{1e3, 5e3, 10e3, 30e3, 60e3, 300e3, 600e3, 1800e3, 3600e3, 3 * 3600e3, 6 * 3600e3, 86400e3, 7 * 86400e3}

const (
	autoPoints = 200     // the smallest step with at most so many points is taken
	maxValues  = 100_000 // points of all lines of one answer
)

// tolerated is the share of the time asked for that a question up to now may
// lose at its end, so that a coarser table can answer: one in so many.
const tolerated = 20

// candidate is one table for a question: the time it would answer for, and
// whether it has all of it.
type candidate struct {
	table    table
	from, to int64 // Unix ms
	whole    bool
}

// choose picks the coarsest table that has the fields, the grid and the time.
// Where none has all of the time, it takes the one that has the most.
func (q *Question) choose(e Engine, now int64) (*plan, error) {
	from, to := q.From.At(now)/1e6, q.To.At(now)/1e6
	if from >= to {
		return nil, &Error{Text: "the time asked for ends before it begins"}
	}
	if from < 0 {
		from = 0
	}
	step, err := q.stepFor(to - from)
	if err != nil {
		return nil, err
	}
	var best *candidate
	for _, t := range tables {
		if !t.answers(q) || step%t.grid != 0 {
			continue
		}
		c := q.within(e, t, from, to)
		if best == nil || c.better(best) {
			best = c
		}
		if best.whole {
			break
		}
	}
	if best.from >= best.to {
		best.from, best.to = from, to // nothing is kept: an empty answer for what was asked
	}
	return &plan{Question: q, table: best.table, from: best.from, to: best.to, step: step}, nil
}

func (c *candidate) better(o *candidate) bool { return c.whole || c.to-c.from > o.to-o.from }

// within fits the time to the rows and to what is kept. Times relative to now
// move back to the grid; others stay, and then the grid must fit.
func (q *Question) within(e Engine, t table, from, to int64) *candidate {
	keptFrom, keptTo := e.Kept(t.name)
	keptTo -= keptTo % t.grid
	keptFrom = (keptFrom + t.grid - 1) / t.grid * t.grid
	c := &candidate{table: t, from: from, to: to}
	if q.To.Relative && q.From.Relative {
		end := min(to-to%t.grid, max(keptTo, from))
		lost := to - end
		c.from, c.to = (from-lost)-(from-lost)%t.grid, end
		c.whole = t.grid == 1 || lost <= (to-from)/tolerated
	} else {
		c.whole = from%t.grid == 0 && to%t.grid == 0 && to <= keptTo || t.grid == 1
		c.from, c.to = from-from%t.grid, (to+t.grid-1)/t.grid*t.grid
		c.to = min(c.to, max(keptTo, c.from))
	}
	if c.from < keptFrom {
		c.from, c.whole = keptFrom, false
	}
	if c.from >= c.to {
		c.whole = false
	}
	return c
}

// stepFor returns the step of the series in ms, 0 for none.
func (q *Question) stepFor(length int64) (int64, error) {
	step := q.Step.Milliseconds()
	if step == 0 && !q.ByTime {
		return 0, nil
	}
	for _, s := range autoSteps {
		if step == 0 && length/s <= autoPoints {
			step = s
		}
	}
	if step == 0 {
		step = autoSteps[len(autoSteps)-1]
	}
	// The lines share the bound; ends that do not fit the grid add two steps.
	points, lines := length/step+2, int64(max(q.Top, 1))
	if points > maxSteps || points*lines > maxValues {
		return 0, &Error{Text: fmt.Sprintf("%d steps of %s for %d lines are too many", points, formatSpan(int64(step)*int64(time.Millisecond)), lines), Hint: "take a longer step or a smaller top"}
	}
	return step, nil
}
