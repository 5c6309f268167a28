package chart

import (
	"fmt"
	"time"

	"floodmark/internal/text"
)

// TimeTick is a labeled time on the horizontal axis.
type TimeTick struct {
	Part  float64 // of the axis, from 0 to 1
	At    int64   // Unix seconds
	Label string
	Minor bool // every second one, to be left out on narrow screens
}

// timeSteps are the distances of time ticks in seconds.
var timeSteps = []int64{1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800}

// TimeStep returns the shortest whole step of the clock, in seconds, of which at
// most n are in span; the longest step if there is none.
func TimeStep(span, n int64) (step int64) {
	for _, step = range timeSteps {
		if span/step <= n {
			break
		}
	}
	return step
}

// TimeTicks returns at most n or so ticks at whole steps of the clock (UTC)
// between two times in Unix seconds.
func TimeTicks(from, to int64, n int) []TimeTick {
	span := to - from
	step := TimeStep(span, int64(n))
	for span/step > 2*int64(n) { // longer than the longest step allows
		step *= 2
	}
	return TimeTicksEvery(from, to, step)
}

// TimeTicksEvery returns the ticks at multiples of step seconds. Ticks whose
// labels would reach beyond the chart are left out.
func TimeTicksEvery(from, to, step int64) (out []TimeTick) {
	layout := "15:04:05"
	switch {
	case step >= 86400:
		layout = "2 Jan"
	case step >= 60:
		layout = "15:04"
	}
	for t := (from + step - 1) / step * step; t <= to; t += step {
		if part := float64(t-from) / float64(to-from); part > 0.04 && part < 0.96 {
			out = append(out, TimeTick{part, t, time.Unix(t, 0).UTC().Format(layout), (t/step)%2 == 1})
		}
	}
	return out
}

// PointNote explains what one point of a chart stands for: values every step
// seconds, of which each point shows the highest of group.
func PointNote(step, group int64) string {
	switch {
	case group > 1 && step == 1:
		return "each point is the busiest second of " + text.Duration(float64(group))
	case group > 1:
		return fmt.Sprintf("means of %s; each point is the highest of %s", text.Duration(float64(step)), text.Duration(float64(step*group)))
	case step > 1:
		return "each point is the mean of " + text.Duration(float64(step))
	}
	return "second by second"
}
