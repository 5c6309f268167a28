package share

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/stat/distuv"

	"floodmark/internal/model"
)

// Simulated truth for the coverage of intervals. Everything is seeded.

func source(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0x5eed)) }

func poisson(r *rand.Rand, mean float64) float64 {
	if mean <= 0 {
		return 0
	}
	return distuv.Poisson{Lambda: mean, Src: r}.Rand()
}

func binomial(r *rand.Rand, n, p float64) float64 {
	return distuv.Binomial{N: n, P: p, Src: r}.Rand()
}

// loud draws how loud a source is: lognormal, so that tail 0 is equal loudness
// and tail 1.5 lets the loudest tenth send half of all.
func loud(r *rand.Rand, tail float64) float64 {
	return math.Exp(tail*r.NormFloat64() - tail*tail/2)
}

func covers(e model.Estimate, truth float64) bool {
	return (e.Low == nil || *e.Low <= truth) && (e.High == nil || *e.High >= truth)
}

// coverage is the share of trials whose interval holds the truth, and the mean width.
func coverage(trials int, trial func(r *rand.Rand) (model.Estimate, float64)) (rate, width float64) {
	for i := range trials {
		e, truth := trial(source(uint64(i) + 1))
		if covers(e, truth) {
			rate++
		}
		if e.Low != nil && e.High != nil {
			width += *e.High - *e.Low
		}
	}
	return rate / float64(trials), width / float64(trials)
}

// window samples one packet in rate of total packets, a share of which is in a
// class, and estimates that share.
func window(total, truth, rate float64) func(*rand.Rand) (model.Estimate, float64) {
	return func(r *rand.Rand) (model.Estimate, float64) {
		in := math.Round(total * truth)
		var part, whole Sum
		part.Add(binomial(r, in, 1/rate), 0, rate)
		part = packets(part.Samples, rate)
		whole = part.Plus(packets(binomial(r, total-in, 1/rate), rate))
		return Window(part, whole, Alpha), in / total
	}
}

func packets(n, rate float64) Sum {
	var s Sum
	s.Add(n, n, rate)
	return s
}

// mixedWindow is window with two exporters of different rates, the class being
// three times as frequent at one of them.
func mixedWindow(total, truth, rate1, rate2 float64) func(*rand.Rand) (model.Estimate, float64) {
	return func(r *rand.Rand) (model.Estimate, float64) {
		half := total / 2
		in1, in2 := math.Round(half*truth*1.5), math.Round(half*truth*0.5)
		a, b := packets(binomial(r, in1, 1/rate1), rate1), packets(binomial(r, in2, 1/rate2), rate2)
		c, d := packets(binomial(r, half-in1, 1/rate1), rate1), packets(binomial(r, half-in2, 1/rate2), rate2)
		part := a.Plus(b)
		return Window(part, part.Plus(c).Plus(d), Alpha), (in1 + in2) / total
	}
}

// lopsided has a class that only the exporter with sampling sees, beside one
// that counts everything.
func lopsided(total, truth, rate float64) func(*rand.Rand) (model.Estimate, float64) {
	return func(r *rand.Rand) (model.Estimate, float64) {
		in := math.Round(total * truth)
		part := packets(binomial(r, in, 1/rate), rate)
		rest := packets(binomial(r, in, 1/rate), rate).Plus(packets(total-2*in, 1))
		return Window(part, part.Plus(rest), Alpha), in / total
	}
}

// volume samples packets of heavy-tailed sizes and estimates their total.
func volume(total int, rate float64, bytes bool) func(*rand.Rand) (model.Estimate, float64) {
	return func(r *rand.Rand) (model.Estimate, float64) {
		var s Sum
		truth := 0.0
		for range total {
			size := 1.0
			if bytes {
				size = []float64{40, 60, 300, 1500}[min(int(r.ExpFloat64()), 3)]
			}
			truth += size
			if r.Float64()*rate < 1 {
				s.Add(1, size, rate)
			}
		}
		return s.Volume(), truth
	}
}

