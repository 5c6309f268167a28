// Package country names countries and finds their codes: ISO 3166-1 alpha-2
// codes, English names, common other names and adjectives.
//
// It is a table of facts and plain functions over it; anyone may use it from
// any goroutine. It knows nothing of addresses, and it takes no side in a
// border: a code is what registries write.
package country

import (
	_ "embed"
	"errors"
	"fmt"
	"sort"
	"strings"

	"floodmark/internal/text"
)

//go:embed countries.tsv
var file string

// entry is one line of the table.
type entry struct {
	code, alpha3, numeric, name string
	other                       []string
}

// tables are never changed after they are made.
var (
	entries = parse(file)
	byCode  = indexCodes(entries)
	byName  = indexNames(entries)
)

func parse(text string) []entry {
	var list []entry
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		if line == "" || line[0] == '#' {
			continue
		}
		f := append(strings.Split(line, "\t"), "")
		e := entry{code: f[0], alpha3: f[1], numeric: f[2], name: f[3]}
		if f[4] != "" {
			e.other = strings.Split(f[4], ";")
		}
		list = append(list, e)
	}
	return list
}

func indexCodes(list []entry) map[string]int {
	m := make(map[string]int, len(list))
	for i, e := range list {
		m[e.code] = i
	}
	return m
}

// indexNames leads from every plain form of a name, other name, alpha-2 and
// alpha-3 code to its entry.
func indexNames(list []entry) map[string]int {
	m := make(map[string]int, 4*len(list))
	for i, e := range list {
		for _, s := range append([]string{e.name, e.code, e.alpha3}, e.other...) {
			m[plain(s)] = i
		}
	}
	return m
}

// Name returns the English short name of an ISO 3166-1 alpha-2 code ("UA" is
// "Ukraine"), or the code itself where it is not one.
func Name(code string) string {
	if i, ok := byCode[code]; ok {
		return entries[i].name
	}
	return code
}

// Known reports whether code is an alpha-2 code of the table.
func Known(code string) bool {
	_, ok := byCode[code]
	return ok
}

// Codes returns all alpha-2 codes in ascending order.
func Codes() []string {
	out := make([]string, 0, len(entries))
	for _, e := range entries {
		out = append(out, e.code)
	}
	sort.Strings(out)
	return out
}

// Code returns the alpha-2 code for a code, name or adjective ("Ukraine",
// "ukrainian", "UKR", "ua"). Case, accents and a leading "the" do not matter.
// The error of an unknown name suggests the nearest.
func Code(name string) (string, error) {
	if strings.TrimSpace(name) == "" {
		return "", errors.New("find country: no name given")
	}
	p := plain(name)
	if i, ok := byName[p]; ok {
		return entries[i].code, nil
	}
	if i, ok := nearest(p); ok {
		return "", fmt.Errorf("find country %q: not known, did you mean %s (%s)?", text.Clip(name, 60), entries[i].name, entries[i].code)
	}
	return "", fmt.Errorf("find country %q: not known, give an English name or an ISO 3166-1 code such as UA", text.Clip(name, 60))
}

// folds are the accented letters of the table and their plain forms.
var folds = strings.NewReplacer(
	"å", "a", "Å", "a", "ã", "a", "á", "a", "ô", "o", "ó", "o", "é", "e", "É", "e", "è", "e",
	"ç", "c", "Ç", "c", "í", "i", "ü", "u", "Ü", "u", "ñ", "n", "’", "'", "‘", "'",
)

// plain brings a name to the form in which names are compared: lower case, no
// accents, points or commas, single spaces, no leading "the".
func plain(s string) string {
	if len(s) > 200 {
		return ""
	}
	s = strings.ToLower(folds.Replace(s))
	s = strings.NewReplacer(".", "", ",", "", "(", "", ")", "", "_", " ", "&", " and ", "-", " ").Replace(s)
	s = strings.Join(strings.Fields(s), " ")
	if rest, ok := strings.CutPrefix(s, "the "); ok {
		return rest
	}
	return s
}
