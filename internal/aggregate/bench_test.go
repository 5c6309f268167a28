package aggregate

import (
	"net/netip"
	"testing"

	"floodmark/internal/evidence/vector"
	"floodmark/internal/model"
)

// warm is how many records go before the measured ones, so that tables and
// histograms are in the state of a long recording.
const warm = 1 << 17

// BenchmarkReading measures nanoseconds a packet of both readings, the
// classifier and the making of the record included.
func BenchmarkReading(b *testing.B) {
	for _, f := range floods {
		b.Run("none/"+f.name, func(b *testing.B) {
			next := f.make()
			var r model.Record
			for i := range b.N {
				next(&r, i)
				r.Class = vector.Classify(&r)
			}
		})
		b.Run("survey/"+f.name, func(b *testing.B) {
			next := f.make()
			s := survey(next, warm)
			var r model.Record
			b.ReportAllocs()
			b.ResetTimer()
			for i := range b.N {
				next(&r, warm+i)
				r.Class = vector.Classify(&r)
				s.Add(&r)
			}
		})
		b.Run("profiler/"+f.name, func(b *testing.B) {
			next := f.make()
			p := NewProfiler([]netip.Prefix{aTarget}, survey(f.make(), warm))
			var r model.Record
			for i := range warm {
				next(&r, i)
				r.Class = vector.Classify(&r)
				p.Add(&r)
			}
			b.ReportAllocs()
			b.ResetTimer()
			for i := range b.N {
				next(&r, warm+i)
				r.Class = vector.Classify(&r)
				p.Add(&r)
			}
		})
	}
}
