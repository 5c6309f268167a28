package page

import (
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/quick"

	"floodmark/internal/chart"
)

var verb = regexp.MustCompile(`%(?:\[(\d)\])?s|\{[a-z]\}`)

// verbsOf lists the verbs of a text by the argument that they write.
func verbsOf(s string) []string {
	var out []string
	n := 0
	for _, m := range verb.FindAllStringSubmatch(s, -1) {
		n++
		switch {
		case m[0][0] == '{':
			out = append(out, m[0])
		case m[1] != "":
			out = append(out, m[1])
		default:
			out = append(out, string(rune('0'+n)))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// TestTablesAgree wants every key in every language, with the same verbs.
func TestTablesAgree(t *testing.T) {
	en := newLocale("en").strings
	if len(en) < 300 {
		t.Fatalf("%d strings only", len(en))
	}
	for _, lang := range languages[1:] {
		other := newLocale(lang).strings
		for key, text := range en {
			got, ok := other[key]
			if !ok || strings.TrimSpace(got) == "" {
				t.Errorf("%s has no %s", lang, key)
				continue
			}
			if !slices.Equal(verbsOf(text), verbsOf(got)) {
				t.Errorf("%s %s: verbs %v, want %v", lang, key, verbsOf(got), verbsOf(text))
			}
		}
		for key := range other {
			if _, ok := en[key]; !ok {
				t.Errorf("%s has %s, which English has not", lang, key)
			}
		}
	}
	for key, text := range en {
		if base, ok := strings.CutSuffix(key, ".one"); ok && en[base+".other"] == "" {
			t.Errorf("%s has no form for more than one", base)
		}
		if strings.Count(strings.ReplaceAll(text, "%%", ""), "%") != strings.Count(text, "%s")+strings.Count(text, "%[") && !strings.Contains(text, "95 %") {
			t.Errorf("%s: a verb that is none: %s", key, text)
		}
	}
}

var used = regexp.MustCompile(`\b(t|h|n) "([a-z0-9.]+)"|l\.(t|h|n)\("([a-z0-9.]+)"`)

// TestKeysExist wants every key that a template or the program names.
func TestKeysExist(t *testing.T) {
	en := newLocale("en").strings
	seen := 0
	for _, pattern := range []string{"templates/*.html", "*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			b, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range used.FindAllStringSubmatch(string(b), -1) {
				verb, key := m[1]+m[3], m[2]+m[4]
				if verb == "n" {
					key += ".other"
				}
				seen++
				if en[key] == "" && !strings.HasSuffix(key, ".") {
					t.Errorf("%s names %s, which is no key", f, key)
				}
			}
		}
	}
	if seen < 200 {
		t.Fatalf("%d keys seen only", seen)
	}
}

func TestMatch(t *testing.T) {
	for header, want := range map[string]string{"": "en", "de": "de", "de-AT,de;q=0.9,en;q=0.8": "de", "fr,es;q=0.5,de;q=0.4": "es", "fr": "en", "*": "en", "en;q=0.1, ES;q=0.2": "es", "de;q=0": "en",
		"de;q=x, es;q=0.1": "es", "de;q=NaN": "en", ";;;,,,": "en", "es-419": "es", "fr;q=1, *;q=0.2, de;q=0.1": "en"} {
		if got := Match(header); got != want {
			t.Errorf("%q: %s, want %s", header, got, want)
		}
	}
}

func FuzzMatch(f *testing.F) {
	f.Add("de-AT,de;q=0.9,en;q=0.8")
	f.Add(strings.Repeat(",", 9000))
	f.Fuzz(func(t *testing.T, s string) {
		if got := Match(s); !Known(got) {
			t.Errorf("%q: %q is no language", s, got)
		}
	})
}

func TestValues(t *testing.T) {
	en, de, es := newLocale("en"), newLocale("de"), newLocale("es")
	for _, c := range [][2]string{
		{en.count(40893), "40,893"}, {de.count(40893), "40.893"}, {es.count(40893), "40\u202f893"}, {es.count(4089), "4089"}, {en.count(math.NaN()), "0"}, {en.count(-3), "0"}, {en.few(8.44), "8.4"}, {de.few(8.44), "8,4"}, {en.few(12.4), "12"}, {en.few(3), "3"},
		{en.pct(0.574), "57\u00a0%"}, {de.pct(0.0062), "0,6\u00a0%"}, {en.pct(math.Inf(1)), "100\u00a0%"}, {en.pcts(0.55, 0.59), "55–59\u00a0%"}, {en.pcts(0.57, 0.571), "57\u00a0%"},
		{en.lasted(8040e9), "2\u00a0h 14\u00a0min"}, {en.lasted(20e9), "under a minute"}, {de.lasted(4 * 86400e9), "4 Tage"}, {string(en.power(6.13)), "10<sup>6.1</sup>"}, {string(de.power(-6.13)), "10<sup>−6,1</sup>"}, {string(en.power(1)), "10"},
		{de.day(noon), "24. Nov. 2026"}, {es.day(noon), "24 nov 2026"}, {chart.Percent(math.NaN()), "0%"}, {doublings(1), "33.3%"},
	} {
		if c[0] != c[1] {
			t.Errorf("%q, want %q", c[0], c[1])
		}
	}
	if err := quick.Check(func(v float64) bool {
		return en.count(v) != "" && en.few(v) != "" && en.pct(v) != "" && en.power(v) != "" && doublings(v) != ""
	}, nil); err != nil {
		t.Error(err)
	}
}
