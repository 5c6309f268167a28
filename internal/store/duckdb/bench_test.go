package duckdb

import (
	"math"
	"math/rand/v2"
	"syscall"
	"testing"
	"time"

	"floodmark/internal/model"
)

func cpu() time.Duration {
	var u syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkKeep measures all of the processor's time that a row costs, from Add
// to the closed file, unhurried, so that the queue drops nothing.
func BenchmarkKeep(b *testing.B) {
	for _, v := range []struct {
		name         string
		raw, spoofed bool
	}{{"flows", true, false}, {"flows-spoofed", true, true}, {"rollups-only", false, false}, {"rollups-only-spoofed", false, true}} {
		b.Run(v.name, func(b *testing.B) {
			rows := traffic(1<<20, v.spoofed)
			s, c := open(b, b.TempDir(), func(c *Config) { c.RawFlows = v.raw })
			w := s.Writer()
			before := cpu()
			b.ResetTimer()
			feed(s, c, w, rows, b.N)
			s.Close()
			b.StopTimer()
			b.ReportMetric(float64((cpu()-before).Nanoseconds())/float64(b.N), "cpu-ns/row")
			b.ReportMetric(float64(size2(s))/float64(b.N), "B/row")
			if st := s.Stats(); st.DroppedQueue+st.DroppedDisk > 0 || v.raw && st.Rows != uint64(b.N) {
				b.Fatalf("%+v", st)
			}
		})
	}
}

// feed adds n rows at a million a second of the store's time.
func feed(s *Store, c *clock, w *Writer, rows []model.FlowRow, n int) {
	for i := range n {
		r := rows[i&(len(rows)-1)]
		now := c.ns.Load()
		d := r.Last
		r.Last = now - int64(r.Bytes&15)*1e9
		r.First = r.Last - d
		w.Add(&r)
		if i&1023 == 1023 {
			c.ns.Add(1024 * 1000)
			for len(s.queue) > cap(s.queue)/2 {
				time.Sleep(time.Millisecond)
			}
		}
	}
	w.Flush(c.ns.Load())
}

func size2(s *Store) int64 {
	_, bytes := (&files{cfg: &s.cfg, list: s.files.list}).tidy(0)
	return bytes
}

// BenchmarkAdd is what a reader pays.
func BenchmarkAdd(b *testing.B) {
	s, _ := open(b, b.TempDir(), nil)
	w := s.Writer()
	row := flow(1)
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		if i%chunkRows == chunkRows-1 {
			w.c.n = 0
		}
		w.Add(&row)
	}
}

// BenchmarkRollup is the cost of summing a row in all families, of a new minute
// every million rows. strangers have a network and ports at random.
func BenchmarkRollup(b *testing.B) {
	for _, v := range []string{"ordinary", "spoofed", "strangers"} {
		b.Run(v, func(b *testing.B) {
			in := traffic(1<<20, v != "ordinary")
			if v == "strangers" {
				r := rand.New(rand.NewPCG(3, 4))
				for i := range in {
					in[i].SrcAS, in[i].SrcCountry, in[i].DstPort = r.Uint32N(80000), model.Code2(65+r.Uint32N(16))<<8|model.Code2(65+r.Uint32N(16)), uint16(r.Uint32())
				}
			}
			rows := forms(in)
			for i := range rows {
				rows[i].time = midday / 1e6
			}
			t := newRollup(1 << 15)
			now := midday + minuteMs*1e6/2
			b.ReportAllocs()
			before := cpu()
			b.ResetTimer()
			for i := 0; i < b.N; i += chunkRows {
				at := i & (1<<20 - 1)
				t.addNarrow(rows[at:at+chunkRows], now)
				if at == 1<<20-chunkRows {
					t.take(math.MaxUint32, minuteOf(now), func(int, *rollRow, uint32) {})
				}
			}
			b.StopTimer()
			b.ReportMetric(float64((cpu()-before).Nanoseconds())/float64(b.N), "cpu-ns/row")
			for f := range t.tables {
				for a := range t.tables[f] {
					if n := len(t.tables[f][a].rows); n > 0 {
						b.ReportMetric(float64(n), familyNames[f])
					}
				}
			}
			t.take(math.MaxUint32, minuteOf(now), func(int, *rollRow, uint32) {})
			b.ReportMetric(100*float64(t.folded)/float64(b.N), "%folded")
		})
	}
}

// BenchmarkPoints is all that a point of a second costs, of 10,000 targets.
func BenchmarkPoints(b *testing.B) {
	s, c := open(b, b.TempDir(), func(c *Config) { c.CommitAge = 5 * time.Second })
	points := make([]model.Point, 10000)
	before := cpu()
	b.ResetTimer()
	for n := 0; n < b.N; n += len(points) {
		for i := range points {
			p := &points[i]
			*p = model.Point{Time: c.ns.Load() / 1e9, Target: model.HostID(model.Addr4(0xc6120000 + uint32(i))), Samples: 3, Low: 1, High: 9}
			for m := range p.Rates {
				p.Rates[m] = float64(m*1000 + i + n)
			}
		}
		s.AddPoints(points)
		c.add(time.Second)
		tick(b, s)
	}
	s.Close()
	b.ReportMetric(float64((cpu()-before).Nanoseconds())/float64(b.N), "cpu-ns/point")
	b.ReportMetric(float64(size2(s))/float64(b.N), "B/point")
}

func forms(rows []model.FlowRow) []packed {
	out := make([]packed, len(rows))
	for i := range rows {
		out[i].set(&rows[i])
	}
	return out
}
