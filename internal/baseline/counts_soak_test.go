//go:build soak

package baseline

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// TestCountsTable measures false alarms and delays of counts and, with
// FLOODMARK_UPDATE=1, writes the table into docs/accuracy.md.
func TestCountsTable(t *testing.T) {
	const series, weeks = 20, 26
	var b strings.Builder
	b.WriteString("| reports a minute | variance/mean | a level that drifts | service-years | promised | false alarms | 3×, 5×, 10×, 30×: median minutes to verdict, and found of 20 |\n|---|---|---|---|---|---|---|\n")
	for _, c := range []struct {
		rate, dispersion, drift float64
		kept                    bool
	}{
		{0.02, 0, 0, true}, {0.02, 1, 0, true}, {0.1, 1, 0, true}, {0.5, 1, 0, true}, {2, 0.5, 0, true},
		{10, 0.2, 0, true}, {10, 0.2, 0.2, true}, {50, 0.1, 0, true}, {50, 0.1, 0.2, true}, {10, 0.2, 0.5, false},
	} {
		alarms := 0
		delays := make([][]int, 4)
		for seed := range uint64(series) {
			k := crowd{r: rand.New(rand.NewPCG(seed, 9)), rate: c.rate, dispersion: c.dispersion, drift: c.drift, swing: 0.7}
			s, n := k.counting(reports(), weeks)
			alarms += n
			state, _ := s.MarshalBinary()
			for i, times := range []float64{3, 5, 10, 30} {
				s := New(reports())
				if err := s.UnmarshalBinary(state); err != nil {
					t.Fatal(err)
				}
				if d := k.outage(s, times); d > 0 {
					delays[i] = append(delays[i], d)
				}
			}
		}
		years := float64(series*weeks) / 52
		low, _ := poissonLimits(float64(alarms))
		if c.kept && low > years {
			t.Errorf("%+v: %d false alarms in %.0f years", c, alarms, years)
		}
		fmt.Fprintf(&b, "| %v | %.3g | %.0f %% | %.0f | %.0f | %d |", c.rate, 1+c.rate*c.dispersion, 100*c.drift, years, years, alarms)
		for i, d := range delays {
			slices.Sort(d)
			sep := []string{"", ";", ";", ";"}[i]
			if len(d) > series/2 {
				fmt.Fprintf(&b, "%s %d, %d", sep, d[series/2], len(d))
			} else {
				fmt.Fprintf(&b, "%s –, %d", sep, len(d))
			}
		}
		b.WriteString(" |\n")
	}
	publish(t, "baseline-counts", b.String())
}
