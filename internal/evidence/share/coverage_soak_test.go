//go:build soak

package share

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestCoverageTable measures the coverage of every interval with many trials
// and, with FLOODMARK_UPDATE=1, writes the table into docs/accuracy.md.
func TestCoverageTable(t *testing.T) {
	const trials = 5000
	var b strings.Builder
	b.WriteString("| what | method | coverage of 95 % intervals | mean width |\n|---|---|---|---|\n")
	row := func(name, method string, rate, width float64) {
		low, high := Wilson(rate*trials, trials, Alpha)
		fmt.Fprintf(&b, "| %s | %s | %.1f %% (%.1f–%.1f) | %.3g |\n", name, method, 100*rate, 100*low, 100*high, width)
	}
	for _, c := range coverageCases() {
		rate, width := coverage(trials, c.trial)
		row(c.name, "`"+c.method+"`", rate, width)
		if rate < c.smallest {
			t.Errorf("%s: covers %.3f", c.name, rate)
		}
	}
	h := herd{sources: 3000, samples: 4000, tail: 1.5, share: 0.30}
	rate, width := coverage(trials, h.naive)
	row("population, heavy tail, by Wilson on packets", "none: the mistake to avoid", rate, width)
	publish(t, "share-coverage", b.String())
}

// publish prints a table and, where asked, puts it between its markers in
// docs/accuracy.md.
func publish(t *testing.T, name, text string) {
	t.Helper()
	fmt.Println(text)
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
