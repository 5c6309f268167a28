//go:build soak

package duckdb

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"testing"
	"time"

	"floodmark/internal/model"
)

// TestQuestionsOverManyFlows keeps FLOODMARK_FLOWS rows (default 30 million) with
// a million source addresses over an hour and times the questions that pages ask.
func TestQuestionsOverManyFlows(t *testing.T) {
	n := 30_000_000
	if v, err := strconv.Atoi(os.Getenv("FLOODMARK_FLOWS")); err == nil {
		n = v
	}
	s, c := open(t, t.TempDir(), func(c *Config) {
		c.FlowPeriod, c.Threads, c.MemoryLimit, c.CommitAge, c.Lateness = 10*time.Minute, runtime.NumCPU(), 512<<20, 5*time.Second, 0
	})
	rows := traffic(1<<20, false)
	w := s.Writer()
	step := int64(time.Hour) / int64(n)
	began, used := time.Now(), cpu()
	for i := range n {
		r := rows[i&(len(rows)-1)]
		if r.Direction == model.In { // a million sources in all
			r.Src = model.Addr4(r.Src.V4() + uint32(i>>20)*0x10001&0xfffff)
		}
		now := c.ns.Add(step)
		r.Last, r.First = now, now-r.Last
		w.Add(&r)
		if i&1023 == 0 {
			for len(s.queue) > cap(s.queue)/2 {
				time.Sleep(time.Millisecond)
			}
		}
		if i%(n/360) == 0 {
			w.Flush(now)
			tick(t, s)
		}
	}
	w.Flush(c.ns.Load())
	mustSync(t, s)
	c.add(10 * time.Minute)
	tick(t, s)
	st := s.Stats()
	took := time.Since(began)
	fmt.Printf("kept %d of %d in %v: %.0f ns CPU a row in all, %.1f bytes a row, %d folded, %d files\n%+v\n", st.Rows, n, took, float64((cpu()-used).Nanoseconds())/float64(n), float64(st.Bytes)/float64(n), st.Folded, st.Files, st)
	if st.Rows != uint64(n) {
		t.Fatal("lost rows")
	}
	from, to := midday/1e6, midday/1e6+3600000
	for _, q := range []struct{ name, table, sql string }{
		{"networks, minutes", "networks_1m", "SELECT src_as, sum(bytes) b FROM {rows} GROUP BY 1 ORDER BY 2 DESC LIMIT 10"},
		{"countries, minutes", "networks_1m", "SELECT src_country, sum(bytes) b FROM {rows} GROUP BY 1 ORDER BY 2 DESC LIMIT 10"},
		{"ports, minutes", "services_1m", "SELECT port, proto, sum(bytes) b FROM {rows} GROUP BY 1, 2 ORDER BY 3 DESC LIMIT 10"},
		{"exporters, minutes", "interfaces_1m", "SELECT exporter, sum(bytes) b FROM {rows} GROUP BY 1 ORDER BY 2 DESC LIMIT 10"},
		{"networks, hours", "networks_1h", "SELECT src_as, sum(bytes) b FROM {rows} GROUP BY 1 ORDER BY 2 DESC LIMIT 10"},
		{"networks, raw", "flows", "SELECT src_as, sum(bytes * sampling) b FROM {rows} GROUP BY 1 ORDER BY 2 DESC LIMIT 10"},
		{"countries, raw", "flows", "SELECT src_country, sum(bytes * sampling) b FROM {rows} GROUP BY 1 ORDER BY 2 DESC LIMIT 10"},
		{"ports, raw", "flows", "SELECT dst_port, sum(bytes * sampling) b FROM {rows} GROUP BY 1 ORDER BY 2 DESC LIMIT 10"},
		{"exporters, raw", "flows", "SELECT exporter, sum(bytes * sampling) b FROM {rows} GROUP BY 1 ORDER BY 2 DESC LIMIT 10"},
		{"sources, raw", "flows", "SELECT src_hi, src_lo, sum(bytes * sampling) b FROM {rows} GROUP BY 1, 2 ORDER BY 3 DESC LIMIT 10"},
		{"distinct sources, raw", "flows", "SELECT count(*) FROM (SELECT DISTINCT src_hi, src_lo FROM {rows})"},
		{"one prefix, raw", "flows", "SELECT count(*), sum(bytes * sampling) FROM {rows} WHERE dst_hi = 0 AND dst_lo BETWEEN 281474001993984 AND 281474001994239 AND proto = 17"},
		{"one minute, raw", "flows", fmt.Sprintf("SELECT dst_port, sum(bytes * sampling) b FROM {rows} WHERE time >= %d AND time < %d GROUP BY 1 ORDER BY 2 DESC LIMIT 10", from+1800000, from+1860000)},
	} {
		for try := range 2 {
			at, used := time.Now(), cpu()
			r, err := s.Query(t.Context(), Query{Table: q.table, From: from, To: to, SQL: q.sql})
			if err != nil {
				t.Fatal(q.name, err)
			}
			for r.Next() {
			}
			if r.Err() != nil {
				t.Fatal(r.Err())
			}
			r.Close()
			if try == 1 {
				fmt.Printf("%-22s %6.3f s, %6.3f s of CPU\n", q.name, time.Since(at).Seconds(), (cpu() - used).Seconds())
			}
		}
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	status, _ := os.ReadFile("/proc/self/status")
	fmt.Printf("Go heap %d MB\n%s\n", m.HeapSys>>20, status)
}