// byteShare samples packets of two size mixes and estimates the share of bytes.
func byteShare(total int, truth, rate float64) func(*rand.Rand) (model.Estimate, float64) {
	return func(r *rand.Rand) (model.Estimate, float64) {
		var part, whole Sum
		in, all := 0.0, 0.0
		for range total {
			class := r.Float64() < truth
			size := []float64{40, 60, 300, 1500}[min(int(r.ExpFloat64()), 3)]
			if class {
				size = []float64{1500, 900, 40, 40}[min(int(r.ExpFloat64()), 3)]
				in += size
			}
			all += size
			if r.Float64()*rate >= 1 {
				continue
			}
			whole.Add(1, size, rate)
			if class {
				part.Add(1, size, rate)
			}
		}
		return Window(part, whole, Alpha), in / all
	}
}

// herd is a botnet: sources of unequal loudness in networks of unequal size.
type herd struct {
	sources int
	samples float64 // sampled packets in all, about
	tail    float64 // of loudness
	share   float64 // true share of the class
	net     float64 // mean sources in a network; 0: the class does not follow networks
	netTail float64
}

// ratios draws a herd and clusters it by source and by network.
func (h herd) ratios(r *rand.Rand) (bySource, byNet Ratio) {
	each := h.samples / float64(h.sources)
	for i := 0; i < h.sources; {
		k := 1
		if h.net > 0 {
			k = min(1+int(poisson(r, (h.net-1)*loud(r, h.netTail))), h.sources-i)
		}
		in := r.Float64() < h.share
		var c, y float64
		for range k {
			n := poisson(r, each*loud(r, h.tail))
			mine := 0.0
			if in {
				mine = n
			}
			if n > 0 {
				bySource.Add(n, mine)
			}
			c, y = c+n, y+mine
		}
		if c > 0 {
			byNet.Add(c, y)
		}
		i += k
	}
	return bySource, byNet
}

// population estimates the share among sources like these.
func (h herd) population(r *rand.Rand) (model.Estimate, float64) {
	s, n := h.ratios(r)
	if h.net == 0 {
		n = Ratio{}
	}
	return Population(s, n, Alpha), h.share
}

// naive is what Wilson's interval on packets would say of the same: the
// mistake that Population exists to avoid.
func (h herd) naive(r *rand.Rand) (model.Estimate, float64) {
	s, _ := h.ratios(r)
	low, high := Wilson(s.Y, s.C, Alpha)
	return estimate(s.Share(), low, high, "naive"), h.share
}

// effective samples packets from a fixed set of sources and estimates the
// effective number of them.
func effective(sources int, samples, tail, kept float64) func(*rand.Rand) (model.Estimate, float64) {
	return func(r *rand.Rand) (model.Estimate, float64) {
		fixed := source(77)
		w := make([]float64, sources)
		sum, squares := 0.0, 0.0
		for i := range w {
			w[i] = loud(fixed, tail)
			sum += w[i]
			squares += w[i] * w[i]
		}
		var l Loudness
		n := 0.0
		for _, x := range w {
			c := poisson(r, samples*x/sum)
			n += c
			if r.Float64() < kept {
				l.Add(uint64(c))
			}
		}
		e, _ := l.Effective(n, kept)
		return e, sum * sum / squares
	}
}

// keptWindow keeps a fraction of a herd's sources by a coin and estimates the
// share of this window.
func (h herd) keptWindow(kept float64) func(*rand.Rand) (model.Estimate, float64) {
	return func(r *rand.Rand) (model.Estimate, float64) {
		var all, table Ratio
		each := h.samples / float64(h.sources)
		for range h.sources {
			n := poisson(r, each*loud(r, h.tail))
			y := 0.0
			if r.Float64() < h.share {
				y = n
			}
			if n == 0 {
				continue
			}
			all.Add(n, y)
			if r.Float64() < kept {
				table.Add(n, y)
			}
		}
		return WindowKept(packets(table.Y, 1), packets(table.C, 1), table, kept), all.Share()
	}
}
