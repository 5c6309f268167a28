package baseline

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

// crowd draws counts of ordinary reports.
type crowd struct {
	r          *rand.Rand
	rate       float64 // a bucket
	dispersion float64 // of the negative binomial
	swing      float64
	drift      float64 // spread of a level that lasts six hours
	level      float64
}

func (c *crowd) draw(at int64) float64 {
	h := float64(at%day) / float64(hour)
	a := math.Exp(-1.0 / 360)
	c.level = a*c.level + math.Sqrt(1-a*a)*c.drift*c.r.NormFloat64()
	mean := c.rate * math.Exp(c.swing*math.Cos(2*math.Pi*(h-19)/24)+c.level)
	return poisson(c.r, mean*gamma(c.r, c.dispersion))
}

// counting learns a week and counts the alarms of the weeks after it.
func (c *crowd) counting(cfg Config, weeks int64) (*Series, int) {
	s := New(cfg)
	n := 0
	last := int64(0)
	for at := monday; at < monday+(1+weeks)*week; at += minute {
		y := c.draw(at)
		if v := s.Judge(at, y, 0); v.State == High || v.State == Low {
			if at-last > 30*minute {
				n++
			}
			last = at
		}
		s.Learn(at, y, false)
	}
	return s, n
}

// outage returns the buckets until reports at so many times the ordinary are
// high, -1 if they are not within two hours.
func (c *crowd) outage(s *Series, times float64) int {
	for k := range 120 {
		at := s.last + minute
		y := c.draw(at)
		for range int(times) - 1 {
			y += c.draw(at)
		}
		if s.Judge(at, y, 0).State == High {
			return k + 1
		}
	}
	return -1
}

func TestOrdinaryReportsOpenNothing(t *testing.T) {
	for _, rate := range []float64{0.02, 0.3, 5, 50} {
		c := crowd{r: rand.New(rand.NewPCG(3, 1)), rate: rate, dispersion: 0.2, swing: 0.7}
		if _, n := c.counting(reports(), 4); n > 1 {
			t.Errorf("rate %v: %d false alarms in 4 weeks", rate, n)
		}
	}
}

func TestOutageIsFoundInReports(t *testing.T) {
	for _, x := range []struct {
		rate, times float64
		most        int
	}{{0.05, 100, 5}, {1, 10, 5}, {10, 5, 4}, {50, 5, 4}} {
		c := crowd{r: rand.New(rand.NewPCG(4, 1)), rate: x.rate, dispersion: 0.2, swing: 0.5}
		s, _ := c.counting(reports(), 2)
		if n := c.outage(s, x.times); n < 0 || n > x.most {
			t.Errorf("%v a minute, times %v: found after %d buckets, want %d", x.rate, x.times, n, x.most)
		}
	}
}

func TestFewerReportersThanTheFloorOpenNothing(t *testing.T) {
	c := crowd{r: rand.New(rand.NewPCG(5, 1)), rate: 0.001}
	s, _ := c.counting(reports(), 2)
	for range 10 {
		if v := s.Judge(s.last+minute, 2, 0); v.State != Normal {
			t.Fatalf("two reports: %+v", v)
		}
		s.Learn(s.last, 2, true)
	}
}

func TestTaughtCountsAreOrdinary(t *testing.T) {
	c := crowd{r: rand.New(rand.NewPCG(6, 1)), rate: 4, dispersion: 0.1}
	s, _ := c.counting(reports(), 2)
	var values []float64
	from := s.last + minute
	high := 0
	for range 20 {
		y := 3 * c.draw(s.last)
		values = append(values, y)
		if s.Judge(s.last+minute, y, 0).State == High {
			high++
		}
		s.Learn(s.last, y, true)
	}
	if high == 0 {
		t.Fatal("nothing to teach")
	}
	s.Teach(from, s.last+minute, values)
	for k := range 20 {
		if v := s.Judge(s.last+minute, values[k], 0); v.State != Normal {
			t.Fatalf("after teaching: %+v", v)
		}
		s.Learn(s.last, values[k], false)
	}
}

func TestStepsOfFiveMinutesWork(t *testing.T) {
	cfg := reports()
	cfg.Step = 5 * time.Minute
	s := New(cfg)
	r := rand.New(rand.NewPCG(7, 1))
	high := 0
	for at := monday; at < monday+3*week; at += 5 * minute {
		y := poisson(r, 0.1)
		if v := s.Judge(at, y, 0); v.State == High || v.State == Low {
			high++
		}
		s.Learn(at, y, false)
	}
	if high != 0 {
		t.Errorf("%d buckets out", high)
	}
	at := s.last + 5*minute
	if v := s.Judge(at, 30, 0); v.State != High || v.Since != at || v.Bound > 30 || v.Bound < 3 {
		t.Errorf("thirty reports: %+v", v)
	}
}
