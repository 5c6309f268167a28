package duckdb

import (
	"math"
	"testing"
	"time"

	"floodmark/internal/model"
)

// give hands rows over and waits until they can be asked for.
func give(t testing.TB, s *Store, rows []model.FlowRow) {
	t.Helper()
	w := s.Writer()
	for i := range rows {
		w.Add(&rows[i])
	}
	w.Flush(s.cfg.Now())
	mustSync(t, s)
}

// tick does what the clock would.
func tick(t testing.TB, s *Store) {
	t.Helper()
	if err := s.call(t.Context(), func() { s.ticked(s.cfg.Now()) }); err != nil {
		t.Fatal(err)
	}
}

func flows(n int) []model.FlowRow {
	rows := make([]model.FlowRow, n)
	for i := range rows {
		rows[i] = flow(i)
	}
	return rows
}

func TestRollupsAddUpWithoutRawFlows(t *testing.T) {
	s, c := open(t, t.TempDir(), func(c *Config) { c.RawFlows = false })
	rows := flows(1000) // of one second, from 256 sources
	for i := range 100 {
		rows[i].OutIf = 1 << 20 // in the wide form
	}
	give(t, s, rows)
	c.add(3 * time.Minute)
	tick(t, s)
	for table, key := range map[string]string{
		"networks_1m":   "src_as = 64496 AND dst_as = 4200000001 AND src_country = 17477 AND dst_country = 20044",
		"services_1m":   "port = 53 AND side = 1 AND proto = 17 AND class = 9",
		"interfaces_1m": "in_if = 3 AND (out_if = 4 AND flows = 900 OR out_if = 1048576 AND flows = 100)",
	} {
		for sql, want := range map[string]float64{
			"sum(packets)": 1000 * 3 * 100,
			"sum(bytes)":   1000 * 1500 * 100,
			"sum(flows)":   1000,
			"sum(squares)": 1000 * 3 * 100 * 100,
			"max(time)":    float64(midday / 1e6),
		} {
			if got := one(t, s, table, "SELECT "+sql+" FROM {rows} WHERE exporter = 7 AND direction = 0 AND folded = 0 AND "+key); got != want {
				t.Errorf("%s: %s: %v, want %v", table, sql, got, want)
			}
		}
		want := 1.
		if table == "interfaces_1m" {
			want = 2
		}
		if got := one(t, s, table, "SELECT count(*) FROM {rows}"); got != want {
			t.Errorf("%s: %v rows, want %v", table, got, want)
		}
	}
	if got := one(t, s, "flows", "SELECT count(*) FROM {rows}"); got != 0 {
		t.Errorf("%v raw flows", got)
	}
}

func TestLateFlowsReachMinuteAndHour(t *testing.T) {
	s, c := open(t, t.TempDir(), nil)
	give(t, s, flows(10))
	c.add(70 * time.Minute)
	tick(t, s)
	if got := one(t, s, "services_1h", "SELECT sum(flows) FROM {rows}"); got != 10 {
		t.Fatalf("the hour has %v flows", got)
	}
	give(t, s, flows(5))
	c.add(3 * time.Minute)
	tick(t, s)
	for _, table := range append(rollupTables("_1m"), rollupTables("_1h")...) {
		if got := one(t, s, table, "SELECT sum(flows) FROM {rows} WHERE time = 1772366400000"); got != 15 {
			t.Errorf("%s has %v flows in the first step, want 15", table, got)
		}
	}
}

func TestHoursAreMadeOnceAcrossRestarts(t *testing.T) {
	dir := t.TempDir()
	s, c := open(t, dir, nil)
	give(t, s, flows(10))
	c.add(70 * time.Minute)
	tick(t, s)
	s.Close()
	s, c = open(t, dir, nil)
	c.add(75 * time.Minute)
	tick(t, s)
	if got := one(t, s, "services_1h", "SELECT sum(flows) FROM {rows}"); got != 10 {
		t.Fatalf("the hour has %v flows", got)
	}
}

func TestTransactionsEndWithRowGroups(t *testing.T) {
	s, c := open(t, t.TempDir(), func(c *Config) { c.CommitAge = 5 * time.Second })
	rows := traffic(2*rowGroup, false)
	six := flow(1)
	six.Src.Hi = 1
	w := s.Writer()
	if err := s.call(t.Context(), func() {
		if err := s.sinks[Flows].ready(c.ns.Load(), false); err != nil {
			t.Error(err)
		}
		c.add(6 * time.Second) // of age when the first row group ends
		for i := range rows {
			w.Add(&rows[i])
			if i%1000 == 0 {
				w.Add(&six)
			}
		}
		w.Flush(c.ns.Load())
		s.takeQueued()
	}); err != nil {
		t.Fatal(err)
	}
	n := one(t, s, "flows", "SELECT count(*) FROM {rows} WHERE src_hi = 0")
	if n == 0 || int(n)%rowGroup != 0 {
		t.Fatalf("%v rows are committed", n)
	}
}

