package query

import (
	"strconv"

	"floodmark/internal/evidence/vector"
	"floodmark/internal/model"
)

// classNames and vectorSlugs list what the table of classes has.
func classNames() []string {
	var out []string
	for _, l := range vector.Classes() {
		out = append(out, l.Name)
	}
	return out
}

func classNumber(name string) (uint64, bool) {
	for _, l := range vector.Classes() {
		if l.Name == name {
			return uint64(l.Class), true
		}
	}
	return 0, false
}

func className(v uint64) string {
	if l := vector.Lookup(model.Class(v)); v < model.MaxClasses && l != nil {
		return l.Name
	}
	return strconv.FormatUint(v, 10)
}

// A vector is numbered by the first of its classes.
func vectorNumber(slug string) (uint64, bool) {
	for i, s := range vectorFirst.slugs {
		if s == slug {
			return vectorFirst.of[i], true
		}
	}
	return 0, false
}

func vectorName(v uint64) string {
	if l := vector.Lookup(model.Class(v)); v < model.MaxClasses && l != nil {
		return l.Slug
	}
	return strconv.FormatUint(v, 10)
}

func vectorOf(c model.Class) uint64 {
	if int(c) < len(vectorFirst.of) {
		return vectorFirst.of[c]
	}
	return uint64(c)
}

// vectorFirst holds, by class, the slug and the first class that has it.
var vectorFirst = func() (t struct {
	slugs []string
	of    []uint64
}) {
	first := make(map[string]uint64)
	for i, l := range vector.Classes() {
		if _, ok := first[l.Slug]; !ok {
			first[l.Slug] = uint64(i)
		}
		t.slugs = append(t.slugs, l.Slug)
		t.of = append(t.of, first[l.Slug])
	}
	return
}()
