//go:build soak

package cause_test

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"floodmark/internal/evidence/cause/causetest"
	"floodmark/internal/model"
)

// TestReliabilityTable measures words on 30,000 variants of seeds that nobody
// looked at before and, with FLOODMARK_UPDATE=1, writes docs/accuracy.md.
func TestReliabilityTable(t *testing.T) {
	const from, to = 2_000_000, 2_030_000
	apart, made := measure(&causetest.Apart, from, to), measure(&causetest.Made, from, to)
	publish(t, "cause-ranges", rangesTable())
	publish(t, "cause-words", wordsTable(apart, made))
	publish(t, "cause-bins", binsTable(apart, made))
	publish(t, "cause-truth", truthTable(apart))
	publish(t, "cause-known", knownTable(apart))
	for _, w := range allowed {
		if low, _ := get(apart.words, w.word).limits(); low < w.smallest {
			t.Errorf("%s: at least %.3f right", w.word, low)
		}
	}
}

// rangesTable says what variants are drawn from.
func rangesTable() string {
	var b strings.Builder
	b.WriteString("| drawn between | with which it was made | drawn apart |\n|---|---|---|\n")
	line := func(what string, m, a causetest.Range) {
		fmt.Fprintf(&b, "| %s | %v to %v | %v to %v |\n", what, m.Low, m.High, a.Low, a.High)
	}
	for i, c := range []model.CauseName{model.Attack, model.OwnFault, model.Dependency, model.NetworkFault, model.Elsewhere, model.FalseReports, model.Demand} {
		line("weight of `"+string(c)+"` among a service's incidents", causetest.Made.Mix[i], causetest.Apart.Mix[i])
	}
	made, apart := reflect.ValueOf(causetest.Made), reflect.ValueOf(causetest.Apart)
	for i := range made.NumField() {
		if m, ok := made.Field(i).Interface().(causetest.Range); ok {
			line(made.Type().Field(i).Tag.Get("is"), m, apart.Field(i).Interface().(causetest.Range))
		}
	}
	return b.String()
}

func cell(r *record) string {
	if r.stated == 0 {
		return "–"
	}
	low, high := r.limits()
	return fmt.Sprintf("%.1f %% (%.1f–%.1f)", 100*float64(r.right)/float64(r.stated), 100*low, 100*high)
}

func wordsTable(apart, made *measured) string {
	var b strings.Builder
	b.WriteString("| what is said | must be right | verdicts, drawn apart | right | verdicts, ranges it was made with | right |\n|---|---|---|---|---|---|\n")
	for _, w := range allowed {
		a, m := get(apart.words, w.word), get(made.words, w.word)
		fmt.Fprintf(&b, "| %s | %.0f %% | %d | %s | %d | %s |\n", w.word, 100*w.smallest, a.stated, cell(a), m.stated, cell(m))
	}
	for _, c := range slices.Sorted(maps.Keys(apart.truth)) {
		for _, w := range allowed {
			k := [2]string{string(c), w.word}
			a, m := get(apart.named, k), get(made.named, k)
			fmt.Fprintf(&b, "| %s `%s` | %.0f %% | %d | %s | %d | %s |\n", w.word, c, 100*w.smallest, a.stated, cell(a), m.stated, cell(m))
		}
	}
	return b.String()
}

func binsTable(apart, made *measured) string {
	var b strings.Builder
	b.WriteString("| likelihood of the likeliest cause | drawn apart | it was the cause | ranges it was made with | it was the cause |\n|---|---|---|---|---|\n")
	for _, k := range slices.Sorted(maps.Keys(apart.bins)) {
		a, m := apart.bins[k], get(made.bins, k)
		fmt.Fprintf(&b, "| %d–%d %% | %d | %s | %d | %s |\n", 5*k, 5*k+5, a.stated, cell(a), m.stated, cell(m))
	}
	return b.String()
}

func row(b *strings.Builder, name string, f *found) {
	part := func(n int) string { return cell(&record{f.all, n}) }
	fmt.Fprintf(b, "| %s | %d | %s | %s | %s |\n", name, f.all, part(f.right), part(f.undecided), part(f.all-f.right-f.undecided))
}

const head = " | incidents | right | undecided | wrong |\n|---|---|---|---|---|\n"

func truthTable(m *measured) string {
	var b strings.Builder
	b.WriteString("| cause" + head)
	for _, c := range slices.Sorted(maps.Keys(m.truth)) {
		row(&b, "`"+string(c)+"`", m.truth[c])
	}
	return b.String()
}

func knownTable(m *measured) string {
	var b strings.Builder
	b.WriteString("| what is known" + head)
	keys := slices.SortedFunc(maps.Keys(m.known), func(x, y string) int { return cmp.Or(cmp.Compare(len(x), len(y)), cmp.Compare(x, y)) })
	for _, k := range keys {
		row(&b, k, m.known[k])
	}
	for _, c := range []model.Confidence{model.LowConfidence, model.ModerateConfidence, model.HighConfidence} {
		row(&b, "confidence "+string(c), get(m.grades, c))
	}
	return b.String()
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
