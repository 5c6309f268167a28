package page

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"floodmark/internal/model"
)

const quarter = int64(15 * time.Minute)

// chart is a day, or an incident, in columns of 15 minutes. Columns are in a
// box of 10 by column and 1000 high that is stretched; texts stand in per cent,
// so that one drawing fits every width and texts keep their size.
type chart struct {
	Wide                                        int // of the box
	Height, Plot                                int // CSS pixels: whole, and from the top to the base line
	Band                                        string
	Bars, Hot, Now                              string // ordinary columns, those of an incident, and the one that is not over
	Doubted, Withheld, Refused                  []tile
	Edge                                        string // threshold: a path, "" for none
	EdgeAt, EdgeLabel                           string
	Start                                       string // per cent, "" for none
	StartLabel, StartAnchor                     string
	StartAt                                     int64 // Unix seconds
	Shades                                      []shade
	X, Y                                        []tick
	Peak                                        *tick
	Alt, Tiny, Empty                            string
	HasRefused, HasWithheld, HasDoubted, HasHot bool
	EdgeIsUsual                                 bool

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
	l         *locale
	buckets   []model.Bucket
	top, step float64
	edge      float64
	from, to  int64 // Unix ns
	c         *chart
}

const (
	chartHigh = 236
	axisHigh  = 24
)

// newChart draws buckets of 15 minutes, oldest first. threshold is 0 where it
// is not known; in is nil outside an incident.
func newChart(l *locale, buckets []model.Bucket, threshold float64, in *model.Incident) chart {
	d := drawing{l: l, buckets: buckets, edge: sane(threshold)}
	return d.draw(chartHigh-axisHigh, in)
}

// draw makes a chart whose columns have so many CSS pixels.
func (d *drawing) draw(plot int, in *model.Incident) chart {
	c := chart{Height: plot + axisHigh, Plot: plot}
	if n := len(d.buckets); n > 2*maxDay {
		d.buckets = d.buckets[n-2*maxDay:]
	}
	n := len(d.buckets)
	if n == 0 {
		c.Empty = d.l.t("chart.empty")
		return c
	}
	d.c, d.from, d.to = &c, d.buckets[0].At, d.buckets[0].At+int64(n)*quarter
	c.Wide, c.From = 10*n, d.from/1e9
	d.scale()
	d.columns()
	d.band()
	d.threshold()
	d.axes()
	d.story(in)
	d.describe(in)
	return c
}

func (d *drawing) scale() {
	high := 0.0
	for i := range d.buckets {
		b := &d.buckets[i]
		high = max(high, float64(b.Problems)+float64(b.Withheld)+float64(b.Refused))
		if b.Known {
			high = max(high, min(sane(float64(b.High)), 1e9))
		}
	}
	if d.edge > 0 && d.edge < 6*max(high, 4) {
		high = max(high, d.edge)
	}
	d.top, d.step = topOf(high)
}

func (d *drawing) y(v float64) int { return 1000 - int(math.Round(1000*clamp(v/d.top))) }

func (d *drawing) px(v float64) float64 {
	return float64(d.c.Plot) * (1 - clamp(v/d.top))
}

// columns draws what was counted, and over it what was not: discounted,
// withheld and refused reports are no part of the solid column.
func (d *drawing) columns() {
	var plain, hot, now strings.Builder
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
			fmt.Fprintf(out, "M%d 1000V%dh8V1000z", 10*i+1, min(d.y(solid), 996))
		}
		d.tile(&c.Doubted, i, solid, problems)
		d.tile(&c.Withheld, i, problems, problems+float64(b.Withheld))
		d.tile(&c.Refused, i, problems+float64(b.Withheld), problems+float64(b.Withheld)+float64(b.Refused))
		values = append(values, strconv.FormatFloat(problems, 'f', 0, 64))
		usual := ""
		if b.Known {
			usual = span(strconv.FormatFloat(math.Round(sane(float64(b.Low))), 'f', 0, 64), strconv.FormatFloat(math.Round(sane(float64(b.High))), 'f', 0, 64))
		}
		usuals = append(usuals, usual)
	}
	c.Bars, c.Hot, c.Now = plain.String(), hot.String(), now.String()
	c.HasHot, c.HasDoubted, c.HasWithheld, c.HasRefused = c.Hot != "", len(c.Doubted) > 0, len(c.Withheld) > 0, len(c.Refused) > 0
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
	*out = append(*out, tile{per((float64(i) + 0.1) / n), per(0.8 / n), decimal(max(bottom-height, 0)), decimal(height)})
}

