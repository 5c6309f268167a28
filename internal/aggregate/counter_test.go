package aggregate

import (
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"
)

// TestCounterBounds checks that what is reported is a lower bound of the truth,
// ordered, and exact as long as nothing was displaced.
func TestCounterBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		kinds := rapid.Uint64Range(1, 2000).Draw(t, "kinds")
		n := rapid.IntRange(1, 5000).Draw(t, "n")
		rng := random(rapid.Uint64().Draw(t, "seed"))
		var c counter
		truth := make(map[uint64]uint64)
		var total uint64
		for range n {
			x := rng.next()
			key := min(x%kinds, x>>32%kinds) // some are frequent
			w := 1 + x>>60
			c.add(key, w)
			truth[key] += w
			total += w
		}
		f := c.top(1000)
		if f.Total != total {
			t.Fatalf("total %d, want %d", f.Total, total)
		}
		exact := true
		for _, s := range c.slots {
			exact = exact && s.err == 0
		}
		if exact && f.Distinct != len(truth) {
			t.Fatalf("%d distinct, want %d", f.Distinct, len(truth))
		}
		last := uint64(math.MaxUint64)
		var sum uint64
		for _, v := range f.Top {
			if v.Count > truth[v.Key] || exact && v.Count != truth[v.Key] {
				t.Fatalf("key %d: %d, truth %d, exact %v", v.Key, v.Count, truth[v.Key], exact)
			}
			if v.Count > last {
				t.Fatal("not in order")
			}
			last = v.Count
			sum += v.Count
		}
		if sum > total {
			t.Fatalf("the values add up to %d of %d", sum, total)
		}
	})
}

func TestCounterIsExactForFewKeys(t *testing.T) {
	var c counter
	for i := range 4000 {
		c.add(uint64(i%4), 1)
	}
	f := c.top(10)
	if f.Distinct != 4 || len(f.Top) != 4 || f.Top[0].Count != 1000 || f.Share(3) != 0.25 || f.Share(4) != 0 {
		t.Errorf("%+v", f)
	}
}

// TestCounterFindsTheFrequent hides one value that is a tenth of all among
// values that come once.
func TestCounterFindsTheFrequent(t *testing.T) {
	var c counter
	rng := random(7)
	for i := range 100_000 {
		if i%10 == 0 {
			c.add(42, 1)
		} else {
			c.add(rng.next(), 1)
		}
	}
	f := c.top(1)
	if f.Top[0].Key != 42 || f.Share(0) < 0.09 || f.Share(0) > 0.1 {
		t.Errorf("%+v", f.Top)
	}
}

func TestDistinctWithinTwentyPercent(t *testing.T) {
	for _, n := range []int{1, 2, 5, 10, 50, 100, 200, 300, 500, 640, 700, 1000, 1500, 3000, 10_000, 50_000, 300_000} {
		worst := 0.0
		for seed := range 20 {
			var c counter
			rng := random(seed * 1_000_003)
			for range n {
				c.add(rng.next(), 1)
			}
			worst = max(worst, math.Abs(float64(c.distinct())/float64(n)-1))
		}
		if worst > 0.20 {
			t.Errorf("%d values: wrong by up to %.0f %%", n, 100*worst)
		}
	}
}

func TestTextsOfFrequentValues(t *testing.T) {
	var c textCounter
	for i := range 5000 {
		c.add(fmt.Appendf(nil, "other %d", i), 1)
	}
	if len(c.text) > maxTexts {
		t.Fatalf("%d texts", len(c.text))
	}
	if _, ok := c.text[hashBytes([]byte("other 4999"))]; ok {
		t.Error("a text that came once is kept by a full counter")
	}
	for i := range 5000 {
		c.add([]byte("late"), 1)
		c.add(fmt.Appendf(nil, "more %d", i), 1)
	}
	f := c.top(3)
	if f.Top[0].Text != "late" || f.Top[0].Count != 5000 {
		t.Errorf("%+v", f.Top[0])
	}
	if len(c.text) > maxTexts {
		t.Errorf("%d texts", len(c.text))
	}
}

func TestHashBytesTellsLengthsApart(t *testing.T) {
	seen := make(map[uint64]int)
	b := make([]byte, 40)
	for n := range len(b) {
		h := hashBytes(b[:n])
		if other, ok := seen[h]; ok {
			t.Errorf("%d and %d zero octets have one hash", other, n)
		}
		seen[h] = n
	}
}
