package geo

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"floodmark/internal/model"
	"floodmark/internal/testenv"
)

// real opens the database that `make geo` or `floodmark geo update` has left.
func real(b *testing.B) *DB {
	b.Helper()
	for _, path := range []string{os.Getenv("FLOODMARK_GEO"), filepath.Join("..", "..", "bin", fileName)} {
		if db, err := Open(path); err == nil {
			return db
		}
	}
	testenv.Optional(b, "no address database: run \"floodmark geo update --out bin/geo.db\" or set FLOODMARK_GEO")
	return nil
}

// known draws addresses inside ranges whose country is known.
func known(db *DB, four bool, n int) []model.Addr {
	rng := rand.New(rand.NewPCG(7, 8))
	var all [][2]model.Addr
	db.Ranges("", func(first, last model.Addr, _ model.Place) bool {
		if first.Is4() == four {
			all = append(all, [2]model.Addr{first, last})
		}
		return true
	})
	out := make([]model.Addr, n)
	for i := range out {
		r := all[rng.IntN(len(all))]
		out[i] = r[0]
		if four {
			out[i].Lo += rng.Uint64N(r[1].Lo - r[0].Lo + 1)
		} else if d := r[1].Hi - r[0].Hi; d > 0 {
			out[i] = model.Addr{Hi: r[0].Hi + rng.Uint64N(d), Lo: rng.Uint64()}
		}
	}
	return out
}

func BenchmarkLookup(b *testing.B) {
	db := real(b)
	rng := rand.New(rand.NewPCG(9, 10))
	const cold, hot = 1 << 20, 1 << 8
	any4 := make([]model.Addr, cold)
	for i := range any4 {
		any4[i] = model.Addr4(rng.Uint32())
	}
	known4, known6 := known(db, true, cold), known(db, false, cold)
	for _, c := range []struct {
		name  string
		addrs []model.Addr
	}{
		{"ipv4/any/cold", any4}, {"ipv4/any/hot", any4[:hot]},
		{"ipv4/known/cold", known4}, {"ipv4/known/hot", known4[:hot]},
		{"ipv6/known/cold", known6}, {"ipv6/known/hot", known6[:hot]},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			sum, mask := 0, len(c.addrs)-1
			i := 0
			for b.Loop() {
				p := db.Lookup(c.addrs[i&mask])
				sum += len(p.Country) + int(p.ASN)
				i++
			}
			runtime.KeepAlive(sum)
		})
	}
}

func BenchmarkOrigins(b *testing.B) {
	db := real(b)
	rng := rand.New(rand.NewPCG(9, 10))
	addrs, out := make([]model.Addr, 1<<20), make([]Origin, lanes)
	for i := range addrs {
		addrs[i] = model.Addr4(rng.Uint32())
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		i = (i + lanes) & (len(addrs) - 1)
		db.Origins(addrs[i:i+lanes], out)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*lanes), "ns/address")
}

func BenchmarkOpen(b *testing.B) {
	real(b)
	path := os.Getenv("FLOODMARK_GEO")
	if path == "" {
		path = filepath.Join("..", "..", "bin", fileName)
	}
	var db *DB
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for b.Loop() {
		var err error
		if db, err = Open(path); err != nil {
			b.Fatal(err)
		}
	}
	b.StopTimer()
	runtime.GC()
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/1e6, "MB-kept")
	runtime.KeepAlive(db)
}
