package simday

import (
	"testing"
	"time"
)

func TestPaceIsSlowWhereMuchHappensAndKeepsTheTotal(t *testing.T) {
	d, err := Shipped("x-2025-03-10")
	if err != nil {
		t.Fatal(err)
	}
	total := 4 * time.Minute
	pace := d.Pace(total, 1)
	sum, at := time.Duration(0), d.Begin()
	for _, s := range pace {
		if !s.From.Equal(at) || !s.To.After(s.From) || !(s.Speed > 0) {
			t.Fatalf("%v after %v", s, at)
		}
		at = s.To
		sum += time.Duration(float64(s.To.Sub(s.From)) / s.Speed)
	}
	if !at.Equal(d.End()) || sum < total*9/10 || sum > total*11/10 {
		t.Errorf("it ends at %v and lasts %v", at, sum)
	}
	begin := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	due := due(pace, begin)
	speed := func(at time.Time) float64 {
		return time.Minute.Seconds() / due(at.Add(time.Minute)).Sub(due(at)).Seconds()
	}
	if quiet, peak := speed(d.at(1, 3*60)), speed(d.at(1, 10*60)); quiet < 5*peak || 40893/900*peak > 5000 {
		t.Errorf("speed %.0f at night and %.0f at the peak", quiet, peak)
	}
	if got := due(d.End()).Sub(begin); got < sum-time.Millisecond || got > sum+time.Millisecond {
		t.Errorf("the end is due after %v, not %v", got, sum)
	}
	last := begin.Add(-time.Second)
	for at := d.Begin(); at.Before(d.End()); at = at.Add(time.Minute) {
		if now := due(at); !now.After(last) {
			t.Fatalf("%v is due at %v, not after what was before it", at, now)
		} else {
			last = now
		}
	}
}
