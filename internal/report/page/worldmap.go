package page

import (
	"fmt"

	"floodmark/internal/model"
	"floodmark/internal/text"
	"floodmark/internal/worldmap"
)

// worldMap is a map of shares by country.
type worldMap struct {
	ViewBox, Source string
	Shapes          []shape
	Legend          []mapKey
}

type shape struct{ Path, Class, Title string }

type mapKey struct{ Class, Label string }

// mapSteps are the lower bounds of the map's classes, as shares.
var mapSteps = []float64{0, 0.01, 0.05, 0.10, 0.20}

// newMap is nil where this build has no shapes or no country is known.
func newMap(countries []model.Country) *worldMap {
	m, ok := worldmap.Shapes()
	if !ok || len(countries) == 0 {
		return nil
	}
	share := map[string]model.Country{}
	for _, c := range countries {
		share[c.Code] = c
	}
	w := &worldMap{ViewBox: m.ViewBox, Source: m.Source, Legend: []mapKey{{"c0", "none"}}}
	for i, low := range mapSteps {
		label := fmt.Sprintf("%.0f–%.0f %%", low*100, 100*at(mapSteps, i+1))
		if i == 0 {
			label = "under 1 %"
		}
		if i == len(mapSteps)-1 {
			label = fmt.Sprintf("%.0f %% and more", low*100)
		}
		w.Legend = append(w.Legend, mapKey{fmt.Sprintf("c%d", i+1), label})
	}
	dots := []shape{}
	for _, s := range m.Shapes {
		c, sent := share[s.Code]
		d := shape{Path: s.Path, Class: mapClass(c.Share.Value)}
		if sent && c.Share.Value > 0 {
			d.Title = s.Name + ": " + text.Percent(c.Share.Value)
		}
		switch {
		case !s.Dot:
			w.Shapes = append(w.Shapes, d)
		case d.Title != "": // a dot without a share would only be clutter
			dots = append(dots, d)
		}
	}
	w.Shapes = append(w.Shapes, dots...)
	return w
}

func mapClass(v float64) string {
	class := "c0"
	for i, low := range mapSteps {
		if v > 0 && v >= low {
			class = fmt.Sprintf("c%d", i+1)
		}
	}
	return class
}
