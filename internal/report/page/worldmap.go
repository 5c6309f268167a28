package page

import "floodmark/internal/model"

// worldMap is a map of shares by country.
type worldMap struct {
	ViewBox string
	Shapes  []shape
	Legend  []struct{ Class, Label string }
}

type shape struct{ Path, Class, Title string }

func newMap([]model.Country) *worldMap { return nil }
