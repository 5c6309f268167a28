package eprocess

import (
	"math/rand/v2"
	"testing"
	"time"
)

// TestLumpsKeepThePromise plays ordinary weeks in which people come in lumps of
// 15 minutes, variance three times the mean, minute by minute.
func TestLumpsKeepThePromise(t *testing.T) {
	const services, learning, days, mean = 16, 10, 25, 6.0
	opened := 0
	for n := range services {
		r := rand.New(rand.NewPCG(uint64(n), 3))
		s, e := New(Config{Step: time.Minute, Promise: 1}), Episode{}
		rate := 0.0
		for m := range (learning + days) * 1440 {
			if m%15 == 0 {
				rate = mean / 15 * gamma(r, mean/2) / (mean / 2)
			}
			at := int64(m) * int64(time.Minute)
			before := e.State
			_, state := e.Take(s, at, draw(r, rate, 0), true)
			if m >= learning*1440 && state == "open" && before != "open" && before != "easing" {
				opened++
			}
		}
	}
	years := float64(services*days) / 365.25
	// At one a year more than five in this time come about once in a thousand runs.
	t.Logf("%d false episodes in %.2f service-years", opened, years)
	if opened > 5 {
		t.Errorf("%d false episodes in %.2f service-years, promised 1 a year", opened, years)
	}
}

// TestLumpsDoNotHideAnOutage wants one of ten times the usual within minutes.
func TestLumpsDoNotHideAnOutage(t *testing.T) {
	const mean = 6.0
	for n := range 20 {
		r := rand.New(rand.NewPCG(uint64(n), 4))
		s, e := New(Config{Step: time.Minute, Promise: 1}), Episode{}
		rate, found := 0.0, 0
		for m := range 10*1440 + 60 {
			if m%15 == 0 {
				rate = mean / 15 * gamma(r, mean/2) / (mean / 2)
			}
			y := rate
			if m >= 10*1440 {
				y = 10 * mean / 15
			}
			if _, state := e.Take(s, int64(m)*int64(time.Minute), draw(r, y, 0), true); state == "open" && m >= 10*1440 && found == 0 {
				found = m - 10*1440 + 1
			}
		}
		if found == 0 || found > 25 {
			t.Errorf("series %d: found after %d minutes", n, found)
		}
	}
}
