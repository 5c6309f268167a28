package eprocess

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"floodmark/internal/model"
)

const bucket = int64(15 * time.Minute)

func feed(s *Series, e *Episode, from int, values ...float64) (states []model.State) {
	for i, y := range values {
		_, st := e.Take(s, int64(from+i)*bucket, y, true)
		states = append(states, st)
	}
	return states
}

func repeat(y float64, n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = y
	}
	return out
}

// TestRatioHasMeanOne checks what the promise rests on: at the mean of the
// baseline and below it the likelihood ratio is 1 on average, or less.
func TestRatioHasMeanOne(t *testing.T) {
	for _, mu := range []float64{0.1, 2, 40} {
		for _, d := range []float64{0.08, 1, 5} {
			for _, m := range multiples {
				for _, part := range []float64{1, 0.5} {
					k, sum := 1/d, 0.0
					for y := 0.0; y < 20000; y++ {
						lg, _ := math.Lgamma(y + k)
						lk, _ := math.Lgamma(k)
						ly, _ := math.Lgamma(y + 1)
						x := mu * part
						p := lg - lk - ly + k*math.Log(k/(k+x)) + y*math.Log(x/(k+x))
						sum += math.Exp(p + ratio(y, mu, k, m))
					}
					if sum > 1.0001 || part == 1 && m <= 3 && sum < 0.99 {
						t.Errorf("mean %g (%g of it), spread %g, times %g: %g", mu, part, d, m, sum)
					}
				}
			}
		}
	}
}

// TestSinceIsWhereItBegan wants the onset of what is found after weeks of few
// reports in buckets of a minute, where the evidence is hardly ever nothing.
func TestSinceIsWhereItBegan(t *testing.T) {
	const minute = int64(time.Minute)
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 7))
		s := New(Config{Step: time.Minute, Promise: 0.5})
		var e Episode
		at := minute
		take := func(mean float64) (Verdict, model.State) {
			at += minute
			n := 0
			for p := r.Float64(); p > math.Exp(-mean); n++ { // Poisson
				p *= r.Float64()
			}
			return e.Take(s, at, float64(n), true)
		}
		for range 14 * 1440 {
			if take(0.13); e.State == model.Open {
				e = Episode{}
			}
		}
		onset := at + minute
		v, state := take(3)
		for ; state != model.Open && at < onset+60*minute; v, state = take(3) {
		}
		if off := (v.Since - onset) / minute; state != model.Open || off < -30 || off > 5 {
			t.Errorf("seed %d: %q, since %d minutes after the onset", seed, state, off)
		}
	}
}

func TestALifeOfAnEpisode(t *testing.T) {
	s := New(Config{Step: 15 * time.Minute, Promise: 1})
	var e Episode
	for i, st := range feed(s, &e, 1, repeat(2, 200)...) {
		if st != "" {
			t.Fatalf("bucket %d of an even series is %s", i, st)
		}
	}
	if got := feed(s, &e, 201, 80, 90); got[0] != model.Open || e.Waves != 1 {
		t.Fatalf("40 times the usual: %v, %d waves", got, e.Waves)
	}
	if got := feed(s, &e, 203, 2, 2, 2); got[2] != model.Easing {
		t.Fatalf("back to normal: %v", got)
	}
	if got := feed(s, &e, 206, 100); got[0] != model.Open || e.Waves != 2 {
		t.Fatalf("again: %v, %d waves", got, e.Waves)
	}
	got := feed(s, &e, 207, repeat(2, 30)...)
	if got[len(got)-1] != "" {
		t.Fatalf("long after: %v", got)
	}
	if mu, _ := s.expect(240 * bucket); mu > 3 {
		t.Errorf("the outage was learnt: %g expected", mu)
	}
}

func TestTooFewPeople(t *testing.T) {
	s := New(Config{Step: 15 * time.Minute, Promise: 1})
	var e Episode
	feed(s, &e, 1, repeat(2, 200)...)
	for i := range 5 {
		if _, st := e.Take(s, int64(201+i)*bucket, 90, false); st != model.Suspected {
			t.Fatalf("without enough people: %s", st)
		}
	}
}

func TestBeginningIsSaid(t *testing.T) {
	s := New(Config{Step: 15 * time.Minute, Promise: 1})
	if v := s.Judge(bucket, 500); v.Known || v.Over || s.Why() == "" {
		t.Errorf("the first bucket: %+v %q", v, s.Why())
	}
}

func TestHostileCounts(t *testing.T) {
	s := New(Config{Step: 1, Promise: -1})
	var e Episode
	for i, y := range []float64{math.NaN(), math.Inf(1), -5, 1e300, 0, 1e-300} {
		v, _ := e.Take(s, int64(i)*bucket, y, true)
		if math.IsNaN(v.Score) || math.IsNaN(v.Mean) || math.IsInf(v.Expectation.High, 0) {
			t.Errorf("count %g: %+v", y, v)
		}
	}
}

func TestKeptSeriesGoesOn(t *testing.T) {
	c := Config{Step: 15 * time.Minute, Promise: 1}
	s := New(c)
	var e Episode
	feed(s, &e, 1, repeat(3, 300)...)
	b, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	var kept Series
	if err := json.Unmarshal(b, &kept); err != nil {
		t.Fatal(err)
	}
	again := kept.Restore(c)
	if a, b := s.Judge(301*bucket, 9), again.Judge(301*bucket, 9); a != b {
		t.Errorf("%+v, kept %+v", a, b)
	}
	kept.Sum, kept.Cells[3].Of = math.NaN(), -4
	if v := kept.Restore(c).Judge(301*bucket, 9); math.IsNaN(v.Mean) {
		t.Errorf("figures that cannot be: %+v", v)
	}
}

func BenchmarkTake(b *testing.B) {
	s := New(Config{Step: time.Minute, Promise: 1})
	var e Episode
	b.ReportAllocs()
	for i := range b.N {
		e.Take(s, int64(i+1)*int64(time.Minute), float64(i%3), true)
	}
}
