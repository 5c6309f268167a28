package page

import (
	"fmt"
	"math"
	"strings"
	"time"

	"floodmark/internal/model"
	"floodmark/internal/text"
)

const (
	quarter     = 15 * time.Minute
	maxQuarters = 400 // along the axis: four days
	leastSpan   = 2 * time.Hour
)

// jointChart is reports above and traffic below on one axis of time, for one
// width of screen.
type jointChart struct {
	Class       string
	W, H        float64
	Left, Right float64
	Reports     panel
	Traffic     *panel // nil where none was seen
	Probes      []span // when they failed
	ProbesY     float64
	Waved       bool // a wave is shaded
	X           []tick
	Base        float64 // of the lowest panel
	Alt, Desc   string
}

// panel is one of the drawings.
type panel struct {
	Title                  string
	Top, Base, Height      float64
	Band, Bars, Area, Line string // paths
	Usual                  string
	Y                      []tick
	Waves                  []span
	PeakX, PeakY, LabelX   float64
	PeakText, Anchor       string
}

// span is a stretch of time on the axis.
type span struct {
	X, Width, LabelX float64
	Label            string
}

// axis places times.
type axis struct {
	from, to time.Time
	c        *jointChart
}

func (a axis) x(t time.Time) float64 {
	part := float64(t.Sub(a.from)) / float64(a.to.Sub(a.from))
	return round1(a.c.Left + (a.c.Right-a.c.Left)*min(max(part, 0), 1))
}

// jointCharts draws the incident for wide and narrow screens; cut tells that its
// beginning is not kept any more.
func jointCharts(o *model.OutageReport) (out []jointChart, cut bool) {
	from, to := time.Time{}, time.Time{}
	grow := func(s string) {
		t, err := time.Parse(time.RFC3339, s)
		if err != nil {
			return
		}
		if from.IsZero() || t.Before(from) {
			from = t
		}
		if t.Add(quarter).After(to) {
			to = t.Add(quarter)
		}
	}
	for _, b := range o.Buckets[:min(len(o.Buckets), maxQuarters)] {
		grow(b.At)
	}
	for _, b := range o.Traffic[:min(len(o.Traffic), maxQuarters)] {
		grow(b.At)
	}
	if from.IsZero() || len(o.Buckets) < 2 {
		return nil, false
	}
	if to.Sub(from) < leastSpan {
		from = to.Add(-leastSpan)
	}
	if to.Sub(from) > maxQuarters*quarter {
		to = from.Add(maxQuarters * quarter)
	}
	if t, err := time.Parse(time.RFC3339, o.Started); err == nil {
		cut = t.Before(from)
	}
	for _, c := range []jointChart{{Class: "wide", W: 1032}, {Class: "narrow", W: 358}} {
		c.draw(o, from, to)
		out = append(out, c)
	}
	return out, cut
}

func (c *jointChart) draw(o *model.OutageReport, from, to time.Time) {
	c.Left, c.Right = 4, c.W-4
	ax := axis{from, to, c}
	c.Reports = panel{Title: "Reports of problems in 15 minutes", Top: 44, Base: 204, Height: 160}
	c.Reports.reports(o, ax)
	c.Base = c.Reports.Base
	for _, p := range o.Phases[:min(len(o.Phases), maxPhases)] {
		if s, ok := ax.span(p); ok && p.Signal == model.SignalProbe {
			c.Probes = append(c.Probes, s)
		}
	}
	if len(c.Probes) > 0 {
		c.ProbesY = c.Base + 34
		c.Base = c.ProbesY + 12
	}
	if len(o.Traffic) > 1 {
		t := panel{Title: "Traffic towards the service, bits a second", Top: c.Base + 62, Base: c.Base + 202, Height: 140}
		t.traffic(o, ax)
		c.Traffic, c.Base = &t, t.Base
	}
	c.Waved = len(c.Reports.Waves) > 0 || c.Traffic != nil && len(c.Traffic.Waves) > 0
	n := int(to.Sub(from) / quarter)
	c.X = timeTicks(axisOf{start: from, per: int(quarter / time.Second)}, n+1, c.W, func(i int) float64 { return ax.x(from.Add(time.Duration(i) * quarter)) })
	c.H = c.Base + 28
	c.describe(o)
}

// span places a phase; one that lasts goes to the end of the axis.
func (a axis) span(p model.ReportPhase) (span, bool) {
	from, err := time.Parse(time.RFC3339, p.Start)
	if err != nil || from.After(a.to) {
		return span{}, false
	}
	to := a.to
	if t, err := time.Parse(time.RFC3339, p.End); err == nil {
		to = t
	}
	if to.Before(a.from) || to.Before(from) {
		return span{}, false
	}
	s := span{X: a.x(from)}
	s.Width = max(round1(a.x(to)-s.X), 2)
	s.LabelX = round1(s.X + min(s.Width/2, 8))
	return s, true
}

func (p *panel) y(v, top float64) float64 {
	return round1(p.Base - p.Height*min(max(v/top, 0), 1))
}

// scale gives the top of the axis and its labels.
func (p *panel) scale(peak float64, ax axisOf) float64 {
	step := niceStep(peak*1.1, 4)
	top := step * math.Ceil(math.Max(peak*1.1, step)/step)
	for v := step; v <= top*1.0001; v += step {
		p.Y = append(p.Y, tick{p.y(v, top), ax.text(v)})
	}
	return top
}

