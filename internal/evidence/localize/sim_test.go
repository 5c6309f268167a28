package localize

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/stat/distuv"
)

// world draws reports of keys with given shares. Concentrations say how much
// the shares of an incident, and of a minute, differ from the usual ones.
type world struct {
	rng              *rand.Rand
	keys             []string
	shares           []float64
	incident, minute float64
}

// dirichlet draws shares around mean; a concentration of 0 is the mean itself.
func dirichlet(r *rand.Rand, mean []float64, concentration float64) []float64 {
	if concentration == 0 {
		return mean
	}
	out, sum := make([]float64, len(mean)), 0.0
	for i, m := range mean {
		out[i] = distuv.Gamma{Alpha: max(m*concentration, 1e-3), Beta: 1, Src: r}.Rand()
		sum += out[i]
	}
	for i := range out {
		out[i] /= sum
	}
	return out
}

// draw returns n reports by shares.
func (w *world) draw(n int, shares []float64) []Count {
	out := make([]Count, len(w.keys))
	left, mass := n, 1.0
	for i, k := range w.keys {
		x := left
		if i < len(w.keys)-1 && mass > 0 {
			x = int(distuv.Binomial{N: float64(left), P: min(max(shares[i]/mass, 0), 1), Src: w.rng}.Rand())
		}
		left -= x
		mass -= shares[i]
		out[i] = Count{Key: k, Reports: uint64(x), Effective: float64(x)}
	}
	return out
}

// total is a number of reports in a minute that rises and falls without a rule.
func (w *world) total(t int) int {
	mean := math.Exp(3*math.Sin(float64(t)/17)+2) * w.rng.ExpFloat64()
	return int(distuv.Poisson{Lambda: max(mean, 0.01), Src: w.rng}.Rand())
}

// teach returns what ordinary days teach: n reports.
func (w *world) teach(largest, n int) *Usual {
	u := NewUsual(largest)
	for i := range 50 {
		u.Learn(int64(i)*6e10, w.draw(n/50, dirichlet(w.rng, w.shares, w.minute)))
	}
	return u
}
