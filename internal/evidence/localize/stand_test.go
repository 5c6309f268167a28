package localize

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"floodmark/internal/model"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var components = []model.Component{{Slug: "app", Name: "App"}, {Slug: "images", Name: "Images"}, {Slug: "login", Name: "Login"}, {Slug: "website", Name: "Website"}}

func parts(seed uint64) *world {
	return &world{rng: rand.New(rand.NewPCG(seed, 7)), keys: []string{"app", "images", "login", "website"},
		shares: []float64{0.5, 0.1, 0.1, 0.3}, incident: 300, minute: 50}
}

// places are 30 countries of very unequal size, the first one with ten regions.
func places(seed uint64) *world {
	w := &world{rng: rand.New(rand.NewPCG(seed, 9)), incident: 300, minute: 50}
	sum := 0.0
	for i := range 40 {
		key := "US-" + string(rune('A'+i)) + "X"
		if i >= 10 {
			key = string(rune('A'+(i-10)%26)) + string(rune('E'+(i-10)/26))
		}
		w.keys = append(w.keys, key)
		w.shares = append(w.shares, 1/float64(i+2))
		sum += w.shares[i]
	}
	for i := range w.shares {
		w.shares[i] /= sum
	}
	return w
}

// Under the null a person who looks after every minute sees an e-value of 20 at
// any time in at most one incident of twenty, whatever the totals are.
func TestNothingStandsOutUnderTheNull(t *testing.T) {
	const runs, minutes = 400, 120
	for _, c := range []struct {
		name   string
		make   func(uint64) *world
		taught int
	}{{"parts, much learnt", parts, 20000}, {"parts, little learnt", parts, 100}, {"parts, nothing learnt", parts, 0}, {"places", places, 20000}} {
		var ever, selected, covered, asked int
		for seed := range uint64(runs) {
			w := c.make(seed)
			u := w.teach(PlaceCells, c.taught)
			shares := dirichlet(w.rng, w.shares, w.incident)
			var s Shares
			above, stood := false, false
			for m := range minutes {
				s.Add(w.draw(w.total(m), dirichlet(w.rng, shares, w.minute)))
				if c.name == "places" {
					if m%10 != 9 {
						continue
					}
					for _, p := range Places(&s, u, 100) {
						above = above || p.Country == "AE" && p.Evidence >= math.Log10(20)
						stood = stood || p.StandsOut
					}
					continue
				}
				for _, p := range Parts(&s, u, components) {
					above = above || p.Slug == "login" && p.Evidence >= math.Log10(20)
					stood = stood || p.StandsOut
				}
			}
			if c.name != "places" {
				asked++
				p := Parts(&s, u, components)[0]
				truth := map[string]float64{"app": shares[0], "images": shares[1], "login": shares[2], "website": shares[3]}[p.Slug]
				if p.Low <= truth && truth <= p.High {
					covered++
				}
			}
			ever += count(above)
			selected += count(stood)
		}
		t.Logf("%-22s e of one key ever 20 or more: %.3f; anything ever stood out: %.3f; interval held %d of %d",
			c.name, float64(ever)/runs, float64(selected)/runs, covered, asked)
		if ever > runs/20 || selected > runs/20 {
			t.Errorf("%s: %d and %d of %d runs, want at most one in twenty", c.name, ever, selected, runs)
		}
		if covered < asked*95/100 {
			t.Errorf("%s: intervals held in %d of %d", c.name, covered, asked)
		}
	}
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}

// What fails is found: the median run finds a login outage that takes the share
// from 10 % to 40 % within 60 reports, and a region at five times its share.
func TestWhatFailsStandsOut(t *testing.T) {
	const runs = 100
	found, region := 0, 0
	for seed := range uint64(runs) {
		w := parts(seed)
		u := w.teach(PartCells, 5000)
		var s Shares
		for range 12 {
			s.Add(w.draw(10, []float64{0.3, 0.1, 0.4, 0.2}))
		}
		for _, p := range Parts(&s, u, components) {
			found += count(p.Slug == "login" && p.StandsOut)
			if p.Slug == "images" && p.StandsOut {
				t.Errorf("seed %d: images stand out", seed)
			}
		}
		w = places(seed)
		u = w.teach(PlaceCells, 5000)
		hit := append([]float64(nil), w.shares...)
		hit[3] *= 6
		hit = dirichlet(w.rng, hit, 1e9)
		var at Shares
		for range 20 {
			at.Add(w.draw(20, hit))
		}
		for _, p := range Places(&at, u, 100) {
			region += count(p.Region == "DX" && p.StandsOut)
		}
	}
	t.Logf("found login in %d and the region in %d of %d", found, region, runs)
	if found < 90 || region < 90 {
		t.Errorf("found login in %d and the region in %d of %d", found, region, runs)
	}
}

