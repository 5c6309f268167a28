package country

import (
	"strings"
	"testing"
)

func TestTheTableIsWhole(t *testing.T) {
	// 249 codes of ISO 3166-1, XK and AN.
	if len(entries) != 251 {
		t.Errorf("%d entries", len(entries))
	}
	names, numbers := map[string]string{}, map[string]string{}
	for i, e := range entries {
		if len(e.code) != 2 || len(e.alpha3) != 3 || e.name == "" || e.code != strings.ToUpper(e.code) {
			t.Errorf("entry %+v", e)
		}
		if i > 0 && e.code <= entries[i-1].code {
			t.Errorf("%s is out of order", e.code)
		}
		if other, ok := numbers[e.numeric]; ok {
			t.Errorf("%s and %s share the number %s", e.code, other, e.numeric)
		}
		numbers[e.numeric] = e.code
		own := map[string]bool{}
		for _, s := range append([]string{e.name, e.code, e.alpha3}, e.other...) {
			p := plain(s)
			if other, ok := names[p]; ok && !own[p] {
				t.Errorf("%q means both %s and %s", s, e.code, other)
			}
			names[p], own[p] = e.code, true
		}
	}
}

func TestCode(t *testing.T) {
	for name, want := range map[string]string{
		"Ukraine": "UA", "the Ukraine": "UA", "ukrainian": "UA", "UKR": "UA", "ua": "UA", " UA ": "UA",
		"USA": "US", "U.S.": "US", "United States of America": "US", "uk": "GB", "Great Britain": "GB",
		"Russian Federation": "RU", "Côte d’Ivoire": "CI", "ivory coast": "CI", "Turkey": "TR", "Türkiye": "TR", "turkiye": "TR",
		"Viet Nam": "VN", "Czech Republic": "CZ", "Bosnia & Herzegovina": "BA", "guinea-bissau": "GW", "Guinea": "GN",
		"south korea": "KR", "Hong Kong": "HK", "Kosovo": "XK", "CURAÇAO": "CW", "Åland": "AX", "Bahamas, the": "",
	} {
		got, err := Code(name)
		if got != want || (err != nil) != (want == "") {
			t.Errorf("%q: got %q, %v", name, got, err)
		}
	}
}

func TestUnknownNamesAreAnsweredWithTheNearest(t *testing.T) {
	for name, want := range map[string]string{
		"Ukrain":                     "did you mean Ukraine (UA)?",
		"Germnay":                    "did you mean Germany (DE)?",
		"Brasilia":                   "did you mean Brazil (BR)?",
		"korea":                      "not known",
		"":                           "no name given",
		"Atlantis of the deep ocean": "ISO 3166-1",
		"zz":                         "ISO 3166-1",
		strings.Repeat("x", 500):     "xxx…",
	} {
		_, err := Code(name)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", name, err, want)
		}
	}
}

func TestName(t *testing.T) {
	if Name("UA") != "Ukraine" || Name("QQ") != "QQ" || !Known("CI") || Known("ci") || len(Codes()) != 251 {
		t.Error("names")
	}
}

func FuzzCode(f *testing.F) {
	for _, s := range []string{"Ukraine", "the", "\xff\xfe", "Å Å", "from the US's"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if c, err := Code(s); (err == nil) != Known(c) {
			t.Errorf("%q gives %q, %v", s, c, err)
		}
	})
}
