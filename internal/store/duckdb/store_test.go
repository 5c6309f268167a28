package duckdb

import (
	"context"
	"io"
	"log/slog"
	"math"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"floodmark/internal/model"

	"github.com/google/go-cmp/cmp"
)

// clock is a time that tests set.
type clock struct{ ns atomic.Int64 }

// midday is 2026-03-01 12:00 UTC, the start of a period.
const midday = int64(1772366400e9)

func (c *clock) add(d time.Duration) { c.ns.Add(int64(d)) }

func open(t testing.TB, dir string, change func(*Config)) (*Store, *clock) {
	t.Helper()
	c := new(clock)
	c.ns.Store(midday)
	cfg := Config{Dir: dir, RawFlows: true, Now: c.ns.Load, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), CommitAge: time.Hour,
		MemoryLimit: 256 << 20, free: func(string) (int64, error) { return 1 << 40, nil }}
	if change != nil {
		change(&cfg)
	}
	s, err := Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s, c
}

func mustSync(t testing.TB, s *Store) {
	t.Helper()
	if err := s.Sync(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// one asks for a single number over all time.
func one(t testing.TB, s *Store, table, sql string) float64 {
	t.Helper()
	r, err := s.Query(context.Background(), Query{Table: table, From: 0, To: 1 << 42, SQL: sql})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if len(r.Missing) > 0 {
		t.Fatalf("missing %v", r.Missing)
	}
	var v *float64
	if !r.Next() || r.Scan(&v) != nil {
		t.Fatalf("%s: no number: %v", sql, r.Err())
	}
	if v == nil {
		return 0
	}
	return *v
}

func flow(i int) model.FlowRow {
	return model.FlowRow{First: midday + int64(i)*1e6, Last: midday + int64(i)*1e6 + 5e9, Src: model.Addr4(0xc6336400 | uint32(i&255)), Dst: model.Addr4(0xcb007107),
		Packets: 3, Bytes: 1500, Sampling: 100, Exporter: 7, InIf: 3, OutIf: 4, SrcAS: 64496, DstAS: 4200000001, SrcCountry: model.ParseCode2("DE"),
		DstCountry: model.ParseCode2("NL"), SrcPort: 53, DstPort: 40000, Proto: 17, TTL: 61, Direction: model.In, Class: 9}
}

func TestRowsComeBackAsTheyWere(t *testing.T) {
	s, c := open(t, t.TempDir(), nil)
	w := s.Writer()
	plain := flow(1)
	six := flow(2)
	six.Src, six.Dst = model.Addr{Hi: 0x20010db8 << 32, Lo: 5}, model.Addr{Hi: math.MaxUint64, Lo: math.MaxUint64}
	six.Fragment, six.Direction = true, model.Through
	large := flow(3)
	large.Bytes, large.Packets, large.Exporter, large.InIf = 1<<40, 1<<33, 70000, 1<<31
	edge := flow(4)
	edge.Bytes, edge.Packets, edge.Sampling, edge.SrcAS = math.MaxUint32, math.MaxUint32, math.MaxUint32, math.MaxUint32
	edge.Exporter, edge.InIf, edge.OutIf, edge.Fragment, edge.Direction, edge.TCPFlags, edge.TTL, edge.Class, edge.Proto = 65535, 65535, 65535, true, model.Out, 255, 255, 255, 255
	in := []model.FlowRow{plain, six, large, edge}
	for i := range in {
		w.Add(&in[i])
	}
	w.Flush(c.ns.Load())
	mustSync(t, s)
	r, err := s.Query(t.Context(), Query{Table: "flows", From: midday/1e6 - 1000, To: midday/1e6 + 1000, SQL: `SELECT time, duration_ms, src_hi, src_lo, dst_hi, dst_lo, packets, bytes, sampling,
		exporter, in_if, out_if, src_as, dst_as, src_country, dst_country, src_port, dst_port, proto, tcp_flags, ttl, direction, class, fragment FROM {rows} ORDER BY time`})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var out []model.FlowRow
	for r.Next() {
		var f model.FlowRow
		var ms, d int64
		var direction, class uint8
		if err := r.Scan(&ms, &d, &f.Src.Hi, &f.Src.Lo, &f.Dst.Hi, &f.Dst.Lo, &f.Packets, &f.Bytes, &f.Sampling, &f.Exporter, &f.InIf, &f.OutIf, &f.SrcAS, &f.DstAS,
			&f.SrcCountry, &f.DstCountry, &f.SrcPort, &f.DstPort, &f.Proto, &f.TCPFlags, &f.TTL, &direction, &class, &f.Fragment); err != nil {
			t.Fatal(err)
		}
		f.First, f.Last, f.Direction, f.Class = ms*1e6, (ms+d)*1e6, model.Direction(direction), model.Class(class)
		out = append(out, f)
	}
	in[2].Packets = math.MaxUint32 // saturates
	if diff := cmp.Diff(in, out); diff != "" || r.Err() != nil {
		t.Fatal(diff, r.Err())
	}
}

func TestRotationLosesNothing(t *testing.T) {
	s, c := open(t, t.TempDir(), func(c *Config) { c.FlowPeriod = time.Minute })
	w := s.Writer()
	const n = 200
	for i := range n {
		f := flow(i)
		w.Add(&f)
		if i%10 == 9 {
			w.Flush(c.ns.Load())
			mustSync(t, s)
			c.add(20 * time.Second)
		}
	}
	mustSync(t, s)
	if got := one(t, s, "flows", "SELECT count(*) FROM {rows}"); got != n {
		t.Fatalf("%v rows, want %d", got, n)
	}
	files, _ := filepath.Glob(filepath.Join(s.cfg.Dir, "flows-*.duckdb"))
	if len(files) != 7 {
		t.Fatalf("%d files: %v", len(files), files)
	}
	if st := s.Stats(); st.Rows != n || st.DroppedQueue+st.DroppedDisk+st.Errors != 0 {
		t.Fatalf("%+v", st)
	}
}
