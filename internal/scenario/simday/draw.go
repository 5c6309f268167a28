package simday

import (
	"math"
	"math/rand/v2"
	"time"
)

const last15m = 15 * time.Minute

// random makes a generator of its own for each thing that is drawn, so that one
// more report here changes nothing there (FNV-1a over the names).
func random(seed uint64, what string, n int64) *rand.Rand {
	h := uint64(14695981039346656037)
	for i := range len(what) {
		h = (h ^ uint64(what[i])) * 1099511628211
	}
	return rand.New(rand.NewPCG(mix(seed^h), mix(h+uint64(n))))
}

// mix spreads every bit of x over all of them (the end of SplitMix64, Steele and
// others 2014): seeds that are near each other make sequences that are not.
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// count draws a number whose variance is spread times its mean: a Poisson
// number whose mean is drawn from a gamma distribution (negative binomial).
func count(r *rand.Rand, mean, spread float64) int {
	if !(mean > 0) {
		return 0
	}
	if spread > 1.001 {
		mean = gamma(r, mean/(spread-1)) * (spread - 1)
	}
	return poisson(r, mean)
}

// gamma draws with shape k and scale 1 (Marsaglia and Tsang 2000).
func gamma(r *rand.Rand, k float64) float64 {
	if k < 1 {
		return gamma(r, k+1) * math.Pow(1-r.Float64(), 1/k)
	}
	d := k - 1.0/3
	for {
		x := r.NormFloat64()
		v := 1 + x/math.Sqrt(9*d)
		if v <= 0 {
			continue
		}
		v = v * v * v
		if math.Log(1-r.Float64()) < x*x/2+d-d*v+d*math.Log(v) {
			return d * v
		}
	}
}

// poisson is Knuth's for small means, and a rounded normal for large ones, where
// the difference is nothing that anybody could see.
func poisson(r *rand.Rand, mean float64) int {
	if mean > 500 {
		return max(int(math.Round(mean+math.Sqrt(mean)*r.NormFloat64())), 0)
	}
	n := 0
	for x := r.ExpFloat64(); x < mean; x += r.ExpFloat64() {
		n++
	}
	return n
}

// lot draws one of several names by weight.
type lot struct {
	names []string
	cum   []float64
}

// newLot takes weights; what is left of least, where they sum up to less, goes
// to the name "".
func newLot(weights map[string]float64, smallest float64) lot {
	var l lot
	sum := 0.0
	for _, name := range sorted(weights) {
		sum += weights[name]
		l.names, l.cum = append(l.names, name), append(l.cum, sum)
	}
	if rest := smallest - sum; rest > 1e-9 || sum == 0 {
		l.names, l.cum = append(l.names, ""), append(l.cum, max(smallest, 1))
	}
	return l
}

func (l *lot) draw(r *rand.Rand) string {
	x := r.Float64() * l.cum[len(l.cum)-1]
	for i, c := range l.cum {
		if x < c {
			return l.names[i]
		}
	}
	return l.names[len(l.names)-1]
}
