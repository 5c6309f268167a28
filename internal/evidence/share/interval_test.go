package share

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func near(t *testing.T, what string, got, want, tol float64) {
	t.Helper()
	if math.IsNaN(got) || math.Abs(got-want) > tol {
		t.Errorf("%s = %.6g, want %.6g", what, got, want)
	}
}

// The wanted values are from published tables: Wilson and Clopper-Pearson for
// 10 of 100 and Garwood's limits.
func TestKnownLimits(t *testing.T) {
	low, high := Wilson(10, 100, 0.05)
	near(t, "Wilson low", low, 0.05523, 1e-5)
	near(t, "Wilson high", high, 0.17437, 1e-5)
	low, high = ClopperPearson(10, 100, 0.05)
	near(t, "Clopper-Pearson low", low, 0.04900, 1e-5)
	near(t, "Clopper-Pearson high", high, 0.17622, 1e-5)
	low, high = ClopperPearson(0, 30, 0.05)
	near(t, "none of 30, low", low, 0, 0)
	near(t, "none of 30, high", high, 0.11570, 1e-5)
	low, high = Poisson(10, 0.05)
	near(t, "Poisson low", low, 4.7954, 1e-4)
	near(t, "Poisson high", high, 18.3904, 1e-4)
	low, high = Poisson(0, 0.05)
	near(t, "Poisson of 0, low", low, 0, 0)
	near(t, "Poisson of 0, high", high, 2.9957, 1e-4)
}

func TestGammaApproximationJoinsTheExactForm(t *testing.T) {
	for _, p := range []float64{0.0001, 0.025, 0.5, 0.975, 0.9999} {
		below, above := gammaQuantile(9999.99, p), gammaQuantile(10000.01, p)
		near(t, "gamma quantile across the join", above, below, 0.05)
	}
	low, high := Poisson(4e8, 0.05)
	near(t, "Poisson low of 4e8", low, 4e8-1.96*2e4, 10)
	near(t, "Poisson high of 4e8", high, 4e8+1.96*2e4, 10)
}

func TestLimitsHoldTheShareAndHaveWidth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Float64Range(0.5, 5e6).Draw(t, "n")
		x := n * rapid.Float64Range(0, 1).Draw(t, "p")
		if rapid.Bool().Draw(t, "edge") {
			x = []float64{0, n}[rapid.IntRange(0, 1).Draw(t, "which")]
		}
		low, high := Proportion(x, n, Alpha)
		if !(low >= 0 && high <= 1 && low <= x/n+1e-12 && high >= x/n-1e-12 && high > low) {
			t.Fatalf("Proportion(%v, %v) = [%v, %v]", x, n, low, high)
		}
		l2, h2 := Proportion(x, n, Alpha/10)
		if l2 > low+1e-12 || h2 < high-1e-12 {
			t.Fatalf("99.5 %% interval [%v,%v] is inside the 95 %% one [%v,%v]", l2, h2, low, high)
		}
	})
}

func TestSimultaneousDividesTheError(t *testing.T) {
	near(t, "Simultaneous(10)", simultaneous(10), 0.005, 1e-15)
	near(t, "Simultaneous(0)", simultaneous(0), 0.05, 1e-15)
}
