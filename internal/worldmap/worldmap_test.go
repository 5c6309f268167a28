package worldmap

import (
	"regexp"
	"strconv"
	"strings"
	"testing"

	"floodmark/internal/geo/country"
	"floodmark/internal/testenv"
)

func TestWithoutShapesThereIsNoMap(t *testing.T) {
	for _, text := range []string{"", "{", "{}", `{"viewBox":"0 0 1 1","shapes":[]}`, `{"shapes":[{"code":"UA"}]}`} {
		if m, ok := parse([]byte(text)); ok || m.ViewBox != "" || m.Shapes != nil {
			t.Errorf("%q gives %+v", text, m)
		}
	}
	if m, ok := parse([]byte(`{"viewBox":"0 0 1 1","shapes":[{"code":"SG","path":"M0,0Z","dot":true}]}`)); !ok || !m.Shapes[0].Dot {
		t.Errorf("got %+v, %v", m, ok)
	}
}

func TestEveryCountryHasAShapeInsideTheMap(t *testing.T) {
	m, ok := Shapes()
	if !ok {
		testenv.Missing(t, "the shapes are not prepared (node web/scripts/worldmap.mjs)")
	}
	size, shapes := 0, map[string]Shape{}
	path := regexp.MustCompile(`^M[-0-9.,MLZa]+Z$`)
	for i, s := range m.Shapes {
		if !path.MatchString(s.Path) || s.Name != country.Name(s.Code) || !country.Known(s.Code) {
			t.Errorf("%+v", s)
		}
		if i > 0 && s.Code <= m.Shapes[i-1].Code {
			t.Errorf("%s is out of order", s.Code)
		}
		size += len(s.Path)
		shapes[s.Code] = s
	}
	if size > 150_000 {
		t.Errorf("%d bytes of paths", size)
	}
	for _, c := range country.Codes() {
		_, ok := shapes[c]
		if uninhabited := strings.Contains("AN AQ BV HM TF UM", c); ok == uninhabited {
			t.Errorf("%s: shape %v", c, ok)
		}
	}
	if m.Source == "" || shapes["UA"].Dot || !shapes["SG"].Dot {
		t.Errorf("source %q, UA %v, SG %v", m.Source, shapes["UA"].Dot, shapes["SG"].Dot)
	}
	box := strings.Fields(m.ViewBox)
	left, top, width, height := atof(t, box[0]), atof(t, box[1]), atof(t, box[2]), atof(t, box[3])
	for _, p := range regexp.MustCompile(`[ML](-?[0-9.]+),(-?[0-9.]+)`).FindAllStringSubmatch(paths(m), -1) {
		if x, y := atof(t, p[1]), atof(t, p[2]); x < left-3 || x > left+width+3 || y < top || y > top+height {
			t.Errorf("%v,%v lies outside %s", x, y, m.ViewBox)
		}
	}
}

// Where a country lies is told by the middle of its shape's box.
func TestShapesLieWhereTheyShould(t *testing.T) {
	m, ok := Shapes()
	if !ok {
		testenv.Missing(t, "the shapes are not prepared (node web/scripts/worldmap.mjs)")
	}
	at := map[string][2]float64{}
	for _, s := range m.Shapes {
		at[s.Code] = middle(t, s.Path)
	}
	for _, c := range []struct{ west, east string }{{"US", "GB"}, {"PT", "UA"}, {"UA", "CN"}, {"CN", "JP"}, {"BR", "ZA"}, {"GF", "FR"}, {"GP", "FR"}, {"IN", "SG"}} {
		if at[c.west][0] >= at[c.east][0] {
			t.Errorf("%s is drawn east of %s", c.west, c.east)
		}
	}
	for _, c := range []struct{ north, south string }{{"CA", "US"}, {"US", "MX"}, {"SJ", "NO"}, {"UA", "EG"}, {"CN", "AU"}, {"FR", "DZ"}, {"FR", "GF"}} {
		if at[c.north][1] >= at[c.south][1] {
			t.Errorf("%s is drawn south of %s", c.north, c.south)
		}
	}
}

func middle(t *testing.T, path string) [2]float64 {
	minX, maxX, minY, maxY := 1e9, -1e9, 1e9, -1e9
	for _, p := range regexp.MustCompile(`[ML](-?[0-9.]+),(-?[0-9.]+)`).FindAllStringSubmatch(path, -1) {
		x, y := atof(t, p[1]), atof(t, p[2])
		minX, maxX, minY, maxY = min(minX, x), max(maxX, x), min(minY, y), max(maxY, y)
	}
	return [2]float64{(minX + maxX) / 2, (minY + maxY) / 2}
}

func paths(m Map) string {
	var b strings.Builder
	for _, s := range m.Shapes {
		b.WriteString(s.Path)
	}
	return b.String()
}

func atof(t *testing.T, s string) float64 {
	t.Helper()
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return f
}
