//go:build soak

package usercount

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"floodmark/internal/evidence/share"
)

// TestForgeryTable measures how often forged and honest crowds are taken for the
// other and, with FLOODMARK_UPDATE=1, writes the table into docs/accuracy.md.
func TestForgeryTable(t *testing.T) {
	const trialsEach = 300
	var b strings.Builder
	b.WriteString("| crowd | days seen before | called made up | counted |\n|---|---|---|---|\n")
	for _, c := range trials {
		for _, days := range []int{0, 3} {
			var suspected, counted float64
			for seed := range uint64(trialsEach) {
				got, rate := c.play(5000+seed, days)
				o := judged(c.forged, got, rate)
				if o.suspected {
					suspected++
				}
				if o.counted {
					counted++
				}
			}
			kind := "honest"
			if c.forged {
				kind = "forged"
			}
			fmt.Fprintf(&b, "| %s: %s | %d | %s | %s |\n", kind, c.name, days, percent(suspected, trialsEach), percent(counted, trialsEach))
		}
	}
	publish(t, "tally-forgery", b.String())
}

func percent(n, of float64) string {
	low, high := share.Wilson(n, of, share.Alpha)
	return fmt.Sprintf("%.1f %% (%.1f–%.1f)", 100*n/of, 100*low, 100*high)
}

func publish(t *testing.T, name, text string) {
	t.Helper()
	t.Log("\n" + text)
	if os.Getenv("FLOODMARK_UPDATE") == "" {
		return
	}
	file := filepath.Join("..", "..", "..", "docs", "accuracy.md")
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	begin, end := "<!-- "+name+" -->\n", "<!-- /"+name+" -->"
	head, rest, ok := strings.Cut(string(b), begin)
	_, tail, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatalf("update %s: no markers for %s", file, name)
	}
	if err := os.WriteFile(file, []byte(head+begin+text+end+tail), 0o644); err != nil {
		t.Fatal(err)
	}
}
