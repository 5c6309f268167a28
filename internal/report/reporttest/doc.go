// Package reporttest holds analyses for the tests of whatever writes a report:
// a camera-botnet flood, a reflection, a quiet recording, sampled flows
// without address data, one whose every text is hostile, and incidents of
// services, with their traffic and without. They are made up, with addresses
// from the documentation ranges (RFC 5737, RFC 3849) and marked synthetic where
// the product would. Only tests may import it.
package reporttest

import (
	"math"

	"floodmark/internal/model"
)

// P returns a pointer to f.
func P(f float64) *float64 { return &f }

// E is an estimate with bounds.
func E(v, lo, hi float64, basis string) model.Estimate {
	return model.Estimate{Value: v, Low: P(lo), High: P(hi), Basis: basis}
}

// Exact is a complete count.
func Exact(v float64) model.Estimate { return E(v, v, v, "complete count") }

func progress(text string, ids ...string) model.Sentence {
	return model.Sentence{Text: text, Evidence: ids}
}

// wave is traffic that rises, holds with a ripple and falls, in n steps.
func wave(n, from, to int, height float64) []float64 {
	out := make([]float64, n)
	for i := range out {
		if i < from || i >= to {
			continue
		}
		edge := math.Min(1, math.Min(float64(i-from+1), float64(to-i))/4)
		out[i] = math.Round(height * edge * (0.86 + 0.14*math.Sin(float64(i)*0.7+height)))
	}
	return out
}

func scale(in []float64, by float64) []float64 {
	out := make([]float64, len(in))
	for i, v := range in {
		out[i] = v * by
	}
	return out
}

func level(n int, base float64) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = math.Round(base * (1 + 0.2*math.Sin(float64(i)/3)))
	}
	return out
}
