package baseline

import (
	"math"
	"time"
)

// model is one kind of ordinary series.
type model struct {
	name string
	set  func(*world)
	kept bool // the promise is claimed for it
}

func models() []model {
	return []model{
		{"steady prefix", func(w *world) { w.noise, w.white = 0.05, 0.02 }, true},
		{"prefix", func(*world) {}, true},
		{"rough prefix", func(w *world) { w.noise, w.white = 0.3, 0.1 }, true},
		{"prefix, sampled 1:1000", func(w *world) { w.sampling = 1000 }, true},
		{"host of 300 packets/s, sampled 1:1000", func(w *world) { w.sampling, w.rate = 1000, 300 }, true},
		{"speed tests 20 a day, backup each night", func(w *world) { w.bursts, w.backup = 20, 0.5 }, true},
		{"level shifts up to a quarter, 2 a week", func(w *world) { w.shifts = 2 }, true},
		{"noise that lasts 2 hours", func(w *world) { w.tau = 7200 }, true},
		{"summer time begins, zone told", func(w *world) { w.zone = berlin() }, true},
		{"flash crowds, 1 a week", func(w *world) { w.crowds = 1 }, false},
	}
}

func berlin() *time.Location {
	l, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		return time.FixedZone("CET", 3600)
	}
	return l
}

// play learns a series of a model for a week and counts alarms in the weeks
// after it.
func (m *model) play(seed uint64, weeks int64, promise float64) (s *Series, w *world, alarms []alarm) {
	w = newWorld(seed)
	m.set(w)
	cfg := traffic()
	cfg.Promise, cfg.Zone = promise, w.zone
	s = New(cfg)
	start := monday
	if w.zone != nil {
		start = 1773014400 * second // Monday, 9 March 2026: the change is on the 29th
	}
	return s, w, w.run(s, start, start+(1+weeks)*week, nil)
}

// attacks change a true rate at so many seconds after their beginning.
var attacks = []struct {
	name  string
	lasts int64
	at    func(v, usual, seconds float64) float64
}{
	{"1.5×", 4 * hour, func(v, u, _ float64) float64 { return v + 0.5*u }},
	{"2×", 4 * hour, func(v, u, _ float64) float64 { return v + u }},
	{"3×", 4 * hour, func(v, u, _ float64) float64 { return v + 2*u }},
	{"5×", 4 * hour, func(v, u, _ float64) float64 { return v + 4*u }},
	{"pulses to 5×, 20 s a minute", 4 * hour, func(v, u, s float64) float64 {
		if math.Mod(s, 60) < 20 {
			return v + 4*u
		}
		return v
	}},
	{"ramp of 1 % a minute", 6 * hour, func(v, _, s float64) float64 { return v * math.Pow(1.01, s/60) }},
	{"ramp of 20 % a day", 14 * day, func(v, _, s float64) float64 { return v * math.Pow(1.2, s/86400) }},
	{"half is gone", 4 * hour, func(v, _, _ float64) float64 { return v / 2 }},
	{"all is gone", 4 * hour, func(float64, float64, float64) float64 { return 0 }},
}