// band is what is normal, in steps, joined where it does not change.
func (d *drawing) band() {
	var out strings.Builder
	for i := 0; i < len(d.buckets); {
		if !d.buckets[i].Known {
			i++
			continue
		}
		end := i
		var up, back []string
		for ; end < len(d.buckets) && d.buckets[end].Known; end++ {
			b := &d.buckets[end]
			h, l := d.y(sane(float64(b.High))), d.y(sane(float64(b.Low)))
			up = append(up, fmt.Sprintf("%d %d", 10*end, h))
			back = append(back, fmt.Sprintf("%d %d", 10*end, l))
			if end+1 == len(d.buckets) || !d.buckets[end+1].Known {
				up = append(up, fmt.Sprintf("%d %d", 10*end+10, h))
				back = append(back, fmt.Sprintf("%d %d", 10*end+10, l))
			}
		}
		out.WriteString("M" + strings.Join(up, "L"))
		for k := len(back) - 1; k >= 0; k-- {
			out.WriteString("L" + back[k])
		}
		out.WriteByte('z')
		i = end
	}
	d.c.Band = out.String()
}

// threshold is a line at what would be an incident at once, or along the upper
// edge of what is normal where that is not known.
func (d *drawing) threshold() {
	c := d.c
	if d.edge > 0 {
		if d.edge <= d.top {
			c.Edge, c.EdgeAt = fmt.Sprintf("M0 %dH%d", d.y(d.edge), c.Wide), per(1-d.edge/d.top)
		}
		c.EdgeLabel = d.l.t("chart.threshold", d.l.count(d.edge))
		return
	}
	var out strings.Builder
	last := 0.0
	for i := range d.buckets {
		b := &d.buckets[i]
		if !b.Known {
			last = 0
			continue
		}
		h := d.y(sane(float64(b.High)))
		if last == 0 {
			fmt.Fprintf(&out, "M%d %dH%d", 10*i, h, 10*i+10)
		} else {
			fmt.Fprintf(&out, "V%dH%d", h, 10*i+10)
		}
		last = 1
	}
	c.Edge, c.EdgeIsUsual = out.String(), out.Len() > 0
}

func (d *drawing) axes() {
	c := d.c
	for v := d.step; v <= d.top*1.0001; v += d.step {
		c.Y = append(c.Y, tick{At: per(1 - v/d.top), Label: d.l.count(v)})
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
	from, to := d.from/1e9, d.to/1e9
	for t := (from + step - 1) / step * step; t <= to; t += step {
		if at := float64(t-from) / float64(to-from); at > 0.04 && at < 0.96 {
			c.X = append(c.X, tick{At: per(at), Label: time.Unix(t, 0).UTC().Format("15:04"), Time: t, Minor: (t/step)%2 == 1})
		}
	}
}

// story marks the start, the waves and the peak.
func (d *drawing) story(in *model.Incident) {
	c, width := d.c, float64(d.to-d.from)
	at := func(ns int64) float64 { return clamp(float64(ns-d.from) / width) }
	peak := 0
	for i := range d.buckets {
		if d.buckets[i].Problems > d.buckets[peak].Problems {
			peak = i
		}
	}
	if v := float64(d.buckets[peak].Problems); v > 0 && (in != nil || v > sane(float64(d.buckets[peak].High))) {
		x := (float64(peak) + 0.5) / float64(len(d.buckets))
		t := tick{At: per(x), Label: d.l.n("chart.peak", v), Time: int64(math.Round(max(d.px(v+float64(d.buckets[peak].Withheld)+float64(d.buckets[peak].Refused))-6, 12))), Anchor: "middle"}
		switch {
		case x > 0.75:
			t.Anchor = "end"
		case x < 0.25:
			t.Anchor = "start"
		}
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
			c.Shades = append(c.Shades, shade{per(at(w.Start)), per(max(at(stop)-at(w.Start), 0.002))})
		}
	}
	if b := begin(in); b >= d.from && b < d.to {
		x := at(b)
		c.Start, c.StartAt, c.StartAnchor = per(x), b/1e9, "start"
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
		if sane(float64(b.High)) < 0.02*d.top {
			c.Tiny = l.t("chart.tiny", l.usual(b))
		}
	}
}
