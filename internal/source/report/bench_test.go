package report

import (
	"context"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"floodmark/internal/journal"
	"floodmark/internal/model"
)

// realJournal writes to a disk.
type realJournal struct{ *journal.Journal }

func (j realJournal) Append(ctx context.Context, entries ...[]byte) (uint64, error) {
	return j.Journal.Append(ctx, journal.Reports, entries...)
}

type memoryJournal struct{ n atomic.Uint64 }

func (j *memoryJournal) Append(context.Context, ...[]byte) (uint64, error) { return j.n.Add(1), nil }

// prepared makes submissions of as many people of a carrier.
func (b *bench) prepared(n int) []model.Submission {
	list := make([]model.Submission, n)
	for i := range list {
		s := from("10.0.0.1")
		s.Address = netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)})
		s.Agent, s.Languages = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)", "de-DE,de;q=0.9"
		s.Component = "login"
		list[i] = b.proved(s)
	}
	return list
}

// flood has as many people wait at once and tells how long answers took.
func flood(b *testing.B, in *bench, waiting int) {
	list := in.prepared(b.N)
	took := make([]time.Duration, b.N)
	b.ResetTimer()
	b.ReportAllocs()
	var next atomic.Int64
	var wg sync.WaitGroup
	for range waiting {
		wg.Go(func() {
			for i := next.Add(1) - 1; i < int64(b.N); i = next.Add(1) - 1 {
				began := time.Now()
				if got := in.submit(list[i]); got != "counted" {
					b.Error(got)
					return
				}
				took[i] = time.Since(began)
			}
		})
	}
	wg.Wait()
	b.StopTimer()
	slices.Sort(took)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "reports/s")
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1e3, "p50-ms")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1e3, "p99-ms")
}

func BenchmarkSubmit(b *testing.B) {
	in := newBench(b, newState())
	in.c.Journal = new(memoryJournal)
	in.c.Sink = func([]model.Report, int64, uint64) {}
	in.run()
	flood(b, in, 64)
}

func BenchmarkSubmitDurably(b *testing.B) {
	j, err := journal.Open(b.Context(), journal.Config{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	defer j.Close()
	in := newBench(b, newState())
	in.c.Journal = realJournal{j}
	in.c.Sink = func([]model.Report, int64, uint64) {}
	defer in.run()()
	flood(b, in, 500)
}

func BenchmarkChallenge(b *testing.B) {
	in := newBench(b, newState())
	s := from("10.0.0.1")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := in.Challenge("alpha", s); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParseBatch(b *testing.B) {
	batch := AppendBatch(nil)
	for i := range 100 {
		batch = AppendReport(batch, &model.Report{At: int64(i), Service: "alpha", Component: "login", Network: "mobile", ASN: 64500, Person: 1 << 60})
	}
	b.SetBytes(int64(len(batch)))
	b.ReportMetric(float64(len(batch))/100, "octets/report")
	for b.Loop() {
		if err := ParseBatch(batch, func(*model.Report) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
}
