package claim

import (
	"fmt"
	"testing"

	"floodmark/internal/model"
	"pgregory.net/rapid"
)

// drawn makes data with random shares, losses of location, views and sampling.
func drawn(t *rapid.T) *Data {
	by := map[string]uint64{}
	for _, l := range []string{"UA", "RU", "US", "BR", "CN", "IT"} {
		by[l] = rapid.Uint64Range(0, 3000).Draw(t, l)
	}
	d := with(shares(by), unlocated(rapid.Uint64Range(0, 2000).Draw(t, "unlocated")))
	if rapid.Bool().Draw(t, "sampled") {
		sampled(d)
	}
	if rapid.Bool().Draw(t, "unequal") {
		d.Vectors[0].EffPackets = rapid.Float64Range(1, 2000).Draw(t, "effective sources")
	}
	if rapid.Bool().Draw(t, "part") {
		d.View, d.Part = viewPart, rapid.Float64Range(0.1, 1).Draw(t, "seen")
	}
	return d
}

func verdict(t *rapid.T, d *Data, text string) model.Verdict {
	c, err := Parse(text, testNames())
	if err != nil {
		t.Fatal(err)
	}
	return Check(c, d, testNames())[0].Claim.Verdict
}

func TestRaisingTheBarNeverHelpsAClaim(t *testing.T) {
	rank := map[model.Verdict]int{yes: 0, maybe: 1, no: 2}
	rapid.Check(t, func(t *rapid.T) {
		d := drawn(t)
		for _, rel := range []string{"at-least", "over"} {
			last := -1
			for n := 0; n <= 100; n += 4 {
				v := rank[verdict(t, d, fmt.Sprintf("country=UA %s %d%% of packets", rel, n))]
				if v < last {
					t.Fatalf("%s %d%%: rank %d after %d", rel, n, v, last)
				}
				last = v
			}
		}
	})
}

func TestMajorityIsAPlurality(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawn(t)
		if verdict(t, d, "country=UA majority of packets") == yes && verdict(t, d, "country=UA plurality of packets") == no {
			t.Fatal("a majority that is not the largest")
		}
	})
}

func TestOppositeClaimsGetOppositeVerdicts(t *testing.T) {
	opposite := map[model.Verdict]model.Verdict{yes: no, no: yes, maybe: maybe}
	rapid.Check(t, func(t *rapid.T) {
		d := drawn(t)
		n := rapid.IntRange(0, 100).Draw(t, "n")
		for a, b := range map[string]string{"at-least": "under", "over": "at-most"} {
			x := verdict(t, d, fmt.Sprintf("country=UA %s %d%% of packets", a, n))
			y := verdict(t, d, fmt.Sprintf("country=UA %s %d%% of packets", b, n))
			if opposite[x] != y {
				t.Fatalf("%s is %s, %s is %s", a, x, b, y)
			}
		}
	})
}

// Losing sight of more of the attack may undo a decision and never makes one.
func TestMoreUnknownNeverDecides(t *testing.T) {
	spoofed := func(n uint64) func(*Data) {
		return func(d *Data) {
			d.Vectors = append(d.Vectors, Vector{Name: "syn-flood", Spoof: model.SpoofUndecided, Total: counted(n), Countries: []Located{{"UA", counted(n)}}})
		}
	}
	reflected := func(n uint64) func(*Data) {
		return func(d *Data) {
			d.Vectors = append(d.Vectors, Vector{Name: "reflection-dns", Reflection: true, Spoof: model.SpoofReal, Total: counted(n), Countries: []Located{{"UA", counted(n)}}})
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		d := drawn(t)
		more := *d
		more.Vectors = append([]Vector{}, d.Vectors...)
		n := rapid.Uint64Range(1, 5000).Draw(t, "more unknown")
		rapid.SampledFrom([]func(uint64) func(*Data){unlocated, spoofed, reflected}).Draw(t, "kind")(n)(&more)
		for _, text := range []string{"country=UA some of packets", "country=UA plurality of packets", "country=UA majority of packets", "country=UA at-least 10% of packets",
			"country=UA under 20% of bytes", "worldwide", "from the Ukraine area", "as=3320 majority of packets"} {
			before, after := verdict(t, d, text), verdict(t, &more, text)
			if before != after && after != maybe {
				t.Fatalf("%s: %s became %s", text, before, after)
			}
		}
	})
}

func TestMoreUnknownWidensBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		by := map[string]uint64{"UA": rapid.Uint64Range(50, 3000).Draw(t, "UA"), "US": rapid.Uint64Range(50, 3000).Draw(t, "US")}
		n := rapid.Uint64Range(0, 2000).Draw(t, "unlocated")
		c, _ := Parse("country=UA majority of packets", testNames())
		a := Check(c, with(shares(by), unlocated(n)), testNames())[0].Claim
		b := Check(c, with(shares(by), unlocated(n+100)), testNames())[0].Claim
		if *b.Low > *a.Low+1e-12 || *b.High < *a.High-1e-12 {
			t.Fatalf("[%v %v] became [%v %v]", *a.Low, *a.High, *b.Low, *b.High)
		}
	})
}
