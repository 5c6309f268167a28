package scenario

import (
	"context"
	"net/netip"
	"testing"
	"time"
)

// BenchmarkRun is the cost of making two hours of the mixed day, encoding
// included; the metric is per packet drawn.
func BenchmarkRun(b *testing.B) {
	packets := uint64(0)
	for range b.N {
		truth, err := Run(context.Background(), "mixed-day", RunOptions{Options: Options{Duration: 2 * time.Hour},
			Send: func(netip.Addr, Collector, []byte, int64) error { return nil }})
		if err != nil {
			b.Fatal(err)
		}
		packets += truth.Packets
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(packets), "ns/packet")
}
