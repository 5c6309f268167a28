package share

import "testing"

func BenchmarkAccumulate(b *testing.B) {
	var whole Sum
	var r Ratio
	var l Loudness
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		c := float64(1 + i&7)
		whole.Add(c, 512*c, 1000)
		r.Add(c, float64(i&1)*c)
		l.Add(uint64(c))
	}
}

func BenchmarkPopulation(b *testing.B) {
	bySource, byNet := herd{sources: 3000, samples: 9000, tail: 1, share: 0.3, net: 5, netTail: 1}.ratios(source(1))
	b.ReportAllocs()
	for b.Loop() {
		Population(bySource, byNet, Alpha)
	}
}
