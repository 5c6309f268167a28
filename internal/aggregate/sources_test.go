package aggregate

import (
	"math"
	"testing"

	"floodmark/internal/model"

	"pgregory.net/rapid"
)

// TestIndexFindsEverything compares the table with a map, over addresses of
// both families, buckets and sizes.
func TestIndexFindsEverything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		type key struct {
			a      model.Addr
			bucket uint16
		}
		table := sources{index: newIndex(2)}
		truth := make(map[key]uint64)
		rng := random(rapid.Uint64().Draw(t, "seed"))
		n := rapid.IntRange(0, 3000).Draw(t, "n")
		for range n {
			x := rng.next()
			k := key{model.Addr4(uint32(x % 500)), uint16(x >> 60)}
			if x>>59&1 == 0 {
				k.a = model.Addr{Hi: 0x20010db8 << 32, Lo: x % 300}
			}
			s, added := table.get(table.hash(k.a), k.a, k.bucket)
			if _, known := truth[k]; known == added {
				t.Fatalf("%v: added %v, known %v", k, added, known)
			}
			s.samples++
			truth[k]++
		}
		if table.n != len(truth) || table.used != len(truth) {
			t.Fatalf("%d rows, %d in the index, want %d", table.n, table.used, len(truth))
		}
		k := keeper{halvings: rapid.UintRange(0, 3).Draw(t, "halvings")}
		table.thin(k)
		for key, n := range truth {
			s, added := table.get(table.hash(key.a), key.a, key.bucket)
			if kept := k.keeps(key.a.Hash()); kept == added || kept && s.samples != n {
				t.Fatalf("%v: kept %v, added %v, %d draws of %d", key, kept, added, s.samples, n)
			}
		}
	})
}

func TestPeersThin(t *testing.T) {
	table := peers{index: newIndex(2)}
	for i := range uint32(1000) {
		a := model.Addr4(i)
		table.get(table.hash(a), a, 3).out = i
	}
	k := keeper{halvings: 2}
	table.thin(k)
	kept := 0
	for i := range uint32(1000) {
		a := model.Addr4(i)
		p := table.find(table.hash(a), a, 3)
		if (p != nil) != k.keeps(a.Hash()) || p != nil && p.out != i {
			t.Fatalf("%v: %+v", a, p)
		}
		if p != nil {
			kept++
		}
		if table.find(table.hash(a), a, 4) != nil {
			t.Fatal("found for another target")
		}
	}
	if kept != table.n || kept < 180 || kept > 320 {
		t.Errorf("%d kept of 1,000, rows %d", kept, table.n)
	}
}

// TestKeeper checks that a halving keeps half of what was kept, and none that
// was not.
func TestKeeper(t *testing.T) {
	const n = 1 << 16
	rng := random(9)
	var counts [8]int
	for range n {
		h := model.Addr4(uint32(rng.next())).Hash()
		for k := range uint(8) {
			now := keeper{k}.keeps(h)
			if now {
				counts[k]++
			}
			if k > 0 && now && !(keeper{k - 1}).keeps(h) {
				t.Fatal("kept again")
			}
		}
	}
	for k, c := range counts {
		want := n * (keeper{uint(k)}).fraction()
		if math.Abs(float64(c)-want) > 5*math.Sqrt(want) {
			t.Errorf("%d halvings keep %d, want about %g", k, c, want)
		}
	}
}
