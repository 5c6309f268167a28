package similar

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"floodmark/internal/model"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// family is what incidents of one cause have in common.
type family struct {
	rise, flat, half int
	parts, places    []float64
	hour             float64
}

// makeFamily makes one whose parts and places are its own or, where close is
// set, are the usual ones of the service, a little different.
func makeFamily(r *rand.Rand, close bool) family {
	f := family{rise: 1 + r.IntN(6), flat: r.IntN(12), half: 1 + r.IntN(10), hour: 24 * r.Float64()}
	for i := range 5 {
		a, b := r.ExpFloat64(), r.ExpFloat64()
		if close {
			a, b = math.Exp(0.4*r.NormFloat64())/float64(i+1), math.Exp(0.4*r.NormFloat64())/float64(i+1)
		}
		f.parts, f.places = append(f.parts, a), append(f.places, b)
	}
	return f
}

// incident is one of a family: another size, other noise, some hours earlier or
// later, longer or shorter.
func (f family) incident(r *rand.Rand, n int) model.Incident {
	c := &model.UserReports{Service: "x"}
	size, stretch := 20*math.Exp(4*r.Float64()), math.Exp(0.25*r.NormFloat64())
	quarters := int(float64(f.rise+f.flat+3*f.half)*stretch) + 2
	for k := range quarters {
		t, v := float64(k)/stretch, 1.0
		switch {
		case t < float64(f.rise):
			v = (t + 1) / float64(f.rise+1)
		case t > float64(f.rise+f.flat):
			v = math.Exp2(-(t - float64(f.rise+f.flat)) / float64(f.half))
		}
		c.Shape = append(c.Shape, float32(size*v*math.Exp(0.25*r.NormFloat64())))
	}
	for i := range f.parts {
		c.Parts = append(c.Parts, model.PartShare{Slug: fmt.Sprint(i), Share: f.parts[i] * math.Exp(0.4*r.NormFloat64())})
		c.Places = append(c.Places, model.PlaceShare{Country: fmt.Sprint(i), Effective: f.places[i] * size * math.Exp(0.4*r.NormFloat64())})
	}
	start := int64(float64(n)*20*24*3600e9 + (f.hour+3*r.NormFloat64())*3600e9)
	return model.Incident{Header: model.Header{ID: fmt.Sprintf("x-%d", n), State: model.Closed, Started: start, Ended: start + int64(quarters)*900e9},
		ServiceIncident: model.ServiceIncident{UserReports: c}}
}

// result is what a retrieval measured: how often the first answer is of the same
// family, and the mean reciprocal rank of the first one that is; the same for
// answers in random order.
type result struct{ first, rank, chance, chanceRank float64 }

// retrieval makes histories of 5 families of 6 incidents and asks for the last
// one of each family, in its first hour where open is set.
func retrieval(seed uint64, histories int, open, close bool) result {
	r := rand.New(rand.NewPCG(seed, 3))
	var sum result
	for range histories {
		families := make([]family, 5)
		for i := range families {
			families[i] = makeFamily(r, close)
		}
		var all []model.Incident
		of := make(map[string]int)
		for n := range 30 {
			all = append(all, families[n%5].incident(r, n+1))
			of[all[n].ID] = n % 5
		}
		for n := 25; n < 30; n++ {
			now := all[n]
			if open {
				c := *now.UserReports
				c.Shape = c.Shape[:min(len(c.Shape), 4)]
				now.UserReports, now.State, now.Ended = &c, model.Open, 0
			}
			var ranked, random []int
			for _, s := range Rank(&now, all[:25], 25) {
				ranked = append(ranked, of[s.ID])
			}
			for _, k := range r.Perm(25) {
				random = append(random, k%5)
			}
			first, rank := score(ranked, n%5)
			chance, chanceRank := score(random, n%5)
			sum = result{sum.first + first, sum.rank + rank, sum.chance + chance, sum.chanceRank + chanceRank}
		}
	}
	n := float64(5 * histories)
	return result{sum.first / n, sum.rank / n, sum.chance / n, sum.chanceRank / n}
}

// score tells whether the first answer is right, and one over the place of the
// first right one.
func score(answers []int, want int) (first, rank float64) {
	i := slices.Index(answers, want)
	switch i {
	case -1:
		return 0, 0
	case 0:
		return 1, 1
	}
	return 0, 1 / float64(i+1)
}

func TestRetrieval(t *testing.T) {
	for _, c := range []struct {
		open, close bool
		want        float64
	}{{false, false, 0.9}, {true, false, 0.9}, {false, true, 0.6}, {true, true, 0.5}} {
		got := retrieval(1, 200, c.open, c.close)
		t.Logf("first hour %v, usual parts and places %v: %+.3f", c.open, c.close, got)
		if got.first < c.want || got.chance > 0.3 || got.rank < got.first {
			t.Errorf("first hour %v, usual parts and places %v: %+v, want %.2f first", c.open, c.close, got, c.want)
		}
	}
}

func TestRankSaysWhatIsAlike(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	f := makeFamily(r, false)
	then := f.incident(r, 1)
	now := then
	now.ID, now.Started, now.Ended = "x-9", then.Started+10*24*3600e9, then.Ended+10*24*3600e9
	other, later, bare := then, then, then
	userReports := *then.UserReports
	userReports.Service = "y"
	other.UserReports, other.ID = &userReports, "y-1"
	later.ID, later.Started = "x-later", now.Started+1
	bare.ID, bare.UserReports = "bare", nil
	got := Rank(&now, []model.Incident{bare, other, later, then, now}, 5)
	want := []model.Similar{{ID: "x-1", Score: 1, Started: then.Started, Lasted: then.Ended - then.Started, Text: "Alike in shape, parts, places, length and time of day."}}
	if len(got) == 1 {
		got[0].Score = math.Round(got[0].Score*1e6) / 1e6
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestOddIncidents(t *testing.T) {
	if Rank(nil, nil, 3) != nil || Rank(&model.Incident{}, nil, 3) != nil {
		t.Error("something is similar to nothing")
	}
	rapid.Check(t, func(t *rapid.T) {
		make := func(id string, at int64) model.Incident {
			c := &model.UserReports{Shape: rapid.SliceOfN(rapid.Float32(), 0, 300).Draw(t, "shape")}
			for range rapid.IntRange(0, 3).Draw(t, "keys") {
				c.Parts = append(c.Parts, model.PartShare{Slug: rapid.StringMatching("[ab]").Draw(t, "part"), Share: rapid.Float64().Draw(t, "share")})
				c.Places = append(c.Places, model.PlaceShare{Country: rapid.StringMatching("[AB]").Draw(t, "place"), Effective: rapid.Float64().Draw(t, "effective")})
			}
			return model.Incident{Header: model.Header{ID: id, Started: at, Ended: rapid.Int64().Draw(t, "ended"), State: model.Closed},
				ServiceIncident: model.ServiceIncident{UserReports: c}}
		}
		now, then := make("b", 2), make("a", 1)
		for _, s := range Rank(&now, []model.Incident{then}, 3) {
			if !(s.Score >= smallest && s.Score <= 1) || !strings.HasPrefix(s.Text, "Alike") || s.Lasted < 0 {
				t.Fatalf("%+v", s)
			}
		}
	})
}

func BenchmarkRank(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	var all []model.Incident
	for n := range 100 {
		all = append(all, makeFamily(r, false).incident(r, n))
	}
	b.ReportAllocs()
	for b.Loop() {
		Rank(&all[99], all[:99], 5)
	}
}
