package page

import (
	"fmt"
	"math"
	"strings"
	"time"

	"floodmark/internal/chart"
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

// drawing is one chart of traffic over time, for one width of screen.
type drawing struct {
	Class string
	W, H  float64
	chart.Frame
	Layers               []layer
	X, Y                 []tick
	Unit, Alt, Desc      string
	PeakX, PeakY, LabelX float64
	PeakText, Anchor     string
}

// timeline is the traffic over time in one unit, drawn for wide and narrow screens.
type timeline struct {
	Title, Note string
	Charts      []drawing
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
		t.Note = chart.PointNote(int64(s.Step), int64(group))
		for _, c := range []drawing{{Class: "wide", W: 1032, H: 300}, {Class: "narrow", W: 358, H: 260}} {
			c.draw(layers, axisOf{start: start, per: s.Step * group, bits: bits})
			t.Charts = append(t.Charts, c)
		}
		out = append(out, t)
	}
	return out
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
	pick := chart.Busiest(n, group, func(i int) (sum float64) {
		for _, l := range layers {
			sum += at(l.vals, i)
		}
		return sum
	})
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
	if a.bits {
		return text.TickBits(v)
	}
	return text.Tick(v)
}

func (c *drawing) draw(layers []layer, ax axisOf) {
	n := len(layers[0].vals)
	sums, series := make([]float64, n), make([][]float64, len(layers))
	for i, l := range layers {
		sums, series[i] = add(sums, l.vals), l.vals
	}
	peak := 0
	for i, v := range sums {
		if v > sums[peak] {
			peak = i
		}
	}
	scale := chart.NewScale(sums[peak]*1.12, 4, 0)
	c.Frame = chart.Frame{Left: 4, Right: c.W - 4, Top: 44, Base: c.H - 28, To: float64(n - 1), Max: scale.Top}
	for _, v := range scale.Ticks() {
		c.Y = append(c.Y, tick{c.Frame.Y(v), ax.text(v)})
	}
	from := ax.start.Unix()
	c.X = timeTicks(c.Frame, from, from+int64(ax.per*(n-1)))
	for i, path := range c.Stack(series) {
		layers[i].Path = path
	}
	c.Layers = append(c.Layers, layers...)
	c.label(layers, ax, peak, sums[peak])
	c.Alt = fmt.Sprintf("Traffic over time from %s UTC, %s.", ax.start.UTC().Format("15:04:05"), c.PeakText)
	c.Desc = describe(layers)
}

// label writes the peak above its place.
func (c *drawing) label(layers []layer, ax axisOf, at int, peak float64) {
	c.PeakX, c.PeakY = c.Frame.X(float64(at)), c.Frame.Y(peak)
	c.Unit = map[bool]string{false: "packets/s", true: "bit/s"}[ax.bits]
	value := text.Bits(peak)
	if !ax.bits {
		value = text.Count(peak) + " packets/s"
		if c.W < 500 && peak >= 1e6 { // no room for words
			value = text.Short(peak) + " packets/s"
		}
	}
	c.PeakText = "peak "
	if len(layers) > 1 && layers[0].Name == "background" {
		c.PeakText = "peak with background "
	}
	c.PeakText += value + ", " + ax.start.Add(time.Duration(at*ax.per)*time.Second).UTC().Format("15:04:05")
	c.LabelX, c.Anchor = c.Label(c.PeakX, len(c.PeakText))
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

// timeTicks labels the time axis, about every 80 pixels.
func timeTicks(f chart.Frame, from, to int64) []tick {
	out := []tick{}
	for _, t := range chart.TimeTicks(from, to, max(int(f.Right)/80, 2)) {
		out = append(out, tick{math.Round(10*(f.Left+(f.Right-f.Left)*t.Part)) / 10, t.Label})
	}
	return out
}
