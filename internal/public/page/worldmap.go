package page

import (
	"slices"
	"strconv"

	"floodmark/internal/chart"
	"floodmark/internal/model"
)

// worldMap is a map of an incident's places: two layers of classes on the same
// shapes, of which the style sheet shows one.
type worldMap struct {
	*chart.Map
	Alt         string
	Excess, Raw []mapKey
}

type mapKey struct{ Class, Label string }

// excessSteps are the lower bounds of the classes, as multiples of the usual
// share; what is under the first is as usual.
var excessSteps = []float64{1.5, 2, 4, 8}

// rawSteps are the lower bounds of the second layer, as reports.
var rawSteps = []float64{1, 100, 1000, 10000}

func (s *Site) newMap(l *locale, places []model.PlaceShare) *worldMap {
	if s.world == nil || len(places) == 0 {
		return nil
	}
	regions := make(map[string]chart.Region)
	above := []string{}
	for i := range places {
		p := &places[i]
		if p.Region != "" || p.Country == "" {
			continue
		}
		regions[p.Country] = chart.Region{Class: excessClass(p) + " " + rawClass(float64(p.Reports)), Title: l.land(p.Country) + ": " + l.placeText(p)}
		if p.Low > 1 {
			above = append(above, p.Country)
		}
	}
	drawn := s.world.Draw(regions)
	if drawn == nil {
		return nil
	}
	m := &worldMap{Map: drawn, Alt: l.t("map.alt.none"), Excess: l.excessKeys(), Raw: l.rawKeys()}
	if len(above) > 0 {
		slices.Sort(above) // the first five by code
		names := []string{}
		for _, code := range above[:min(len(above), 5)] {
			names = append(names, l.land(code))
		}
		slices.Sort(names)
		m.Alt = l.t("map.alt", l.list(names))
	}
	return m
}

// excessClass colours what is surely above or below the usual share; what may
// be either is hatched.
func excessClass(p *model.PlaceShare) string {
	switch {
	case p.High < 1:
		return "xl"
	case !(p.Low > 1) && p.Excess >= excessSteps[0]:
		return "xu"
	case !(p.Low > 1):
		return "x0"
	}
	return "x" + strconv.Itoa(chart.Class(p.Excess, excessSteps))
}

func rawClass(reports float64) string { return "r" + strconv.Itoa(chart.Class(reports, rawSteps)) }

func (l *locale) excessKeys() []mapKey {
	out := []mapKey{{"xl", l.t("map.less")}, {"x0", l.t("map.usual")}}
	for i, low := range excessSteps {
		label := l.few(low) + "×+"
		if i+1 < len(excessSteps) {
			label = span(l.few(low), l.few(excessSteps[i+1])) + "×"
		}
		out = append(out, mapKey{"x" + strconv.Itoa(i+1), label})
	}
	return append(out, mapKey{"xu", l.t("map.unsure")})
}

func (l *locale) rawKeys() []mapKey {
	var out []mapKey
	for i, low := range rawSteps {
		label := l.count(low) + "+"
		if i+1 < len(rawSteps) {
			label = span(l.count(low), l.count(rawSteps[i+1]-1))
		}
		out = append(out, mapKey{"r" + strconv.Itoa(i+1), label})
	}
	return out
}

// placeText is a place's figures in a phrase.
func (l *locale) placeText(p *model.PlaceShare) string {
	return l.t("place.text", l.few(p.Excess), l.between(p.Low, p.High), l.count(float64(p.Reports)))
}
