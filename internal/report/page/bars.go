package page

import (
	"fmt"
	"math"

	"floodmark/internal/chart"
	"floodmark/internal/model"
	"floodmark/internal/text"
	"floodmark/internal/wording"
)

// bar is one row of the chart of countries: a share with its two intervals.
// Positions are in per cent of the scale.
type bar struct {
	Name, Value, Window, Population string
	Width                           string
	W1, W2                          *whisker
	Unknown                         bool
}

type whisker struct {
	From, To string
	Y        int // height within the bar
}

// scale is the axis under the bars.
type scale struct {
	Ticks []struct{ At, Label, Anchor string }
	max   float64
}

func newScale(countries []model.Country) scale {
	top := 0.01
	for _, c := range countries {
		top = math.Max(top, c.Share.Value)
		for _, h := range []*float64{c.Share.High, c.Population.High} {
			if h != nil {
				top = math.Max(top, *h)
			}
		}
	}
	step := chart.NiceStep(math.Min(top, 1), 4)
	s := scale{max: math.Min(step*math.Ceil(top/step-1e-9), 1)}
	for v := 0.0; v <= s.max+1e-9; v += step {
		t := struct{ At, Label, Anchor string }{s.pos(v), fmt.Sprintf("%.3g %%", v*100), "middle"}
		if v == 0 {
			t.Anchor = "start"
		}
		if v+step > s.max+1e-9 {
			t.Anchor = "end"
		}
		s.Ticks = append(s.Ticks, t)
	}
	return s
}

func (s scale) pos(v float64) string { return text.Width(v / s.max) }

func (s scale) whisker(e model.Estimate) *whisker {
	if e.Low == nil || e.High == nil || wording.Complete(e) {
		return nil
	}
	return &whisker{From: s.pos(*e.Low), To: s.pos(*e.High), Y: 14}
}

func countryBars(countries []model.Country) ([]bar, scale) {
	s := newScale(countries)
	out := []bar{}
	for _, c := range countries {
		b := bar{Name: text.Clean(c.Name, 40), Value: text.Percent(c.Share.Value), Window: wording.Range(c.Share), Population: wording.Range(c.Population),
			Width: s.pos(c.Share.Value), W1: s.whisker(c.Share), W2: s.whisker(c.Population), Unknown: c.Code == "unknown"}
		if b.W1 != nil && b.W2 != nil { // one above the other
			b.W2.Y = 20
		}
		if b.Name == "" {
			b.Name = text.Clean(c.Code, 10)
		}
		out = append(out, b)
	}
	return out, s
}

// claimBar places the bounds of a claim about a share on 0 to 100 per cent.
type claimBar struct{ From, Width, LowText, HighText string }

func newClaimBar(c model.Claim) *claimBar {
	if c.Unit != "share" || c.Low == nil || c.High == nil || *c.Low < 0 || *c.High > 1 || *c.Low > *c.High {
		return nil
	}
	lo, hi := *c.Low, *c.High
	if hi-lo < 0.006 { // keep it visible
		lo, hi = math.Max(0, lo-0.003), math.Min(1, hi+0.003)
	}
	return &claimBar{text.Width(lo), text.Width(hi - lo), text.Percent(*c.Low), text.Percent(*c.High)}
}
