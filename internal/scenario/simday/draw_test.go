package simday

import (
	"testing"
	"time"
)

// TestOrdinaryCountsHaveTheirMeanAndSpread wants neighbours in time to be drawn
// apart from each other, too.
func TestOrdinaryCountsHaveTheirMeanAndSpread(t *testing.T) {
	s := Service{Slug: "a", Usual: Usual{Mean: 6, Spread: 3, Hours: "level", Weekend: 1}}
	const n = 20_000
	sum, squares, product, last := 0.0, 0.0, 0.0, 6.0
	for i := range n {
		x := float64(s.usual(7, time.Unix(int64(i)*900, 0)))
		sum += x
		squares += (x - 6) * (x - 6)
		product += (x - 6) * (last - 6)
		last = x
	}
	mean, variance, next := sum/n, squares/n, product/n
	if mean < 5.8 || mean > 6.2 || variance < 16.5 || variance > 19.5 || next < -0.6 || next > 0.6 {
		t.Errorf("mean %.2f (6), variance %.2f (18), covariance with the one before %.2f (0)", mean, variance, next)
	}
}
