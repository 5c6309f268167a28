package query

import (
	"context"
	"io"
	"log/slog"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"floodmark/internal/model"
	"floodmark/internal/store/duckdb"
	"floodmark/internal/testenv"
)

// stored is a real store as an Engine, with what it keeps told.
type stored struct {
	*duckdb.Store
	kept map[string][2]int64
}

type storedRows struct{ *duckdb.Result }

func (r storedRows) Missing() []string { return r.Result.Missing }
func (r storedRows) Truncated() bool   { return r.Result.Truncated }

func (s stored) Query(ctx context.Context, q Statement) (Rows, error) {
	r, err := s.Store.Query(ctx, duckdb.Query(q))
	if err != nil {
		return nil, err
	}
	return storedRows{r}, nil
}

func (s stored) Kept(table string) (from, to int64) { return s.kept[table][0], s.kept[table][1] }

// only returns the same store with some tables alone.
func (s stored) only(names ...string) stored {
	kept := make(map[string][2]int64)
	for _, n := range names {
		kept[n] = s.kept[n]
	}
	return stored{s.Store, kept}
}

// noon is 2026-03-01 12:00 UTC, the end of what is stored.
const noon = int64(1772366400e9)

const flowCount = 6000

// filled is one store for all tests of the package: six hours of random flows.
var filled = sync.OnceValues(func() (stored, []model.FlowRow) {
	rows := randomFlows(rand.New(rand.NewPCG(1, 2)), flowCount)
	var now atomic.Int64
	now.Store(noon - int64(6*time.Hour))
	s, err := duckdb.Open(context.Background(), duckdb.Config{Dir: testDir, RawFlows: true, Now: now.Load, FlowPeriod: 24 * time.Hour, CommitAge: time.Hour,
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)), MemoryLimit: 256 << 20, Reserve: 1})
	if err != nil {
		panic(err)
	}
	closeStore = s.Close
	w := s.Writer()
	for i := 0; i < flowCount; { // an hour a step: minutes and hours are rolled up as time goes on
		now.Add(int64(59 * time.Minute))
		for ; i < flowCount && rows[i].First < now.Load(); i++ {
			w.Add(&rows[i])
		}
		w.Flush(now.Load())
		if err := s.Sync(context.Background()); err != nil {
			panic(err)
		}
		now.Add(int64(time.Minute)) // the store may have looked at the clock before the flows came
		waitFor(s, "networks_1m", i-200)
	}
	now.Add(int64(3 * time.Hour))
	waitFor(s, "networks_1m", flowCount)
	for _, table := range tableNames()[:6] {
		waitFor(s, table, flowCount)
	}
	from, to := (noon-int64(6*time.Hour))/1e6, noon/1e6
	kept := make(map[string][2]int64)
	for _, table := range tableNames() {
		kept[table] = [2]int64{from, to}
	}
	return stored{s, kept}, rows
})

// waitFor lets the store's own goroutine tick until a roll-up holds so many flows.
func waitFor(s *duckdb.Store, table string, flows int) {
	for end := time.Now().Add(testenv.Patience); storedFlows(s, table) < float64(flows); <-time.After(10 * time.Millisecond) {
		if time.Now().After(end) {
			panic("flows are missing in " + table)
		}
	}
}

func storedFlows(s *duckdb.Store, table string) (n float64) {
	r, err := s.Query(context.Background(), duckdb.Query{Table: table, To: 1 << 42, SQL: "SELECT coalesce(sum(flows), 0)::DOUBLE FROM {rows}"})
	if err != nil {
		panic(err)
	}
	defer r.Close()
	if r.Next() {
		err = r.Scan(&n)
	}
	if err != nil || r.Err() != nil {
		panic(err)
	}
	return n
}

func one[T any](r *rand.Rand, v ...T) T { return v[r.IntN(len(v))] }

func randomFlows(r *rand.Rand, n int) []model.FlowRow {
	out := make([]model.FlowRow, n)
	for i := range out {
		first := noon - int64(6*time.Hour) + int64(i)*int64(6*time.Hour)/int64(n)
		first -= first % 1e6
		proto := one(r, uint8(6), 6, 17, 17, 1, 58, 47, 132, 50)
		f := model.FlowRow{First: first, Last: first + r.Int64N(100e9)/1e6*1e6, Src: randomAddr(r), Dst: randomAddr(r), Packets: uint64(1 + r.IntN(5)), Sampling: one(r, uint32(1), 100, 1000),
			Exporter: uint32(1 + r.IntN(3)), InIf: uint32(r.IntN(4)), OutIf: uint32(r.IntN(4)), SrcAS: one(r, uint32(0), 64500, 64501, 4200000000), DstAS: one(r, uint32(64500), 64510),
			SrcCountry: one(r, 0, model.ParseCode2("DE"), model.ParseCode2("NL")), DstCountry: one(r, model.ParseCode2("DE"), model.ParseCode2("FR")), Proto: proto, TTL: uint8(r.IntN(256)),
			Direction: model.Direction(r.IntN(3)), Class: model.Class(r.IntN(100)), Fragment: r.IntN(8) == 0}
		f.Bytes = f.Packets * uint64(40+r.IntN(1460))
		switch proto {
		case 6, 17, 132:
			f.SrcPort, f.DstPort = randomPort(r), randomPort(r)
			if proto == 6 {
				f.TCPFlags = uint8(r.IntN(256))
			}
		case 1, 58:
			f.DstPort = uint16(r.IntN(20)*256 + r.IntN(4))
		}
		out[i] = f
	}
	return out
}

func randomPort(r *rand.Rand) uint16 {
	return one(r, 0, 53, 80, 443, 1900, 1023, 1024, 5353, uint16(r.IntN(65536)), uint16(r.IntN(3000)))
}

func randomAddr(r *rand.Rand) model.Addr {
	switch r.IntN(8) {
	case 0:
		return model.Addr{Hi: 0x20010db8<<32 | uint64(r.IntN(4)), Lo: uint64(r.IntN(3))}
	case 1:
		return model.Addr{Hi: uint64(r.IntN(2)), Lo: uint64(r.IntN(2)) << 63}
	}
	return model.Addr4(0xc6120000 | uint32(r.IntN(4))<<8 | uint32(r.IntN(4)))
}

func mustParse(t testing.TB, text string) Question {
	t.Helper()
	q, err := Parse(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return q
}

// ask answers a question over all that is stored.
func ask(t testing.TB, e Engine, text string) Result {
	t.Helper()
	r, err := Run(t.Context(), e, mustParse(t, text), Options{Names: fixedNames{}, Now: noon})
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return r
}

// fixedNames has one exporter and two interfaces.
type fixedNames struct{}

func (fixedNames) Exporter(name string) []uint32 {
	if name == "edge-1" {
		return []uint32{1}
	}
	return nil
}

func (fixedNames) ExporterName(n uint32) string {
	if n == 1 {
		return "edge-1"
	}
	return ""
}

func (fixedNames) Interfaces(name string) []Interface {
	if name == "transit a" {
		return []Interface{{1, 2}, {2, 3}}
	}
	return nil
}

func (fixedNames) InterfaceName(i Interface) string {
	if (i == Interface{1, 2}) {
		return "transit a"
	}
	return ""
}
