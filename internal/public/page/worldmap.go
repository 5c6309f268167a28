package page

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"floodmark/internal/model"
	"floodmark/internal/worldmap"
)

// land is the shapes of countries in few octets: whole pixels, relative, and
// without the corners that nobody would see. The map of a page holds all of
// them, so their size counts.
type land struct {
	viewBox, source string
	codes           []string
	path            map[string]string
	dot             map[string]bool
}

// newLand is nil where this build has no shapes.
func newLand() *land {
	m, ok := worldmap.Shapes()
	if !ok {
		return nil
	}
	w := &land{viewBox: m.ViewBox, source: m.Source, path: make(map[string]string), dot: make(map[string]bool)}
	for _, s := range m.Shapes {
		path := s.Path
		if !s.Dot {
			path = compact(s.Path)
		}
		if path != "" && s.Code != "AQ" {
			w.codes = append(w.codes, s.Code)
			w.path[s.Code], w.dot[s.Code] = path, s.Dot
		}
	}
	return w
}

var corner = regexp.MustCompile(`(-?[\d.]+),(-?[\d.]+)`)

// leastCorner is the area, in square pixels, that a corner must span to stay. A
// corner of a shared border has the same neighbours on both sides, so both
// countries keep or lose it.
const leastCorner = 0.8

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
		if n > 8 && area < leastCorner || len(kept) > 0 && kept[len(kept)-1] == q {
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

// worldMap is a map of an incident's places: two layers of classes on the same
// shapes, of which the style sheet shows one.
type worldMap struct {
	ViewBox, Source, Rest string // Rest is the countries without figures, one path
	Shapes                []mapShape
	Alt                   string
	Excess, Raw           []mapKey
}

type mapShape struct{ Path, Class, Title string }

type mapKey struct{ Class, Label string }

// excessSteps are the lower bounds of the classes, as multiples of the usual
// share; what is under the first is as usual.
var excessSteps = []float64{1.5, 2, 4, 8}

// rawSteps are the lower bounds of the second layer, as reports.
var rawSteps = []float64{1, 100, 1000, 10000}

func (s *Site) newMap(l *locale, places []model.PlaceShare) *worldMap {
	if s.land == nil || len(places) == 0 {
		return nil
	}
	m := &worldMap{ViewBox: s.land.viewBox, Source: s.land.source, Excess: l.excessKeys(), Raw: l.rawKeys()}
	at := make(map[string]*model.PlaceShare)
	for i := range places {
		if p := &places[i]; p.Region == "" && p.Country != "" {
			at[p.Country] = p
		}
	}
	var rest strings.Builder
	var dots []mapShape
	above := []string{}
	for _, code := range s.land.codes {
		p := at[code]
		switch {
		case p == nil && !s.land.dot[code]:
			rest.WriteString(s.land.path[code])
		case p != nil:
			d := mapShape{s.land.path[code], excessClass(p) + " " + rawClass(float64(p.Reports)), l.land(code) + ": " + l.placeText(p)}
			if p.Low > 1 && len(above) < 5 {
				above = append(above, l.land(code))
			}
			if s.land.dot[code] {
				dots = append(dots, d)
			} else {
				m.Shapes = append(m.Shapes, d)
			}
		}
	}
	if len(m.Shapes)+len(dots) == 0 {
		return nil
	}
	m.Rest, m.Shapes = rest.String(), append(m.Shapes, dots...)
	slices.Sort(above)
	m.Alt = l.t("map.alt.none")
	if len(above) > 0 {
		m.Alt = l.t("map.alt", l.list(above))
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
	class := "x0"
	for i, low := range excessSteps {
		if p.Excess >= low {
			class = "x" + strconv.Itoa(i+1)
		}
	}
	return class
}

func rawClass(reports float64) string {
	class := "r0"
	for i, low := range rawSteps {
		if reports >= low {
			class = "r" + strconv.Itoa(i+1)
		}
	}
	return class
}

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
