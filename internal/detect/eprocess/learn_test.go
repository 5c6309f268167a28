package eprocess

import (
	"math"
	"testing"
	"time"
)

// TestLevelBeforeAndAfter: before anything is seen a series is thought to have
// one report in 15 minutes; ten buckets of three bring it near three.
func TestLevelBeforeAndAfter(t *testing.T) {
	for step, want := range map[time.Duration]float64{15 * time.Minute: 1, time.Hour: 1, time.Minute: 1.0 / 15} {
		if got := New(Config{Step: step, Promise: 1}).level(); math.Abs(got-want) > 1e-12 {
			t.Errorf("a bucket of %s: %g, want %g", step, got, want)
		}
	}
	s := New(Config{Step: 15 * time.Minute, Promise: 1})
	s.Sum, s.Time = 30, 10
	if got, want := s.level(), (30+levelLean)/(10+levelLean); math.Abs(got-want) > 1e-12 {
		t.Errorf("%g, want %g", got, want)
	}
}

// TestSpreadBeforeAndAfter: before anything is seen 15 minutes spread firstLong
// times as widely as one of their buckets does.
func TestSpreadBeforeAndAfter(t *testing.T) {
	s := New(Config{Step: time.Minute, Promise: 1})
	if got, want := s.lumps(2, 0.1), firstLong*(1+0.1*2); math.Abs(got-want) > 1e-9 {
		t.Errorf("%g, want %g", got, want)
	}
	before := s.lumps(2, 0.1)
	s.Long.Spread.Excess, s.Long.Spread.Weigh = 100, 100
	if after := s.lumps(2, 0.1); after <= before {
		t.Errorf("%g after wide spread was seen, %g before", after, before)
	}
}

// TestMissingBucketsAreAGap: buckets that never came are noticed by Judge itself.
func TestMissingBucketsAreAGap(t *testing.T) {
	judged, told := New(Config{Step: time.Minute, Promise: 1}), New(Config{Step: time.Minute, Promise: 1})
	at := int64(1_800_000_000) * 1e9
	for range 200 {
		judged.Judge(at, 5)
		told.Judge(at, 5)
		at += int64(time.Minute)
	}
	for range 3 {
		judged.Judge(at, 50)
		told.Judge(at, 50)
		at += int64(time.Minute)
	}
	at += int64(6 * time.Hour)
	told.Gap(at)
	told.Last = at - int64(time.Minute) // so that Judge sees none
	a, b := judged.Judge(at, 5), told.Judge(at, 5)
	if a != b {
		t.Errorf("after a gap %+v, where it was told %+v", a, b)
	}
}
