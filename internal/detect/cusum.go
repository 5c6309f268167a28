package detect

import "math"

// The two rates that the test distinguish, in thresholds.
const (
	Low  = 0.8 // at most one false alarm a week here
	High = 1.2 // to be found here
)

// Gain is what one unit of traffic adds to the evidence, ln(High/Low), and
// Drain what a second takes away from it, in thresholds, High-Low. Evidence
// stands still at Drain/Gain = 0.987 times the threshold.
const (
	Gain  = 0.405465108108164381978 // ln 1.5
	Drain = High - Low
)

// Budget is the seconds in which a target that stays at Low may give one false
// alarm: a week.
const Budget = 7 * 24 * 3600

// Burst is the seconds' worth of threshold that has to arrive beyond what the
// threshold allows, however complete the count. Without it a count of every
// packet would decide within milliseconds, and every burst that a switch lets
// through would be an attack.
const Burst = 0.2

// Step returns the evidence after dt seconds and then w units of traffic
// (packets or bits, corrected for sampling), for a threshold per second. It
// serves single samples and sums of a second alike. Units are those of w.
func Step(evidence, w, threshold, dt float32) float32 {
	return max(0, evidence-Drain*threshold*dt) + Gain*w
}

// StepSum is Step for a sum of traffic that arrived during dt rather than at its
// end.
func StepSum(evidence, sum, threshold, dt float32) float32 {
	return max(0, evidence+Gain*sum-Drain*threshold*dt)
}

// minLevel keeps a threshold of less than a sample a minute from firing at
// the first two samples.
const minLevel = 4

// Level returns the evidence, in weights of a sample, at which the test fires:
// ln(Promise * rate), where rate*exp(-level) is how often a target at Low
// crosses the level. samples is threshold/weight, how many samples a second the
// threshold is worth; near is the number of targets now above half their
// thresholds, for which the promise holds together (1 or less: for each alone).
//
// The evidence of a target at Low is the work in an M/D/1 queue of load rho. It
// crosses a high level h downwards Drain*samples*a*exp(-h) times a second (a is
// the Cramér-Lundberg constant; Asmussen, Applied Probability and Queues, 2003,
// XIII.5), in groups of 1/(1-rho) on average.
func Level(samples, near float32) float32 {
	const rho = Low * Gain / Drain
	const a = (1 - rho) / (rho*High/Low - 1)
	const crossings = Drain * a * (1 - rho)
	return max(minLevel, float32(math.Log(Budget*crossings*float64(samples)*float64(max(near, 1)))))
}

// Limit returns the evidence at which a target is over its threshold, in the
// unit of the threshold. weight is what one sample stands for (see Weight), near
// as for Level. spread is the seconds by which traffic may be told out of order
// or in lumps, 0 for samples that are sent at once: whatever the order, a target
// that has stayed at Low does not fire.
func Limit(threshold, weight, near, spread float32) float32 {
	return max(Level(threshold/weight, near)*weight, Burst*Gain*threshold) + Drain*threshold*spread
}

// Under is less than any Limit with these values, and cheap: what is not above
// it need not be compared with the limit.
func Under(threshold, weight float32) float32 {
	return max(minLevel*weight, Burst*Gain*threshold)
}

// Since returns how many seconds ago evidence of this size began to grow, if
// the rate since then is rate. It is 0 where the rate could not have made it.
func Since(evidence, rate, threshold float32) float32 {
	speed := Gain*rate - Drain*threshold
	if speed <= 0 {
		return 0
	}
	return evidence / speed
}