func TestServicePort(t *testing.T) {
	f := func(proto uint8, src, dst, want uint16, side uint8) {
		t.Helper()
		k := serviceKey(uint32(src)<<16|uint32(dst), proto, 9)
		port, got := uint16(k>>24), uint8(k>>16)
		if k&0xffff != uint64(proto)<<8|9 {
			t.Errorf("%d %d->%d: key %x", proto, src, dst, k)
		}
		if port != want || got != side {
			t.Errorf("%d %d->%d: %d side %d, want %d side %d", proto, src, dst, port, got, want, side)
		}
	}
	f(6, 50000, 443, 443, sideDest)
	f(17, 53, 40000, 53, sideSource)
	f(17, 11211, 2000, 11211, sideSource) // known beats lower
	f(6, 40000, 30000, 30000, sideDest)
	f(17, 123, 123, 123, sideSource)
	f(17, 0, 0, 0, sideSource)
	f(1, 0, 2048, 2048, sideDest)
	f(47, 5, 6, 0, sideNone)
}

func TestSeriesBecomeMinutesAndHours(t *testing.T) {
	s, c := open(t, t.TempDir(), nil)
	var points []model.Point
	for i := range int64(120) {
		p := model.Point{Time: midday/1e9 + i, Target: model.HostID(model.Addr4(0xc6336401)), Direction: model.In, Samples: 2, Low: 1, High: 10}
		p.Rates[model.Packets], p.Rates[model.Bits] = 60, float64(600+i)
		points = append(points, p)
	}
	s.AddPoints(points)
	mustSync(t, s)
	if got := one(t, s, "series_1s", "SELECT sum(bits) FROM {rows} WHERE target = '198.51.100.1'"); got != 120*600+119*60 {
		t.Errorf("seconds: %v bits", got)
	}
	c.add(70 * time.Minute)
	tick(t, s)
	for q, want := range map[string]float64{"count(*)": 2, "sum(packets)": 120, "max(max_bits)": 719, "sum(samples)": 240, "min(low)": 1, "max(high)": 10} {
		if got := one(t, s, "series_1m", "SELECT "+q+" FROM {rows}"); got != want {
			t.Errorf("minutes: %s is %v, want %v", q, got, want)
		}
	}
	for q, want := range map[string]float64{"count(*)": 1, "sum(packets)": 2, "max(max_bits)": 719, "max(time)": float64(midday / 1e6)} {
		if got := one(t, s, "series_1h", "SELECT "+q+" FROM {rows}"); got != want {
			t.Errorf("hours: %s is %v, want %v", q, got, want)
		}
	}
}

func TestFullQueueDropsAndCounts(t *testing.T) {
	s, _ := open(t, t.TempDir(), func(c *Config) { c.QueueChunks = 2 })
	hold, held := make(chan struct{}), make(chan struct{})
	go s.call(t.Context(), func() { close(held); <-hold })
	<-held
	w := s.Writer()
	row := flow(1)
	for range 5 * chunkRows {
		w.Add(&row)
	}
	close(hold)
	mustSync(t, s)
	if st := s.Stats(); st.DroppedQueue != 3*chunkRows || st.Rows != 2*chunkRows {
		t.Fatalf("%+v", st)
	}
}

func TestAddAllocatesNothing(t *testing.T) {
	s, _ := open(t, t.TempDir(), nil)
	w := s.Writer()
	row := flow(1)
	if n := testing.AllocsPerRun(1000, func() { w.Add(&row) }); n != 0 {
		t.Errorf("Add: %v allocations", n)
	}
	roll := newRollup(1024)
	rows := forms(flows(64))
	roll.addNarrow(rows, midday)
	if n := testing.AllocsPerRun(100, func() { roll.addNarrow(rows, midday) }); n != 0 {
		t.Errorf("roll-up: %v allocations", n)
	}
}

func TestReadersDoNotHoldRotationUp(t *testing.T) {
	s, c := open(t, t.TempDir(), func(c *Config) { c.FlowPeriod = time.Minute })
	give(t, s, flows(5000))
	r, err := s.Query(t.Context(), Query{Table: "flows", To: math.MaxInt64, SQL: "SELECT src_lo FROM {rows}"})
	if err != nil || !r.Next() {
		t.Fatal(err)
	}
	w := s.Writer()
	for _, f := range flows(100) { // not committed when the period ends
		w.Add(&f)
	}
	w.Flush(c.ns.Load())
	c.add(time.Minute)
	give(t, s, flows(7))
	n := 1
	for r.Next() {
		n++
	}
	if n != 5000 || r.Close() != nil {
		t.Errorf("the reader saw %d rows", n)
	}
	if got := one(t, s, "flows", "SELECT count(*) FROM {rows}"); got != 5107 || s.Stats().Rows != 5107 {
		t.Errorf("%v rows, %+v", got, s.Stats())
	}
}
