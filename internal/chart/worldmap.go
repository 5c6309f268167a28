package chart

import (
	"math"
	"regexp"
	"strconv"
	"strings"

	"floodmark/internal/worldmap"
)

// World holds the shapes of countries as short paths: whole units, relative
// coordinates, without corners too small to see. Every page with a map contains
// all of them, so their size matters.
type World struct {
	ViewBox, Source string
	shapes          []worldmap.Shape
}

// NewWorld returns nil if this build has no shapes.
func NewWorld() *World {
	m, ok := worldmap.Shapes()
	if !ok {
		return nil
	}
	w := &World{ViewBox: m.ViewBox, Source: m.Source}
	for _, s := range m.Shapes {
		if !s.Dot {
			s.Path = compact(s.Path)
		}
		if s.Path != "" && s.Code != "AQ" {
			w.shapes = append(w.shapes, s)
		}
	}
	return w
}

// Region is what a map shows of a country: the class of its color or pattern,
// and the text that says the same.
type Region struct{ Class, Title string }

// MapShape is a country with a value.
type MapShape struct{ Path, Class, Title string }

// Map is a drawn world map.
type Map struct {
	ViewBox, Source string
	Rest            string // all countries without a value, as one path
	Shapes          []MapShape
}

// Draw draws the countries that regions names by ISO 3166-1 alpha-2 code, nil if
// none of them has a shape. Countries drawn as dots come last: larger ones would
// cover them.
func (w *World) Draw(regions map[string]Region) *Map {
	m := &Map{ViewBox: w.ViewBox, Source: w.Source}
	var rest strings.Builder
	var dots []MapShape
	for _, s := range w.shapes {
		r, ok := regions[s.Code]
		switch {
		case !ok && !s.Dot: // a dot without a value would only be clutter
			rest.WriteString(s.Path)
		case ok && s.Dot:
			dots = append(dots, MapShape{s.Path, r.Class, r.Title})
		case ok:
			m.Shapes = append(m.Shapes, MapShape{s.Path, r.Class, r.Title})
		}
	}
	m.Rest, m.Shapes = rest.String(), append(m.Shapes, dots...)
	if len(m.Shapes) == 0 {
		return nil
	}
	return m
}

// Class returns how many of the ascending lower bounds v reaches.
func Class(v float64, bounds []float64) (n int) {
	for n < len(bounds) && v >= bounds[n] {
		n++
	}
	return n
}

var corner = regexp.MustCompile(`(-?[\d.]+),(-?[\d.]+)`)

// minCorner is the area, in square units, that a corner must span to stay. A
// corner of a shared border has the same neighbors on both sides, so both
// countries keep or lose it.
const minCorner = 0.8

// compact rewrites a path of closed rings of straight lines.
func compact(path string) string {
	var out strings.Builder
	for _, ring := range strings.Split(path, "M")[1:] {
		var all [][2]float64
		for _, m := range corner.FindAllStringSubmatch(ring, -1) {
			x, errX := strconv.ParseFloat(m[1], 64)
			y, errY := strconv.ParseFloat(m[2], 64)
			if errX == nil && errY == nil {
				all = append(all, [2]float64{x, y})
			}
		}
		writeRing(&out, all)
	}
	return out.String()
}

func writeRing(out *strings.Builder, all [][2]float64) {
	n := len(all)
	var kept [][2]int
	for i, p := range all {
		a, b := all[(i+n-1)%n], all[(i+1)%n]
		area := math.Abs((a[0]-p[0])*(b[1]-p[1])-(b[0]-p[0])*(a[1]-p[1])) / 2
		q := [2]int{int(math.Round(p[0])), int(math.Round(p[1]))}
		if n > 8 && area < minCorner || len(kept) > 0 && kept[len(kept)-1] == q {
			continue
		}
		kept = append(kept, q)
	}
	if len(kept) < 3 {
		return
	}
	out.WriteString("M" + strconv.Itoa(kept[0][0]) + " " + strconv.Itoa(kept[0][1]) + "l")
	for i, p := range kept[1:] {
		for k := range 2 {
			d := strconv.Itoa(p[k] - kept[i][k])
			if (i > 0 || k > 0) && d[0] != '-' {
				out.WriteByte(' ')
			}
			out.WriteString(d)
		}
	}
	out.WriteByte('z')
}
