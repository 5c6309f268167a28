//go:build soak

package spoof

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"floodmark/internal/evidence/share"
)

// TestRatesTable measures how often each verdict comes out and, with
// FLOODMARK_UPDATE=1, writes the tables into docs/accuracy.md.
func TestRatesTable(t *testing.T) {
	sizes := []int{100, 300, 1000, 10000, 40000}
	pooled := map[string][]ballot{}
	var b strings.Builder
	b.WriteString("| attack | truth | 100 | 300 | 1,000 | 10,000 | 40,000 |\n|---|---|---|---|---|---|---|\n")
	for _, s := range scenarios() {
		fmt.Fprintf(&b, "| %s | %s |", s.name, s.truth)
		for i, n := range sizes {
			runs := 100
			if n > 10000 {
				runs = 40
			}
			got := s.run(n, runs)
			fmt.Fprintf(&b, " %d / %d / %d |", percentOf(got.real, runs), percentOf(got.spoofed, runs), percentOf(got.undecided, runs))
			for _, key := range poolsOf(s) {
				if pooled[key] == nil {
					pooled[key] = make([]ballot, len(sizes))
				}
				p := &pooled[key][i]
				p.real, p.spoofed, p.undecided, p.runs = p.real+got.real, p.spoofed+got.spoofed, p.undecided+got.undecided, p.runs+runs
			}
		}
		b.WriteString("\n")
	}
	var p strings.Builder
	p.WriteString("| error, over all scenarios of the kind | 100 | 300 | 1,000 | 10,000 | 40,000 |\n|---|---|---|---|---|---|\n")
	row := func(name, key string, of func(ballot) int) {
		fmt.Fprintf(&p, "| %s |", name)
		for _, x := range pooled[key] {
			k := float64(of(x))
			low, high := share.ClopperPearson(k, float64(x.runs), share.Alpha)
			fmt.Fprintf(&p, " %.1f %% (%.1f–%.1f) |", 100*k/float64(x.runs), 100*low, 100*high)
		}
		p.WriteString("\n")
	}
	row("real sources called `spoofed`", "real", func(x ballot) int { return x.spoofed })
	row("real sources left `undecided`", "real", func(x ballot) int { return x.undecided })
	row("forged sources called `real`", "forged", func(x ballot) int { return x.real })
	row("forged sources left `undecided`", "forged", func(x ballot) int { return x.undecided })
	row("forged at random, left `undecided`", "random", func(x ballot) int { return x.undecided })
	row("mixtures called `real`", "mixed", func(x ballot) int { return x.real })
	row("mixtures of half or less forged called `spoofed`", "half", func(x ballot) int { return x.spoofed })
	publish(t, "spoof-rates", p.String()+"\n"+b.String())
}

func percentOf(k, n int) int { return (100*k + n/2) / n }

func poolsOf(s scenario) []string {
	switch s.truth {
	case "mixed":
		return []string{"mixed", "half"}
	case "mostly":
		return []string{"mixed"}
	case "forged":
		if strings.HasPrefix(s.name, "list") || strings.HasPrefix(s.name, "own") {
			return []string{"forged"}
		}
		return []string{"forged", "random"}
	}
	return []string{s.truth}
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

// TestFractionTable measures how often the limits of the spoofed fraction hold
// the truth.
func TestFractionTable(t *testing.T) {
	const trials = 1000
	var b strings.Builder
	b.WriteString("| forged among distinct sources | coverage of the limits | mean width |\n|---|---|---|\n")
	for _, c := range fractionCases() {
		rate, width := c.coverage(trials)
		low, high := share.Wilson(rate*trials, trials, share.Alpha)
		fmt.Fprintf(&b, "| %s | %.1f %% (%.1f–%.1f) | %.2f |\n", c.name, 100*rate, 100*low, 100*high, width)
	}
	publish(t, "spoof-fraction", b.String())
}
