package clock

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestReplayClockRunsFaster(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
		c, err := NewReplay(start, 720)
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(10 * time.Second)
		if got := c.Time().Sub(start); got != 2*time.Hour {
			t.Errorf("%s passed", got)
		}
		if c.Real(time.Hour) != 5*time.Second {
			t.Errorf("an hour takes %s", c.Real(time.Hour))
		}
		if c.Adjust(time.Now().Add(time.Hour)) != 0 {
			t.Error("a replay follows the system's clock")
		}
	})
}

func TestClockAdoptsStepsForwardsOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := New()
		before := c.Now()
		if d := c.Adjust(time.Now().Add(time.Second)); d != 0 {
			t.Errorf("adopted %s", d)
		}
		if d := c.Adjust(time.Now().Add(time.Hour)); d != time.Hour || c.Now()-before != int64(time.Hour) {
			t.Errorf("a step of an hour gave %s, moved %s", d, time.Duration(c.Now()-before))
		}
		at := c.Now()
		if d := c.Adjust(time.Now()); d != -time.Hour || c.Now() < at {
			t.Errorf("a step back gave %s", d)
		}
	})
}

func TestReplayClockRefusesNonsense(t *testing.T) {
	for _, speed := range []float64{0, -1, 1e9} {
		if _, err := NewReplay(time.Now(), speed); err == nil {
			t.Errorf("speed %g accepted", speed)
		}
	}
	if _, err := NewReplay(time.Time{}, 1); err == nil {
		t.Error("the year 1 accepted")
	}
}
