package localize

import "math"

const (
	// usualCap is what usual shares are taken to be worth at most, in reports:
	// the shares of one incident differ from those of another by about as much as
	// samples of 300. Without it a service with a million reports of history would
	// find that everything stands out.
	usualCap = 300
	// alpha is the false share of what is said to stand out, at most.
	alpha = 0.05
)

// lifts are the odds ratios that the alternative spreads its bet over, evenly.
var lifts = [...]float64{1.5, 2, 3, 5, 10, 30, 100}

// belief is the Beta distribution of the share that is usual, and perhaps a
// little different this time.
type belief struct{ a, b float64 }

// usual returns the belief in the share of n of total reports that were learnt,
// where prior of one report is added for the key and 1 for all.
func usual(n, total, prior float64) belief {
	total++
	p := (n + prior) / total
	p = min(max(p, 1e-9), 1-1e-9)
	// What was learnt is a sample, and this incident another: their errors add up.
	c := 1 / (1/total + 1/float64(usualCap))
	return belief{c * p, c * (1 - p)}
}

func (q belief) mean() float64 { return q.a / (q.a + q.b) }

// evidence returns log10 of the e-value that the share of x in n is above the
// usual one: the ratio of two beta-binomial likelihoods, the alternative being
// a mixture of beliefs with higher odds and the same weight. Each ratio grows
// with x, so that its mean is at most 1 wherever the true share is the usual
// one or less. It is a function of the running counts, and may be looked at
// after every minute.
func (q belief) evidence(x, n float64) float64 {
	if n <= 0 {
		return 0
	}
	c, odds := q.a+q.b, q.a/q.b
	null := lbeta(q.a+x, q.b+n-x) - lbeta(q.a, q.b)
	var logs [len(lifts)]float64
	largest := math.Inf(-1)
	for i, l := range lifts {
		p := l * odds / (1 + l*odds)
		a, b := c*p, c*(1-p)
		logs[i] = lbeta(a+x, b+n-x) - lbeta(a, b) - null
		largest = max(largest, logs[i])
	}
	sum := 0.0
	for _, v := range logs {
		sum += math.Exp(v - largest)
	}
	e := (largest + math.Log(sum/float64(len(lifts)))) / math.Ln10
	if math.IsNaN(e) {
		return 0
	}
	return min(max(e, -300), 300)
}

// interval returns the 95 % interval of the share of x in n that holds at all
// times together: shares whose likelihood is more than a twentieth of that of
// the mixture by Jeffreys' prior (Robbins, Annals of Mathematical Statistics
// 41, 1970). n of 0 gives [0,1].
func interval(x, n float64) (low, high float64) {
	if n <= 0 {
		return 0, 1
	}
	x = min(max(x, 0), n)
	bound := lbeta(0.5+x, 0.5+n-x) - lbeta(0.5, 0.5) + math.Log(alpha)
	inside := func(p float64) bool { return likelihood(x, p)+likelihood(n-x, 1-p) >= bound }
	mean := x / n
	return edge(mean, 0, inside), edge(mean, 1, inside)
}

// likelihood is k log p, where nothing of nothing is certain.
func likelihood(k, p float64) float64 {
	if k == 0 {
		return 0
	}
	return k * math.Log(p)
}

// edge finds where a region that holds in ends towards out.
func edge(in, out float64, inside func(float64) bool) float64 {
	if inside(out) {
		return out
	}
	for range 50 {
		mid := (in + out) / 2
		if inside(mid) {
			in = mid
		} else {
			out = mid
		}
	}
	return out // the outer side: never too narrow
}

// lbeta is the logarithm of the beta function.
func lbeta(a, b float64) float64 {
	x, _ := math.Lgamma(a)
	y, _ := math.Lgamma(b)
	z, _ := math.Lgamma(a + b)
	return x + y - z
}

// limit returns the log10 of the e-value from which on hypotheses are selected
// out of m, of which logs are those that can be: the k greatest stand out if
// the least of them is m/(k alpha) or more (e-BH: Wang and Ramdas, JRSS B 84,
// 2022). It bounds the expected share of false ones by alpha whatever the
// dependence. logs must be sorted, the greatest first. +Inf selects none.
func limit(logs []float64, m int) float64 {
	for k := len(logs); k > 0; k-- {
		if t := math.Log10(float64(m) / (float64(k) * alpha)); logs[k-1] >= t {
			return t
		}
	}
	return math.Inf(1)
}
