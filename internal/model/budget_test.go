package model

import (
	"math"
	"strings"
	"testing"
)

func TestBudgetText(t *testing.T) {
	for text, want := range map[string]float64{"1 per year": 1, "at most one false incident per service and year": 1, "0.5 per month": 6,
		"one a week": 365.25 / 7, "1 per year over all services": 0.01, "2 per year over all series": 0.02} {
		p, err := parseBudget(text)
		if err != nil || math.Abs(p.PerYear(100)-want) > 1e-9 {
			t.Errorf("%q: %v %v, want %g", text, p.PerYear(100), err, want)
		}
		if again, err := parseBudget(p.String()); err != nil || again != p {
			t.Errorf("%q is written as %q: %v", text, p, err)
		}
	}
	for _, text := range []string{"", "year", "1", "0 per year", "-1 per year", "1 per fortnight", "1 per year over all cats", "NaN per year", "1 2 per year"} {
		if p, err := parseBudget(text); err == nil || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q was accepted as %v (%v)", text, p, err)
		}
	}
}

func FuzzBudget(f *testing.F) {
	for _, s := range []string{"1 per year", "at most one false incident per service and year", "1e9 per day over all"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := parseBudget(text)
		if err != nil {
			return
		}
		if x := p.PerYear(1); !(x > 0) || math.IsInf(x, 0) {
			t.Fatalf("%q: %g a year", text, x)
		}
		if again, err := parseBudget(p.String()); err != nil || again != p {
			t.Fatalf("%q is written as %q: %v", text, p, err)
		}
	})
}
