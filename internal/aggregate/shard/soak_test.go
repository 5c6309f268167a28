//go:build soak

package shard

import "testing"

// TestFiftyMillionRandomAddresses is the flood of TestFloodToRandomAddresses at
// its full size, with tables of the default size.
func TestFiftyMillionRandomAddresses(t *testing.T) {
	c := Config{Hosts: 250_000, Prefixes: 16384, Groups: carpet()}
	checkFlood(t, v6flood(t, 50_000_000, 10000, c), 1.003e6, memoryAtBound(c))
}

// TestOneFalseAlarmPerTargetAndWeek plays 4,000 targets at 0.8 times their
// threshold for four hours, which is 95 target-weeks: as many alarms are
// expected, and 131 are fewer than once in a thousand runs.
func TestOneFalseAlarmPerTargetAndWeek(t *testing.T) {
	w := newWorld(t, Config{Hosts: 8192, Groups: hostPackets(20000)})
	for n := range 4000 {
		w.steady(16000, sample(addr4(n), 800, 1000, nil))
	}
	w.run(4*3600, nil)
	n := len(w.raised())
	t.Logf("%d false alarms in 95 target-weeks", n)
	if n > 131 {
		t.Errorf("%d false alarms in 95 target-weeks", n)
	}
}
