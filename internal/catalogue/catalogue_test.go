package catalogue

import (
	"regexp"
	"testing"
	"time"
)

func TestBuiltinHoldsTogether(t *testing.T) {
	slug := regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,39}$`)
	all := map[string]bool{}
	for _, s := range Builtin() {
		if !slug.MatchString(s.Slug) || all[s.Slug] || s.Name == "" || len(s.Components) == 0 {
			t.Errorf("%q: slug, name or components", s.Slug)
		}
		all[s.Slug] = true
		if _, err := time.LoadLocation(s.Timezone); err != nil {
			t.Errorf("%s: %v", s.Slug, err)
		}
	}
	for _, s := range Builtin() {
		for _, d := range s.DependsOn {
			if !all[d] || d == s.Slug {
				t.Errorf("%s depends on %q", s.Slug, d)
			}
		}
	}
}

func TestComponentName(t *testing.T) {
	for slug, want := range map[string]string{"api": "API", "live-tv": "Live tv", "": ""} {
		if got := componentName(slug); got != want {
			t.Errorf("%q: %q", slug, got)
		}
	}
}
