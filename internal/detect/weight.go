package detect

// memory is how many samples a weight rests on. Fewer would make the limit
// noisy, more would keep the weight of ordinary traffic into an attack: with 64
// it has followed before a flood at 1.5 times the threshold is decided, which
// takes about 96 weights of traffic.
const memory = 64

// Learn returns the weight of a sample after one of weight w. Start with the
// first sample's own weight; a weight of 0 is not known yet.
//
// Where all samples are alike, that is the weight. Where they differ, as
// packets in size, it is the number W for which evidence in units of W has the
// tail exp(-x) under Low, as Level assumes: the mean of exp(Gain*w/W)-1 is
// half the mean of w/W (the adjustment coefficient of a compound Poisson
// process). To second order that is sum(w*w)/sum(w); where few samples carry
// most of the traffic it is more, and sum(w*w)/sum(w) would fire too often. It
// is found by stochastic approximation (Robbins, Monro 1951), in steps by
// traffic rather than by sample.
func Learn(weight, w float32) float32 {
	if w == weight || w <= 0 {
		return weight
	}
	if w > 4*weight {
		if weight <= 0 {
			return w
		}
		weight = w / 4
	}
	x := w / weight
	// (exp(Gain*x)-1)/x - 1/2 as a series; 0 at x = 1.
	f := -0.5 + Gain + x*(0.0822010+x*(0.0111099+x*(0.00112617+x*(0.0000913250+x*0.0000061715))))
	const slope = 0.1082 // of x*f at x = 1
	return weight * (1 + x*f/(slope*memory))
}
