package web

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"floodmark/internal/api"
	"floodmark/internal/chart"
	"floodmark/internal/model"
	"floodmark/internal/text"
)

const (
	maxDots    = 300  // points that a chart draws; more would not be seen
	maxCorners = 60   // of each run of a band
	headroom   = 1.12 // above the highest value
)

// stretch is a part of a chart that is shaded.
type stretch struct {
	From, To int64 // Unix seconds
	Label    string
}

// plot is what a chart is drawn of.
type plot struct {
	Title    string
	Metric   model.Metric
	From, To int64 // Unix seconds
	Step     int64
	Points   []model.Point
	Bound    float64         // threshold, 0 for none
	Now      *api.TrafficNow // for what is normal now, where points tell none; nil without
	Shades   []stretch
	Height   int // of the drawing, in CSS pixels
}

// tick is a labelled place on an axis, in per cent.
type tick struct {
	At, Label string
	Minor     bool // left out on narrow screens
}

// shade is a shaded part, in per cent.
type shade struct{ At, Width, Label, LabelAt, Anchor string }

// drawing is a chart as the template sees it. Paths are in a square of 1000 by
// 1000 that is stretched, places of texts in per cent, so that one drawing fits
// every width and texts keep their size.
type drawing struct {
	Title, Note, Alt, Desc string
	Height, Plot           int // whole, and from the top to the base line
	Line, Band             string
	BandNow                bool // the band is what is normal now, not what was then
	Bound                  *tick
	BoundPath              string
	Over                   string // shown where the threshold is beyond the scale
	Shades                 []shade
	X, Y                   []tick
	Empty                  string // shown instead of a chart

	// For the cursor: the first point, seconds of one, and their values.
	From, Per int64
	Unit      string
	Values    string
}

// draw makes the drawing.
func (p plot) draw() drawing {
	if p.Height == 0 {
		p.Height = 220
	}
	if !sane(p.Bound) {
		p.Bound = 0
	}
	c := drawing{Title: p.Title, Height: p.Height, Plot: p.Height - 24, Unit: p.Metric.Unit(), From: p.From}
	values, low, high, group := p.thin()
	c.Per = p.Step * group
	c.Note = chart.PointNote(p.Step, group)
	c.BandNow = p.bandNow(values, low, high)
	peak, at, last := 0.0, 0, -1
	for i, v := range values {
		if !math.IsNaN(v) {
			last = i
			if v > peak {
				peak, at = v, i
			}
		}
	}
	if last < 0 {
		c.Empty = "No traffic is stored for this period."
		return c
	}
	scale := p.scale(peak, high)
	frame := chart.Square(0, float64(max(len(values)-1, 1)), scale.Top)
	points, ranges := make([]chart.Point, len(values)), make([]chart.Range, len(values))
	for i := range values {
		points[i] = chart.Point{At: float64(i), Value: values[i]}
		ranges[i] = chart.Range{At: float64(i), Low: low[i], High: high[i]}
	}
	c.Line = frame.Line(points)
	if p.Metric == model.Bits {
		c.Band = frame.Band(ranges, maxCorners)
	}
	for _, v := range scale.Ticks() {
		c.Y = append(c.Y, tick{At: chart.Percent(1 - scale.Part(v)), Label: axis(p.Metric, v)})
	}
	c.X = timeTicks(p.From, p.To)
	if p.Bound > 0 && p.Bound <= scale.Top {
		c.Bound = &tick{At: chart.Percent(1 - scale.Part(p.Bound)), Label: "threshold " + rate(p.Metric, p.Bound)}
		c.BoundPath = fmt.Sprintf("M0 %gH1000", frame.Y(p.Bound))
	} else if p.Bound > 0 {
		c.Over = "The threshold of " + rate(p.Metric, p.Bound) + " is above this scale."
	}
	p.shade(&c)
	p.describe(&c, values, at, last)
	return c
}

// thin keeps the fullest step of each group, so that peaks stay. Steps that
// were left out within the points had no traffic; outside nothing is known.
func (p plot) thin() (values, low, high []float64, group int64) {
	n := max((p.To-p.From)/p.Step, 1)
	group = (n + maxDots - 1) / maxDots
	dots := int((n + group - 1) / group)
	values, low, high = blanks(dots), blanks(dots), blanks(dots)
	first, last := -1, -1
	for i := range p.Points {
		q := &p.Points[i]
		k := int((q.Time - p.From) / (p.Step * group))
		if q.Time < p.From || k >= dots || !sane(q.Rates[p.Metric]) {
			continue
		}
		if first < 0 {
			first = k
		}
		last = max(last, k)
		if v := q.Rates[p.Metric]; math.IsNaN(values[k]) || v > values[k] {
			values[k] = v
		}
		if (q.Low != 0 || q.High != 0) && sane(q.Low) && sane(q.High) {
			low[k], high[k] = q.Low, q.High
		}
	}
	for k := first; first >= 0 && k < last; k++ {
		if math.IsNaN(values[k]) {
			values[k] = 0
		}
	}
	return values, low, high, group
}

