package page

import (
	"fmt"
	"strings"
	"time"

	"floodmark/internal/chart"
	"floodmark/internal/model"
	"floodmark/internal/text"
)

const (
	bucketLength = 15 * time.Minute
	maxQuarters  = 400 // along the axis: four days
	minSpan      = 2 * time.Hour
	barGap       = 0.06 // on both sides, as a part of 15 minutes
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
	chart.Frame
	from, to time.Time
}

func (a axis) x(t time.Time) float64 { return a.Frame.X(float64(t.Unix())) }

// column is 15 minutes from a time of the document; ok is false where they lie
// beyond the axis.
func (a axis) column(at string, low, high float64) (c chart.Column, ok bool) {
	t, err := time.Parse(time.RFC3339, at)
	if err != nil || t.After(a.to) {
		return chart.Column{}, false
	}
	from := float64(t.Unix())
	return chart.Column{From: from, To: from + bucketLength.Seconds(), Low: low, High: high}, true
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
		if t.Add(bucketLength).After(to) {
			to = t.Add(bucketLength)
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
	if to.Sub(from) < minSpan {
		from = to.Add(-minSpan)
	}
	if to.Sub(from) > maxQuarters*bucketLength {
		to = from.Add(maxQuarters * bucketLength)
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
	ax := axis{chart.Frame{Left: c.Left, Right: c.Right, From: float64(from.Unix()), To: float64(to.Unix())}, from, to}
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
	c.X = timeTicks(ax.Frame, from.Unix(), to.Unix())
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
	s.Width = max(a.x(to)-s.X, 2)
	s.LabelX = s.X + min(s.Width/2, 8)
	return s, true
}

// scale gives the frame of the panel and labels its axis.
func (p *panel) scale(peak float64, ax axis, label func(float64) string) chart.Frame {
	s := chart.NewScale(peak*1.1, 4, 0)
	f := ax.Frame
	f.Top, f.Base, f.Max = p.Top, p.Base, s.Top
	for _, v := range s.Ticks() {
		p.Y = append(p.Y, tick{f.Y(v), label(v)})
	}
	return f
}

func (p *panel) reports(o *model.OutageReport, ax axis) {
	peak, at := 1.0, -1
	list := o.Buckets[:min(len(o.Buckets), maxQuarters)]
	for i, b := range list {
		if v := float64(b.Problems); v > peak || at < 0 {
			peak, at = max(v, 1), i
		}
	}
	f := p.scale(peak, ax, text.Tick)
	var bars, band []chart.Column
	for _, b := range list {
		if c, ok := ax.column(b.At, 0, float64(b.Problems)); ok && b.Problems > 0 {
			bars = append(bars, c)
		}
		if c, ok := ax.column(b.At, b.Low, b.High); ok && b.Known {
			band = append(band, c)
		}
	}
	p.Bars, p.Band = f.Bars(bars, barGap), f.StepBand(band)
	p.waves(o, ax, model.SignalReport)
	if t, err := time.Parse(time.RFC3339, list[at].At); err == nil {
		p.label(ax, t, f.Y(peak), fmt.Sprintf("peak %s reports, from %s", text.Count(peak), t.UTC().Format("15:04")))
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
	f := p.scale(peak, ax, text.TickBits)
	var means, peaks, usual []chart.Column
	for _, b := range list {
		c, ok := ax.column(b.At, 0, b.Mean)
		if !ok {
			continue
		}
		means = append(means, c)
		c.High = b.Peak
		peaks = append(peaks, c)
		if c.High = b.Usual; b.Usual > 0 {
			usual = append(usual, c)
		}
	}
	p.Area, p.Line, p.Usual = f.StepBand(means), f.StepLine(peaks), f.StepLine(usual)
	p.waves(o, ax, model.SignalFlow)
	if t, err := time.Parse(time.RFC3339, list[at].At); err == nil {
		p.label(ax, t, f.Y(peak), fmt.Sprintf("peak %s, from %s", text.Bits(peak), t.UTC().Format("15:04")))
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

func (p *panel) label(ax axis, t time.Time, y float64, label string) {
	p.PeakX, p.PeakY, p.PeakText = ax.x(t.Add(bucketLength/2)), y, label
	p.LabelX, p.Anchor = ax.Label(p.PeakX, len(label))
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
