package crowd

import (
	"math/rand/v2"
	"testing"
)

// TestNearKnowsTheUsual wants a network's reports beside what is usual for it.
func TestNearKnowsTheUsual(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 1))
	l := newLine()
	now := start + 4*1440*minute
	play(l, r, 0, 60, 0.5)
	if _, usual, _ := l.Near("x", 105, start+60*minute); usual != 0 {
		t.Errorf("after an hour %g is called usual", usual)
	}
	play(l, r, 60, 4*1440-60, 0.5)
	// 40 networks share half a report a minute: about 0.19 in 15 minutes.
	_, usual, _ := l.Near("x", 105, now)
	if usual < 0.08 || usual > 0.4 {
		t.Errorf("usual %g, want about 0.19", usual)
	}
	if _, u, _ := l.Near("x", 7, now); u != 0 {
		t.Errorf("a network that never reported has %g", u)
	}
	for range 6 {
		p := person(r, now, "x")
		p.ASN = 105
		l.Hear(p)
	}
	if here, _, _ := l.Near("x", 105, now); here < 6 {
		t.Errorf("%d here, 6 reported", here)
	}
}
