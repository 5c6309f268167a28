package page

import (
	"fmt"
	"math"
	"sort"
	"strings"
	"time"

	"floodmark/internal/model"
	"floodmark/internal/text"
	"floodmark/internal/wording"
)

const (
	maxLayers = 6   // vectors drawn on their own; the rest is one layer
	maxPoints = 240 // along the time axis
)

// layer is one stacked area.
type layer struct {
	Name  string
	Class string // colour
	Pat   string // pattern, so that colour is not needed to tell layers apart
	Path  string
	vals  []float64
}

// tick is a labelled place on an axis.
type tick struct {
	At    float64
	Label string
}

// chart is one drawing of traffic over time, for one width of screen.
type chart struct {
	Class                  string
	W, H                   float64
	Left, Right, Top, Base float64
	Layers                 []layer
	X, Y                   []tick
	Unit, Alt, Desc        string
	PeakX, PeakY, LabelX   float64
	PeakText, Anchor       string
}

// timeline is the traffic over time in one unit, drawn for wide and narrow screens.
type timeline struct {
	Title, Note string
	Charts      []chart
}

// timelines gives packets and bits a second; none where there is no series.
func timelines(a *model.Analysis) []timeline {
	s := a.Series
	start, err := time.Parse(time.RFC3339, s.Start)
	if err != nil || s.Step <= 0 || len(s.Vectors) == 0 {
		return nil
	}
	out := []timeline{}
	for _, bits := range []bool{false, true} {
		layers, group := stack(s, bits)
		if len(layers) == 0 || len(layers[0].vals) < 2 {
			continue
		}
		t := timeline{Title: "Packets a second"}
		if bits {
			t.Title = "Bits a second"
		}
		t.Note = pointNote(s.Step, group)
		for _, c := range []chart{{Class: "wide", W: 1032, H: 300}, {Class: "narrow", W: 358, H: 260}} {
			c.draw(layers, axisOf{start: start, per: s.Step * group, bits: bits})
			t.Charts = append(t.Charts, c)
		}
		out = append(out, t)
	}
	return out
}

// pointNote says what a point of the chart stands for.
func pointNote(step, group int) string {
	switch {
	case group > 1 && step > 1:
		return fmt.Sprintf("means of %s; each point is the highest of %s", text.Duration(float64(step)), text.Duration(float64(step*group)))
	case group > 1:
		return fmt.Sprintf("each point is the fullest second of %s", text.Duration(float64(group)))
	case step > 1:
		return fmt.Sprintf("each point is the mean of %s", text.Duration(float64(step)))
	}
	return "second by second"
}

// stack chooses the layers, background last and at the bottom, and thins the
// points by keeping the busiest bucket of each group.
func stack(s model.Series, bits bool) ([]layer, int) {
	layers, n := []layer{}, 0
	for _, v := range s.Vectors {
		vals := v.Packets
		if bits {
			vals = v.Bytes
		}
		per := make([]float64, len(vals))
		for i, x := range vals {
			per[i] = math.Max(x, 0) / float64(s.Step)
			if bits {
				per[i] *= 8
			}
		}
		n = max(n, len(per))
		layers = append(layers, layer{Name: v.Name, vals: per})
	}
	layers = fold(layers)
	group := (n + maxPoints - 1) / maxPoints
	if n == 0 {
		return nil, 1
	}
	thin(layers, n, group)
	return layers, group
}

// fold joins the vectors beyond the largest into one layer and gives colours.
func fold(in []layer) []layer {
	var background *layer
	vectors := []layer{}
	for _, l := range in {
		if l.Name == "background" {
			b := l
			b.Class, b.Pat = "fb", "pb"
			background = &b
			continue
		}
		vectors = append(vectors, l)
	}
	for i := maxLayers; i < len(vectors); i++ {
		if i > maxLayers {
			vectors[maxLayers].vals = add(vectors[maxLayers].vals, vectors[i].vals)
		}
		vectors[maxLayers].Name = "other vectors"
	}
	vectors = vectors[:min(len(vectors), maxLayers+1)]
	for i := range vectors {
		vectors[i].Class, vectors[i].Pat = fmt.Sprintf("f%d", i), fmt.Sprintf("p%d", i)
	}
	if background != nil {
		vectors = append([]layer{*background}, vectors...)
	}
	return vectors
}

func add(a, b []float64) []float64 {
	out := make([]float64, max(len(a), len(b)))
	for i := range out {
		out[i] = at(a, i) + at(b, i)
	}
	return out
}

func at(v []float64, i int) float64 {
	if i < len(v) {
		return v[i]
	}
	return 0
}

func thin(layers []layer, n, group int) {
	total := func(i int) (sum float64) {
		for _, l := range layers {
			sum += at(l.vals, i)
		}
		return sum
	}
	pick := []int{}
	for from := 0; from < n; from += group {
		best := from
		for i := from; i < min(from+group, n); i++ {
			if total(i) > total(best) {
				best = i
			}
		}
		pick = append(pick, best)
	}
	for k := range layers {
		vals := make([]float64, len(pick))
		for j, i := range pick {
			vals[j] = at(layers[k].vals, i)
		}
		layers[k].vals = vals
	}
}

// axisOf tells what the axes of a chart measure.
type axisOf struct {
	start time.Time
	per   int // seconds a point
	bits  bool
}

