package page

import (
	"fmt"
	"strings"
	"time"

	"floodmark/internal/chart"
	"floodmark/internal/model"
)

// courseOf is the day of an incident on one time axis: reports over traffic, the
// waves of each numbered above it, and beneath them when probes failed. Heights
// and places are CSS pixels from the top; the rest is as in chart.
type courseOf struct {
	Reports                            dayChart
	ReportWaves, FlowWaves             []waveMark
	Flow                               *flowPanel // nil where no traffic is seen
	Lanes                              []lane
	ReportTitle, ReportsAt, ReportsEnd int
	FlowTitle, FlowAt, FlowEnd         int
	AxisAt, Height                     int
	Alt, NoFlow                        string
	Waves                              []waveRow
	WavesLeft                          string
	Rows                               []courseRow
	HasFlow                            bool // of Rows
	Flows                              string
}

// waveMark is a numbered stretch over a panel, in per cent.
type waveMark struct{ At, Width, Mid, Number string }

// marksOf is the waves over one panel, and where they are drawn.
type marksOf struct {
	Waves                []waveMark
	Top, High, Bar, Text int
	Kind                 string
}

// newMarks puts waves over a panel from top to bottom.
func newMarks(waves []waveMark, top, bottom int, kind string) marksOf {
	return marksOf{waves, top, bottom - top, top - 4, top - 8, kind}
}

// lane is when the probes of one component failed.
type lane struct {
	Name           string
	TextAt, BarAt  int
	Bars           []shade
	name, sentence string
}

// waveRow is a wave in the list beneath.
type waveRow struct {
	Name     string
	From, To int64
	Lasted   string
	Peak     string
	Class    string
}

// courseRow is 15 minutes in the table.
type courseRow struct{ Time, Reports, Usual, Mean, Peak string }

const (
	titleHigh  = 20 // of a panel
	stripHigh  = 20 // of numbered waves
	reportHigh = 180
	flowHigh   = 120
	laneHigh   = 28
	panelGap   = 14
	maxLanes   = 4
	// maxLaneName is what fits a narrow screen besides the longest words before it.
	maxLaneName = 20
	maxWaves    = 12 // of each kind
	minApart    = 0.05
	narrow      = 288.0 // px of the plot on the narrowest screen
)

// newCourse draws an incident whose service may not be there any more.
func newCourse(l *locale, in *model.Incident, n *model.ServiceNow) courseOf {
	d := drawing{l: l, buckets: shapeOf(in, n)}
	c := courseOf{Reports: d.draw(reportHigh, in)}
	if c.Reports.Empty != "" {
		c.Reports.Empty = l.t("course.empty")
		return c
	}
	s := axis{d.from, d.to}
	c.Reports.Y = apart(c.Reports.Y, c.Reports.Peak, reportHigh)
	c.ReportsAt = stripHigh
	if c.Flow = newFlow(l, s, in, n); c.Flow != nil {
		c.ReportTitle, c.ReportsAt = 14, titleHigh+stripHigh
	}
	c.ReportsEnd = c.ReportsAt + reportHigh
	at := c.ReportsEnd
	c.ReportWaves = s.marks(in.Waves)
	if c.Flow != nil {
		c.FlowTitle = at + panelGap + 14
		c.FlowAt = at + panelGap + titleHigh + stripHigh
		c.FlowEnd = c.FlowAt + flowHigh
		at = c.FlowEnd
		c.FlowWaves = s.marks(flowWaves(in))
	} else {
		c.NoFlow = l.t("course.notraffic")
	}
	c.Lanes = s.lanes(l, in, at)
	at += laneHigh * len(c.Lanes)
	if len(c.Lanes) > 0 {
		at += 6
	}
	c.AxisAt, c.Height = at, at+axisHigh
	c.list(l, in)
	c.table(l, d.buckets)
	c.describe(l)
	return c
}

// axis is the time of the axis, Unix ns.
type axis struct{ from, to int64 }

func (s axis) at(ns int64) float64 { return chart.Clamp(float64(ns-s.from) / float64(s.to-s.from)) }

// end is that of a wave, of the axis where it lasts.
func (s axis) end(p model.Phase) int64 {
	if p.End == 0 {
		return s.to
	}
	return p.End
}

// marks are waves over a panel; numbers that would touch are left to the list.
func (s axis) marks(waves []model.Wave) (out []waveMark) {
	last := -1.0
	for i, w := range waves {
		end := w.End
		if end == 0 {
			end = s.to
		}
		if i >= maxWaves || end <= s.from || w.Start >= s.to {
			continue
		}
		a, b := s.at(w.Start), s.at(end)
		m := waveMark{At: chart.Percent(a), Width: chart.Percent(max(b-a, 0.004)), Mid: chart.Percent((a + b) / 2)}
		if mid := (a + b) / 2; mid-last >= minApart && mid > 0.015 && mid < 0.985 {
			m.Number, last = itoa(i+1), mid
		}
		out = append(out, m)
	}
	return out
}

