//go:build soak

package app

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"floodmark/internal/evidence/share"
	"floodmark/internal/model"
	"floodmark/internal/scenario"
)

// TestPresenceRates plays every scenario with several seeds and sizes and counts
// the answers to "is there an attack at all?", and, with FLOODMARK_UPDATE=1,
// writes the table into docs/accuracy.md. The scenarios were written without
// knowledge of the rules, but the rules were mended on seed 1 and 7: those are
// left out here.
func TestPresenceRates(t *testing.T) {
	type cell struct{ yes, no, undecided float64 }
	var table strings.Builder
	table.WriteString("| recordings | size | runs | `yes` | `no` | `undecided` | wrong (95 % limits) |\n|---|---|---|---|---|---|---|\n")
	for _, attack := range []bool{true, false} {
		for _, size := range []float64{0.05, 0.2, 0.5} {
			var c cell
			for _, name := range scenario.Names() {
				info, err := scenario.Describe(name)
				if err != nil {
					t.Fatal(err)
				}
				if info.Attack != attack || name == "spoofed-50m" {
					continue
				}
				for seed := uint64(101); seed <= 103; seed++ {
					p := produce(t, name, scenario.Options{Scale: size, Seed: seed})
					switch analyzeBytes(t, AnalyzeOptions{Sampling: p.truth.Sampling}, p.file).Attack {
					case model.AttackYes:
						c.yes++
						if !attack {
							t.Logf("size %g seed %d: %s is called an attack", size, seed, name)
						}
					case model.AttackNo:
						c.no++
						if attack {
							t.Logf("size %g seed %d: %s is called no attack", size, seed, name)
						}
					default:
						c.undecided++
					}
				}
			}
			what, wrong := "no attack", c.yes
			if attack {
				what, wrong = "attacks", c.no
			}
			n := c.yes + c.no + c.undecided
			low, high := share.Proportion(wrong, n, share.Alpha)
			fmt.Fprintf(&table, "| %s | %g | %.0f | %.0f | %.0f | %.0f | %.1f %% (%.1f–%.1f) |\n", what, size, n, c.yes, c.no, c.undecided,
				100*wrong/n, 100*low, 100*high)
			if !attack && c.yes > 0.02*n {
				t.Errorf("size %g: %.0f of %.0f ordinary recordings are called attacks", size, c.yes, n)
			}
		}
	}
	t.Log("\n" + table.String())
	if os.Getenv("FLOODMARK_UPDATE") == "" {
		return
	}
	const path, begin, end = "../../docs/accuracy.md", "<!-- presence-rates -->\n", "<!-- /presence-rates -->"
	doc, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok := strings.Cut(string(doc), begin)
	_, tail, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatal("docs/accuracy.md has no place for the table")
	}
	if err := os.WriteFile(path, []byte(head+begin+table.String()+end+tail), 0o644); err != nil {
		t.Fatal(err)
	}
}
