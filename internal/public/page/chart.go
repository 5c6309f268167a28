package page

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"floodmark/internal/chart"
	"floodmark/internal/model"
)

const last15m = int64(15 * time.Minute)

// dayChart is a day, or an incident, in columns of 15 minutes. Columns are in a
// box of 10 by column and 1000 high that is stretched; texts stand in per cent,
// so that one drawing fits every width and texts keep their size.
type dayChart struct {
	Wide                                          int // of the box
	Height, Plot                                  int // CSS pixels: whole, and from the top to the base line
	Band                                          string
	Bars, Hot, Now                                string // ordinary columns, those of an incident, and the one that is not over
	Doubted, Suppressed, Refused                  []tile
	Edge                                          string // threshold: a path, "" for none
	EdgeAt, EdgeLabel                             string
	Start                                         string // per cent, "" for none
	StartLabel, StartAnchor                       string
	StartAt                                       int64 // Unix seconds
	Shades                                        []shade
	X, Y                                          []tick
	Peak                                          *tick
	Alt, Tiny, Empty                              string
	HasRefused, HasSuppressed, HasDoubted, HasHot bool
	EdgeIsUsual                                   bool

	// For the cursor: Unix seconds of the first column, and figures of each.
	From           int64
	Values, Usuals string
}

// tile is a hatched part of a column: x and width in per cent, y and height in
// CSS pixels.
type tile struct{ X, W, Y, H string }

type shade struct{ At, Width string }

// tick is a labelled place on an axis.
type tick struct {
	At, Label, Anchor string
	Time              int64 // Unix seconds, for scripts that show the reader's zone
	Minor             bool  // left out on narrow screens
}

// drawing is what a chart is made of.
type drawing struct {
	l        *locale
	buckets  []model.Bucket
	scale    chart.Scale
	frame    chart.Frame
	edge     float64
	from, to int64 // Unix ns
	c        *dayChart
}

const (
	chartHigh = 236
	axisHigh  = 24
)

// newChart draws buckets of 15 minutes, oldest first. threshold is 0 where it
// is not known; in is nil outside an incident.
func newChart(l *locale, buckets []model.Bucket, threshold float64, in *model.Incident) dayChart {
	d := drawing{l: l, buckets: buckets, edge: sane(threshold)}
	return d.draw(chartHigh-axisHigh, in)
}

// draw makes a chart whose columns have so many CSS pixels.
func (d *drawing) draw(plot int, in *model.Incident) dayChart {
	c := dayChart{Height: plot + axisHigh, Plot: plot}
	if n := len(d.buckets); n > 2*maxDay {
		d.buckets = d.buckets[n-2*maxDay:]
	}
	n := len(d.buckets)
	if n == 0 {
		c.Empty = d.l.t("chart.empty")
		return c
	}
	d.c, d.from, d.to = &c, d.buckets[0].At, d.buckets[0].At+int64(n)*last15m
	c.Wide, c.From = 10*n, d.from/1e9
	d.fit()
	d.columns()
	c.Band = d.frame.StepBand(d.known())
	d.threshold()
	d.axes()
	d.story(in)
	d.describe(in)
	return c
}

// fit chooses the scale.
func (d *drawing) fit() {
	high := 0.0
	for i := range d.buckets {
		b := &d.buckets[i]
		high = max(high, float64(b.Problems)+float64(b.Suppressed)+float64(b.Refused))
		if b.Known {
			high = max(high, min(sane(float64(b.High)), 1e9))
		}
	}
	if d.edge > 0 && d.edge < 6*max(high, 4) {
		high = max(high, d.edge)
	}
	d.scale = countScale(high)
	n := float64(len(d.buckets))
	d.frame = chart.Frame{Right: 10 * n, Base: 1000, To: n, Max: d.scale.Top, Whole: true}
}

// column is the bucket i as a column of the drawing.
func (d *drawing) column(i int, low, high float64) chart.Column {
	return chart.Column{From: float64(i), To: float64(i + 1), Low: low, High: high}
}

func (d *drawing) px(v float64) float64 {
	return float64(d.c.Plot) * (1 - d.scale.Part(v))
}

// columns draws what was counted, and over it what was not: discounted,
// withheld and refused reports are no part of the solid column.
func (d *drawing) columns() {
	var plain, hot, now []chart.Column
	var values, usuals []string
	c := d.c
	for i := range d.buckets {
		b := &d.buckets[i]
		problems := sane(float64(b.Problems))
		solid := problems
		if e := sane(float64(b.Effective)); e > 0 && e < 0.9*problems || e == 0 && problems >= 5 {
			solid = e
		}
		out := &plain
		switch {
		case b.Partial:
			out = &now
		case b.State == model.Open || b.State == model.Suspected:
			out = &hot
		}
		if solid > 0 {
			*out = append(*out, d.column(i, 0, solid))
		}
		d.tile(&c.Doubted, i, solid, problems)
		d.tile(&c.Suppressed, i, problems, problems+float64(b.Suppressed))
		d.tile(&c.Refused, i, problems+float64(b.Suppressed), problems+float64(b.Suppressed)+float64(b.Refused))
		values = append(values, strconv.FormatFloat(problems, 'f', 0, 64))
		usual := ""
		if b.Known {
			usual = span(strconv.FormatFloat(math.Round(sane(float64(b.Low))), 'f', 0, 64), strconv.FormatFloat(math.Round(sane(float64(b.High))), 'f', 0, 64))
		}
		usuals = append(usuals, usual)
	}
	c.Bars, c.Hot, c.Now = d.frame.Bars(plain, 0.1), d.frame.Bars(hot, 0.1), d.frame.Bars(now, 0.1)
	c.HasHot, c.HasDoubted, c.HasSuppressed, c.HasRefused = c.Hot != "", len(c.Doubted) > 0, len(c.Suppressed) > 0, len(c.Refused) > 0
	c.Values = strings.Join(values, ",")
	c.Usuals = runs(usuals)
}

