package spoof

import (
	"math/rand/v2"
	"testing"

	"floodmark/internal/model"
)

// BenchmarkAssess runs all tests over the largest table there is: 8 million
// distinct sources.
func BenchmarkAssess(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	s := make([]model.SourceCount, 8<<20)
	for i := range s {
		ttl := uint8(64 - 5 - r.IntN(20))
		s[i] = model.SourceCount{Addr: model.Addr4(anything(r)), Packets: 1 + uint64(r.IntN(4)), TTL: ttl, MinTTL: ttl, MaxTTL: ttl}
	}
	b.ReportAllocs()
	for b.Loop() {
		Assess(Input{Sources: s, TTLKnown: true, TCPHandshakePossible: true})
	}
	b.ReportMetric(float64(len(s))*float64(b.N)/b.Elapsed().Seconds()/1e6, "Msources/s")
}
