// Package worldmap holds the shapes of countries for a map in a report, as SVG
// paths in the Equal Earth projection (Šavrič, Patterson and Jenny 2018), in
// which equal areas look equal.
//
// The shapes are prepared from Natural Earth's data before the build and are
// part of the program; a build without them works and has no map. Borders are
// what that data draws, regrouped by ISO 3166 code because address data goes
// by those codes: they are no statement on any border. The package draws
// nothing and does no I/O. Anyone may call it.
package worldmap

import (
	"embed"
	"encoding/json"
)

// data holds world.json where it was prepared before the build, and always a
// description of it, so that the build works either way.
//
//go:embed data
var data embed.FS

// Map is a world map ready to be drawn.
type Map struct {
	ViewBox string  `json:"viewBox"` // of the svg element
	Source  string  `json:"source"`  // whose data it is; to be shown beside the map
	Shapes  []Shape `json:"shapes"`  // by code, ascending
}

// Shape is one country.
type Shape struct {
	Code string `json:"code"` // ISO 3166-1 alpha-2
	Name string `json:"name"` // English short name
	Path string `json:"path"` // the d attribute of an SVG path
	// Dot marks a country too small for the scale, drawn as a circle. Dots are
	// to be drawn after the others, which would cover them.
	Dot bool `json:"dot"`
}

// Shapes returns the map; ok is false where this build has none. Each call
// reads it anew, and the result is the caller's.
func Shapes() (m Map, ok bool) {
	text, err := data.ReadFile("data/world.json")
	if err != nil {
		return Map{}, false
	}
	return parse(text)
}

func parse(text []byte) (m Map, ok bool) {
	if err := json.Unmarshal(text, &m); err != nil || m.ViewBox == "" || len(m.Shapes) == 0 {
		return Map{}, false
	}
	return m, true
}
