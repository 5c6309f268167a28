package baseline

import (
	"math"
	"testing"
	"time"
)

func TestSilenceOfTheSourceIsNotAbsence(t *testing.T) {
	s, w := learnt(t, 11, 2, nil)
	for _, gap := range []int64{10 * minute, 8 * hour, 3 * day} {
		from := s.last + minute
		s.Gap(from, from+gap)
		if got := w.run(s, from+gap, from+gap+6*hour, nil); len(got) != 0 {
			t.Errorf("after a gap of %s: %+v", time.Duration(gap), got)
		}
	}
	// The same without being told.
	if got := w.run(s, s.last+5*hour, s.last+9*hour, nil); len(got) != 0 {
		t.Errorf("after an untold gap: %+v", got)
	}
}

func TestFrozenSeriesLearnsNothing(t *testing.T) {
	s, w := learnt(t, 12, 2, nil)
	at := s.last + minute
	before := s.Expect(at + 12*hour)
	for ; at < monday+2*week+6*hour; at += minute {
		v := 20 * w.ordinary(at)
		s.Judge(at, v, 0)
		s.Learn(at, v, true)
	}
	after := s.Expect(monday + 2*week + 12*hour)
	if math.Abs(math.Log(after.Mean/before.Mean)) > 0.02 || after.High > 1.3*before.High {
		t.Errorf("before %+v, after %+v", before, after)
	}
}

func TestSlowRampIsFoundAlthoughTheLevelFollows(t *testing.T) {
	s, w := learnt(t, 13, 4, nil)
	from := monday + 4*week
	got := w.run(s, from, from+12*day, func(at int64, v float64) float64 {
		return v * math.Pow(1.2, float64(at-from)/float64(day))
	})
	if len(got) == 0 {
		t.Error("20 % a day was not found in 12 days")
	}
}

func TestMarkedFalseAlarmIsOrdinary(t *testing.T) {
	s, w := learnt(t, 14, 3, nil)
	from := s.last + minute
	var values []float64
	times := func(at int64, v float64) float64 { values = append(values, 4*v); return 4 * v }
	if got := w.run(s, from, from+30*minute, times); len(got) == 0 {
		t.Fatal("nothing to teach")
	}
	s.Teach(from, from+30*minute, values)
	if got := w.run(s, from+30*minute, from+day, nil); len(got) != 0 && got[0].state == High {
		t.Errorf("high after teaching: %+v", got)
	}
	again := s.last + minute
	if got := w.run(s, again, again+30*minute, func(_ int64, v float64) float64 { return 3.5 * v }); len(got) != 0 {
		t.Errorf("the same again is out: %+v", got)
	}
}

func TestTaughtLevelIsTheNewNormal(t *testing.T) {
	s, w := learnt(t, 15, 3, nil)
	from := s.last + minute
	var values []float64
	w.run(s, from, from+2*hour, func(_ int64, v float64) float64 { values = append(values, 5*v); return 5 * v })
	s.Teach(from, s.last+minute, values)
	five := func(_ int64, v float64) float64 { return 5 * v }
	if got := w.run(s, s.last+minute, s.last+2*day, five); len(got) != 0 {
		t.Errorf("%+v", got)
	}
}

func TestSummerTimeMovesHabitsWithTheZone(t *testing.T) {
	s := New(Config{Step: time.Minute, Promise: 1, Zone: berlin()})
	before, _, _ := slotAt(s, 1774656000*second) // 28 March 2026, 00:00 UTC: 01:00 there
	after, _, _ := slotAt(s, 1774825200*second)  // 29 March 2026, 23:00 UTC: 01:00 there
	if before != 2 || after != 2 {
		t.Errorf("slots %d and %d, want 2", before, after)
	}
}

func slotAt(s *Series, at int64) (slot int, d int64, part float64) {
	d, slot, part = s.slotOf(at)
	return slot, d, part
}
