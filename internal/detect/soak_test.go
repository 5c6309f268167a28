//go:build soak

package detect

import (
	"math/rand/v2"
	"testing"
)

// TestOneFalseAlarmPerTargetAndWeek simulates 100 target-weeks at each sampling
// rate: 100 alarms are expected, 133 are fewer than once in a thousand runs.
func TestOneFalseAlarmPerTargetAndWeek(t *testing.T) {
	for _, sampling := range []float64{1000, 4096, 16384} {
		f := flow{threshold: 20000, rate: Low, sample: same(sampling), mean: sampling}
		r, n := rand.New(rand.NewPCG(9, uint64(sampling))), 0
		for left := 100.0 * Budget; left > 0; {
			took := f.until(r, sampling, left)
			if left -= took; left > 0 {
				n++
			}
		}
		t.Logf("1:%g: %d false alarms in 100 target-weeks", sampling, n)
		if n > 133 {
			t.Errorf("1:%g: %d false alarms in 100 target-weeks", sampling, n)
		}
	}
}
