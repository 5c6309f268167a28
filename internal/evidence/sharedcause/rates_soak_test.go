//go:build soak

package sharedcause_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"floodmark/internal/evidence/share"
	"floodmark/internal/model"
)

// TestCauseTable measures causes on 500 random graphs a kind, of seeds that
// nobody looked at while scores were chosen, and, with FLOODMARK_UPDATE=1,
// writes the table into docs/accuracy.md.
func TestCauseTable(t *testing.T) {
	var b strings.Builder
	b.WriteString("| what the reports are about | services | right | undecided | another one named | called own |\n|---|---|---|---|---|---|\n")
	for _, r := range rows {
		c := measure(r.kind, r.of, 10000, 10500)
		cell := func(n int) string {
			low, high := share.Proportion(float64(n), float64(c.services), share.Alpha)
			return fmt.Sprintf("%.1f %% (%.1f–%.1f)", 100*float64(n)/float64(c.services), 100*low, 100*high)
		}
		own, right := cell(c.own), cell(c.right)
		switch r.of {
		case model.CauseOwn:
			own = "–"
		case model.CauseUndecided:
			right = "–"
		}
		fmt.Fprintf(&b, "| %s | %d | %s | %s | %s | %s |\n", r.text, c.services, right, cell(c.undecided), cell(c.wrong), own)
	}
	publish(t, "explain-causes", b.String())
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
