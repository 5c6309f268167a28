package share

import (
	"math/rand/v2"
	"testing"

	"floodmark/internal/model"
)

type coverageCase struct {
	name     string
	method   string
	smallest float64 // coverage below this fails the quick test
	trial    func(*rand.Rand) (model.Estimate, float64)
}

// coverageCases are what docs/accuracy.md reports; the quick test runs them
// with few trials and the soak test with many.
func coverageCases() []coverageCase {
	botnet := herd{sources: 3000, samples: 4000, tail: 1.5, share: 0.30}
	return []coverageCase{
		{"window, 2,000 sampled 1:100, share 30 %", "share/window", 0.92, window(2e5, 0.30, 100)},
		{"window, 2,000 sampled 1:100, share 0.5 %", "share/window", 0.92, window(2e5, 0.005, 100)},
		{"window, 30 sampled 1:1000, share 20 %", "share/window", 0.92, window(3e4, 0.20, 1000)},
		{"window, every second packet of 400, share 30 %", "share/window", 0.92, window(400, 0.30, 2)},
		{"window, exporters at 1:100 and 1:1000, share 20 %", "share/window", 0.92, mixedWindow(1e6, 0.2, 100, 1000)},
		{"window, exporters at 1:1 and 1:1000, share 20 %", "share/window", 0.92, mixedWindow(1e5, 0.2, 1, 1000)},
		{"window, class only where sampled 1:1000, share 14 %", "share/window", 0.92, lopsided(7e5, 0.14, 1000)},
		{"share of bytes, 400 sampled 1:50", "share/window", 0.92, byteShare(20000, 0.3, 50)},
		{"total packets, 200 sampled 1:100", "share/volume", 0.92, volume(20000, 100, false)},
		{"total packets, 10 sampled 1:1000", "share/volume", 0.92, volume(10000, 1000, false)},
		{"total bytes, 200 sampled 1:100", "share/volume", 0.92, volume(20000, 100, true)},
		{"population, equal loudness", "share/population", 0.92, herd{1000, 4000, 0, 0.3, 0, 0}.population},
		{"population, heavy tail", "share/population", 0.90, botnet.population},
		{"population, very heavy tail", "share/population", 0.88, herd{3000, 40000, 2.2, 0.3, 0, 0}.population},
		{"population, share 2 %", "share/population", 0.88, herd{3000, 4000, 1.5, 0.02, 0, 0}.population},
		{"population, 40 sources", "share/population", 0.90, herd{40, 4000, 1, 0.3, 0, 0}.population},
		{"population, 8 sources", "share/population", 0.90, herd{8, 4000, 1, 0.3, 0, 0}.population},
		{"population, networks of 5 on average", "share/population", 0.90, herd{3000, 9000, 1, 0.3, 5, 1}.population},
		{"population, networks of 50, heavy tail", "share/population", 0.88, herd{3000, 9000, 1, 0.3, 50, 1.5}.population},
		{"table that kept 1 source in 20", "share/kept", 0.90, herd{40000, 80000, 1, 0.3, 0, 0}.keptWindow(0.05)},
		{"effective sources, few repeats", "share/effective", 0.92, effective(100000, 2000, 1, 1)},
		{"effective sources, heavy tail", "share/effective", 0.90, effective(3000, 9000, 1.2, 1)},
		{"effective sources, equal loudness", "share/effective", 0.92, effective(3000, 3000, 0, 1)},
		{"effective sources, 1 in 10 kept", "share/effective", 0.88, effective(20000, 40000, 0.8, 0.1)},
	}
}

// A method is accepted if its intervals hold the truth about as often as they
// promise. The bounds leave room for 400 trials and for the skew that heavy
// tails bring, and a wrong formula fails them by far.
func TestIntervalsHoldTheTruth(t *testing.T) {
	for _, c := range coverageCases() {
		rate, width := coverage(300, c.trial)
		t.Logf("%-52s coverage %.3f width %.4g", c.name, rate, width)
		if rate < c.smallest {
			t.Errorf("%s: %s covers %.3f of trials, want at least %.2f", c.name, c.method, rate, c.smallest)
		}
	}
}

// The quick test must be able to fail: Wilson's interval on packets, taken for
// the population of sources, must be seen to be wrong.
func TestNaiveIntervalIsCaught(t *testing.T) {
	h := herd{sources: 3000, samples: 4000, tail: 1.5, share: 0.30}
	naive, _ := coverage(300, h.naive)
	if naive > 0.80 {
		t.Errorf("Wilson on packets covers %.3f of trials: the simulation cannot tell methods apart", naive)
	}
}
