package claim

import (
	"slices"
	"testing"

	"floodmark/internal/geo/country"
)

// worldNames is how a caller joins the parser to the table of countries.
func worldNames() Names {
	n := Names{Name: country.Name, Code: func(s string) (string, bool) {
		code, err := country.Code(s)
		return code, err == nil
	}}
	for _, c := range country.Codes() {
		n.Known = append(n.Known, country.Name(c))
	}
	return n
}

func TestPlacesOfTheRealWorld(t *testing.T) {
	for text, want := range map[string][]string{
		"IP addresses originating in the Ukraine area":        {"UA"},
		"most of it came from Russia":                         {"RU"},
		"Russian and Chinese addresses took part":             {"CN", "RU"},
		"traffic from the US, UK and Brazil":                  {"BR", "GB", "US"},
		"from the Democratic Republic of the Congo":           {"CD"},
		"from South Korea, not to be taken for its neighbour": nil,
		"it is in us all and he may be at it":                 nil,
		"country=Iran some of packets":                        {"IR"},
		`country="United States",ua some of packets`:          {"UA", "US"},
	} {
		c, err := Parse(text, worldNames())
		var got []string
		if err == nil {
			got = c.Readings[0].Place.Countries
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: %v (%v), want %v", text, got, err, want)
		}
	}
	_, err := Parse("country=Ukrane some of packets", worldNames())
	if want := `parse claim: column 9: expected a country name or ISO 3166-1 code, found "Ukrane"; did you mean "Ukraine"?`; err == nil || err.Error() != want {
		t.Errorf("%v", err)
	}
}
