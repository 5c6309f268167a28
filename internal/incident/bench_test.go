package incident

import (
	"testing"

	"floodmark/internal/model"
)

// many are as many anomalies as there may be incidents, each in a prefix of its
// own, and one of the whole.
func many(n int) []model.Anomaly {
	all := []model.Anomaly{flood(model.NetworkID(), float64(n)*30_000)}
	for i := range n {
		all = append(all, flood(model.HostID(model.Addr4(0x0a000000+uint32(i)<<8)), 30_000))
	}
	return all
}

// BenchmarkStep is one second of ten thousand incidents.
func BenchmarkStep(b *testing.B) {
	m, now, all := New(quick), start, many(10_000)
	for b.Loop() {
		now += 1e9
		m.Step(Input{Now: now, Anomalies: all})
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/10, "µs/1000-incidents")
}

// BenchmarkClosing lets ten thousand incidents end at the same time.
func BenchmarkClosing(b *testing.B) {
	for b.Loop() {
		m, now, all := New(quick), start, many(10_000)
		for range 15 {
			now += 1e9
			m.Step(Input{Now: now, Anomalies: all})
		}
		for m.Next() != 0 {
			m.Step(Input{Now: m.Next()})
		}
	}
}
