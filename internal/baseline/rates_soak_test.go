//go:build soak

package baseline

import (
	"cmp"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	soakSeries = 24
	soakWeeks  = 5
	soakAsked  = 0.1  // false alarms per series and week
	soakFirst  = 1000 // seed: constants of the method were chosen on others
)

// TestBaselineTable measures false alarms and delays and, with
// FLOODMARK_UPDATE=1, writes the tables into docs/accuracy.md.
func TestBaselineTable(t *testing.T) {
	ms := models()
	rows := make([][2]string, len(ms))
	var wg sync.WaitGroup
	slots := make(chan struct{}, 2)
	for i := range ms {
		wg.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			rows[i] = measure(t, &ms[i])
		})
	}
	wg.Wait()
	var b strings.Builder
	fmt.Fprintf(&b, "| ordinary traffic | series-weeks | promised | false alarms | a series and week (95 %% limits) |\n|---|---|---|---|---|\n")
	for _, r := range rows {
		b.WriteString(r[0])
	}
	b.WriteString("\n| begin to verdict: median, and found of " + fmt.Sprint(soakSeries) + " |")
	for _, a := range attacks {
		b.WriteString(" " + a.name + " |")
	}
	b.WriteString("\n|" + strings.Repeat("---|", 1+len(attacks)) + "\n")
	for _, r := range rows {
		b.WriteString(r[1])
	}
	publish(t, "baseline-rates", b.String())
}

// attacks change a true rate at so many seconds after their beginning.
var attacks = []struct {
	name  string
	lasts int64
	at    func(v, usual, seconds float64) float64
}{
	{"1.5×", 4 * hour, func(v, u, _ float64) float64 { return v + 0.5*u }},
	{"2×", 4 * hour, func(v, u, _ float64) float64 { return v + u }},
	{"3×", 4 * hour, func(v, u, _ float64) float64 { return v + 2*u }},
	{"5×", 4 * hour, func(v, u, _ float64) float64 { return v + 4*u }},
	{"pulses to 5×, 20 s a minute", 4 * hour, func(v, u, s float64) float64 {
		if math.Mod(s, 60) < 20 {
			return v + 4*u
		}
		return v
	}},
	{"ramp of 1 % a minute", 6 * hour, func(v, _, s float64) float64 { return v * math.Pow(1.01, s/60) }},
	{"ramp of 20 % a day", 14 * day, func(v, _, s float64) float64 { return v * math.Pow(1.2, s/86400) }},
	{"half is gone", 4 * hour, func(v, _, _ float64) float64 { return v / 2 }},
	{"all is gone", 4 * hour, func(float64, float64, float64) float64 { return 0 }},
}

func measure(t *testing.T, m *model) (out [2]string) {
	n := 0
	delays := make([][]time.Duration, len(attacks))
	for seed := range uint64(soakSeries) {
		s, w, alarms := m.play(soakFirst+seed, 10*second, soakWeeks, soakAsked)
		n += len(alarms)
		state, _ := s.MarshalBinary()
		for i := range attacks {
			delays[i] = append(delays[i], delay(t, s.cfg, state, *w, s.last, 1+int(seed), i))
		}
	}
	weeks := float64(soakSeries * soakWeeks)
	low, high := poissonLimits(float64(n))
	out[0] = fmt.Sprintf("| %s | %.0f | %.0f | %d | %.3f (%.3f–%.3f) |\n", m.name, weeks, weeks*soakAsked, n, float64(n)/weeks, low/weeks, high/weeks)
	if m.kept && low > weeks*soakAsked {
		t.Errorf("%s: %d false alarms in %.0f weeks", m.name, n, weeks)
	}
	row := "| " + m.name + " |"
	for _, d := range delays {
		found := slices.DeleteFunc(slices.Clone(d), func(x time.Duration) bool { return x < 0 })
		slices.SortFunc(d, func(a, b time.Duration) int { return cmp.Compare(uint64(a), uint64(b)) })
		if mid := d[len(d)/2]; mid >= 0 {
			row += fmt.Sprintf(" %s, %d |", short(mid), len(found))
		} else {
			row += fmt.Sprintf(" –, %d |", len(found))
		}
	}
	out[1] = row + "\n"
	return out
}

// delay plays an attack at another hour for each series and returns when it was
// found, -1 for not.
func delay(t *testing.T, cfg Config, state []byte, w world, last int64, hours, i int) time.Duration {
	r := newWorld(uint64(hours)).r
	w.r, w.crowds = r, 0
	s := New(cfg)
	if err := s.UnmarshalBinary(state); err != nil {
		t.Error(err)
	}
	from := last + int64(cfg.Step)
	begin := from + int64(hours)*hour
	w.run(s, from, begin, nil)
	a := &attacks[i]
	found := w.run(s, begin, begin+a.lasts, func(at int64, v float64) float64 {
		return a.at(v, s.Expect(at).Mean, float64(at-begin)/1e9)
	})
	if len(found) == 0 {
		return -1
	}
	return time.Duration(found[0].at + w.step - begin)
}

func short(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%.0f s", d.Seconds())
	case d < 2*time.Hour:
		return fmt.Sprintf("%.0f min", d.Minutes())
	case d < 48*time.Hour:
		return fmt.Sprintf("%.0f h", d.Hours())
	}
	return fmt.Sprintf("%.1f d", d.Hours()/24)
}

// poissonLimits are 95 % limits of a mean (Byar's approximation).
func poissonLimits(n float64) (low, high float64) {
	side := func(n, z float64) float64 { return n * math.Pow(1-1/(9*n)+z/(3*math.Sqrt(n)), 3) }
	if n > 0 {
		low = side(n, -1.96)
	}
	return low, side(n+1, 1.96)
}

func publish(t *testing.T, name, table string) {
	t.Log("\n" + table)
	if os.Getenv("FLOODMARK_UPDATE") == "" {
		return
	}
	const path = "../../docs/accuracy.md"
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	begin, end := "<!-- "+name+" -->\n", "<!-- /"+name+" -->"
	head, rest, ok := strings.Cut(string(text), begin)
	_, tail, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatal("docs/accuracy.md has no place for the table " + name)
	}
	if err := os.WriteFile(path, []byte(head+begin+table+end+tail), 0o644); err != nil {
		t.Fatal(err)
	}
}
