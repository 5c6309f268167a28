package share

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// smallN is the effective sample size below which Wilson's interval is
// replaced by the exact one.
const smallN = 40

// Wilson returns the score interval of a share of x in n at error probability
// alpha (Wilson, JASA 22, 1927). x and n may be effective sizes and need not be
// whole. n of 0 or less gives [0,1].
func Wilson(x, n, alpha float64) (low, high float64) {
	if n <= 0 {
		return 0, 1
	}
	z := normalQuantile(1 - alpha/2)
	p := math.Min(math.Max(x/n, 0), 1)
	z2 := z * z
	centre := (p + z2/(2*n)) / (1 + z2/n)
	half := z * math.Sqrt(p*(1-p)/n+z2/(4*n*n)) / (1 + z2/n)
	return math.Max(0, centre-half), math.Min(1, centre+half)
}

// ClopperPearson returns the exact interval of a share of x in n at error
// probability alpha (Clopper and Pearson, Biometrika 26, 1934), through the
// Beta distribution, which also takes sizes that are not whole (Korn and
// Graubard, Survey Methodology 24, 1998). n of 0 or less gives [0,1].
func ClopperPearson(x, n, alpha float64) (low, high float64) {
	if n <= 0 {
		return 0, 1
	}
	x = math.Min(math.Max(x, 0), n)
	low, high = 0, 1
	switch {
	case x == 0:
		return 0, -math.Expm1(math.Log(alpha/2) / n)
	case x == n:
		return math.Exp(math.Log(alpha/2) / n), 1
	}
	low = distuv.Beta{Alpha: x, Beta: n - x + 1}.Quantile(alpha / 2)
	high = distuv.Beta{Alpha: x + 1, Beta: n - x}.Quantile(1 - alpha/2)
	return low, high
}

// Proportion returns the interval of a share of x in n: the exact one where n
// is under 40 or x is 0 or n, Wilson's elsewhere. It never has width 0.
func Proportion(x, n, alpha float64) (low, high float64) {
	if n < smallN || x <= 0 || x >= n {
		return ClopperPearson(x, n, alpha)
	}
	return Wilson(x, n, alpha)
}

// Poisson returns the exact limits of the mean of a Poisson count c at error
// probability alpha (Garwood, Biometrika 28, 1936). A count of 0 has the
// one-sided upper limit, which is 3.0 at 95 %. c need not be whole.
func Poisson(c, alpha float64) (low, high float64) {
	if c <= 0 {
		return 0, -math.Log(alpha)
	}
	return gammaQuantile(c, alpha/2), gammaQuantile(c+1, 1-alpha/2)
}

// gammaQuantile is the quantile of the gamma distribution of the given shape
// and rate 1. Above a shape of 10,000 it takes the cube-root approximation
// (Wilson and Hilferty, PNAS 17, 1931), which is good to 1e-6 there and costs
// nothing.
func gammaQuantile(shape, p float64) float64 {
	if shape > 1e4 {
		z := normalQuantile(p)
		c := 1 - 1/(9*shape) + z/(3*math.Sqrt(shape))
		return shape * c * c * c
	}
	return distuv.Gamma{Alpha: shape, Beta: 1}.Quantile(p)
}

func normalQuantile(p float64) float64 { return distuv.UnitNormal.Quantile(p) }

// tQuantile is Student's quantile. Degrees of freedom below 1 count as 1.
func tQuantile(p, df float64) float64 {
	if df > 1e4 {
		return normalQuantile(p)
	}
	return distuv.StudentsT{Mu: 0, Sigma: 1, Nu: math.Max(df, 1)}.Quantile(p)
}
