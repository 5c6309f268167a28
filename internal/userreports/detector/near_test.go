package detector

import (
	"math/rand/v2"
	"testing"
)

// TestNearKnowsTheUsual wants a network's reports beside what is usual for it.
func TestNearKnowsTheUsual(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 1))
	l := newDetector()
	now := start + 4*1440*minute
	play(l, r, 0, 60, 0.5)
	near := func(at int64, asn uint32) (int, float64) {
		l.Views(at)
		here, usual, _ := l.Neighborhood().Near("x", asn)
		return here, usual
	}
	if _, usual := near(start+60*minute, 105); usual != 0 {
		t.Errorf("after an hour %g is called usual", usual)
	}
	play(l, r, 60, 4*1440-60, 0.5)
	// 40 networks share half a report a minute: about 0.19 in 15 minutes.
	_, usual := near(now, 105)
	if usual < 0.08 || usual > 0.4 {
		t.Errorf("usual %g, want about 0.19", usual)
	}
	if _, u := near(now, 7); u != 0 {
		t.Errorf("a network that never reported has %g", u)
	}
	for range 6 {
		p := person(r, now, "x")
		p.ASN = 105
		l.Add(p)
	}
	if here, _ := near(now, 105); here < 6 {
		t.Errorf("%d here, 6 reported", here)
	}
}
