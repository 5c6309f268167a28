package detect

import "testing"

// steps takes so many steps of a tenth of a second with a rate, in thresholds of
// 1,000, and returns how many it took until the target was clear; 0 for never.
func steps(r *Recovery, n int, rate float32) int {
	for i := range n {
		if r.Step(rate*1000*0.1, 1000, 1, 0.1) {
			return i + 1
		}
	}
	return 0
}

// TestReturnBeginsAgain: what comes back above the threshold before it was clear
// takes the seconds away that were counted.
func TestReturnBeginsAgain(t *testing.T) {
	var r Recovery
	if n := steps(&r, 20, 0); n != 0 {
		t.Fatalf("clear after %d steps of nothing", n)
	}
	if n := steps(&r, 100, 3); n != 0 {
		t.Fatalf("clear after %d steps of three thresholds", n)
	}
	if r != (Recovery{}) {
		t.Errorf("after ten seconds of three thresholds: %+v", r)
	}
	if n := steps(&r, 100, 0); n < 50 || n > 51 { // tenths do not add up exactly
		t.Errorf("clear after %d steps, want 50", n)
	}
}

// TestLongCalmIsNotRemembered: an hour of calm weighs no more than ten seconds of
// it, so that a return counts soon.
func TestLongCalmIsNotRemembered(t *testing.T) {
	var hour, seconds Recovery
	for range 36000 {
		hour.Step(0, 1000, 1, 0.1)
	}
	for range 2 * Hold * 10 {
		seconds.Step(0, 1000, 1, 0.1)
	}
	if hour.Evidence > seconds.Evidence*1.001 {
		t.Errorf("evidence %.0f after an hour, %.0f after ten seconds", hour.Evidence, seconds.Evidence)
	}
}
