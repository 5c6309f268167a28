package storetest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"floodmark/internal/model"
)

// Start is the time of the clock that an engine begins with, Unix ns, at the
// start of an hour.
const Start = int64(1772366400e9)

// Engine is a new and empty store under test that keeps raw flows, with a clock
// that only Advance moves. Each function fails the test by itself.
type Engine struct {
	Add     func(rows []model.FlowRow)
	Points  func(points []model.Point)
	Sync    func()                                   // what was given can be asked for
	Advance func(d time.Duration)                    // and does what is due by then
	Ask     func(table, sql string) (rows [][]int64) // over all time, {rows} stands for the table; values are whole numbers
}

// Run checks an engine; begin makes one.
func Run(t *testing.T, begin func(t *testing.T) Engine) {
	for _, c := range []struct {
		name  string
		check func(*testing.T, Engine)
	}{
		{"RowsComeBackAsTheyWere", rowsComeBack},
		{"RowsAreSeenAfterSyncOnly", seenAfterSync},
		{"RollupsEqualFlows", rollupsEqualFlows},
		{"LateRowsAddUp", lateRows},
		{"PointsBecomeMinutes", points},
	} {
		t.Run(c.name, func(t *testing.T) { c.check(t, begin(t)) })
	}
}

// Rows returns n flows of one minute, of all forms, the same at each call.
func Rows(n int) []model.FlowRow {
	r := rand.New(rand.NewPCG(1, 2))
	rows := make([]model.FlowRow, n)
	for i := range rows {
		f := model.FlowRow{First: Start + int64(i%60000)*1e6, Src: model.Addr4(r.Uint32()), Dst: model.Addr4(0xc6336400 | r.Uint32N(256)),
			Packets: 1 + r.Uint64N(100), Sampling: []uint32{1, 100, 1 << 22}[r.IntN(3)], Exporter: 1 + r.Uint32N(5), InIf: r.Uint32N(8), OutIf: []uint32{1, 2, 1 << 30}[r.IntN(3)],
			SrcAS: []uint32{0, 64496, 4200000001}[r.IntN(3)], DstAS: 64500, SrcCountry: model.ParseCode2([]string{"", "DE", "ZW", "AA"}[r.IntN(4)]), DstCountry: model.ParseCode2("NL"),
			SrcPort: uint16(r.Uint32()), DstPort: uint16(r.Uint32N(1024)), Proto: []uint8{1, 6, 17, 47}[r.IntN(4)], TCPFlags: uint8(r.Uint32()), TTL: uint8(r.Uint32()),
			Direction: model.Direction(r.IntN(3)), Class: model.Class(r.IntN(20)), Fragment: r.IntN(2) == 0}
		f.Last = f.First + r.Int64N(60e3)*1e6
		f.Bytes = f.Packets * (40 + r.Uint64N(1460))
		switch r.IntN(20) {
		case 0:
			f.Src = model.Addr{Hi: 0x20010db8<<32 | r.Uint64N(1<<20), Lo: r.Uint64() >> 1}
		case 1:
			f.Bytes += 1 << 33
		case 2:
			f.Last += 30 * 3600e9
		}
		rows[i] = f
	}
	return rows
}

const columns = "time, duration_ms, src_hi, src_lo, dst_hi, dst_lo, packets, bytes, sampling, exporter, in_if, out_if, src_as, dst_as, " +
	"src_country, dst_country, src_port, dst_port, proto, tcp_flags, ttl, direction, class"

func values(f *model.FlowRow) []int64 {
	return []int64{f.First / 1e6, (f.Last - f.First) / 1e6, int64(f.Src.Hi), int64(f.Src.Lo), int64(f.Dst.Hi), int64(f.Dst.Lo), int64(f.Packets), int64(f.Bytes),
		int64(f.Sampling), int64(f.Exporter), int64(f.InIf), int64(f.OutIf), int64(f.SrcAS), int64(f.DstAS), int64(f.SrcCountry), int64(f.DstCountry),
		int64(f.SrcPort), int64(f.DstPort), int64(f.Proto), int64(f.TCPFlags), int64(f.TTL), int64(f.Direction), int64(f.Class)}
}

