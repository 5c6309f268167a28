package cause

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"floodmark/internal/model"
)

// TestTableIsDocumented holds docs/methods.md to the table that is in use. With
// FLOODMARK_UPDATE=1 it writes it.
func TestTableIsDocumented(t *testing.T) {
	file := filepath.Join("..", "..", "..", "docs", "methods.md")
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	const begin, end = "<!-- cause-table -->\n", "<!-- /cause-table -->"
	head, rest, ok := strings.Cut(string(b), begin)
	old, tail, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatalf("%s has no markers of the table", file)
	}
	want := documented()
	if old == want {
		return
	}
	if os.Getenv("FLOODMARK_UPDATE") == "" {
		t.Fatalf("%s is not the table in use; run this test with FLOODMARK_UPDATE=1", file)
	}
	if err := os.WriteFile(file, []byte(head+begin+want+end+tail), 0o644); err != nil {
		t.Fatal(err)
	}
}

func documented() string {
	var b strings.Builder
	b.WriteString("| signal, observation |")
	for _, c := range causes {
		fmt.Fprintf(&b, " %s |", c)
	}
	b.WriteString(" counts | because |\n|---|" + strings.Repeat("---|", len(causes)+2) + "\n")
	line := func(name string, o odds, rest string) {
		fmt.Fprintf(&b, "| %s |", name)
		for _, p := range o {
			fmt.Fprintf(&b, " %v |", p)
		}
		b.WriteString(rest + "\n")
	}
	line("base rate, people report", baseReports, " – | before anything is known |")
	line("base rate, only probes fail", baseProbes, " – | the same |")
	line("base rate, only traffic", baseTraffic, " – | the same |")
	line("mean length, hours", lengths, " 1 | heavy tails |")
	ids := slices.SortedFunc(maps.Keys(rows), func(x, y string) int {
		return cmp.Or(cmp.Compare(slices.Index(signals[:], rows[x].signal), slices.Index(signals[:], rows[y].signal)), cmp.Compare(x, y))
	})
	for _, id := range ids {
		r := rows[id]
		line(fmt.Sprintf("%s, %s", r.signal, id), r.p, fmt.Sprintf(" %v | %s |", r.count, r.why))
	}
	return b.String()
}

// Every row is a set of probabilities, has a reason, and is used.
func TestTableIsSound(t *testing.T) {
	for id, r := range rows {
		for c, p := range r.p {
			if !(p > 0 && p < 1) {
				t.Errorf("%s: probability %v under %s", id, p, causes[c])
			}
		}
		if r.why == "" || r.count <= 0 || r.count > 1 || bounds[r.signal] == 0 {
			t.Errorf("%s: %+v", id, r)
		}
	}
	for _, base := range []odds{baseReports, baseProbes, baseTraffic} {
		sum := 0.0
		for _, p := range base {
			sum += p
		}
		if sum < 0.99 || sum > 1.01 {
			t.Errorf("base rates sum to %v", sum)
		}
	}
	used := map[string]bool{}
	for _, m := range manners {
		used[m.row] = true
	}
	for _, id := range []string{"told-elsewhere", "told-shared", "told-owner", "told-own", "forged", "not-forged", "one-part", "one-place", "few-networks", "everywhere",
		"many-works", "slow", "failed-once", "some-fail", "all-answer", "no-attack", "unclear", "crowd-first", "crowd-alone", "retries", "less-traffic", "usual-traffic", "more-traffic"} {
		used[id] = true
	}
	for id := range rows {
		if !used[id] {
			t.Errorf("nothing notes %s", id)
		}
	}
	for id := range used {
		if _, ok := rows[id]; !ok {
			t.Errorf("no row %s", id)
		}
	}
	for c := range causes {
		if names[causes[c]] == "" || doubts[causes[c]] == "" || len(shownBy[c]) == 0 {
			t.Errorf("%s has no words", causes[c])
		}
	}
	if names[model.NoCause] != "" {
		t.Error("undecided is no cause")
	}
}
