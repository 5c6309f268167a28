package opendata

import (
	"bytes"
	"database/sql"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "github.com/duckdb/duckdb-go/v2"
	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"
	"pgregory.net/rapid"

	"floodmark/internal/model"
)

var noon = time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC)

func at(last15m int) int64 { return noon.Add(time.Duration(last15m) * step).UnixNano() }

var rows = []Row{
	{"chat", at(0), 3, 2.5, 1, 4.25, 0, 9, true},
	{"chat", at(1), 412, 380.125, 0, 4.25, 0, 9, true},
	{"shop", at(1), 0, 0, 0, 0, 0, 0, false},
}

const table = header + `
chat,2026-06-15T12:00:00Z,3,2.5,1,4.25,0,9
chat,2026-06-15T12:15:00Z,412,380.125,0,4.25,0,9
shop,2026-06-15T12:15:00Z,0,0,0,,,
`

func readAll(t *testing.T, text string) []Row {
	t.Helper()
	var out []Row
	if err := readRows(strings.NewReader(text), func(r Row) error { out = append(out, r); return nil }); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestCSV(t *testing.T) {
	var b bytes.Buffer
	if err := writeCSV(&b, rows); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(table, b.String()); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if d := cmp.Diff(rows, readAll(t, b.String())); d != "" {
		t.Errorf("read back (-want +got):\n%s", d)
	}
	odd := []Row{{Service: "=1+1,\"\nx", Time: at(0), Effective: float32(math.NaN()), Expected: float32(math.Inf(1)), Known: true}}
	b.Reset()
	if err := writeCSV(&b, odd); err != nil {
		t.Fatal(err)
	}
	if want := header + "\n11x,2026-06-15T12:00:00Z,0,0,0,0,0,0\n"; b.String() != want {
		t.Errorf("got %q", b.String())
	}
}

func TestRowsOfBuckets(t *testing.T) {
	got := Rows("chat", []model.Bucket{{At: at(0), Problems: 3, Effective: 2.5, Works: 1, Expected: 4.25, High: 9, Known: true, Suppressed: 9}, {At: at(1), Problems: 1, Partial: true}})
	if d := cmp.Diff(rows[:1], got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// TestDuckDBReadsParquet has another implementation read the file.
func TestDuckDBReadsParquet(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.parquet")
	var b bytes.Buffer
	if err := writeParquet(&b, rows); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("duckdb", "")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	res, err := db.Query("SELECT service, time, problems, effective, works, expected, low, high FROM read_parquet('" + path + "') ORDER BY time, service")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Close()
	var got []Row
	for res.Next() {
		var r Row
		var when time.Time
		var expected, low, high sql.NullFloat64
		if err := res.Scan(&r.Service, &when, &r.Problems, &r.Effective, &r.Works, &expected, &low, &high); err != nil {
			t.Fatal(err)
		}
		r.Time, r.Known = when.UnixNano(), expected.Valid
		r.Expected, r.Low, r.High = float32(expected.Float64), float32(low.Float64), float32(high.Float64)
		got = append(got, r)
	}
	if err := res.Err(); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(rows, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestParquetInBatches(t *testing.T) {
	var many []Row
	for i := range 10_000 {
		many = append(many, Row{Service: "chat", Time: at(i), Problems: uint32(i)})
	}
	var b bytes.Buffer
	if err := writeParquet(&b, many); err != nil {
		t.Fatal(err)
	}
	got, err := parquet.Read[column](bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil || len(got) != len(many) {
		t.Fatalf("%d rows, %v", len(got), err)
	}
	for i := range got {
		if got[i].Problems != uint32(i) || got[i].Expected != nil || got[i].Time != many[i].Time/1e6 {
			t.Fatalf("row %d is %+v", i, got[i])
		}
	}
}

func TestMergeParts(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"large enough":                    {"login 9 images 5", "images 5 login 9"},
		"small ones become the rest":      {"login 9 images 3 app 2", " 5 login 9"},
		"a small rest takes the smallest": {"login 9 images 3 app 20", " 12 app 20"},
		"and the next":                    {"login 9 images 1 app 20 web 2 api 1", " 13 app 20"},
		"nothing is left":                 {"login 2 images 2", ""},
		"unnamed counts as the rest":      {"login 9  2", " 11"},
		"of two kinds":                    {"login 3 login 3", "login 6"},
		"zero hides nobody":               {"login 9 images 0", "login 9"},
	} {
		var in []Part
		f := strings.Split(c.in, " ")
		for i := 0; i+1 < len(f); i += 2 {
			n := float32(0)
			for _, d := range f[i+1] {
				n = n*10 + float32(d-'0')
			}
			in = append(in, Part{"chat", at(0), f[i], uint32(n), n})
		}
		var got []string
		for _, p := range mergeParts(in) {
			got = append(got, p.Component+" "+string(formatted(p.Effective)))
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%s: got %q, want %q", name, s, c.want)
		}
	}
}

func formatted(v float32) []byte {
	l := &lineWriter{}
	l.number(v)
	return l.buf[1:]
}

// TestNobodyIsFound: no published cell, and no difference between the total and
// what is published of it, holds one to four effective reporters.
func TestNobodyIsFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var places []Place
		total, totals := 0, map[string]int{}
		for range rapid.IntRange(0, 30).Draw(t, "cells") {
			p := Place{Service: "chat", Time: at(0), Country: rapid.SampledFrom([]string{"", "DE", "FR", "US"}).Draw(t, "country"), Region: rapid.SampledFrom([]string{"", "A", "B", "C"}).Draw(t, "region")}
			n := rapid.IntRange(0, 9).Draw(t, "n")
			p.Problems, p.Effective = uint32(n), float32(n)
			places = append(places, p)
			total += n
			totals[p.Country] += n
		}
		byCountry, all := map[string]int{}, 0
		out := mergePlaces(places)
		for i, p := range out {
			if p.Effective < minCell {
				t.Fatalf("a cell of %v: %+v", p.Effective, p)
			}
			if i > 0 && p.Country == out[i-1].Country && p.Region == out[i-1].Region {
				t.Fatalf("twice: %+v", p)
			}
			byCountry[p.Country] += int(p.Effective)
			all += int(p.Effective)
		}
		if total >= minCell && all != total || total < minCell && all != 0 {
			t.Fatalf("%d published of %d", all, total)
		}
		for c, n := range byCountry {
			if c != "" && n != totals[c] {
				t.Fatalf("%s: %d published of %d", c, n, totals[c])
			}
		}
	})
}

func TestDays(t *testing.T) {
	d := Dir(filepath.Join(t.TempDir(), "open"))
	if days, err := d.Days(); err != nil || len(days) != 0 {
		t.Fatalf("%v, %v", days, err)
	}
	tables := Tables{Rows: rows, Parts: []Part{{"chat", at(1), "login", 300, 290}}, Places: []Place{{"chat", at(1), "DE", "BE", 300, 290}}}
	for _, day := range []string{"2026-06-14", "2026-06-15", "2026-06-15"} {
		if err := d.WriteDay(day, tables); err != nil {
			t.Fatal(err)
		}
	}
	for _, bad := range []string{"", "live", "../2026-06-15", "2026-6-15", "2026-02-30"} {
		if d.WriteDay(bad, tables) == nil || d.Remove(bad) == nil || !errors.Is(d.Dump(&bytes.Buffer{}, Select{bad, CSV, ""}), ErrNone) {
			t.Errorf("day %q was taken", bad)
		}
	}
	if err := os.WriteFile(filepath.Join(string(d), "notes.csv"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	days, err := d.Days()
	if want := []string{"2026-06-15", "2026-06-14"}; err != nil || !cmp.Equal(want, days) {
		t.Errorf("days %v, %v", days, err)
	}
	entries, _ := os.ReadDir(string(d))
	if len(entries) != 9 {
		t.Errorf("left behind: %v", entries)
	}
	for file, want := range map[string]string{"2026-06-15.csv": table, "2026-06-15.components.csv": partsHeader + "\nchat,2026-06-15T12:15:00Z,login,300,290\n",
		"2026-06-15.places.csv": placesHeader + "\nchat,2026-06-15T12:15:00Z,DE,BE,300,290\n"} {
		if got, _ := os.ReadFile(filepath.Join(string(d), file)); string(got) != want {
			t.Errorf("%s holds %q", file, got)
		}
	}
	if err := d.Remove("2026-06-14"); err != nil {
		t.Fatal(err)
	}
	if err := d.Remove("2026-06-14"); err != nil {
		t.Errorf("again: %v", err)
	}
}

func TestDump(t *testing.T) {
	d := Dir(t.TempDir())
	if err := d.WriteDay("2026-06-15", Tables{Rows: rows}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		s    Select
		want int
		err  error
	}{
		{Select{"2026-06-15", CSV, ""}, 3, nil}, {Select{"2026-06-15", CSV, "chat"}, 2, nil}, {Select{"2026-06-15", Parquet, ""}, 3, nil},
		{Select{"2026-06-15", Parquet, "shop"}, 1, nil}, {Select{"2026-06-15", CSV, "none"}, 0, ErrNone}, {Select{"2026-06-16", CSV, ""}, 0, ErrNone}, {Select{"2026-06-15", "xls", ""}, 0, ErrNone},
	} {
		var b bytes.Buffer
		err := d.Dump(&b, c.s)
		if !errors.Is(err, c.err) || c.err != nil && b.Len() > 0 {
			t.Errorf("%+v: %v, %d octets", c.s, err, b.Len())
			continue
		}
		if c.err != nil {
			continue
		}
		n := 0
		if c.s.Format == Parquet {
			list, err := parquet.Read[column](bytes.NewReader(b.Bytes()), int64(b.Len()))
			if err != nil {
				t.Fatal(err)
			}
			n = len(list)
		} else {
			n = len(readAll(t, b.String()))
		}
		if n != c.want {
			t.Errorf("%+v: %d rows", c.s, n)
		}
	}
}
