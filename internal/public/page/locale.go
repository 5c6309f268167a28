package page

import (
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"strings"
)

// tables are the strings of each language: one file of the same keys for each,
// so that a translation is one file more and its name in languages.
//
//go:embed lang
var tables embed.FS

// languages are those that pages are written in, the default first.
var languages = []string{"en", "de", "es"}

// Languages returns those that pages are written in, the default first.
func Languages() []string { return append([]string(nil), languages...) }

// Known reports whether pages are written in a language.
func Known(lang string) bool {
	for _, l := range languages {
		if l == lang {
			return true
		}
	}
	return false
}

// locale writes words, figures and times of one language. It never changes.
type locale struct {
	lang      string
	strings   map[string]string
	countries map[string]string // by code, nil where they are named in English
	point     string            // before decimals
	group     string            // between thousands
}

func newLocale(lang string) *locale {
	l := &locale{lang: lang, point: ".", group: ",", countries: countryNames(lang)}
	switch lang {
	case "de":
		l.point, l.group = ",", "."
	case "es":
		l.point, l.group = ",", "\u202f" // a narrow space, as the Academy writes
	}
	b, err := tables.ReadFile("lang/" + lang + ".json")
	if err == nil {
		err = json.Unmarshal(b, &l.strings)
	}
	if err != nil {
		panic("page: strings of " + lang + ": " + err.Error()) // they are part of the program
	}
	return l
}

// t is the text of a key with its verbs filled in; the key itself where there
// is no such text, which a test forbids.
func (l *locale) t(key string, args ...any) string {
	s, ok := l.strings[key]
	if !ok {
		return key
	}
	if len(args) == 0 {
		return s
	}
	return fmt.Sprintf(s, args...)
}

// n is t in the form that goes with a number: one or other, which is enough
// for these languages. The first argument is the number as it is to be shown.
func (l *locale) n(key string, n float64, args ...any) string {
	form := ".other"
	if n == 1 {
		form = ".one"
	}
	return l.t(key+form, append([]any{l.count(n)}, args...)...)
}

// h is t as HTML: arguments that are HTML stay it, all others are escaped.
func (l *locale) h(key string, args ...any) template.HTML {
	safe := make([]any, len(args))
	for i, a := range args {
		switch a := a.(type) {
		case template.HTML:
			safe[i] = string(a)
		default:
			safe[i] = template.HTMLEscapeString(fmt.Sprint(a))
		}
	}
	return template.HTML(fmt.Sprintf(template.HTMLEscapeString(l.strings[key]), safe...))
}

// list joins names as a sentence does.
func (l *locale) list(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " " + l.t("and") + " " + names[len(names)-1]
}
