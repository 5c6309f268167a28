package baseline

import (
	"errors"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func traffic() Config {
	return Config{Step: 10 * time.Second, Promise: 0.01, Learn: 7 * 24 * time.Hour, Floor: 100, Ratio: 1.3}
}

// learnt returns a series after some weeks of ordinary traffic, and its world.
func learnt(t *testing.T, seed uint64, weeks int64, set func(*world)) (*Series, *world) {
	t.Helper()
	w := newWorld(seed)
	w.step = minute
	if set != nil {
		set(w)
	}
	cfg := traffic()
	cfg.Step = time.Duration(w.step)
	s := New(cfg)
	w.run(s, monday, monday+weeks*week, nil)
	return s, w
}

func TestNothingIsKnownBeforeItWasLearnt(t *testing.T) {
	w := newWorld(1)
	w.step = minute
	cfg := traffic()
	cfg.Step = time.Minute
	s := New(cfg)
	if got := w.run(s, monday, monday+2*day+hour, func(at int64, v float64) float64 { return v * float64(1+at%2*50) }); len(got) != 0 {
		t.Errorf("alarms while learning: %v", got)
	}
	e := s.Expect(monday + 2*day + hour)
	if e.Known || e.Why != "2 of 7 days seen" {
		t.Errorf("got %+v", e)
	}
	if v := s.Judge(monday+2*day+hour, 1e9, 0); v.State != Unknown || v.Why != "2 of 7 days seen" {
		t.Errorf("got %+v", v)
	}
}

func TestFloodIsHighAndSilenceIsLow(t *testing.T) {
	for _, c := range []struct {
		times float64
		want  State
	}{{5, High}, {0, Low}} {
		s, w := learnt(t, 2, 2, nil)
		from := monday + 2*week + 15*hour
		w.run(s, monday+2*week, from, nil)
		got := w.run(s, from, from+10*minute, func(_ int64, v float64) float64 { return v * c.times })
		if len(got) != 1 || got[0].state != c.want || got[0].at != from {
			t.Fatalf("times %v: %+v, want one alarm at once", c.times, got)
		}
		if got[0].since < from-5*minute || got[0].since > from {
			t.Errorf("times %v: since %s before the attack", c.times, time.Duration(from-got[0].since))
		}
		if after := w.run(s, from+10*minute, from+20*minute, nil); len(after) > 1 || len(after) == 1 && after[0].last > from+15*minute {
			t.Errorf("times %v: still out after its end: %+v", c.times, after)
		}
	}
}

func TestExpectationHoldsTheDay(t *testing.T) {
	s, w := learnt(t, 3, 3, nil)
	w.noise, w.white, w.ar = 0, 0, 0
	for h := range int64(24) {
		at := monday + 3*week + h*hour
		e, truth := s.Expect(at), w.ordinary(at)
		if !e.Known || math.Abs(math.Log(e.Mean/truth)) > 0.15 || e.Low >= truth || e.High <= truth || e.Low >= e.Mean {
			t.Errorf("%d h: %+v, truth %.0f", h, e, truth)
		}
	}
}

func TestStateSurvivesEncoding(t *testing.T) {
	c := traffic()
	c.Step = time.Minute
	w := newWorld(4)
	w.step = minute
	s := New(c)
	w.run(s, monday, monday+8*day+hour, nil)
	b, err := s.MarshalBinary()
	if err != nil || len(b) > 8192 {
		t.Fatalf("%d octets, %v", len(b), err)
	}
	back := New(c)
	if err := back.UnmarshalBinary(b); err != nil {
		t.Fatal(err)
	}
	src := newWorld(5).r
	for at := monday + 8*day + hour; at < monday+8*day+2*hour; at += minute {
		v := math.Round(3 * src.ExpFloat64())
		if diff := cmp.Diff(s.Judge(at, v, 0), back.Judge(at, v, 0)); diff != "" {
			t.Fatal(diff)
		}
		s.Learn(at, v, false)
		back.Learn(at, v, false)
	}
	one, _ := s.MarshalBinary()
	two, _ := back.MarshalBinary()
	if !cmp.Equal(one, two) {
		t.Error("the copy went another way")
	}
}

func TestForeignStateIsRefused(t *testing.T) {
	b, _ := New(traffic()).MarshalBinary()
	other := traffic()
	other.Step = time.Minute
	for name, f := range map[string]func() error{
		"other step":  func() error { return New(other).UnmarshalBinary(b) },
		"other kind":  func() error { c := append([]byte{}, b...); c[12] = 1; return New(traffic()).UnmarshalBinary(c) },
		"cut short":   func() error { return New(traffic()).UnmarshalBinary(b[:len(b)-1]) },
		"empty":       func() error { return New(traffic()).UnmarshalBinary(nil) },
		"new version": func() error { c := append([]byte{}, b...); c[3]++; return New(traffic()).UnmarshalBinary(c) },
	} {
		if err := f(); !errors.Is(err, ErrState) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOddValuesChangeNothing(t *testing.T) {
	s, _ := learnt(t, 6, 1, nil)
	before, _ := s.MarshalBinary()
	for _, v := range []float64{math.NaN(), math.Inf(1), -1} {
		if got := s.Judge(monday+week, v, 0); got.State != Unknown {
			t.Errorf("%v: %+v", v, got)
		}
		s.Learn(monday+week, v, false)
	}
	s.Judge(monday, 5, 0)
	s.Learn(monday, 5, false)
	if after, _ := s.MarshalBinary(); !cmp.Equal(before, after) {
		t.Error("they changed the series")
	}
}

func TestJudgeAllocatesNothing(t *testing.T) {
	c := traffic()
	s := New(c)
	s.learnt = 30 * 86400
	for i := range s.cells {
		s.cells[i] = cell{5, 5}
	}
	at := monday
	if n := testing.AllocsPerRun(10000, func() {
		at += int64(c.Step)
		s.Judge(at, 140, 1)
		s.Learn(at, 140, false)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzUnmarshal(f *testing.F) {
	c := traffic()
	s := New(c)
	for at := monday; at < monday+day; at += int64(c.Step) {
		s.Judge(at, float64(at/minute%7), 1)
		s.Learn(at, float64(at/minute%7), false)
	}
	b, _ := s.MarshalBinary()
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		s := New(c)
		if s.UnmarshalBinary(b) != nil {
			return
		}
		s.learnt = 1e9
		first := min(max(s.last, 0), 1<<62)
		for k := range int64(100) {
			at := first + k*int64(c.Step)
			v := s.Judge(at, 7, 1)
			s.Learn(at, 7, false)
			if e := s.Expect(at); math.IsNaN(v.Score) || math.IsNaN(v.Expected) || math.IsNaN(v.Bound) || math.IsNaN(e.Mean) || math.IsNaN(e.High) || math.IsNaN(e.Low) {
				t.Fatalf("%+v %+v", v, e)
			}
		}
	})
}

func BenchmarkJudgeAndLearn(b *testing.B) {
	c := traffic()
	s, at := New(c), monday
	s.learnt = 30 * 86400
	for i := range s.cells {
		s.cells[i] = cell{5, 5}
	}
	b.ReportAllocs()
	for b.Loop() {
		at += int64(c.Step)
		s.Judge(at, 140, 1)
		s.Learn(at, 140, false)
	}
}
