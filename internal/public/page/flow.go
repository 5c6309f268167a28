package page

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"floodmark/internal/model"
)

// flowPanel is the traffic towards a service, in the box of the chart over it.
type flowPanel struct {
	Band, Mean, Peaks, Blocks string // paths; Blocks are waves of which only the peak is kept
	Y                         []tick
	Top                       *tick
	Most, MostAt              string // the highest figure, and when
	Tiny                      string
	Old                       string // why there are only waves

	of  []*model.FlowBucket // by bucket of the axis, nil where there is none
	top float64
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
	p := &flowPanel{of: make([]*model.FlowBucket, (s.to-s.from)/quarter)}
	seen, most, usual := false, 0.0, 0.0
	flows := flowsOf(in, n)
	for i := range flows {
		f := &flows[i]
		if k := int((f.At - s.from) / quarter); f.At >= s.from && k < len(p.of) {
			p.of[k], seen = f, true
			if v := max(sane(f.Peak), sane(f.Mean)); v > most {
				most = v
				p.Most, p.MostAt = l.bits(v), time.Unix(0, f.At).UTC().Format("15:04")
				p.Top = &tick{At: per((float64(k) + 0.5) / float64(len(p.of)))}
			}
			if f.Known {
				usual = max(usual, sane(f.High))
			}
		}
	}
	if !seen {
		return p.old(l, s, flowPhases(in))
	}
	p.top = p.scale(l, max(most, usual))
	p.paths()
	if usual > 0 && usual < 0.02*p.top {
		p.Tiny = l.t("chart.tiny", l.t("usual.atmost", l.bits(usual)))
	}
	if most < 1.5*usual {
		most = 0 // nothing stands out
	}
	p.mark(most)
	return p
}

// scale sets the ticks of the axis and returns its end.
func (p *flowPanel) scale(l *locale, most float64) float64 {
	top, _ := topOf(most)
	step := niceStep(top, 2)
	top = step * math.Ceil(max(most*1.15, 4)/step)
	for v := step; v <= top*1.0001; v += step {
		p.Y = append(p.Y, tick{At: per(1 - v/top), Label: l.bits(v)})
	}
	return top
}

// mark writes the highest figure over its place.
func (p *flowPanel) mark(most float64) {
	if p.Top == nil || most <= 0 {
		p.Top = nil
		return
	}
	var x float64
	fmt.Sscanf(p.Top.At, "%f", &x)
	p.Top.Label, p.Top.Anchor = p.Most, "middle"
	p.Top.Time = int64(math.Round(max(flowHigh*(1-clamp(most/p.top))-6, 12)))
	switch {
	case x > 75:
		p.Top.Anchor = "end"
	case x < 25:
		p.Top.Anchor = "start"
	}
	p.Y = apart(p.Y, p.Top, flowHigh)
}

func (p *flowPanel) y(v float64) int { return 1000 - int(math.Round(1000*clamp(sane(v)/p.top))) }

// paths draws means as a surface, the busiest seconds as a line over it, and
// the band of what is usual.
func (p *flowPanel) paths() {
	var mean, peaks strings.Builder
	last := false
	for i, f := range p.of {
		if f == nil {
			last = false
			continue
		}
		fmt.Fprintf(&mean, "M%d 1000V%dh10V1000z", 10*i, min(p.y(f.Mean), 998))
		if last {
			fmt.Fprintf(&peaks, "V%dh10", p.y(f.Peak))
		} else {
			fmt.Fprintf(&peaks, "M%d %dh10", 10*i, p.y(f.Peak))
		}
		last = true
	}
	p.Mean, p.Peaks, p.Band = mean.String(), peaks.String(), p.band()
}

// band is what is usual, in steps, a closed path for each stretch that is known.
func (p *flowPanel) band() string {
	var out strings.Builder
	var up, back []string
	for i := 0; i <= len(p.of); i++ {
		if i < len(p.of) && p.of[i] != nil && p.of[i].Known {
			h, l := p.y(p.of[i].High), p.y(p.of[i].Low)
			up = append(up, fmt.Sprintf("%d %d", 10*i, h), fmt.Sprintf("%d %d", 10*i+10, h))
			back = append(back, fmt.Sprintf("%d %d", 10*i, l), fmt.Sprintf("%d %d", 10*i+10, l))
			continue
		}
		if len(up) > 0 {
			slices.Reverse(back)
			out.WriteString("M" + strings.Join(up, "L") + "L" + strings.Join(back, "L") + "z")
		}
		up, back = nil, nil
	}
	return out.String()
}

// old draws waves alone, each as high as its peak.
func (p *flowPanel) old(l *locale, s axis, waves []model.Phase) *flowPanel {
	most := 0.0
	for _, w := range waves {
		if w.Unit == model.Bits.Unit() {
			if v := sane(w.Peak); v > most {
				most = v
				p.Most, p.MostAt = l.bits(v), time.Unix(0, w.Start).UTC().Format("15:04")
				p.Top = &tick{At: per((s.at(w.Start) + s.at(s.end(w))) / 2)}
			}
		}
	}
	if most == 0 {
		return nil
	}
	p.top = p.scale(l, most)
	wide := 10 * float64(len(p.of))
	var b strings.Builder
	for i, w := range waves {
		if i < maxWaves && w.Unit == model.Bits.Unit() {
			x := math.Round(wide * s.at(w.Start))
			fmt.Fprintf(&b, "M%.0f 1000V%dh%.0fV1000z", x, min(p.y(w.Peak), 998), max(math.Round(wide*s.at(s.end(w)))-x, 2))
		}
	}
	p.Blocks, p.Old = b.String(), l.t("course.oldtraffic")
	p.mark(most)
	return p
}