func (a axisOf) text(v float64) string {
	s := text.Short(v)
	if a.bits {
		s = text.Bits(v)
	}
	number, unit, _ := strings.Cut(s, " ")
	if strings.Contains(number, ".") {
		number = strings.TrimRight(strings.TrimRight(number, "0"), ".")
	}
	return strings.TrimSpace(number + " " + unit)
}

func (c *chart) draw(layers []layer, ax axisOf) {
	n := len(layers[0].vals)
	sums := make([]float64, n)
	for _, l := range layers {
		sums = add(sums, l.vals)
	}
	peak := 0
	for i, v := range sums {
		if v > sums[peak] {
			peak = i
		}
	}
	step := niceStep(sums[peak]*1.12, 4)
	top := step * math.Ceil(math.Max(sums[peak]*1.12, step)/step)
	c.Left, c.Right, c.Top, c.Base = 4, c.W-4, 44, c.H-28
	x := func(i int) float64 { return round1(c.Left + (c.Right-c.Left)*float64(i)/float64(n-1)) }
	y := func(v float64) float64 { return round1(c.Base - (c.Base-c.Top)*v/top) }
	for v := step; v <= top*1.0001; v += step {
		c.Y = append(c.Y, tick{y(v), ax.text(v)})
	}
	c.X = timeTicks(ax, n, c.W, x)
	below := make([]float64, n)
	for _, l := range layers {
		above := add(below, l.vals)
		l.Path = areaPath(below, above, x, y)
		c.Layers = append(c.Layers, l)
		below = above
	}
	c.PeakX, c.PeakY = x(peak), y(sums[peak])
	c.Unit = map[bool]string{false: "packets/s", true: "bit/s"}[ax.bits]
	value := text.Bits(sums[peak])
	if !ax.bits {
		value = text.Count(sums[peak]) + " packets/s"
		if c.W < 500 && sums[peak] >= 1e6 { // no room for words
			value = text.Short(sums[peak]) + " packets/s"
		}
	}
	c.PeakText = "peak "
	if len(layers) > 1 && layers[0].Name == "background" {
		c.PeakText = "peak with background "
	}
	c.PeakText += value + ", " + ax.start.Add(time.Duration(peak*ax.per)*time.Second).UTC().Format("15:04:05")
	c.LabelX, c.Anchor = c.PeakX, "middle"
	if half := 3.6 * float64(len(c.PeakText)); c.PeakX < half {
		c.LabelX, c.Anchor = c.Left, "start"
	} else if c.PeakX > c.W-half {
		c.LabelX, c.Anchor = c.Right, "end"
	}
	c.Alt = fmt.Sprintf("Traffic over time from %s UTC, %s.", ax.start.UTC().Format("15:04:05"), c.PeakText)
	c.Desc = describe(layers)
}

// describe tells a listener what the areas are and how high each one gets.
func describe(layers []layer) string {
	parts := []string{}
	for _, l := range layers {
		top := 0.0
		for _, v := range l.vals {
			top = math.Max(top, v)
		}
		parts = append(parts, wording.Vector(l.Name)+" up to "+text.Short(top))
	}
	return "Stacked areas, from the bottom: " + strings.Join(parts, ", ") + "."
}

func areaPath(below, above []float64, x func(int) float64, y func(float64) float64) string {
	var p strings.Builder
	for i, v := range above {
		fmt.Fprintf(&p, "%s%g %g", map[bool]string{true: "M", false: "L"}[i == 0], x(i), y(v))
	}
	for i := len(below) - 1; i >= 0; i-- {
		fmt.Fprintf(&p, "L%g %g", x(i), y(below[i]))
	}
	return p.String() + "Z"
}

// niceStep is 1, 2 or 5 times a power of ten, for about n steps to v.
func niceStep(v float64, n int) float64 {
	if v <= 0 {
		return 1
	}
	raw := v / float64(n)
	p := math.Pow(10, math.Floor(math.Log10(raw)))
	for _, m := range []float64{1, 2, 5} {
		if raw <= m*p {
			return m * p
		}
	}
	return 10 * p
}

var timeSteps = []int{1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800}

// timeTicks puts labels on whole steps of the clock.
func timeTicks(ax axisOf, n int, width float64, x func(int) float64) []tick {
	span := ax.per * (n - 1)
	want := max(int(width)/80, 2)
	i := sort.Search(len(timeSteps), func(i int) bool { return span/timeSteps[i] <= want })
	step := timeSteps[min(i, len(timeSteps)-1)]
	for span/step > 4*want { // beyond weeks
		step *= 2
	}
	layout := "15:04:05"
	switch {
	case step >= 86400:
		layout = "2 Jan"
	case step >= 60:
		layout = "15:04"
	}
	out := []tick{}
	first := ax.start.Unix()
	for t := (first + int64(step) - 1) / int64(step) * int64(step); t <= first+int64(span); t += int64(step) {
		pos := x(0) + (x(n-1)-x(0))*float64(t-first)/float64(span)
		if pos > 24 && pos < width-24 {
			out = append(out, tick{round1(pos), time.Unix(t, 0).UTC().Format(layout)})
		}
	}
	return out
}

func round1(v float64) float64 { return math.Round(v*10) / 10 }