// runs writes repeated values once, as value*times.
func runs(all []string) string {
	var out []string
	for i := 0; i < len(all); {
		n := i
		for n < len(all) && all[n] == all[i] {
			n++
		}
		out = append(out, all[i]+"*"+strconv.Itoa(n-i))
		i = n
	}
	return strings.Join(out, ",")
}

func (d *drawing) tile(out *[]tile, i int, low, high float64) {
	if !(high > low) {
		return
	}
	n := float64(len(d.buckets))
	top, bottom := d.px(high), d.px(low)
	height := max(bottom-top, 2)
	*out = append(*out, tile{chart.Percent((float64(i) + 0.1) / n), chart.Percent(0.8 / n), decimal(max(bottom-height, 0)), decimal(height)})
}

// known returns what is normal as columns, where that is known.
func (d *drawing) known() (out []chart.Column) {
	for i := range d.buckets {
		if b := &d.buckets[i]; b.Known {
			out = append(out, d.column(i, sane(float64(b.Low)), sane(float64(b.High))))
		}
	}
	return out
}

// threshold is a line at what would be an incident at once, or along the upper
// edge of what is normal where that is not known.
func (d *drawing) threshold() {
	c := d.c
	if d.edge > 0 {
		if d.edge <= d.scale.Top {
			c.Edge, c.EdgeAt = fmt.Sprintf("M0 %gH%d", d.frame.Y(d.edge), c.Wide), chart.Percent(1-d.scale.Part(d.edge))
		}
		c.EdgeLabel = d.l.t("chart.threshold", d.l.count(d.edge))
		return
	}
	c.Edge = d.frame.StepLine(d.known())
	c.EdgeIsUsual = c.Edge != ""
}

func (d *drawing) axes() {
	c := d.c
	for _, v := range d.scale.Ticks() {
		c.Y = append(c.Y, tick{At: chart.Percent(1 - d.scale.Part(v)), Label: d.l.count(v)})
	}
	step := int64(3 * 3600)
	switch hours := (d.to - d.from) / 3600e9; {
	case hours <= 4:
		step = 1800
	case hours <= 10:
		step = 3600
	case hours > 36:
		step = 6 * 3600
	}
	for _, t := range chart.TimeTicksEvery(d.from/1e9, d.to/1e9, step) {
		c.X = append(c.X, tick{At: chart.Percent(t.Part), Label: t.Label, Time: t.At, Minor: t.Minor})
	}
}

// story marks the start, the waves and the peak.
func (d *drawing) story(in *model.Incident) {
	c, width := d.c, float64(d.to-d.from)
	at := func(ns int64) float64 { return chart.Clamp(float64(ns-d.from) / width) }
	peak := 0
	for i := range d.buckets {
		if d.buckets[i].Problems > d.buckets[peak].Problems {
			peak = i
		}
	}
	if v := float64(d.buckets[peak].Problems); v > 0 && (in != nil || v > sane(float64(d.buckets[peak].High))) {
		x := (float64(peak) + 0.5) / float64(len(d.buckets))
		t := tick{At: chart.Percent(x), Label: d.l.n("chart.peak", v), Time: int64(math.Round(max(d.px(v+float64(d.buckets[peak].Suppressed)+float64(d.buckets[peak].Refused))-6, 12))), Anchor: chart.Anchor(x)}
		c.Peak = &t
	}
	if in == nil {
		return
	}
	waves := in.Waves
	if len(waves) == 0 {
		waves = []model.Wave{{Start: begin(in), End: end(in)}}
	}
	for i, w := range waves {
		stop := w.End
		if stop == 0 {
			stop = d.to
		}
		if i < 24 && stop > d.from && w.Start < d.to {
			c.Shades = append(c.Shades, shade{chart.Percent(at(w.Start)), chart.Percent(max(at(stop)-at(w.Start), 0.002))})
		}
	}
	if b := begin(in); b >= d.from && b < d.to {
		x := at(b)
		c.Start, c.StartAt, c.StartAnchor = chart.Percent(x), b/1e9, "start"
		if x > 0.7 {
			c.StartAnchor = "end"
		}
		c.StartLabel = time.Unix(0, b).UTC().Format("15:04")
	}
}

// describe says in words what the drawing shows.
func (d *drawing) describe(in *model.Incident) {
	l, c := d.l, d.c
	total, best := uint64(0), 0
	for i := range d.buckets {
		total += uint64(d.buckets[i].Problems)
		if d.buckets[i].Problems > d.buckets[best].Problems {
			best = i
		}
	}
	b := &d.buckets[best]
	c.Alt = l.t("chart.alt", l.count(float64(b.Problems)), time.Unix(0, b.At).UTC().Format("15:04"), l.count(float64(total)))
	if b.Known {
		c.Alt += " " + l.t("chart.alt.usual", l.usual(b))
		if sane(float64(b.High)) < 0.02*d.scale.Top {
			c.Tiny = l.t("chart.tiny", l.usual(b))
		}
	}
}
