package scenario

import (
	"math"
	"math/rand/v2"
)

// lognormal has median 1.
func lognormal(r *rand.Rand, sigma float64) float64 { return math.Exp(r.NormFloat64() * sigma) }
