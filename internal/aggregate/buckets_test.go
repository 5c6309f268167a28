package aggregate

import (
	"math"
	"testing"

	"floodmark/internal/model"

	"pgregory.net/rapid"
)

// TestBucketsKeepWhatIsAboveTheFloor adds destinations of very different size to
// a small table and checks the promise of lossy counting.
func TestBucketsKeepWhatIsAboveTheFloor(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit := rapid.IntRange(4, 200).Draw(t, "limit")
		c := newBuckets(limit)
		rng := random(rapid.Uint64().Draw(t, "seed"))
		hosts := rapid.Uint64Range(1, 2000).Draw(t, "hosts")
		since := make(map[model.Addr]uint64) // packets since the bucket was last made
		for range rapid.IntRange(1, 5000).Draw(t, "n") {
			x := rng.next()
			a := model.Addr4(uint32(min(x%hosts, x>>20%hosts)))
			before := c.forgotten
			e := c.get(a, 1)
			if e.packets == 0 {
				since[a] = 0
			}
			w := 1 + x>>58
			e.packets += w
			since[a] += w
			if c.n > limit {
				t.Fatalf("%d cells, limit %d", c.n, limit)
			}
			if c.forgotten == before {
				continue
			}
			held := make(map[model.Addr]bool)
			for i := range c.n {
				held[c.at(i).dst] = true
			}
			for a, n := range since {
				if n > c.floor && !held[a] {
					t.Fatalf("%v had %d packets, floor %d, and was forgotten", a, n, c.floor)
				}
			}
		}
		for i := range c.n {
			if e := c.at(i); e.packets != since[e.dst] || c.get(e.dst, 1) != e {
				t.Fatalf("cell %v: %d packets, want %d", e.dst, e.packets, since[e.dst])
			}
		}
	})
}

// TestVictimSurvivesAScan is what a floor that only grows would fail: after a
// hundred times as many destinations as the table holds, the busy one is there.
func TestVictimSurvivesAScan(t *testing.T) {
	c := newBuckets(64)
	rng := random(1)
	for range 6400 {
		c.get(model.Addr4(uint32(rng.next())), 1).packets++
		c.get(victim, 1).packets += 3
	}
	if got := c.get(victim, 1).packets; got != 3*6400 {
		t.Errorf("%d packets, want %d", got, 3*6400)
	}
	if c.forgotten < 6000 {
		t.Errorf("only %d forgotten", c.forgotten)
	}
}

func TestBucketsWithEnormousCounts(t *testing.T) {
	c := newBuckets(8)
	for i := range uint32(1000) {
		c.get(model.Addr4(i), 1).packets = math.MaxUint64
	}
	if c.n > 8 || c.forgotten == 0 {
		t.Errorf("%d cells, %d forgotten", c.n, c.forgotten)
	}
}

// TestLinearCounting compares the table with its formula (Whang et al. 1990)
// and the estimate with the truth.
func TestLinearCounting(t *testing.T) {
	for n := range 63 {
		want := math.Round(-64 * math.Log(float64(64-n)/64))
		if got := linearCount(uint64(n)); float64(got) != want {
			t.Errorf("%d bits: %d, want %g", n, got, want)
		}
	}
	if linearCount(63) != 250 || linearCount(64) != 250 {
		t.Error("a full cell counts 250")
	}
	for _, n := range []int{1, 5, 20, 60, 100} {
		var total float64
		for seed := range 50 {
			rng := random(seed * 77)
			var e bucket
			for range n {
				e.sources |= 1 << (rng.next() >> 58)
			}
			total += float64(e.sourceCount())
		}
		if mean := total / 50; math.Abs(mean/float64(n)-1) > 0.1 {
			t.Errorf("%d sources are estimated as %g", n, mean)
		}
	}
}