func TestPlacesAreMergedUpward(t *testing.T) {
	u := NewUsual(PlaceCells)
	u.Learn(1, []Count{{"US-CA", 50, 50}, {"US", 50, 50}, {"FR", 100, 100}})
	var s Shares
	s.Add([]Count{{"US-CA", 20, 20}, {"US-NY", 4, 4}, {"US", 3, 3}, {"FR", 4, 4}, {"DE", 3, 3.5}, {"", 9, 9}, {"US-TX", 7, 2.5}})
	got := make(map[string]float64)
	for _, p := range Places(&s, u, 100) {
		got[p.Country+" "+p.Region] = p.Effective
		if p.Low > p.Excess || p.High < p.Excess || p.Expected <= 0 {
			t.Errorf("%+v", p)
		}
	}
	want := map[string]float64{"US ": 29.5, "US CA": 20, " ": 7.5}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// Nobody may compute a place of fewer than five from what is shown.
func TestDifferencesRevealNobody(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s Shares
		for _, k := range rapid.SliceOfN(rapid.SampledFrom([]string{"US", "US-CA", "US-NY", "US-TX", "FR", "FR-A", "DE"}), 0, 80).Draw(t, "keys") {
			s.Add([]Count{{k, 1, 1}})
		}
		var total, regions = map[string]float64{}, map[string]float64{}
		var sum float64
		for _, p := range Places(&s, NewUsual(9), 100) {
			if p.Country != "" && p.Effective < minShown {
				t.Fatalf("shown: %+v", p)
			}
			if p.Region == "" {
				total[p.Country] += p.Effective
				sum += p.Effective
			} else {
				regions[p.Country] += p.Effective
			}
		}
		for c, n := range regions {
			if left := total[c] - n; left > 0 && left < minShown {
				t.Fatalf("%s: %v of no shown region", c, left)
			}
		}
		if n := total[""]; n > 0 && n < minShown && sum != n {
			t.Fatalf("rest of %v beside countries", n)
		}
	})
}

func TestStoredIsTheSame(t *testing.T) {
	w := places(1)
	u := w.teach(PlaceCells, 3000)
	var s Shares
	s.Add(w.draw(500, w.shares))
	s.Add([]Count{{"", 3, 2}})
	b, _ := u.MarshalBinary()
	c, _ := s.MarshalBinary()
	if len(b) > 1024 {
		t.Errorf("40 places take %d octets", len(b))
	}
	var u2 Usual
	var s2 Shares
	if err := u2.UnmarshalBinary(b); err != nil {
		t.Fatal(err)
	}
	if err := s2.UnmarshalBinary(c); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(Places(&s, u, 50), Places(&s2, &u2, 50)); d != "" {
		t.Error(d)
	}
	for n := range b {
		if err := new(Usual).UnmarshalBinary(b[:n]); err == nil {
			t.Fatalf("%d octets of %d were enough", n, len(b))
		}
	}
}

func TestBoundsAndForgetting(t *testing.T) {
	u := NewUsual(10)
	u.Learn(1, []Count{{"US", 100, 100}})
	var s Shares
	for i := range 2000 {
		k := fmt.Sprintf("US-%d", i)
		u.Learn(1, []Count{{k, 1, 1}, {"FR", 1, math.NaN()}, {"DE", 1, math.Inf(1)}})
		s.Add([]Count{{k, 1, 1}})
	}
	if len(u.cells) > 10 || len(s.cells) != maxCells || s.Merged() != 2000-maxCells {
		t.Errorf("%d cells learnt, %d counted, %d merged", len(u.cells), len(s.cells), s.Merged())
	}
	if u.of("US") != 100 {
		t.Errorf("US has %v", u.of("US"))
	}
	u.Learn(1+int64(halfLife), nil)
	if math.Abs(u.of("US")-50) > 1e-6 {
		t.Errorf("US has %v after 28 days", u.of("US"))
	}
}

func FuzzStored(f *testing.F) {
	w := places(1)
	u := w.teach(PlaceCells, 300)
	var s Shares
	s.Add(w.draw(50, w.shares))
	b, _ := u.MarshalBinary()
	c, _ := s.MarshalBinary()
	f.Add(b)
	f.Add(c)
	f.Fuzz(func(t *testing.T, b []byte) {
		u, s := NewUsual(10), new(Shares)
		if u.UnmarshalBinary(b) == nil {
			if again, _ := u.MarshalBinary(); new(Usual).UnmarshalBinary(again) != nil {
				t.Error("what was read cannot be read again")
			}
		}
		_ = s.UnmarshalBinary(b)
		s.Add([]Count{{"US-CA", 9, 9}})
		Places(s, u, 9)
		Parts(s, u, components)
	})
}

func BenchmarkAdd(b *testing.B) {
	w := places(1)
	counts := w.draw(500, w.shares)
	var s Shares
	b.ReportAllocs()
	for b.Loop() {
		s.Add(counts)
	}
}
