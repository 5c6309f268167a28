package web

import (
	"math"
	"strings"
	"testing"

	"floodmark/internal/api"
	"floodmark/internal/model"
)

func series(n int, value func(i int) float64) []model.Point {
	out := make([]model.Point, n)
	for i := range out {
		out[i].Time = int64(1000 + i)
		out[i].Rates[model.Packets] = value(i)
	}
	return out
}

func TestPeakOfOneSecondSurvivesThinning(t *testing.T) {
	p := plot{Metric: model.Packets, From: 1000, To: 1900, Step: 1, Points: series(900, func(i int) float64 {
		if i == 457 {
			return 7e6
		}
		return 100
	})}
	c := p.draw()
	if c.Per != 3 || !strings.Contains(c.Values, "7e+06") || !strings.Contains(c.Alt, "peak 7 million packets/s") {
		t.Errorf("%d seconds a point; %s", c.Per, c.Alt)
	}
}

func TestGapsInsideAreZeroAndOutsideUnknown(t *testing.T) {
	points := series(3, func(int) float64 { return 5 })
	points[0].Time, points[1].Time, points[2].Time = 1002, 1003, 1006
	c := plot{Metric: model.Packets, From: 1000, To: 1008, Step: 1, Points: points}.draw()
	if c.Values != ",,5,5,0,0,5," {
		t.Errorf("values %q", c.Values)
	}
}

func TestChartOfNothingSaysSo(t *testing.T) {
	for _, points := range [][]model.Point{nil, series(3, func(int) float64 { return math.NaN() }), series(3, func(int) float64 { return math.Inf(1) })} {
		if c := (plot{Metric: model.Packets, From: 1000, To: 1003, Step: 1, Points: points}).draw(); c.Empty == "" || c.Line != "" {
			t.Errorf("%+v", c)
		}
	}
}

func TestThresholdFarAboveIsNamedAndNotDrawn(t *testing.T) {
	p := plot{Metric: model.Packets, From: 1000, To: 1010, Step: 1, Points: series(10, func(int) float64 { return 10 }), Bound: 20_000}
	if c := p.draw(); c.Bound != nil || !strings.Contains(c.Over, "20,000 packets/s") {
		t.Errorf("%+v", c)
	}
	p.Bound = 20
	if c := p.draw(); c.Bound == nil || c.Over != "" {
		t.Errorf("%+v", c)
	}
	p.Bound = math.Inf(1)
	if c := p.draw(); c.Bound != nil || c.Over != "" {
		t.Errorf("an infinite threshold is none: %+v", c)
	}
}

func TestBandOfNowStandsInForAShortTimeOnly(t *testing.T) {
	points := series(10, func(int) float64 { return 1 })
	for i := range points {
		points[i].Rates[model.Bits] = 100
	}
	now := &api.TrafficNow{Known: true, Low: 50, High: 150}
	if c := (plot{Metric: model.Bits, From: 1000, To: 1010, Step: 1, Points: points, Now: now}).draw(); c.Band == "" || !c.BandNow {
		t.Errorf("no band: %+v", c)
	}
	if c := (plot{Metric: model.Bits, From: 0, To: 86400, Step: 60, Points: points, Now: now}).draw(); c.Band != "" {
		t.Errorf("a band for a day: %q", c.Band)
	}
}