// bandNow fills in what is normal now where no point tells what was normal
// then. For more than two hours that would be wrong.
func (p plot) bandNow(values, low, high []float64) bool {
	if p.Now == nil || !p.Now.Known || !sane(p.Now.Low) || !sane(p.Now.High) || p.To-p.From > 7200 {
		return false
	}
	for i := range high {
		if !math.IsNaN(high[i]) {
			return false
		}
	}
	for i := range values {
		low[i], high[i] = p.Now.Low, p.Now.High
	}
	return true
}

// sane leaves out what no network carries, which no scale could hold.
func sane(v float64) bool { return v >= 0 && v < 1e18 }

func blanks(n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = math.NaN()
	}
	return out
}

// scale leaves a threshold or a band far above the traffic out of the scale:
// nothing of the traffic would be left to see.
func (p plot) scale(peak float64, high []float64) chart.Scale {
	v := peak
	if p.Bound > 0 && (p.Bound < 4*peak || peak == 0) {
		v = max(v, p.Bound)
	}
	if p.Metric == model.Bits {
		for _, h := range high {
			if h < 4*max(peak, 1) {
				v = max(v, h)
			}
		}
	}
	return chart.NewScale(max(v, 1e-9)*headroom, 4, 0)
}

func (p plot) shade(c *drawing) {
	span, labelled := float64(p.To-p.From), -1.0
	for _, s := range p.Shades {
		from, to := max(s.From, p.From), min(s.To, p.To)
		if to < from || span <= 0 || len(c.Shades) == 32 {
			continue
		}
		at, width := float64(from-p.From)/span, max(float64(to-from)/span, 0.004)
		sh := shade{At: chart.Percent(at), Width: chart.Percent(min(width, 1-at))}
		switch { // a label to the right of its start, or to the left of its end; none where it would lie on another
		case s.Label == "" || at < labelled:
		case at < 0.8:
			sh.Label, sh.LabelAt, sh.Anchor, labelled = s.Label, sh.At, "start", at+labelWidth
		case at+width-labelWidth > labelled:
			sh.Label, sh.LabelAt, sh.Anchor, labelled = s.Label, chart.Percent(at+width), "end", at+width
		}
		c.Shades = append(c.Shades, sh)
	}
}

// labelWidth is the part of a narrow chart that a label of a wave takes.
const labelWidth = 0.14

// describe says in words what the drawing shows, and gives the values to the
// cursor.
func (p plot) describe(c *drawing, values []float64, at, last int) {
	when := func(i int) string { return time.Unix(p.From+int64(i)*c.Per, 0).UTC().Format("15:04:05") }
	c.Alt = fmt.Sprintf("%s from %s to %s UTC: peak %s at %s, last %s.", p.Title, when(0), time.Unix(p.To, 0).UTC().Format("15:04:05"),
		rate(p.Metric, values[at]), when(at), rate(p.Metric, values[last]))
	var d []string
	if c.Band != "" {
		d = append(d, "The band is the baseline.")
	}
	if c.Bound != nil {
		d = append(d, "The dashed line is the "+c.Bound.Label+".")
	}
	if n := len(c.Shades); n > 0 {
		d = append(d, fmt.Sprintf("%d shaded periods: threshold exceeded.", n))
	}
	c.Desc = strings.Join(d, " ")
	var b strings.Builder
	for i, v := range values {
		if i > 0 {
			b.WriteByte(',')
		}
		if !math.IsNaN(v) {
			b.WriteString(strconv.FormatFloat(v, 'g', 4, 64))
		}
	}
	c.Values = b.String()
}

// axis writes a rate in few characters.
func axis(m model.Metric, v float64) string {
	if m.Unit() == "bits/s" {
		return text.TickBits(v)
	}
	return text.Tick(v)
}

// timeTicks labels the horizontal axis.
func timeTicks(from, to int64) (out []tick) {
	for _, t := range chart.TimeTicks(from, to, 8) {
		out = append(out, tick{chart.Percent(t.Part), t.Label, t.Minor})
	}
	return out
}
