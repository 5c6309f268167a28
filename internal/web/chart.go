package web

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"floodmark/internal/api"
	"floodmark/internal/model"
	"floodmark/internal/text"
)

// maxDots is how many points a chart draws; more would not be seen.
const maxDots = 300

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

// chart is a drawing as the template sees it. Paths are in a square of 1000 by
// 1000 that is stretched, places of texts in per cent, so that one drawing fits
// every width and texts keep their size.
type chart struct {
	Title, Note, Alt, Desc string
	Height, Plot           int // whole, and from the top to the base line
	Line, Band             string
	BandNow                bool // the band is what is normal now, not what was then
	Bound                  *tick
	BoundPath              string
	Over                   string // said where the threshold is beyond the scale
	Shades                 []shade
	X, Y                   []tick
	Empty                  string // said instead of a drawing

	// For the cursor: the first point, seconds of one, and their values.
	From, Per int64
	Unit      string
	Values    string
}

// draw makes the drawing.
func (p plot) draw() chart {
	if p.Height == 0 {
		p.Height = 220
	}
	if !sane(p.Bound) {
		p.Bound = 0
	}
	c := chart{Title: p.Title, Height: p.Height, Plot: p.Height - 24, Unit: p.Metric.Unit(), From: p.From}
	values, low, high, group := p.thin()
	c.Per = p.Step * group
	c.Note = note(p.Step, group)
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
	top := p.top(peak, high)
	x := func(i int) int { return i * 1000 / max(len(values)-1, 1) }
	y := func(v float64) int { return 1000 - int(math.Round(1000*clamp(v/top))) }
	c.Line = line(values, x, y)
	if p.Metric == model.Bits {
		c.Band = band(low, high, x, y)
	}
	step := niceStep(top, 4)
	for v := step; v <= top*1.0001; v += step {
		c.Y = append(c.Y, tick{At: per(float64(y(v)) / 1000), Label: axis(p.Metric, v)})
	}
	c.X = timeTicks(p.From, p.To)
	if p.Bound > 0 && p.Bound <= top {
		c.Bound = &tick{At: per(float64(y(p.Bound)) / 1000), Label: "threshold " + rate(p.Metric, p.Bound)}
		c.BoundPath = fmt.Sprintf("M0 %dH1000", y(p.Bound))
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

// top is the end of the scale. A threshold or a band far above the traffic
// would leave nothing of it to see.
func (p plot) top(peak float64, high []float64) float64 {
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
	v = max(v, 1e-9) * 1.12
	step := niceStep(v, 4)
	return step * math.Ceil(v/step)
}

// line draws what is known; gaps stay gaps.
func line(values []float64, x func(int) int, y func(float64) int) string {
	var b strings.Builder
	pen := false
	for i, v := range values {
		if math.IsNaN(v) {
			pen = false
			continue
		}
		b.WriteString(map[bool]string{true: "L", false: "M"}[pen])
		fmt.Fprintf(&b, "%d %d", x(i), y(v))
		if !pen && (i+1 == len(values) || math.IsNaN(values[i+1])) {
			b.WriteString("h1") // a lonely point
		}
		pen = true
	}
	return b.String()
}

// band draws the area between what is normally low and high, in runs.
func band(low, high []float64, x func(int) int, y func(float64) int) string {
	var b strings.Builder
	for i := 0; i < len(low); i++ {
		if math.IsNaN(high[i]) {
			continue
		}
		end := i
		for end < len(low) && !math.IsNaN(high[end]) {
			end++
		}
		every := max((end-i)/60, 1)
		run := []int{}
		for k := i; k < end-1; k += every {
			run = append(run, k)
		}
		run = append(run, end-1)
		for j, k := range run {
			fmt.Fprintf(&b, "%s%d %d", map[bool]string{true: "M", false: "L"}[j == 0], x(k), y(high[k]))
		}
		for j := len(run) - 1; j >= 0; j-- {
			fmt.Fprintf(&b, "L%d %d", x(run[j]), y(low[run[j]]))
		}
		b.WriteString("Z")
		i = end
	}
	return b.String()
}

func (p plot) shade(c *chart) {
	span, labelled := float64(p.To-p.From), -1.0
	for _, s := range p.Shades {
		from, to := max(s.From, p.From), min(s.To, p.To)
		if to < from || span <= 0 || len(c.Shades) == 32 {
			continue
		}
		at, width := float64(from-p.From)/span, max(float64(to-from)/span, 0.004)
		sh := shade{At: per(at), Width: per(min(width, 1-at))}
		switch { // a label to the right of its start, or to the left of its end; none where it would lie on another
		case s.Label == "" || at < labelled:
		case at < 0.8:
			sh.Label, sh.LabelAt, sh.Anchor, labelled = s.Label, sh.At, "start", at+labelWidth
		case at+width-labelWidth > labelled:
			sh.Label, sh.LabelAt, sh.Anchor, labelled = s.Label, per(at+width), "end", at+width
		}
		c.Shades = append(c.Shades, sh)
	}
}

// labelWidth is the part of a narrow chart that a label of a wave takes.
const labelWidth = 0.14

// describe says in words what the drawing shows, and gives the values to the
// cursor.
func (p plot) describe(c *chart, values []float64, at, last int) {
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

func note(step, group int64) string {
	switch {
	case group > 1 && step == 1:
		return "each point is the busiest second of " + text.Duration(float64(group))
	case group > 1:
		return fmt.Sprintf("means of %s; each point is the highest of %s", text.Duration(float64(step)), text.Duration(float64(step*group)))
	case step > 1:
		return "each point is the mean of " + text.Duration(float64(step))
	}
	return "one point per second"
}

// axis writes a rate in few characters.
func axis(m model.Metric, v float64) string {
	s := text.Short(v)
	if m.Unit() == "bits/s" {
		s = text.Bits(v)
	}
	number, unit, _ := strings.Cut(s, " ")
	if strings.Contains(number, ".") {
		number = strings.TrimRight(strings.TrimRight(number, "0"), ".")
	}
	return strings.TrimSpace(number + " " + unit)
}

// per writes a part of one as per cent for an attribute.
func per(v float64) string {
	return strconv.FormatFloat(math.Round(1000*clamp(v))/10, 'g', -1, 64) + "%"
}

// niceStep is 1, 2 or 5 times a power of ten, for about n steps to v.
func niceStep(v float64, n int) float64 {
	if v <= 0 {
		return 1
	}
	raw := v / float64(n)
	p := math.Pow(10, math.Floor(math.Log10(raw)))
	for _, m := range []float64{1, 2, 5} {
		if raw <= m*p*1.0001 {
			return m * p
		}
	}
	return 10 * p
}

var timeSteps = []int64{1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800}

// timeTicks puts labels on whole steps of the clock, every second one for wide
// screens only.
func timeTicks(from, to int64) []tick {
	span := to - from
	step := int64(0)
	for _, s := range timeSteps {
		if step = s; span/s <= 8 {
			break
		}
	}
	for span/step > 16 {
		step *= 2
	}
	layout := "15:04:05"
	switch {
	case step >= 86400:
		layout = "2 Jan"
	case step >= 60:
		layout = "15:04"
	}
	var out []tick
	for t := (from + step - 1) / step * step; t <= to; t += step {
		at := float64(t-from) / float64(span)
		if at > 0.04 && at < 0.96 {
			out = append(out, tick{per(at), time.Unix(t, 0).UTC().Format(layout), (t/step)%2 == 1})
		}
	}
	return out
}
