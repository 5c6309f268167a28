package journal

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

// BenchmarkAppend is one caller; the disk's sync decides most of it.
func BenchmarkAppend(b *testing.B) {
	for _, n := range []int{1, 10, 100, 1000} {
		b.Run(fmt.Sprintf("batch=%d", n), func(b *testing.B) {
			j := open(b, Config{Dir: b.TempDir()})
			msgs := make([][]byte, n)
			for i := range msgs {
				msgs[i] = make([]byte, 300)
			}
			for b.Loop() {
				if _, err := j.Append(b.Context(), Changes, msgs...); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N*n)/b.Elapsed().Seconds(), "entries/s")
		})
	}
}

// BenchmarkAppendTogether is many callers with one entry each.
func BenchmarkAppendTogether(b *testing.B) {
	j := open(b, Config{Dir: b.TempDir()})
	msg := make([]byte, 300)
	b.SetParallelism(64)
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			if _, err := j.Append(context.Background(), Changes, msg); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "entries/s")
}

func BenchmarkPut(b *testing.B) {
	j := open(b, Config{Dir: b.TempDir()})
	for b.Loop() {
		must(b, j.Put(b.Context(), "key", make([]byte, 300)))
	}
}

// fillWith appends n entries of 300 octets in batches.
func fillWith(t testing.TB, j *Journal, n, batch int) {
	for range n / batch {
		msgs := make([][]byte, batch)
		for i := range msgs {
			msgs[i] = make([]byte, 300)
		}
		_, err := j.Append(t.Context(), Changes, msgs...)
		must(t, err)
	}
}

func BenchmarkRead(b *testing.B) {
	for _, batch := range []int{1, 100} {
		b.Run(fmt.Sprintf("batch=%d", batch), func(b *testing.B) {
			j := open(b, Config{Dir: b.TempDir()})
			const n = 20_000
			fillWith(b, j, n, batch)
			for b.Loop() {
				must(b, j.Read(b.Context(), Changes, 0, func(uint64, time.Time, []byte) error { return nil }))
			}
			b.ReportMetric(float64(b.N*n)/b.Elapsed().Seconds(), "entries/s")
		})
	}
}

// BenchmarkReopenAfterKill opens a copy of what a journal of 100,000 entries,
// each its own commit, looks like when its process is killed.
func BenchmarkReopenAfterKill(b *testing.B) {
	dir := b.TempDir()
	j := open(b, Config{Dir: dir})
	fillWith(b, j, 100_000, 1)
	for i := 0; b.Loop(); i++ {
		b.StopTimer()
		at := fmt.Sprint(b.TempDir(), i)
		must(b, os.CopyFS(at, os.DirFS(dir))) // without a Close before
		b.StartTimer()
		again, err := Open(b.Context(), Config{Dir: at, Reserve: 1 << 20})
		must(b, err)
		b.StopTimer()
		if u, err := again.Usage(b.Context()); err != nil || u.Streams[Changes].Groups != 100_000 {
			b.Fatalf("%d groups, %v", u.Streams[Changes].Groups, err)
		}
		must(b, again.Close())
		b.StartTimer()
	}
}

// BenchmarkIdle shows what an open journal costs while nothing happens: the
// resident memory that it added, and processor time.
func BenchmarkIdle(b *testing.B) {
	before := resident(b)
	j := open(b, Config{Dir: b.TempDir()})
	fillWith(b, j, 1000, 10)
	added := resident(b) - before
	cpu := processor(b)
	start := time.Now()
	for b.Loop() {
		time.Sleep(5 * time.Second)
	}
	b.ReportMetric(float64(added)/1024, "MiB")
	b.ReportMetric(1000*float64(processor(b)-cpu)/float64(time.Since(start)), "ms-cpu/s")
}

// resident returns the kilobytes of this process in memory.
func resident(b *testing.B) (kb int) {
	s, err := os.ReadFile("/proc/self/status")
	must(b, err)
	_, rest, _ := strings.Cut(string(s), "VmRSS:")
	fmt.Sscan(rest, &kb)
	return kb
}

// processor returns the time that this process has run.
func processor(b *testing.B) time.Duration {
	var total time.Duration
	tasks, err := os.ReadDir("/proc/self/task")
	must(b, err)
	for _, t := range tasks {
		one, err := os.ReadFile("/proc/self/task/" + t.Name() + "/schedstat")
		if err != nil {
			continue
		}
		var ns int64
		fmt.Sscan(string(one), &ns)
		total += time.Duration(ns)
	}
	return total
}