func rowsComeBack(t *testing.T, e Engine) {
	rows := Rows(2000)
	e.Add(rows)
	e.Sync()
	want := make([][]int64, len(rows))
	for i := range rows {
		want[i] = values(&rows[i])
	}
	tableRows{t, e, "flows"}.equal("SELECT "+columns+" FROM {rows} ORDER BY time", want)
	var fragments int64
	for i := range rows {
		if rows[i].Fragment {
			fragments++
		}
	}
	tableRows{t, e, "flows"}.equal("SELECT count(*) FROM {rows} WHERE fragment", [][]int64{{fragments}})
	f := rows[7]
	where := fmt.Sprintf("WHERE src_hi = %d AND src_lo BETWEEN %d AND %d AND time >= %d AND time < %d", f.Src.Hi, f.Src.Lo, f.Src.Lo, f.First/1e6, f.First/1e6+1)
	tableRows{t, e, "flows"}.equal("SELECT count(*) FROM {rows} "+where, [][]int64{{1}})
}

func seenAfterSync(t *testing.T, e Engine) {
	tableRows{t, e, "flows"}.equal("SELECT count(*) FROM {rows}", [][]int64{{0}})
	for n := range int64(3) {
		e.Add(Rows(100))
		e.Sync()
		tableRows{t, e, "flows"}.equal("SELECT count(*) FROM {rows}", [][]int64{{100 * (n + 1)}})
	}
}

// families are the roll-ups and columns that they share with flows.
var families = []struct{ table, key string }{
	{"networks", "exporter, direction, src_as, dst_as, src_country, dst_country"},
	{"services", "exporter, direction, proto, class"},
	{"interfaces", "exporter, direction, in_if, out_if"},
}

func rollupsEqualFlows(t *testing.T, e Engine) {
	e.Add(Rows(5000))
	e.Sync()
	e.Advance(80 * time.Minute)
	for _, f := range families {
		key := " FROM {rows} GROUP BY " + f.key + " ORDER BY " + f.key
		want := e.Ask("flows", "SELECT "+f.key+", sum(packets * sampling), sum(bytes * sampling), count(*)"+key)
		for _, step := range []string{"_1m", "_1h"} {
			tableRows{t, e, f.table + step}.equal("SELECT "+f.key+", sum(packets), sum(bytes), sum(flows)"+key, want)
			tableRows{t, e, f.table + step}.equal("SELECT min(time), max(time), max(folded) FROM {rows}", [][]int64{{Start / 1e6, Start / 1e6, 0}})
		}
	}
}

func lateRows(t *testing.T, e Engine) {
	for range 3 {
		e.Add(Rows(500))
		e.Sync()
		e.Advance(70 * time.Minute)
	}
	for _, f := range families {
		for _, step := range []string{"_1m", "_1h"} {
			tableRows{t, e, f.table + step}.equal("SELECT time, sum(flows) FROM {rows} GROUP BY time ORDER BY time", [][]int64{{Start / 1e6, 1500}})
		}
	}
}

func points(t *testing.T, e Engine) {
	var all []model.Point
	for i := range int64(120) {
		p := model.Point{Time: Start/1e9 + i, Target: model.HostID(model.Addr4(0xc6336401)), Direction: model.In, Samples: 2, Low: 1, High: 10}
		p.Rates[model.Packets], p.Rates[model.Bits] = 60, float64(600+i)
		all = append(all, p)
	}
	e.Points(all)
	e.Sync()
	tableRows{t, e, "series_1s"}.equal("SELECT count(*), sum(bits), sum(packets), max(high) FROM {rows} WHERE target = '198.51.100.1' AND direction = 0", [][]int64{{120, 120*600 + 119*60, 7200, 10}})
	e.Advance(80 * time.Minute)
	tableRows{t, e, "series_1m"}.equal("SELECT time, packets, max_bits, samples FROM {rows} ORDER BY time", [][]int64{{Start / 1e6, 60, 659, 120}, {Start/1e6 + 60000, 60, 719, 120}})
	tableRows{t, e, "series_1h"}.equal("SELECT time, packets, max_bits, samples FROM {rows}", [][]int64{{Start / 1e6, 2, 719, 240}})
}

// tableRows are the rows of a table, for comparison.
type tableRows struct {
	t     *testing.T
	e     Engine
	table string
}

func (r tableRows) equal(sql string, want [][]int64) {
	t, e, table := r.t, r.e, r.table
	t.Helper()
	got := e.Ask(table, sql)
	if len(got) != len(want) {
		t.Errorf("%s: %s: %d rows, want %d", table, sql, len(got), len(want))
		return
	}
	for i := range want {
		if !slices.Equal(got[i], want[i]) {
			t.Errorf("%s: %s: row %d is %v, want %v", table, sql, i, got[i], want[i])
			return
		}
	}
}