// lanes are the failures of probes, a row for each component.
func (s axis) lanes(l *locale, in *model.Incident, top int) (out []lane) {
	for i := range in.Phases {
		p := &in.Phases[i]
		end := s.end(*p)
		if p.Signal != model.SignalProbe || end <= s.from || p.Start >= s.to {
			continue
		}
		k := 0
		for k < len(out) && out[k].name != p.Part {
			k++
		}
		if k == len(out) {
			if k == maxLanes {
				continue
			}
			y := top + 6 + k*laneHigh
			name := l.part(p.Part, nameOfPart(in, p.Part))
			out = append(out, lane{Name: l.t("course.fails", clean(maxLaneName, name)), TextAt: y + 12, BarAt: y + 17, name: p.Part, sentence: name})
		}
		if len(out[k].Bars) < maxWaves {
			a := s.at(p.Start)
			out[k].Bars = append(out[k].Bars, shade{chart.Percent(a), chart.Percent(max(s.at(end)-a, 0.005))})
		}
	}
	return out
}

func nameOfPart(in *model.Incident, slug string) string {
	for i := range in.Probes {
		if in.Probes[i].Component == slug {
			return in.Probes[i].Name
		}
	}
	return ""
}

// list names every wave, by its beginning.
func (c *courseOf) list(l *locale, in *model.Incident) {
	add := func(kind model.Signal, n int, w model.Wave, peak string) {
		r := waveRow{Name: l.signal(kind) + " " + itoa(n), From: w.Start, To: w.End, Peak: peak, Class: string(kind), Lasted: l.t("waves.lasts")}
		if w.End > w.Start {
			r.Lasted = l.lasted(w.End - w.Start)
		}
		c.Waves = append(c.Waves, r)
	}
	for i, w := range in.Waves {
		if i < maxWaves {
			add(model.SignalReport, i+1, w, l.n("chart.peak", sane(w.Peak)))
		}
	}
	flows := flowPhases(in)
	if left := max(len(in.Waves)-maxWaves, 0) + max(len(flows)-maxWaves, 0); left > 0 {
		c.WavesLeft = l.n("waves.more", float64(left))
	}
	for i, p := range flows {
		if i < maxWaves {
			add(model.SignalFlow, i+1, model.Wave{Start: p.Start, End: p.End}, l.rate(p.Peak, p.Unit))
		}
	}
}

// rate writes a peak with its unit.
func (l *locale) rate(v float64, unit string) string {
	if unit == "bits/s" || unit == "" {
		return l.bits(v)
	}
	return l.short(v) + "\u00a0" + clean(20, unit)
}

// table holds every figure of the drawing, for those who cannot see it.
func (c *courseOf) table(l *locale, buckets []model.Bucket) {
	for i := range buckets {
		b := &buckets[i]
		r := courseRow{Time: time.Unix(0, b.At).UTC().Format("15:04"), Reports: l.count(float64(b.Problems)), Usual: l.usual(b)}
		if c.Flow != nil && c.Flow.of[i] != nil {
			r.Mean, r.Peak = l.bits(c.Flow.of[i].Mean), l.bits(c.Flow.of[i].Peak)
			c.HasFlow = true
		}
		c.Rows = append(c.Rows, r)
	}
	if c.HasFlow {
		peaks := make([]string, len(c.Rows))
		for i := range c.Rows {
			peaks[i] = c.Rows[i].Peak
		}
		c.Flows = strings.Join(peaks, "|")
	}
}

// describe puts in words what the drawing shows.
func (c *courseOf) describe(l *locale) {
	stated := []string{c.Reports.Alt}
	if c.Flow != nil && c.Flow.Max != "" {
		stated = append(stated, l.t("course.alt.traffic", c.Flow.Max, c.Flow.MaxAt))
	}
	if c.NoFlow != "" {
		stated = append(stated, c.NoFlow)
	}
	stated = append(stated, l.t("course.alt.waves", l.n("incident.waves", float64(len(c.ReportWaves))), l.n("incident.waves", float64(len(c.FlowWaves)))))
	var failing []string
	for _, x := range c.Lanes {
		failing = append(failing, x.sentence)
	}
	if len(failing) > 0 {
		stated = append(stated, l.t("course.alt.probes", l.list(failing)))
	}
	c.Alt = strings.Join(stated, " ")
}

// apart leaves out labels of an axis that the label of the peak would cover on
// a narrow screen.
func apart(ticks []tick, peak *tick, plot int) (out []tick) {
	for i, t := range ticks {
		if i == len(ticks)-1 || peak != nil && covers(peak, &t, plot) {
			t.Label = ""
		}
		out = append(out, t)
	}
	return out
}

func covers(peak, t *tick, plot int) bool {
	var x, y float64
	fmt.Sscanf(peak.At, "%f", &x)
	fmt.Sscanf(t.At, "%f", &y)
	left, wide := x/100*narrow, 7.5*float64(len([]rune(peak.Label)))
	switch peak.Anchor {
	case "middle":
		left -= wide / 2
	case "end":
		left -= wide
	}
	gap := y/100*float64(plot) - 4 - float64(peak.Time)
	return left < 7.5*float64(len([]rune(t.Label)))+6 && gap > -16 && gap < 16
}
