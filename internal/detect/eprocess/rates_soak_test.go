//go:build soak

package eprocess

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"floodmark/internal/evidence/share"
)

// harder are ordinary days that the model does not fit: the promise is not
// claimed for them.
func harder() []ordinary {
	q := 15 * time.Minute
	r := rand.New(rand.NewPCG(1, 2))
	// drift is a level that lasts about six hours, of so much spread.
	drift := func(spread float64) func(float64) float64 {
		level := 0.0
		a := math.Exp(-15.0 / 360)
		return func(float64) float64 {
			level = a*level + math.Sqrt(1-a*a)*spread*r.NormFloat64()
			return math.Exp(level)
		}
	}
	return []ordinary{
		{name: "heavier tail: every bucket times a log-normal of spread 0.4", step: q, mean: 10, spread: 0.2, by: func(float64) float64 {
			return math.Exp(0.4 * r.NormFloat64())
		}},
		{name: "a level that drifts by 20 % for six hours", step: q, mean: 10, spread: 0.2, by: drift(0.2)},
		{name: "a level that drifts by 50 % for six hours", step: q, mean: 10, spread: 0.2, by: drift(0.5)},
	}
}

// TestPromiseTable counts false episodes over decades, with other seeds than
// TestPromise, and, with FLOODMARK_UPDATE=1, writes the table into
// docs/accuracy.md.
func TestPromiseTable(t *testing.T) {
	const years = 60
	all := append(days(), harder()...)
	rows := make([]string, len(all))
	var wg sync.WaitGroup
	for i, o := range all {
		if o.years = years; o.step < 15*time.Minute {
			o.years = years / 2
		}
		seed := uint64(i)
		work := func() {
			n := play(o, rand.New(rand.NewPCG(77, seed)))
			low, high := share.Poisson(float64(n), share.Alpha)
			rows[i] = fmt.Sprintf("| %s | %.0f | %d | %.2f (%.2f–%.2f) |\n", o.name, o.years, n, float64(n)/o.years, low/o.years, high/o.years)
			kept := i < len(days()) && !strings.Contains(o.name, "bursts")
			if kept && low > o.years {
				t.Errorf("%s: %d false episodes in %.0f years", o.name, n, o.years)
			}
		}
		if i < len(days()) {
			wg.Go(work)
		} else { // these share a source of chance
			work()
		}
	}
	wg.Wait()
	publish(t, "counts-promise", "| ordinary days | service-years | false episodes | a year (95 % limits) |\n|---|---|---|---|\n"+strings.Join(rows, ""))
}

// publish prints a table and, where asked, puts it between its markers in
// docs/accuracy.md.
func publish(t *testing.T, name, text string) {
	t.Helper()
	t.Log("\n" + text)
	if os.Getenv("FLOODMARK_UPDATE") == "" {
		return
	}
	const file = "../../../docs/accuracy.md"
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
