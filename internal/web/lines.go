package web

import (
	"fmt"
	"math"
	"slices"
	"sort"
	"strings"
	"time"

	"floodmark/internal/chart"
	"floodmark/internal/text"
)

// multi is a drawing of several lines over time.
type multi struct {
	Title, Alt   string
	Height, Plot int
	Lines        []lineOf
	X, Y         []tick
	Left         int // groups that are not drawn
}

// lineOf is one group; its class gives colour and dashes.
type lineOf struct{ Name, Class, Path string }

const (
	maxLines = 6
	maxTimes = 1000
)

// lines draws the largest groups of an answer over its time.
func lines(t *table, m int) []multi {
	if m < 0 || len(t.Rows) == 0 {
		return nil
	}
	groups, times := make(map[string]map[int64]float64), make(map[int64]bool)
	sum := make(map[string]float64)
	for i := range t.Rows {
		at, ok := t.moment(i)
		if !ok {
			continue
		}
		name := t.label(i)
		if groups[name] == nil {
			groups[name] = make(map[int64]float64)
		}
		groups[name][at.Unix()] += t.number(i, m)
		sum[name] += t.number(i, m)
		times[at.Unix()] = true
	}
	axis := make([]int64, 0, len(times))
	for at := range times {
		axis = append(axis, at)
	}
	slices.Sort(axis)
	if len(axis) < 2 || len(axis) > maxTimes {
		return nil
	}
	names := make([]string, 0, len(groups))
	for n := range groups {
		names = append(names, n)
	}
	sort.Slice(names, func(i, j int) bool {
		if sum[names[i]] != sum[names[j]] {
			return sum[names[i]] > sum[names[j]]
		}
		return names[i] < names[j]
	})
	return []multi{drawLines(t, m, grouped{axis, groups, names})}
}

// grouped is an answer by group and time.
type grouped struct {
	axis   []int64 // Unix seconds, ascending
	values map[string]map[int64]float64
	names  []string // the largest first
}

func drawLines(t *table, m int, g grouped) multi {
	axis, groups, names := g.axis, g.values, g.names
	c := multi{Title: upperFirst(strings.ReplaceAll(text.Clean(t.Columns[m].Name, 40), "_", " ")), Height: 264, Plot: 240, Left: max(len(names)-maxLines, 0)}
	names = names[:min(len(names), maxLines)]
	top := 0.0
	for _, n := range names {
		for _, v := range groups[n] {
			top = math.Max(top, v)
		}
	}
	scale := chart.NewScale(max(top, 1e-9)*headroom, 4, 0)
	first, last := axis[0], axis[len(axis)-1]
	frame := chart.Square(float64(first), float64(last), scale.Top)
	for _, v := range scale.Ticks() {
		c.Y = append(c.Y, tick{At: chart.Percent(1 - scale.Part(v)), Label: amount(t.Columns[m], v)})
	}
	c.X = timeTicks(first, last)
	var peaks []string
	for i, n := range names {
		points := make([]chart.Point, len(axis))
		for j, at := range axis {
			points[j] = chart.Point{At: float64(at), Value: groups[n][at]}
		}
		c.Lines = append(c.Lines, lineOf{n, fmt.Sprintf("l%d", i), frame.Line(points)})
		peaks = append(peaks, n)
	}
	c.Alt = fmt.Sprintf("%s over time from %s to %s UTC: %s.", c.Title, time.Unix(first, 0).UTC().Format("15:04:05"), time.Unix(last, 0).UTC().Format("15:04:05"), strings.Join(peaks, ", "))
	return c
}
