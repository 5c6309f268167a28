package web

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// TestTemplatesAreNarrow wants lines that can be reviewed.
func TestTemplatesAreNarrow(t *testing.T) {
	list, err := files.ReadDir("templates")
	if err != nil || len(list) < 10 {
		t.Fatal(err, len(list))
	}
	for _, f := range list {
		b, err := files.ReadFile("templates/" + f.Name())
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(string(b), "\n") {
			if n := utf8.RuneCountInString(line); n > 120 {
				t.Errorf("%s:%d has %d columns, want 120 at most", f.Name(), i+1, n)
			}
		}
	}
}