func (p *panel) reports(o *model.OutageReport, ax axis) {
	peak, at := 1.0, -1
	list := o.Buckets[:min(len(o.Buckets), maxQuarters)]
	for i, b := range list {
		if v := float64(b.Problems); v > peak || at < 0 {
			peak, at = max(v, 1), i
		}
	}
	top := p.scale(peak, axisOf{})
	var bars, band strings.Builder
	for _, b := range list {
		t, err := time.Parse(time.RFC3339, b.At)
		if err != nil || t.After(ax.to) {
			continue
		}
		from, to := ax.x(t), ax.x(t.Add(quarter))
		gap := min(1, (to-from)/6)
		fmt.Fprintf(&bars, "M%g %gV%gH%gV%gZ", round1(from+gap), p.Base, p.y(float64(b.Problems), top), round1(to-gap), p.Base)
		if b.Known {
			fmt.Fprintf(&band, "M%g %gH%gV%gH%gZ", from, p.y(b.High, top), to, p.y(b.Low, top), from)
		}
	}
	p.Bars, p.Band = bars.String(), band.String()
	p.waves(o, ax, model.SignalReport)
	if t, err := time.Parse(time.RFC3339, list[at].At); err == nil {
		p.label(ax, t, p.y(peak, top), fmt.Sprintf("peak %s reports, from %s", text.Count(peak), t.UTC().Format("15:04")))
	}
}

func (p *panel) traffic(o *model.OutageReport, ax axis) {
	peak, at := 1.0, 0
	list := o.Traffic[:min(len(o.Traffic), maxQuarters)]
	for i, b := range list {
		if v := max(b.Peak, b.Mean); v > peak {
			peak, at = v, i
		}
	}
	top := p.scale(peak, axisOf{bits: true})
	var area, line, usual strings.Builder
	last := time.Time{}
	for _, b := range list {
		t, err := time.Parse(time.RFC3339, b.At)
		if err != nil || t.After(ax.to) {
			continue
		}
		from, to := ax.x(t), ax.x(t.Add(quarter))
		fmt.Fprintf(&area, "M%g %gV%gH%gV%gZ", from, p.Base, p.y(b.Mean, top), to, p.Base)
		pen := "L"
		if !t.Equal(last) { // a gap stays a gap
			pen = "M"
		}
		fmt.Fprintf(&line, "%s%g %gH%g", pen, from, p.y(b.Peak, top), to)
		if b.Usual > 0 {
			fmt.Fprintf(&usual, "M%g %gH%g", from, p.y(b.Usual, top), to)
		}
		last = t.Add(quarter)
	}
	p.Area, p.Line, p.Usual = area.String(), line.String(), usual.String()
	p.waves(o, ax, model.SignalFlow)
	if t, err := time.Parse(time.RFC3339, list[at].At); err == nil {
		p.label(ax, t, p.y(peak, top), fmt.Sprintf("peak %s, from %s", text.Bits(peak), t.UTC().Format("15:04")))
	}
}

// waves shades the phases of one kind and numbers them where there are several.
func (p *panel) waves(o *model.OutageReport, ax axis, of model.Signal) {
	for _, x := range o.Phases[:min(len(o.Phases), maxPhases)] {
		if x.Signal != of {
			continue
		}
		if s, ok := ax.span(x); ok {
			s.Label = fmt.Sprint(len(p.Waves) + 1)
			p.Waves = append(p.Waves, s)
		}
	}
	if len(p.Waves) == 1 {
		p.Waves[0].Label = ""
	}
}

func (p *panel) label(ax axis, t time.Time, y float64, text string) {
	p.PeakX, p.PeakY, p.PeakText = round1((ax.x(t)+ax.x(t.Add(quarter)))/2), y, text
	p.LabelX, p.Anchor = p.PeakX, "middle"
	if half := 3.6 * float64(len(text)); p.PeakX < half {
		p.LabelX, p.Anchor = ax.c.Left, "start"
	} else if p.PeakX > ax.c.W-half {
		p.LabelX, p.Anchor = ax.c.Right, "end"
	}
}

// describe tells a listener what the drawing shows.
func (c *jointChart) describe(o *model.OutageReport) {
	c.Alt = fmt.Sprintf("Reports of problems over time: %s.", c.Reports.PeakText)
	parts := []string{"Bars are reports in 15 minutes, the band is what is normal."}
	if c.Traffic != nil {
		c.Alt += fmt.Sprintf(" Traffic on the same axis: %s.", c.Traffic.PeakText)
		parts = append(parts, fmt.Sprintf("Below, the area is the mean of the traffic and the line its peak, with %s.", text.Number(float64(len(c.Traffic.Waves)), "wave")))
	}
	if len(c.Probes) > 0 {
		parts = append(parts, fmt.Sprintf("Between them, probes failed in %s.", text.Number(float64(len(c.Probes)), "stretch")))
	}
	if n := len(c.Probes); n > 1 {
		parts[len(parts)-1] = fmt.Sprintf("Between them, probes failed in %d stretches of time.", n)
	}
	c.Desc = strings.Join(parts, " ")
}
