package page

import (
	"fmt"

	"floodmark/internal/chart"
	"floodmark/internal/geo/country"
	"floodmark/internal/model"
	"floodmark/internal/text"
)

// worldMap is a map of shares by country.
type worldMap struct {
	*chart.Map
	Legend []mapKey
}

type mapKey struct{ Class, Label string }

// mapSteps are the lower bounds of the map's classes, as shares.
var mapSteps = []float64{0, 0.01, 0.05, 0.10, 0.20}

// newMap is nil where this build has no shapes or no country is known.
func newMap(countries []model.Country) *worldMap {
	world := chart.NewWorld()
	if world == nil {
		return nil
	}
	regions := map[string]chart.Region{}
	for _, c := range countries {
		if c.Share.Value > 0 {
			regions[c.Code] = chart.Region{
				Class: fmt.Sprintf("c%d", chart.Class(c.Share.Value, mapSteps)),
				Title: country.Name(c.Code) + ": " + text.Percent(c.Share.Value),
			}
		}
	}
	drawn := world.Draw(regions)
	if drawn == nil {
		return nil
	}
	w := &worldMap{Map: drawn, Legend: []mapKey{{"c0", "none"}}}
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
	return w
}
