package live

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestConditionsAreDocumented wants every code of the program's own conditions
// in docs/conditions-program.md, and no other there. Codes are read from where
// they are declared, so that a new one is not forgotten.
func TestConditionsAreDocumented(t *testing.T) {
	read := func(path string) string {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	page := read("../../../docs/conditions-program.md")
	declared := regexp.MustCompile(`(?m)^\t[A-Z]\w+ += "([a-z]+(?:-[a-z]+)+)"`)
	codes := make(map[string]bool)
	for _, path := range []string{"health.go", "healthcrowd.go", "../../act/alert/status.go"} {
		for _, m := range declared.FindAllStringSubmatch(read(path), -1) {
			codes[m[1]] = true
			if !strings.Contains(page, "\n| `"+m[1]+"` |") {
				t.Errorf("%s of %s is not documented", m[1], path)
			}
		}
	}
	if !codes[JournalDown] || len(codes) < 14 {
		t.Fatalf("found %d codes only", len(codes))
	}
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z-]+)` \\|").FindAllStringSubmatch(page, -1) {
		if !codes[m[1]] {
			t.Errorf("the page tells of %s, which nothing raises", m[1])
		}
	}
}
