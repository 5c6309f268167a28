package page

import (
	"strings"

	"floodmark/internal/geo/country"
)

// countryNames are the names of a language by code, nil for English.
func countryNames(lang string) map[string]string {
	column := map[string]int{"de": 1, "es": 2}[lang]
	if column == 0 {
		return nil
	}
	b, err := tables.ReadFile("lang/countries.tsv")
	if err != nil {
		panic("page: names of countries: " + err.Error()) // they are part of the program
	}
	out := make(map[string]string)
	for line := range strings.Lines(string(b)) {
		if f := strings.Split(strings.TrimSpace(line), "\t"); len(f) == 3 {
			out[f[0]] = f[column]
		}
	}
	return out
}

// land names a country; what is none is shown as it is, cleaned.
func (l *locale) land(code string) string {
	switch name, ok := l.countries[code]; {
	case ok:
		return name
	case country.Known(code):
		return country.Name(code)
	}
	return clean(20, code)
}

// place names a country, or a part of one. The rest, merged, has no code.
func (l *locale) place(code, region string) string {
	switch {
	case code == "":
		return l.t("where.rest")
	case region == "":
		return l.land(code)
	}
	return l.land(code) + ", " + clean(10, region)
}

// known parts are named in the reader's language; others have the name that
// they were given.
func (l *locale) part(slug, name string) string {
	if slug == "" {
		return l.t("part.unnamed")
	}
	if s, ok := l.strings["part."+slug]; ok && slug != "unnamed" {
		return s
	}
	if name == "" {
		name = slug
	}
	return clean(40, name)
}
