package page

import (
	"fmt"
	"math"
	"time"

	"floodmark/internal/chart"
	"floodmark/internal/model"
)

// flowPanel is the traffic towards a service, in the box of the chart over it.
type flowPanel struct {
	Band, Mean, Peaks, Blocks string // paths; Blocks are waves of which only the peak is kept
	Y                         []tick
	Top                       *tick
	Max, MaxAt                string // the highest figure, and when
	Tiny                      string
	Old                       string // why there are only waves

	of    []*model.FlowBucket // by bucket of the axis, nil where there is none
	frame chart.Frame
}

// flowsOf is the traffic of a day where that holds the incident.
func flowsOf(in *model.Incident, n *model.ServiceNow) []model.FlowBucket {
	if n == nil || len(n.Day) == 0 || n.Day[0].At > begin(in) {
		return nil
	}
	return n.Flows
}

// flowPhases are the waves of traffic, by their beginning.
func flowPhases(in *model.Incident) (out []model.Phase) {
	for _, p := range in.Phases {
		if p.Signal == model.SignalFlow {
			out = append(out, p)
		}
	}
	return out
}

func flowWaves(in *model.Incident) (out []model.Wave) {
	for _, p := range flowPhases(in) {
		out = append(out, model.Wave{Start: p.Start, End: p.End, Peak: p.Peak})
	}
	return out
}

// newFlow draws traffic, nil where none is seen. Of an incident that is long
// over, only its waves are left.
func newFlow(l *locale, s axis, in *model.Incident, n *model.ServiceNow) *flowPanel {
	p := &flowPanel{of: make([]*model.FlowBucket, (s.to-s.from)/last15m)}
	seen, largest, usual := false, 0.0, 0.0
	flows := flowsOf(in, n)
	for i := range flows {
		f := &flows[i]
		if k := int((f.At - s.from) / last15m); f.At >= s.from && k < len(p.of) {
			p.of[k], seen = f, true
			if v := max(sane(f.Peak), sane(f.Mean)); v > largest {
				largest = v
				p.Max, p.MaxAt = l.bits(v), time.Unix(0, f.At).UTC().Format("15:04")
				p.Top = &tick{At: chart.Percent((float64(k) + 0.5) / float64(len(p.of)))}
			}
			if f.Known {
				usual = max(usual, sane(f.High))
			}
		}
	}
	if !seen {
		return p.old(l, s, flowPhases(in))
	}
	p.scale(l, max(largest, usual))
	p.paths()
	if usual > 0 && usual < 0.02*p.frame.Max {
		p.Tiny = l.t("chart.tiny", l.t("usual.atmost", l.bits(usual)))
	}
	if largest < 1.5*usual {
		largest = 0 // nothing stands out
	}
	p.mark(largest)
	return p
}

// scale labels the axis and sets the frame of the panel.
func (p *flowPanel) scale(l *locale, largest float64) {
	s := chart.NewScale(max(largest*headroom, 4), 2, 1)
	for _, v := range s.Ticks() {
		p.Y = append(p.Y, tick{At: chart.Percent(1 - s.Part(v)), Label: l.bits(v)})
	}
	n := float64(len(p.of))
	p.frame = chart.Frame{Right: 10 * n, Base: 1000, To: n, Max: s.Top, Whole: true}
}

// mark writes the highest figure over its place.
func (p *flowPanel) mark(largest float64) {
	if p.Top == nil || largest <= 0 {
		p.Top = nil
		return
	}
	var x float64
	fmt.Sscanf(p.Top.At, "%f", &x)
	p.Top.Label, p.Top.Anchor = p.Max, chart.Anchor(x/100)
	p.Top.Time = int64(math.Round(max(flowHigh*(1-chart.Clamp(largest/p.frame.Max))-6, 12)))
	p.Y = apart(p.Y, p.Top, flowHigh)
}

// paths draws means as a surface, the busiest seconds as a line over it, and
// the band of what is usual.
func (p *flowPanel) paths() {
	var means, peaks, usual []chart.Column
	for i, f := range p.of {
		if f == nil {
			continue
		}
		c := chart.Column{From: float64(i), To: float64(i + 1)}
		c.High = sane(f.Mean)
		means = append(means, c)
		c.High = sane(f.Peak)
		peaks = append(peaks, c)
		if c.Low, c.High = sane(f.Low), sane(f.High); f.Known {
			usual = append(usual, c)
		}
	}
	p.Mean, p.Peaks, p.Band = p.frame.Bars(means, 0), p.frame.StepLine(peaks), p.frame.StepBand(usual)
}

// old draws waves alone, each as high as its peak.
func (p *flowPanel) old(l *locale, s axis, waves []model.Phase) *flowPanel {
	largest := 0.0
	for _, w := range waves {
		if w.Unit == model.Bits.Unit() {
			if v := sane(w.Peak); v > largest {
				largest = v
				p.Max, p.MaxAt = l.bits(v), time.Unix(0, w.Start).UTC().Format("15:04")
				p.Top = &tick{At: chart.Percent((s.at(w.Start) + s.at(s.end(w))) / 2)}
			}
		}
	}
	if largest == 0 {
		return nil
	}
	p.scale(l, largest)
	var blocks []chart.Column
	n := float64(len(p.of))
	for i, w := range waves {
		if i < maxWaves && w.Unit == model.Bits.Unit() {
			blocks = append(blocks, chart.Column{From: n * s.at(w.Start), To: n * s.at(s.end(w)), High: sane(w.Peak)})
		}
	}
	p.Blocks, p.Old = p.frame.Bars(blocks, 0), l.t("course.oldtraffic")
	p.mark(largest)
	return p
}
