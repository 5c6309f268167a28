package detect

// Hold is the seconds for which a target must have been under its threshold
// before an alarm is over.
const Hold = 5

// clearLevel is ln(1000): a target still at High is taken for one at Low less
// than once in a thousand times the length of the test.
const clearLevel = 6.9

// Recovery is the mirrored test: evidence that a target that fired is at Low
// again. The zero value is a target that has just fired.
type Recovery struct {
	Evidence float32 // in the unit of the threshold
	Seconds  float32 // for which Evidence has been above zero
}

// Step takes the sum of dt seconds and reports whether the target has been
// under its threshold for Hold seconds, and by enough samples of this weight.
func (r *Recovery) Step(sum, threshold, weight, dt float32) bool {
	r.Evidence += Drain*threshold*dt - Gain*sum
	if r.Evidence <= 0 {
		*r = Recovery{}
		return false
	}
	r.Seconds += dt
	// More is not remembered, so that a return counts soon.
	largest := max(2*clearLevel*weight, 2*Drain*threshold*Hold)
	r.Evidence = min(r.Evidence, largest)
	return r.Seconds >= Hold && r.Evidence >= clearLevel*weight
}
