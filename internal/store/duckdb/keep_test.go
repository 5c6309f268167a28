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
	give(t, s, flows(1000)) // of one second, from 256 sources
	c.add(3 * time.Minute)
	tick(t, s)
	for sql, want := range map[string]float64{
		"SELECT count(*) FROM {rows}":     1,
		"SELECT sum(packets) FROM {rows}": 1000 * 3 * 100,
		"SELECT sum(bytes) FROM {rows}":   1000 * 1500 * 100,
		"SELECT sum(flows) FROM {rows}":   1000,
		"SELECT sum(squares) FROM {rows}": 1000 * 3 * 100 * 100,
		"SELECT max(time) FROM {rows}":    float64(midday / 1e6),
		"SELECT max(src_as) FROM {rows}":  64496,
		"SELECT max(dst_as) FROM {rows}":  4200000001,
		"SELECT count(*) FROM {rows} WHERE port = 53 AND side = 1 AND proto = 17 AND class = 9 AND in_if = 3":                             1,
		"SELECT count(*) FROM {rows} WHERE exporter = 7 AND out_if = 4 AND direction = 0 AND src_country = 17477 AND dst_country = 20044": 1,
	} {
		if got := one(t, s, "rollup_1m", sql); got != want {
			t.Errorf("%s: %v, want %v", sql, got, want)
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
	if got := one(t, s, "rollup_1h", "SELECT sum(flows) FROM {rows}"); got != 10 {
		t.Fatalf("the hour has %v flows", got)
	}
	give(t, s, flows(5))
	c.add(3 * time.Minute)
	tick(t, s)
	for _, table := range []string{"rollup_1m", "rollup_1h"} {
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
	if got := one(t, s, "rollup_1h", "SELECT sum(flows) FROM {rows}"); got != 10 {
		t.Fatalf("the hour has %v flows", got)
	}
}

func TestFullRollupFoldsAndKeepsTotals(t *testing.T) {
	roll := newRollup(100)
	rows := flows(10000)
	for i := range rows {
		rows[i].SrcAS, rows[i].Exporter = uint32(i), uint32(i%300)
	}
	roll.add(rows, midday+minuteNs)
	var n, packets uint64
	roll.take(math.MaxUint32, minuteOf(midday), func(r *rollRow, minute uint32) {
		n++
		packets += r.packets
		if minute != minuteOf(midday) {
			t.Fatalf("minute %d", minute)
		}
	})
	if packets != 10000*300 || n > 300 || roll.folded != 9900 || len(roll.rows) != 0 {
		t.Fatalf("%d packets, %d rows, %d folded", packets, n, roll.folded)
	}
}

func TestNetworksOutlastPorts(t *testing.T) {
	roll := newRollup(100)
	rows := flows(6000)
	for i := range rows {
		rows[i].SrcAS, rows[i].SrcPort, rows[i].DstPort = uint32(i%50), uint16(30000+i), 65535
	}
	roll.add(rows, midday+minuteNs)
	packets := make(map[uint32]uint64)
	roll.take(math.MaxUint32, minuteOf(midday), func(r *rollRow, _ uint32) { packets[uint32(r.key[2]>>32)] += r.packets })
	if len(packets) != 50 {
		t.Fatalf("%d networks", len(packets))
	}
	for as, n := range packets {
		if n != 120*300 {
			t.Errorf("network %d has %d packets", as, n)
		}
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

func TestMinutesStayOpenUntilTaken(t *testing.T) {
	roll := newRollup(1000)
	rows := flows(3)
	for i := range rows {
		rows[i].First = midday + int64(i)*minuteNs
	}
	roll.add(rows, midday+10*minuteNs)
	now := minuteOf(midday) + 10
	var got []uint32
	take := func(_ *rollRow, m uint32) { got = append(got, m) }
	roll.take(minuteOf(midday)+2, now, take)
	if len(got) != 2 || len(roll.rows) != 1 {
		t.Fatalf("taken %v, %d left", got, len(roll.rows))
	}
	roll.add(rows[2:], midday+10*minuteNs)
	if len(roll.rows) != 1 || roll.rows[0].flows != 2 {
		t.Fatalf("the row was not found again: %d rows", len(roll.rows))
	}
}

func TestServicePort(t *testing.T) {
	f := func(proto uint8, src, dst, want uint16, side uint8) {
		t.Helper()
		port, got := service(&model.FlowRow{Proto: proto, SrcPort: src, DstPort: dst})
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
	roll := newRollup(100)
	rows := flows(64)
	roll.add(rows, midday)
	if n := testing.AllocsPerRun(100, func() { roll.add(rows, midday) }); n != 0 {
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
