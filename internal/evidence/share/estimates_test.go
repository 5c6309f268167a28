package share

import (
	"math"
	"testing"
)

// TestMinByHand compares with Chao's formulas worked out by hand: 50 sources, 10
// of them seen once and 3 twice.
func TestMinByHand(t *testing.T) {
	l := Loudness{Sources: 50, Once: 10, Twice: 3, Samples: 200}
	got := l.Min(1)
	unseen := 10.0 * 9 / (2 * 4)
	variance := 10.0*9/(2*4) + 10.0*19*19/(4*16) + 100.0*3*81/(4*256)
	k := math.Exp(1.959963984540054 * math.Sqrt(math.Log(1+variance/(unseen*unseen))))
	if !close(got.Value, 50+unseen) || got.Low == nil || !close(*got.Low, 50+unseen/k) || got.High != nil {
		t.Errorf("%+v, want %.4f from %.4f", got, 50+unseen, 50+unseen/k)
	}
}

// TestCountOfAThinnedTable: of 400 sources a quarter was kept, so that only the
// other three quarters are uncertain.
func TestCountOfAThinnedTable(t *testing.T) {
	got := Loudness{Sources: 100}.Count(0.25)
	low, high := Poisson(100, Alpha)
	narrow := math.Sqrt(0.75)
	if got.Value != 400 || !close(*got.Low, (100-(100-low)*narrow)/0.25) || !close(*got.High, (100+(high-100)*narrow)/0.25) {
		t.Errorf("%v from %v to %v", got.Value, *got.Low, *got.High)
	}
	if !(*got.Low < 400 && 400 < *got.High) {
		t.Errorf("%v to %v does not hold 400", *got.Low, *got.High)
	}
}

func close(a, b float64) bool { return math.Abs(a-b) <= 1e-9*math.Max(1, math.Abs(b)) }
